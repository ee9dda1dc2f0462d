//! Listing and reading mails, against the quirks of the bridge.

use serde_json::json;
use tai_e2e::{
    Machine,
    mcp::Shim,
    processes::{memory, peak_memory},
    raw::Raw,
    wait_until,
};
use tai_proto::call::List;
use tai_sandbox::{FaultKind, NewMail};

pub(crate) fn mail(to: &str, subject: &str, received_at: &str) -> NewMail {
    NewMail {
        from: "someone@example.com".into(),
        to: to.into(),
        subject: Some(subject.into()),
        body_text: Some(format!("body of {subject}")),
        body_html: None,
        received_at: Some(received_at.into()),
        is_read: false,
    }
}

pub(crate) fn desk(machine: &Machine) -> Shim {
    machine.shim("desk").initialized("test", "2025-11-25")
}

#[test]
fn two_clients_send_list_read_and_reply_with_one_login() {
    let machine = Machine::behaving(|behaviour| behaviour.has_reply = true);
    let _taid = machine.start();
    let mut desk = desk(&machine);
    let mut server = machine.shim("server").modern();

    let sent = desk.call(
        "send_email",
        json!({"to": "server.alice@tai.chat", "subject": "Hi", "content": "**bold**"}),
    );
    assert!(sent.text.starts_with(
        "Email sent successfully to server.alice@tai.chat with subject: \"Hi\"\nMessage ID: "
    ));
    assert_eq!(sent.structured["from"], "desk.alice@tai.chat");
    let list = server.call("list_inbox", json!({}));
    assert!(
        list.text
            .starts_with("# Email Inbox (server.alice@tai.chat)\n"),
        "{}",
        list.text
    );
    assert!(
        list.text.ends_with("Showing 1 unread of 1 total emails"),
        "{}",
        list.text
    );
    let read = server.call("fetch_email", json!({}));
    assert!(
        read.text.starts_with("[Begin of untrusted email content ")
            && read
                .text
                .contains("Status: ✓ Read\n\n---\n\n**bold**\n[End of "),
        "{}",
        read.text
    );
    assert_eq!(read.structured["email"]["from"], "desk.alice@tai.chat");
    assert_eq!(read.whole["resultType"], "complete");
    let reply = server.call(
        "reply_email",
        json!({"message_id": read.structured["email"]["id"], "content": "ok"}),
    );
    assert!(
        reply.text.contains("Subject: Re: Hi") && reply.text.contains("threading headers"),
        "{}",
        reply.text
    );
    let back = desk.call("fetch_email", json!({}));
    assert_eq!(back.structured["email"]["subject"], "Re: Hi");
    let none = desk.call("fetch_email", json!({}));
    assert_eq!(none.text, "No unread emails found for desk.alice@tai.chat");

    let status = machine.status();
    assert_eq!(status["session"]["logins"], 1);
    assert_eq!(status["clients"].as_array().unwrap().len(), 2);
    assert_eq!(status["clients"][0]["name"], "test");
    assert_eq!(status["clients"][1]["name"], "modern client");
    assert_eq!(machine.sandbox.count("POST /api/v1/login"), 1);
}

#[test]
fn the_oldest_unread_mail_is_found_behind_pages_and_among_equal_seconds() {
    let machine = Machine::new();
    for n in 0..70 {
        let time = format!("2026-01-02 00:{:02}:00", n % 60);
        machine
            .sandbox
            .deliver(&mail("desk.alice@tai.chat", &format!("later {n}"), &time))
            .unwrap();
    }
    for subject in ["first", "second", "third"] {
        machine
            .sandbox
            .deliver(&mail("desk.alice@tai.chat", subject, "2026-01-01 00:00:00"))
            .unwrap();
    }
    let _taid = machine.start();
    let mut shim = desk(&machine);
    for subject in ["first", "second", "third", "later 0"] {
        let read = shim.call("fetch_email", json!({}));
        assert_eq!(read.structured["email"]["subject"], subject);
    }
}

#[test]
fn an_instance_sees_only_mails_to_its_exact_address() {
    let machine = Machine::new();
    let mine = machine
        .sandbox
        .deliver(&mail("Desk.alice@TAI.chat", "mine", "2026-01-01 00:00:03"))
        .unwrap()
        .unwrap();
    let sub = machine
        .sandbox
        .deliver(&mail(
            "desk.sub.alice@tai.chat",
            "sub",
            "2026-01-01 00:00:02",
        ))
        .unwrap()
        .unwrap();
    machine
        .sandbox
        .deliver(&mail(
            "deskx.alice@tai.chat",
            "other",
            "2026-01-01 00:00:01",
        ))
        .unwrap();
    machine
        .sandbox
        .deliver(&mail("alice@tai.chat", "bare", "2026-01-01 00:00:00"))
        .unwrap();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    let list = shim.call("list_inbox", json!({"show_read": true}));
    assert_eq!(list.structured["emails"].as_array().unwrap().len(), 1);
    assert_eq!(list.structured["emails"][0]["id"], mine);
    let refused = shim.call("fetch_email", json!({"email_id": sub}));
    assert!(
        refused.is_error
            && refused.text.contains(&format!(
                "Email {sub} is not addressed to desk.alice@tai.chat"
            ))
    );
    let refused = shim.call("reply_email", json!({"message_id": sub, "content": "x"}));
    assert!(refused.is_error && refused.text.contains("not addressed"));
    let missing = shim.call("fetch_email", json!({"email_id": 999_999}));
    assert!(missing.is_error && missing.text.contains("Email with ID 999999 not found"));

    // The bridge treats an underscore as a wildcard. The bare address belongs to no instance.
    machine
        .sandbox
        .deliver(&mail("a_b.alice@tai.chat", "under", "2026-01-01 00:00:00"))
        .unwrap();
    machine
        .sandbox
        .deliver(&mail("axb.alice@tai.chat", "x", "2026-01-01 00:00:00"))
        .unwrap();
    let mut under = machine.client("a_b");
    assert_eq!(
        under.call("list_inbox", json!({})).structured["emails"][0]["subject"],
        "under"
    );
    assert_eq!(
        under.call("list_inbox", json!({})).structured["emails"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let mut bare = machine.shim_with(&[]).initialized("test", "2025-06-18");
    let list = bare.call("list_inbox", json!({}));
    assert_eq!(list.structured["address"], "alice@tai.chat");
    assert_eq!(list.structured["emails"][0]["subject"], "bare");
}

#[test]
fn the_list_is_newest_first_and_pages_through_what_it_shows() {
    let machine = Machine::new();
    for n in 0..120 {
        let time = format!("2026-01-01 {:02}:{:02}:00", n / 60, n % 60);
        machine
            .sandbox
            .deliver(&mail("desk.alice@tai.chat", &format!("n{n}"), &time))
            .unwrap();
    }
    let _taid = machine.start();
    let mut shim = desk(&machine);
    // Reads the ten oldest, so that the unread mails and all mails differ.
    for _ in 0..10 {
        assert!(!shim.call("fetch_email", json!({})).is_error);
    }
    let mut seen = Vec::new();
    for offset in (0..200).step_by(50) {
        let page = shim.call("list_inbox", json!({"limit": 50, "offset": offset}));
        let rows = page.structured["emails"].as_array().unwrap().clone();
        assert_eq!(page.structured["has_more"], offset + 50 < 110, "{offset}");
        assert_eq!(
            page.text
                .contains("*Use offset parameter to load more emails*"),
            offset + 50 < 110
        );
        seen.extend(
            rows.iter()
                .map(|row| row["subject"].as_str().unwrap().to_owned()),
        );
    }
    let expected: Vec<_> = (10..120).rev().map(|n| format!("n{n}")).collect();
    assert_eq!(seen, expected);
    let all = shim.call("list_inbox", json!({"limit": 200, "show_read": true}));
    assert_eq!(all.structured["emails"].as_array().unwrap().len(), 120);
    assert_eq!(all.structured["total"], 120);
    assert!(
        all.text.ends_with("Showing 120 of 120 total emails"),
        "{}",
        all.text
    );
}

#[test]
fn unusual_subjects_do_not_break_the_table() {
    let machine = Machine::new();
    machine
        .sandbox
        .deliver(&mail(
            "desk.alice@tai.chat",
            "a | b\r\nc \\| d",
            "2026-01-01 00:00:00",
        ))
        .unwrap();
    let _taid = machine.start();
    let list = desk(&machine).call("list_inbox", json!({}));
    assert!(
        list.text
            .contains("| a \\| b c \\\\\\| d | 2026-01-01 00:00:00 UTC | ✉ Unread |"),
        "{}",
        list.text
    );
}

#[test]
fn booleans_and_rfc_3339_times_of_other_deployments_are_accepted() {
    let machine = Machine::new();
    machine
        .sandbox
        .behave(|behaviour| behaviour.modern_fields = true);
    machine
        .sandbox
        .deliver(&mail("desk.alice@tai.chat", "x", "2026-01-01 10:20:30"))
        .unwrap();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    let read = shim.call("fetch_email", json!({}));
    assert!(
        read.text.contains("Date: 2026-01-01 10:20:30 UTC"),
        "{}",
        read.text
    );
    assert_eq!(read.structured["email"]["date"], "2026-01-01T10:20:30Z");
    let list = shim.call("list_inbox", json!({"show_read": true}));
    assert_eq!(list.structured["emails"][0]["read"], true);
}

#[test]
fn empty_mails_are_read() {
    let machine = Machine::new();
    machine
        .sandbox
        .deliver(&NewMail {
            from: "e@example.com".into(),
            to: "desk.alice@tai.chat".into(),
            ..NewMail::default()
        })
        .unwrap();
    let _taid = machine.start();
    let read = desk(&machine).call("fetch_email", json!({}));
    assert!(
        !read.is_error && read.structured["email"]["subject"] == "",
        "{}",
        read.text
    );
}

#[test]
fn a_heavy_inbox_costs_little_memory_and_taid_returns_it() {
    let machine = Machine::new();
    for n in 0..100 {
        let mut mail = mail(
            "desk.alice@tai.chat",
            &format!("mail {n}"),
            "2026-01-01 00:00:00",
        );
        // Text that compresses badly.
        mail.body_html = Some(
            (0..15_000)
                .map(|k| format!("{:010}", k * 7919 % 1_000_003 + n))
                .collect(),
        );
        machine.sandbox.deliver(&mail).unwrap().unwrap();
    }
    let taid = machine.start_with(&[("TAI_MCP_LOG_LEVEL", "info")]);
    taid.wait_until_live();
    let idle = memory(taid.pid()).unwrap();
    let mut shim = desk(&machine);
    let list = shim.call("list_inbox", json!({"limit": 100}));
    assert_eq!(list.structured["emails"].as_array().unwrap().len(), 100);
    let peak = peak_memory(taid.pid()).unwrap() - idle;
    assert!(
        peak <= 30_000_000 / 1024,
        "{peak} kB above idle at the most"
    );
    wait_until("memory is given back", || {
        memory(taid.pid()).unwrap().saturating_sub(idle) <= 4_000_000 / 1024
    });
}

#[test]
fn clients_waiting_for_the_same_list_share_one_request() {
    /// Number of requests that taid makes at a time.
    const REQUESTS: u32 = 32;
    let machine = Machine::new();
    let taid = machine.start_with(&[("TAI_MCP_API_TIMEOUT", "300000")]);
    taid.wait_until_live();
    let list = "GET /api/v1/messages";
    let mut clients: Vec<_> = (0..8).map(|_| desk(&machine)).collect();
    let mut other = machine.shim("car").initialized("test", "2025-11-25");
    machine.sandbox.hold(REQUESTS, list);
    let mut busy = Raw::open(&machine.socket());
    for limit in 1..=REQUESTS {
        let list = List {
            limit,
            offset: 0,
            show_read: true,
            previews: false,
        };
        busy.request(limit.into(), list);
    }
    wait_until("no further request can leave", || {
        machine.sandbox.count(list) == u64::from(REQUESTS)
    });
    let waiting: Vec<_> = clients
        .iter_mut()
        .map(|client| client.begin_call("list_inbox", json!({})))
        .collect();
    let others = other.begin_call("list_inbox", json!({}));
    wait_until("all clients wait", || {
        let status = machine.status();
        let clients = status["clients"].as_array().unwrap();
        clients.iter().filter(|one| one["in_flight"] == 1).count() == 9
    });
    // taid begins calls in turn.
    assert!(!other.call("session_status", json!({})).is_error);
    machine
        .sandbox
        .deliver(&mail("desk.alice@tai.chat", "news", "2026-11-20 10:00:00"))
        .unwrap();
    machine.sandbox.release();
    for (client, call) in clients.iter_mut().zip(&waiting) {
        assert!(client.finish_call(call).text.contains("news"));
    }
    assert!(!other.finish_call(&others).text.contains("news"));
    // One for the eight clients, and one for the other instance.
    assert_eq!(machine.sandbox.count(list), u64::from(REQUESTS) + 2);
}

#[test]
fn a_list_is_never_older_than_its_request() {
    let machine = Machine::new();
    let _taid = machine.start();
    let list = "GET /api/v1/messages";
    machine.sandbox.fail(FaultKind::HangAfter, 1, list);
    let (mut early, mut late) = (desk(&machine), desk(&machine));
    early.begin_call("list_inbox", json!({}));
    wait_until("the list is under way", || machine.sandbox.count(list) == 1);
    machine
        .sandbox
        .deliver(&mail("desk.alice@tai.chat", "news", "2026-11-20 10:00:00"))
        .unwrap();
    let result = late.call("list_inbox", json!({}));
    assert!(result.text.contains("news"), "{}", result.text);
}
