//! `wait_for_email` returns the mail that it waits for, leaves the others alone, and ends in time.

use crate::mail::desk;
use rustix::process::Signal;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tai_e2e::{
    Daemon, Machine, PASSWORD,
    mcp::Shim,
    processes::{is_running, send_signal},
    wait_until, within,
};
use tai_sandbox::{Canned, FaultKind, NewMail};

const LIST: &str = "GET /api/v1/messages";
const NOTHING: &str =
    "No matching email arrived within 1 s: call wait_for_email again to go on waiting";

fn deliver(machine: &Machine, from: &str, subject: &str) -> u64 {
    let mail = NewMail {
        from: from.into(),
        to: "desk.alice@tai.chat".into(),
        subject: Some(subject.into()),
        body_text: Some("text of the mail".into()),
        ..NewMail::default()
    };
    machine.sandbox.deliver(&mail).unwrap().unwrap()
}

fn start(machine: &Machine) -> Daemon<'_> {
    let taid = machine.start_with(&[("TAI_MCP_POLL_INTERVAL", "1000")]);
    taid.wait_until_live();
    taid
}

fn is_read(machine: &Machine, id: u64) -> bool {
    let mails = machine.sandbox.mails().unwrap();
    mails.iter().find(|mail| mail.id == id).unwrap().is_read
}

/// Begins a wait and returns once taid has examined the mailbox for it.
fn begin(machine: &Machine, shim: &mut Shim, arguments: Value) -> Value {
    let before = machine.sandbox.count(LIST);
    let id = shim.begin_call("wait_for_email", arguments);
    // The look, and a poll after it.
    wait_until("the mailbox is examined", || {
        machine.sandbox.count(LIST) >= before + 2
    });
    assert_eq!(shim.arrived(&id), None);
    id
}

fn cancel(shim: &mut Shim, id: &Value) {
    let params = json!({"requestId": id});
    shim.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}));
}

#[test]
fn a_bridge_that_asks_for_a_pause_ends_a_wait_in_time() {
    let machine = Machine::new();
    let _taid = start(&machine);
    let mut shim = desk(&machine);
    shim.call("list_inbox", json!({}));
    deliver(&machine, "someone@example.com", "mail");
    let busy = Canned::page(429).with_header("Retry-After", "30");
    machine.sandbox.can(busy, 1000, LIST);
    let begun = Instant::now();
    let waited = shim.call("wait_for_email", json!({"timeout": 1}));
    assert!(waited.is_error);
    assert!(waited.text.contains("limits"), "{}", waited.text);
    assert!(begun.elapsed() < within(Duration::from_secs(12)));
}

#[test]
fn an_unread_mail_is_returned_at_once_as_fetch_email_returns_it() {
    let machine = Machine::new();
    let _taid = start(&machine);
    let mut shim = desk(&machine);
    let first = deliver(&machine, "bob@example.com", "one");
    let fetched = shim.call("fetch_email", json!({}));
    let second = deliver(&machine, "bob@example.com", "one");
    let began = Instant::now();
    let awaited = shim.call("wait_for_email", json!({}));
    assert!(began.elapsed() < within(Duration::from_secs(3)));
    assert_eq!(awaited.structured["email"]["id"], second);
    assert!(is_read(&machine, first) && is_read(&machine, second));
    // The fences have different random text, and the mails different ids and times.
    let shape = |text: &str| {
        let lines = text.lines().filter(|line| {
            !["ID: ", "Date: ", "[Begin", "[End"]
                .iter()
                .any(|begin| line.starts_with(begin))
        });
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(shape(&awaited.text), shape(&fetched.text));
    assert!(awaited.text.contains("[Begin of untrusted email content"));
    assert_eq!(awaited.structured["caution"], fetched.structured["caution"]);
}

#[test]
fn a_mail_that_arrives_is_returned_after_the_next_poll_to_a_client_of_either_era() {
    let machine = Machine::new();
    let _taid = start(&machine);
    // A client that ends before its report gives its mail back.
    let mut shims = [desk(&machine), machine.shim("desk").modern()];
    for shim in &mut shims {
        for arguments in [json!({}), json!({"from": "BOB@", "subject": "invoice NEW"})] {
            let id = begin(&machine, shim, arguments);
            let began = Instant::now();
            let mail = deliver(&machine, "bob@example.com", "New invoice");
            let awaited = shim.finish_call(&id);
            assert_eq!(awaited.structured["email"]["id"], mail, "{}", awaited.text);
            assert!(began.elapsed() < within(Duration::from_secs(3)));
            assert!(is_read(&machine, mail));
        }
    }
}

#[test]
fn a_wait_without_a_mail_says_so_in_each_form() {
    let machine = Machine::new();
    let _taid = start(&machine);
    let mut shim = desk(&machine);
    deliver(&machine, "bob@example.com", "one");
    let none = shim.call("wait_for_email", json!({"from": "eve", "timeout": 1}));
    assert!(!none.is_error);
    assert_eq!(none.text, NOTHING);
    assert_eq!(none.structured["notice"], NOTHING);
    assert_eq!(none.structured["email"], Value::Null);
    let began = Instant::now();
    let none = shim.call("wait_for_email", json!({"from": "eve", "timeout": 0}));
    assert_eq!(none.text, "No matching unread email is free now");
    assert!(began.elapsed() < within(Duration::from_secs(10)));
    let one = shim.call("wait_for_email", json!({"timeout": 0}));
    assert_eq!(one.structured["email"]["subject"], "one");
    for (arguments, error) in [
        (
            json!({"timeout": 51}),
            "\"timeout\" cannot be used: expected a whole number from 0 to 50",
        ),
        (
            json!({"subject": "**"}),
            "\"subject\" cannot be used: it has no letter or digit",
        ),
    ] {
        let refused = shim.call("wait_for_email", arguments);
        assert!(
            refused.is_error && refused.text.contains(error),
            "{}",
            refused.text
        );
    }
}

#[test]
fn a_mail_that_does_not_match_stays_unread_and_free() {
    let machine = Machine::new();
    let _taid = start(&machine);
    let (mut one, mut two) = (desk(&machine), desk(&machine));
    let other = deliver(&machine, "bob@example.com", "one");
    let id = begin(&machine, &mut one, json!({"subject": "invoice"}));
    let another = deliver(&machine, "bob@example.com", "two");
    let polls = machine.sandbox.count(LIST);
    wait_until("polls", || machine.sandbox.count(LIST) >= polls + 4);
    for free in [other, another] {
        assert!(!is_read(&machine, free));
        let fetched = two.call("fetch_email", json!({}));
        assert_eq!(fetched.structured["email"]["id"], free);
    }
    assert_eq!(one.arrived(&id), None);
    let invoice = deliver(&machine, "bob@example.com", "invoice");
    let awaited = one.finish_call(&id);
    assert_eq!(awaited.structured["email"]["id"], invoice);
}

#[test]
fn two_clients_that_wait_get_different_mails() {
    let machine = Machine::new();
    let _taid = start(&machine);
    let (mut one, mut two) = (desk(&machine), desk(&machine));
    let filter = json!({"from": "bob"});
    let first = begin(&machine, &mut one, filter.clone());
    let second = begin(&machine, &mut two, filter);
    let mut mails = vec![deliver(&machine, "bob@example.com", "one")];
    wait_until("one of them gets it", || is_read(&machine, mails[0]));
    mails.push(deliver(&machine, "bob@example.com", "two"));
    let got = [one.finish_call(&first), two.finish_call(&second)];
    let mut got: Vec<u64> = got
        .iter()
        .map(|awaited| awaited.structured["email"]["id"].as_u64().unwrap())
        .collect();
    got.sort_unstable();
    assert_eq!(got, mails);
}

#[test]
fn a_cancelled_wait_takes_no_mail() {
    let machine = Machine::new();
    let _taid = start(&machine);
    let (mut one, mut two) = (desk(&machine), desk(&machine));
    let id = begin(&machine, &mut one, json!({}));
    cancel(&mut one, &id);
    let mail = deliver(&machine, "bob@example.com", "one");
    let awaited = two.call("wait_for_email", json!({}));
    assert_eq!(awaited.structured["email"]["id"], mail);
    assert_eq!(one.arrived(&id), None);
}

#[test]
fn a_wait_that_is_cancelled_while_its_mail_is_read_gives_the_mail_to_the_next() {
    let machine = Machine::new();
    let _taid = start(&machine);
    let (mut one, mut two) = (desk(&machine), desk(&machine));
    let first = begin(&machine, &mut one, json!({}));
    machine
        .sandbox
        .fail(FaultKind::Hang, 1, "GET /api/v1/messages/{id}");
    let mail = deliver(&machine, "bob@example.com", "one");
    let reading = || machine.sandbox.count("GET /api/v1/messages/{id}");
    wait_until("the mail is read", || reading() > 0);
    cancel(&mut one, &first);
    let awaited = two.call("wait_for_email", json!({}));
    assert_eq!(awaited.structured["email"]["id"], mail, "{}", awaited.text);
}

#[test]
fn a_client_that_asks_for_it_gets_progress() {
    let machine = Machine::new();
    let _taid = start(&machine);
    // A client that ends before its report gives its mail back.
    let mut shims = [desk(&machine), machine.shim("desk").modern()];
    for shim in &mut shims {
        let params = json!({
            "name": "wait_for_email",
            "arguments": {},
            "_meta": {"progressToken": "p"},
        });
        let id = shim.begin("tools/call", params);
        let mut seen = Vec::new();
        while seen.len() < 2 {
            let told = &shim.hear("notifications/progress")["params"];
            assert_eq!(told["progressToken"], "p");
            assert_eq!(told["total"], 45.0);
            seen.push(told["progress"].as_f64().unwrap());
        }
        assert!(seen[0] < seen[1], "{seen:?}");
        let mail = deliver(&machine, "bob@example.com", "one");
        let awaited = shim.finish_call(&id);
        assert_eq!(awaited.structured["email"]["id"], mail);
    }
}

#[test]
fn a_wait_goes_on_after_taid_was_killed_or_stopped() {
    for signal in [Signal::KILL, Signal::TERM] {
        let machine = Machine::new();
        machine.configure("username = \"alice\"\npoll_interval = 1000\n");
        let mut command = machine.command("tai-mcp");
        command.envs([
            ("TAI_MCP_AUTOSTART", "1"),
            ("NAME", "alice"),
            ("PASSWORD", PASSWORD),
            ("INSTANCE", "desk"),
        ]);
        let mut shim = Shim::spawn(command).initialized("test", "2025-06-18");
        shim.call("list_inbox", json!({}));
        let id = begin(&machine, &mut shim, json!({"timeout": 50, "from": "bob"}));
        let pid = machine.status()["daemon"]["pid"].as_u64().unwrap();
        let pid = u32::try_from(pid).unwrap();
        send_signal(pid, signal);
        wait_until("taid has exited", || !is_running(pid));
        assert_eq!(shim.arrived(&id), None);
        let mail = deliver(&machine, "bob@example.com", "one");
        let awaited = shim.finish_call(&id);
        assert_eq!(awaited.structured["email"]["id"], mail, "{}", awaited.text);
        assert!(is_read(&machine, mail));
    }
}

#[test]
fn a_wait_needs_the_permission_to_fetch() {
    let machine = Machine::new();
    machine.configure(
        "[instances.lister]\ntools = [\"wait_for_email\"]\n\
         [instances.reader]\ntools = [\"fetch_email\"]\n\
         [instances.waiter]\ntools = [\"fetch_email\", \"wait_for_email\"]\n\
         [instances.still]\nread_only = true\n\
         [instances.desk]\nallow_from = [\"*@example.com\"]\n",
    );
    let _taid = start(&machine);
    let call = |instance: &str| {
        let mut shim = machine.client(instance);
        shim.call("wait_for_email", json!({"timeout": 1}))
    };
    let refused = call("lister");
    insta::assert_snapshot!(refused.text, @"
    error: wait_for_email is not permitted for this instance
    caused by: taid's configuration: [instances.lister] tools = [wait_for_email] lacks fetch_email
    hint: continue without it, or ask the user to change the configuration; nothing was done
    ");
    assert!(refused.is_error && call("reader").is_error);
    assert!(!call("waiter").is_error && !call("still").is_error);
    deliver(&machine, "eve@evil.org", "secret");
    insta::assert_snapshot!(call("desk").text, @"
    No email arrived within 1 s: call wait_for_email again to go on waiting
    1 email is left out: taid's configuration hides the senders from this instance (allow_from)
    ");
}

#[test]
fn a_long_mail_comes_in_parts_and_a_begun_one_goes_back() {
    let machine = Machine::new();
    let _taid = start(&machine);
    let text = "a line of the report, which is long\n\n".repeat(500);
    let mail = NewMail {
        from: "someone@example.com".into(),
        to: "desk.alice@tai.chat".into(),
        subject: Some("report".into()),
        body_text: Some(text),
        ..NewMail::default()
    };
    let long = machine.sandbox.deliver(&mail).unwrap().unwrap();
    let mut shim = desk(&machine);
    let first = shim.call("wait_for_email", json!({}));
    let next = format!("Call fetch_email with email_id {long}, part 2");
    assert!(first.text.contains(&next), "{}", first.text);
    assert!(!is_read(&machine, long));
    let mut other = desk(&machine);
    assert_eq!(
        other.call("fetch_email", json!({})).text,
        "No unread emails are free for desk.alice@tai.chat: 1 is with a client, and is not marked as \
         read yet"
    );
    // No other mail is there to wait for.
    let none = shim.call("wait_for_email", json!({"timeout": 1}));
    assert!(
        none.text.starts_with("No email arrived within 1 s"),
        "{}",
        none.text
    );
    let short = deliver(&machine, "bob@example.com", "one");
    let awaited = shim.call("wait_for_email", json!({}));
    assert_eq!(awaited.structured["email"]["id"], short);
    let again = shim.call("wait_for_email", json!({}));
    let back = format!("Email {long} was begun and not finished: its next part follows.");
    assert!(again.text.starts_with(&back), "{}", again.text);
}
