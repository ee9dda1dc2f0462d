//! `fetch_email` loses no mail and delivers none twice, across kills of clients and taid.

use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tai_e2e::{Machine, PATIENCE, mcp::Shim, wait_until};
use tai_sandbox::{Canned, FaultKind, NewMail};

const PUT: &str = "PUT /api/v1/messages/{id}/read";
const GET: &str = "GET /api/v1/messages/{id}";

fn deliver(machine: &Machine, count: u64) {
    for n in 0..count {
        let mail = NewMail {
            from: "someone@example.com".into(),
            to: "desk.alice@tai.chat".into(),
            subject: Some(format!("mail {n}")),
            body_text: Some("text".into()),
            // Five mails in each second: the bridge lists ties in the opposite order.
            received_at: Some(format!("2026-01-01 00:{:02}:{:02}", n / 300, n / 5 % 60)),
            ..NewMail::default()
        };
        machine.sandbox.deliver(&mail).unwrap().unwrap();
    }
}

fn subject(structured: &Value) -> Option<String> {
    Some(structured["email"]["subject"].as_str()?.to_owned())
}

fn unread(machine: &Machine) -> usize {
    let mails = machine.sandbox.mails().unwrap();
    mails.iter().filter(|mail| !mail.is_read).count()
}

#[test]
fn the_oldest_unread_mail_comes_first_at_any_position_in_the_list() {
    let machine = Machine::new();
    deliver(&machine, 120);
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    for n in 0..12 {
        let read = shim.call("fetch_email", json!({}));
        assert_eq!(subject(&read.structured), Some(format!("mail {n}")));
    }
}

#[test]
fn a_mail_that_the_bridge_cannot_give_does_not_hold_up_the_others() {
    let machine = Machine::new();
    deliver(&machine, 2);
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    let failure = r#"{"success":false,"error":{"code":"FORBIDDEN","message":"No"}}"#;
    let mut page = String::new();
    let mut said = |shim: &mut Shim, tool: &str, arguments: Value| {
        machine.sandbox.can(Canned::new(403, failure), 1, GET);
        let text = shim.call(tool, arguments).text;
        let shown = text
            .lines()
            .filter(|line| !line.starts_with(['<', '[', '-']));
        page.push_str(&format!(
            "{}\n\n",
            shown.take(3).collect::<Vec<_>>().join("\n")
        ));
    };
    said(&mut shim, "fetch_email", json!({}));
    said(&mut shim, "fetch_email", json!({}));
    said(&mut shim, "wait_for_email", json!({"timeout": 1}));
    insta::assert_snapshot!(page, @"Email 1 could not be read: the mail bridge fails for it. It stays unread; fetch_email with email_id 1 tries it again.
From: someone@example.com
To: desk.alice@tai.chat

error: the mail bridge refused the request
caused by: the bridge refuses the request: No (FORBIDDEN, HTTP 403)
hint: correct the request and try again; nothing was sent or changed

No email arrived within 1 s: call wait_for_email again to go on waiting
Email 1 could not be read: the mail bridge fails for it. It stays unread; fetch_email with email_id 1 tries it again.");
    let read = shim.call("fetch_email", json!({}));
    assert_eq!(subject(&read.structured), Some("mail 0".to_owned()));
    assert_eq!(unread(&machine), 0);
}

#[test]
fn twenty_clients_read_each_of_two_hundred_mails_once() {
    let machine = Machine::new();
    deliver(&machine, 200);
    let taid = machine.start();
    taid.wait_until_live();
    let read = Mutex::new(HashMap::<String, u32>::new());
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                let mut shim = machine.client("desk");
                loop {
                    let result = shim.call("fetch_email", json!({}));
                    assert!(!result.is_error, "{}", result.text);
                    let Some(subject) = subject(&result.structured) else {
                        return;
                    };
                    *read.lock().unwrap().entry(subject).or_default() += 1;
                }
            });
        }
    });
    let read = read.into_inner().unwrap();
    let twice = read.values().filter(|times| **times > 1).count();
    assert_eq!((read.len(), twice), (200, 0), "delivered, delivered twice");
    assert_eq!(unread(&machine), 0);
}

/// Sets a flag when it is dropped, also after a panic.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn random_kills_of_clients_and_taid_lose_no_mail_and_repeat_none() {
    let machine = Machine::new();
    deliver(&machine, 200);
    machine.sandbox.behave(|behaviour| behaviour.latency_ms = 2);
    let taid = Mutex::new(Some(machine.start()));
    // By subject: reads by clients that continued, and reads by clients that were killed
    // before they may have confirmed the delivery to taid.
    let read = Mutex::new(HashMap::<String, (u32, u32)>::new());
    let done = AtomicBool::new(false);
    let deadline = Instant::now() + PATIENCE * 5;
    std::thread::scope(|scope| {
        for client in 0..20u64 {
            let (machine, read, done) = (&machine, &read, &done);
            scope.spawn(move || {
                // A fixed seed makes failures reproducible.
                let mut random = client * 7919 + 17;
                let mut next = move || {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    random
                };
                let mut shim = machine.client("desk");
                let mut last = None;
                while !done.load(Ordering::Relaxed) && Instant::now() < deadline {
                    if next() % 12 == 0 {
                        shim.begin_call("fetch_email", json!({}));
                        let early = shim.next_within(Duration::from_micros(next() % 30_000));
                        for line in early.into_iter().chain(shim.kill()) {
                            let subject = subject(&line["result"]["structuredContent"]);
                            if let Some(subject) = subject {
                                read.lock().unwrap().entry(subject).or_default().1 += 1;
                            }
                        }
                        // The previous delivery may be unconfirmed too.
                        if let Some(last) = last.take() {
                            let mut read = read.lock().unwrap();
                            let counts = read.entry(last).or_default();
                            *counts = (counts.0 - 1, counts.1 + 1);
                        }
                        shim = machine.client("desk");
                        continue;
                    }
                    let result = shim.call("fetch_email", json!({}));
                    if let Some(subject) = subject(&result.structured) {
                        let mut read = read.lock().unwrap();
                        read.entry(subject.clone()).or_default().0 += 1;
                        last = Some(subject);
                    }
                }
                // Closing confirms the last delivery to taid.
                shim.close();
            });
        }
        let _done = Done(&done);
        let mut seen = 0;
        for _ in 0..5 {
            let before = read.lock().unwrap().len();
            wait_until("some mails were read", || {
                read.lock().unwrap().len() >= (before + 25).min(200)
            });
            let old = taid.lock().unwrap().take();
            drop(old);
            *taid.lock().unwrap() = Some(machine.start());
        }
        let all_read = || read.lock().unwrap().len() == 200 || Instant::now() > deadline;
        while !all_read() {
            wait_until("another mail or all mails were read", || {
                let now = read.lock().unwrap().len();
                std::mem::replace(&mut seen, now) != now || all_read()
            });
        }
    });
    let read = read.into_inner().unwrap();
    let unread = unread(&machine);
    assert_eq!(read.len(), 200, "{unread} of 200 are unread, others lost");
    for (subject, (times, _)) in &read {
        assert!(*times <= 1, "{subject} was read {times} times");
    }
}

#[test]
fn a_mail_is_not_marked_read_before_its_answer_is_ready() {
    let machine = Machine::new();
    deliver(&machine, 1);
    let taid = machine.start();
    taid.wait_until_live();
    machine
        .sandbox
        .fail(FaultKind::Hang, 1, "GET /api/v1/messages/{id}");
    let mut shim = machine.client("desk");
    shim.begin_call("fetch_email", json!({}));
    wait_until("the mail is being read", || {
        machine.sandbox.count("GET /api/v1/messages/{id}") == 1
    });
    assert!(shim.kill().is_empty());
    assert_eq!(machine.sandbox.count(PUT), 0);
    assert_eq!(unread(&machine), 1);
    let read = machine.client("desk").call("fetch_email", json!({}));
    assert_eq!(subject(&read.structured).as_deref(), Some("mail 0"));
}

#[test]
fn a_fetch_that_a_kill_of_taid_interrupts_gets_its_mail_from_the_next_taid() {
    let machine = Machine::new();
    deliver(&machine, 1);
    let taid = machine.start();
    taid.wait_until_live();
    machine.sandbox.fail(FaultKind::Hang, 1, GET);
    let mut shim = machine.client("desk");
    let fetch = shim.begin_call("fetch_email", json!({}));
    let journal = machine.state_dir().join("undelivered-default");
    wait_until("the mail is leased and read", || {
        let leases = std::fs::read_to_string(&journal).unwrap();
        machine.sandbox.count(GET) == 1 && leases.contains("taken")
    });
    taid.kill();
    let _taid = machine.start();
    // The client never got the leased mail, so it does not reclaim it.
    let read = shim.finish_call(&fetch);
    assert_eq!(
        subject(&read.structured).as_deref(),
        Some("mail 0"),
        "{}",
        read.text
    );
    assert_eq!(unread(&machine), 0);
}

#[test]
fn a_mail_marked_but_not_delivered_is_delivered_again() {
    for arguments in [json!({}), json!({"email_id": 1})] {
        mark_and_kill(arguments);
    }
}

/// Kills the client that fetches a mail, and taid, after the bridge has marked the mail.
fn mark_and_kill(arguments: Value) {
    let machine = Machine::new();
    deliver(&machine, 2);
    let taid = machine.start();
    taid.wait_until_live();
    machine.sandbox.fail(FaultKind::HangAfter, 1, PUT);
    let mut shim = machine.client("desk");
    shim.begin_call("fetch_email", arguments);
    wait_until("the mail is marked", || unread(&machine) == 1);
    // The marked mail is in a file, and survives kills of the client and of taid.
    assert!(shim.kill().is_empty());
    taid.kill();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = machine.client("desk");
    let mut seen = Vec::new();
    wait_until("both mails were read", || {
        seen.extend(subject(&shim.call("fetch_email", json!({})).structured));
        seen.len() == 2
    });
    seen.sort();
    assert_eq!(seen, ["mail 0", "mail 1"]);
    assert_eq!(
        subject(&shim.call("fetch_email", json!({})).structured),
        None
    );
    let journal = machine.state_dir().join("undelivered-default");
    wait_until("the journal is empty", || {
        std::fs::read_to_string(&journal).unwrap().is_empty()
    });
}

#[test]
fn a_mail_that_cannot_be_marked_is_delivered_with_a_warning_and_marked_later() {
    let machine = Machine::new();
    deliver(&machine, 1);
    let _taid = machine.start();
    machine.sandbox.fail(FaultKind::Error500, 4, PUT);
    let mut shim = machine.client("desk");
    let read = shim.call("fetch_email", json!({}));
    assert!(read.text.contains("Status: ✉ Unread"), "{}", read.text);
    assert!(read.text.contains("is not marked as read"), "{}", read.text);
    // A delivered mail is not delivered again, although the bridge lists it as unread.
    wait_until("the mail is marked", || {
        let next = shim.call("fetch_email", json!({}));
        assert_eq!(subject(&next.structured), None);
        machine.sandbox.mails().unwrap()[0].is_read
    });
}

#[test]
fn a_cancelled_fetch_releases_its_mail() {
    let machine = Machine::new();
    deliver(&machine, 1);
    let taid = machine.start();
    taid.wait_until_live();
    machine
        .sandbox
        .fail(FaultKind::Hang, 1, "GET /api/v1/messages/{id}");
    let mut shim = machine.client("desk");
    let id = shim.begin_call("fetch_email", json!({}));
    wait_until("the mail is being read", || {
        machine.sandbox.count("GET /api/v1/messages/{id}") == 1
    });
    shim.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}));
    // Once taid answers a later call of the client, it has read the cancellation.
    assert!(!shim.call("session_status", json!({})).is_error);
    let next = machine.client("desk").call("fetch_email", json!({}));
    assert!(subject(&next.structured).is_some(), "{}", next.text);
}
