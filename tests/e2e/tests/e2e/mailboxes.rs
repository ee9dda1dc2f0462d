//! Mailboxes of any size: no mail is denied, repeated or hidden, and few requests are made.

use serde_json::{Value, json};
use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
};
use tai_e2e::{Machine, mcp::Shim, wait_until};
use tai_sandbox::{Canned, FaultKind, NewMail};

const LIST: &str = "GET /api/v1/messages";
const READ: &str = "GET /api/v1/messages/{id}";
const MARK: &str = "PUT /api/v1/messages/{id}/read";

/// Delivers a mail that arrived at this second of the day.
fn deliver(machine: &Machine, instance: &str, second: u64, is_read: bool) -> u64 {
    let (hour, minute) = (second / 3600, second / 60 % 60);
    let mail = NewMail {
        from: "someone@example.com".into(),
        to: format!("{instance}.alice@tai.chat"),
        subject: Some("subject".into()),
        body_text: Some("text".into()),
        received_at: Some(format!(
            "2026-01-01 {hour:02}:{minute:02}:{:02}",
            second % 60
        )),
        is_read,
        ..NewMail::default()
    };
    machine.sandbox.insert(&mail).unwrap().unwrap()
}

fn fetch(shim: &mut Shim) -> Option<u64> {
    let read = shim.call("fetch_email", json!({}));
    assert!(!read.is_error, "{}", read.text);
    assert!(read.structured["not_examined"].is_null(), "{}", read.text);
    read.structured["email"]["id"].as_u64()
}

fn ids(structured: &Value) -> Vec<u64> {
    let emails = structured["emails"].as_array().unwrap();
    emails
        .iter()
        .map(|email| email["id"].as_u64().unwrap())
        .collect()
}

/// Number of requests for mails so far.
fn requests(machine: &Machine) -> u64 {
    [LIST, READ, MARK]
        .map(|endpoint| machine.sandbox.count(endpoint))
        .iter()
        .sum()
}

#[test]
fn unread_mails_behind_thousands_of_read_ones_are_fetched() {
    let machine = Machine::new();
    let oldest = deliver(&machine, "desk", 0, false);
    let second = deliver(&machine, "desk", 1, false);
    for n in 0..6_000 {
        deliver(&machine, "desk", 10 + n, true);
    }
    let newest = deliver(&machine, "desk", 7_000, false);
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    assert_eq!(fetch(&mut shim), Some(oldest));
    let first = machine.sandbox.count(LIST);
    assert!(first <= 3, "{first} lists");
    let before = requests(&machine);
    assert_eq!(fetch(&mut shim), Some(second));
    assert_eq!(requests(&machine) - before, 3, "list, read, mark");
    assert_eq!(fetch(&mut shim), Some(newest));
    assert_eq!(fetch(&mut shim), None);
}

#[test]
fn one_unread_mail_behind_five_thousand_newer_ones_is_fetched_and_listed() {
    let machine = Machine::new();
    let oldest = deliver(&machine, "desk", 0, false);
    for n in 0..5_000 {
        deliver(&machine, "desk", 10 + n / 2, true);
    }
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    let list = shim.call("list_inbox", json!({}));
    assert_eq!(ids(&list.structured), [oldest]);
    assert_eq!(list.structured["has_more"], false);
    assert_eq!(fetch(&mut shim), Some(oldest));
}

#[test]
fn mails_of_one_second_are_listed_once_across_the_pages_of_the_bridge() {
    let machine = Machine::new();
    let tied: Vec<u64> = (0..4)
        .map(|_| deliver(&machine, "desk", 0, false))
        .collect();
    for n in 0..48 {
        deliver(&machine, "desk", 10 + n, true);
    }
    let crowd: HashSet<u64> = (0..450)
        .map(|_| deliver(&machine, "lab", 0, false))
        .collect();
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    for (offset, expected) in tied.iter().rev().enumerate() {
        let list = shim.call("list_inbox", json!({"limit": 1, "offset": offset}));
        assert_eq!(ids(&list.structured), [*expected]);
    }
    let mut lab = machine.client("lab");
    let mut seen = Vec::new();
    for offset in (0..450).step_by(50) {
        let list = lab.call("list_inbox", json!({"limit": 50, "offset": offset}));
        assert_eq!(list.structured["has_more"], offset < 400);
        seen.extend(ids(&list.structured));
    }
    assert_eq!(seen.len(), 450);
    assert_eq!(seen.into_iter().collect::<HashSet<u64>>(), crowd);
}

#[test]
fn paging_through_six_thousand_mails_ends() {
    let machine = Machine::new();
    for n in 0..6_000 {
        deliver(&machine, "desk", n / 7, true);
    }
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    let mut seen = HashSet::new();
    let mut offset = 0;
    loop {
        let page = json!({"limit": 200, "offset": offset, "show_read": true});
        let list = shim.call("list_inbox", page);
        seen.extend(ids(&list.structured));
        offset += 200;
        if list.structured["has_more"] == false {
            break;
        }
    }
    assert_eq!((seen.len(), offset), (6_000, 6_000));
}

#[test]
fn a_short_list_asks_the_bridge_for_few_mails() {
    let machine = Machine::new();
    for n in 0..60 {
        deliver(&machine, "desk", n, false);
    }
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    shim.call("list_inbox", json!({"limit": 1, "show_read": true}));
    let log = machine.sandbox.log();
    let lists = log.iter().filter(|entry| entry.endpoint == LIST);
    let targets: Vec<&str> = lists.map(|entry| entry.target.as_str()).collect();
    assert_eq!(targets, ["/api/v1/messages?limit=2&offset=0&prefix=desk"]);
}

#[test]
fn an_odd_row_is_shown_as_far_as_it_can_be() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    let to = r#""to":"desk.alice@tai.chat","is_read":0,"received_at":"2026-11-23 09:59:34""#;
    for (row, id) in [
        (
            format!(r#"{{"id":2,"from":null,"subject":null,{to},"is_read":null}}"#),
            Some(2),
        ),
        (format!(r#"{{"id":2,{to},"is_read":"0"}}"#), Some(2)),
        (format!(r#"{{"id":2,{to},"received_at":17}}"#), Some(2)),
        (format!(r#"{{"id":"2",{to}}}"#), Some(2)),
        (
            format!(r#"{{"id":2,{to},"subject":"\ud83d","from":"\udc00"}}"#),
            Some(2),
        ),
        (format!(r#"{{"id":-2,{to}}}"#), None),
        (format!(r#"{{"id":99999999999999999999,{to}}}"#), None),
        (format!(r#"{{"id":"two",{to}}}"#), None),
        (format!(r#"{{{to}}}"#), None),
    ] {
        let body = format!(
            r#"{{"success":true,"data":{{"messages":[{{"id":3,{to}}},{row},{{"id":1,{to}}}],"count":3,"has_more":false}}}}"#
        );
        machine.sandbox.can(Canned::new(200, &body), 1, LIST);
        let list = shim.call("list_inbox", json!({}));
        assert!(!list.is_error, "{row}: {}", list.text);
        let mut listed = ids(&list.structured);
        listed.sort();
        match id {
            Some(_) => assert_eq!(listed, [1, 2, 3], "{row}"),
            None => {
                assert_eq!(listed, [1, 3], "{row}");
                assert_eq!(list.structured["without_id"], 1, "{row}");
                let line = "1 email cannot be shown: the mail bridge lists it without a valid ID";
                assert!(list.text.contains(line), "{}", list.text);
            }
        }
    }
}

#[test]
fn a_hanging_list_of_one_instance_delays_none_of_twenty() {
    let machine = Machine::new();
    let name = |n: u64| format!("i{n}");
    for n in 0..20 {
        for second in 0..100 {
            deliver(&machine, &name(n), second, second < 50);
        }
    }
    let taid = machine.start_with(&[("TAI_MCP_API_TIMEOUT", "300000")]);
    taid.wait_until_live();
    machine.sandbox.fail(FaultKind::Hang, 1, LIST);
    let mut clients: Vec<Shim> = (0..20).map(|n| machine.client(&name(n))).collect();
    let hanging = clients[0].begin_call("fetch_email", json!({}));
    wait_until("the list hangs", || machine.sandbox.count(LIST) == 1);
    std::thread::scope(|scope| {
        for client in &mut clients[1..] {
            scope.spawn(|| assert!(fetch(client).is_some()));
        }
    });
    assert_eq!(clients[0].arrived(&hanging), None);
}

#[test]
fn ten_instances_and_twenty_clients_make_three_requests_a_mail() {
    let machine = Machine::new();
    for n in 0..300 {
        // Six mails of an instance in each second.
        deliver(&machine, &format!("i{}", n % 10), n / 60, false);
    }
    let taid = machine.start();
    taid.wait_until_live();
    let read = Mutex::new(HashMap::<u64, u32>::new());
    std::thread::scope(|scope| {
        for client in 0..20 {
            let (machine, read) = (&machine, &read);
            scope.spawn(move || {
                let name = format!("i{}", client % 10);
                let mut shim = machine.client(&name);
                let mut last = 0;
                while let Some(id) = fetch(&mut shim) {
                    assert!(id > last, "{id} after {last}");
                    last = id;
                    *read.lock().unwrap().entry(id).or_default() += 1;
                }
            });
        }
    });
    let read = read.into_inner().unwrap();
    assert_eq!(read.len(), 300);
    assert!(read.values().all(|times| *times == 1));
    assert_eq!(machine.sandbox.count(READ), 300);
    assert_eq!(machine.sandbox.count(MARK), 300);
    // One list for each mail, one more for the first of an instance, and those that find none.
    let lists = machine.sandbox.count(LIST);
    assert!(lists <= 300 + 10 + 3 * 20, "{lists} lists");
}
