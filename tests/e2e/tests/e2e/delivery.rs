//! Sends happen at most once under faults, and their outcome is reported only if it is known.

use crate::mail::mail;
use serde_json::json;
use std::time::Duration;
use tai_e2e::{
    Machine,
    mcp::{Shim, ToolResult},
    wait_until,
};
use tai_sandbox::{FaultKind, Provider};

const SEND: &str = "POST /api/v1/send-email";
const LIST: &str = "GET /api/v1/messages";

fn commit(machine: &Machine, kind: FaultKind, count: u32, endpoint: &str) {
    machine.sandbox.fail(kind, count, endpoint);
}

fn assert_unknown(result: &ToolResult) {
    assert!(result.is_error);
    assert!(
        result.text.starts_with("error: it is unknown whether"),
        "{}",
        result.text
    );
    assert!(result.text.contains("again"), "{}", result.text);
}

/// Longer than the longest backoff between two attempts.
const BACKOFF: Duration = Duration::from_secs(5);

#[test]
fn a_send_with_a_lost_answer_is_unknown_and_never_repeated() {
    let machine = Machine::new();
    let _taid = machine.start_with(&[("TAI_MCP_API_TIMEOUT", "5000")]);
    let mut shim = machine.client("desk");
    let done = [
        FaultKind::CloseAfter,
        FaultKind::CutAfter,
        FaultKind::Html504After,
        FaultKind::Malformed,
    ];
    let mut sends = 0;
    let mut begin = |shim: &mut Shim, kind| {
        commit(&machine, kind, 1, SEND);
        sends += 1;
        let content = format!("mail {sends}");
        shim.begin_call(
            "send_email",
            json!({"to": "alice@tai.chat", "content": content}),
        )
    };
    for kind in done
        .into_iter()
        .chain([FaultKind::Html502, FaultKind::Close])
    {
        let call = begin(&mut shim, kind);
        assert_unknown(&shim.finish_call(&call));
    }
    let slow = [FaultKind::HangAfter, FaultKind::StallAfter];
    let hangs = FaultKind::Provider(Provider::Hangs);
    let calls = [slow[0], slow[1], hangs].map(|kind| begin(&mut shim, kind));
    for call in calls {
        assert_unknown(&shim.finish_call(&call));
    }
    // A repetition in the background would begin now.
    assert_eq!(shim.next_within(BACKOFF), None);
    assert_eq!(machine.sandbox.count(SEND), sends, "a send was repeated");
    let copies = machine.sandbox.sent();
    assert_eq!(copies.len(), done.len() + slow.len(), "{copies:?}");
}

#[test]
fn a_reply_with_a_lost_answer_is_not_sent_as_a_new_mail() {
    let machine = Machine::behaving(|behaviour| behaviour.has_reply = true);
    let _taid = machine.start();
    let mut desk = machine.client("desk");
    desk.call(
        "send_email",
        json!({"to": "desk.alice@tai.chat", "content": "x"}),
    );
    let id = desk.call("fetch_email", json!({})).structured["email"]["id"].clone();
    commit(
        &machine,
        FaultKind::CloseAfter,
        1,
        "POST /api/v1/messages/{id}/reply",
    );
    assert_unknown(&desk.call("reply_email", json!({"message_id": id, "content": "y"})));
    assert_eq!(machine.sandbox.mails().unwrap().len(), 2);
    assert_eq!(machine.sandbox.count(SEND), 1);
}

#[test]
fn only_a_send_that_certainly_did_not_leave_is_retried() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    machine.sandbox.behave(|behaviour| {
        behaviour.provider = Provider::Fails;
        behaviour.provider_delay_ms = 10;
    });
    let mut shim = machine.client("desk");
    let mut send = |content: String| {
        shim.call(
            "send_email",
            json!({"to": "alice@tai.chat", "content": content}),
        )
    };
    // The bridge's 500 says that the provider failed, not that the provider has no copy.
    for n in 1..=5 {
        assert_unknown(&send(format!("mail {n}")));
    }
    // After five failures the bridge refuses without asking the provider.
    for _ in 0..2 {
        let refused = send("mail 6".to_owned());
        assert!(refused.is_error);
        assert!(
            refused.text.contains("suspended sending for a minute"),
            "{}",
            refused.text
        );
    }
    assert_eq!(machine.sandbox.count(SEND), 7);
}

#[test]
fn a_send_survives_a_rejected_token() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    machine.sandbox.revoke_all_tokens();
    let mut shim = machine.client("desk");
    let result = shim.call(
        "send_email",
        json!({"to": "alice@tai.chat", "content": "x"}),
    );
    assert!(!result.is_error, "{}", result.text);
    assert_eq!(machine.sandbox.mails().unwrap().len(), 1);
}

#[test]
fn a_read_is_retried_until_it_succeeds_or_the_attempts_are_used_up() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    // The list is large enough to be compressed.
    for _ in 0..5 {
        let new = mail("desk.alice@tai.chat", "subject", "2026-01-01 00:00:00");
        machine.sandbox.deliver(&new).unwrap();
    }
    let mut shim = machine.client("desk");
    for kind in [
        FaultKind::Close,
        FaultKind::CutAfter,
        FaultKind::Error500,
        FaultKind::Malformed,
    ] {
        commit(&machine, kind, 2, LIST);
        let result = shim.call("list_inbox", json!({}));
        assert!(!result.is_error, "{kind:?}: {}", result.text);
    }
    assert_eq!(machine.sandbox.count(LIST), 12);
    assert_eq!(machine.status()["bridge"]["retries"], 8);
}

#[test]
fn a_hanging_read_times_out_and_is_retried() {
    let machine = Machine::new();
    let taid = machine.start_with(&[("TAI_MCP_API_TIMEOUT", "5000")]);
    taid.wait_until_live();
    commit(&machine, FaultKind::Hang, 1, LIST);
    commit(&machine, FaultKind::StallAfter, 1, LIST);
    let mut shim = machine.client("desk");
    // The calls differ, so that each has a request of its own.
    let calls = [1, 2].map(|limit| shim.begin_call("list_inbox", json!({"limit": limit})));
    for call in calls {
        let result = shim.finish_call(&call);
        assert!(!result.is_error, "{}", result.text);
    }
    assert_eq!(machine.sandbox.count(LIST), 4);
}

#[test]
fn a_mail_that_cannot_be_marked_read_is_delivered_with_a_warning() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    shim.call(
        "send_email",
        json!({"to": "desk.alice@tai.chat", "content": "x"}),
    );
    commit(
        &machine,
        FaultKind::Error500,
        4,
        "PUT /api/v1/messages/{id}/read",
    );
    let read = shim.call("fetch_email", json!({}));
    assert!(
        !read.is_error && read.text.contains("Status: ✉ Unread"),
        "{}",
        read.text
    );
    assert!(read.text.contains("is not marked as read"), "{}", read.text);
    assert_eq!(read.structured["email"]["read"], false);
}

#[test]
fn a_killed_daemon_leaves_a_send_unknown_and_a_read_is_retried() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    commit(&machine, FaultKind::Hang, 1, SEND);
    commit(&machine, FaultKind::Hang, 1, LIST);
    let mut shim = machine.client("desk");
    let send = shim.begin_call(
        "send_email",
        json!({"to": "alice@tai.chat", "content": "x"}),
    );
    let list = shim.begin_call("list_inbox", json!({}));
    wait_until("both calls are under way", || {
        machine.sandbox.count(SEND) == 1 && machine.sandbox.count(LIST) == 1
    });
    taid.kill();
    let _successor = machine.start();
    assert_unknown(&shim.finish_call(&send));
    let result = shim.finish_call(&list);
    assert!(!result.is_error, "{}", result.text);
    assert_eq!(machine.sandbox.count(SEND), 1);
}

#[test]
fn a_stopping_daemon_finishes_calls_under_way() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    machine.sandbox.hold(1, SEND);
    let mut shim = machine.client("desk");
    let send = shim.begin_call(
        "send_email",
        json!({"to": "alice@tai.chat", "content": "x"}),
    );
    wait_until("the send is under way", || machine.sandbox.count(SEND) == 1);
    taid.terminate();
    wait_until("taid stops", || !machine.socket().exists());
    machine.sandbox.release();
    let result = shim.finish_call(&send);
    assert!(!result.is_error, "{}", result.text);
    assert_eq!(taid.wait().0, Some(0));
}

#[test]
fn a_send_completes_after_its_client_has_ended() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    machine.sandbox.hold(1, SEND);
    let mut shim = machine.client("desk");
    shim.begin_call(
        "send_email",
        json!({"to": "alice@tai.chat", "content": "x"}),
    );
    wait_until("the send is under way", || machine.sandbox.count(SEND) == 1);
    drop(shim);
    wait_until("taid has no client", || {
        machine.status()["clients"].as_array().unwrap().is_empty()
    });
    machine.sandbox.release();
    wait_until("the mail is there", || {
        machine.sandbox.mails().unwrap().len() == 1
    });
}
