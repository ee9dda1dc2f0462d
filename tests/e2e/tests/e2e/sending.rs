//! Sending and replying: to whom, as whom, and what never leaves.

use crate::mail::{desk, mail};
use serde_json::json;
use tai_e2e::Machine;

#[test]
fn a_reply_without_the_endpoint_is_a_new_mail_and_says_so() {
    let machine = Machine::new();
    machine
        .sandbox
        .behave(|behaviour| behaviour.has_reply = false);
    let mut question = mail("desk.alice@tai.chat", "RE: re: Plan", "2026-01-01 00:00:00");
    question.from = "server.alice@tai.chat".into();
    let id = machine.sandbox.deliver(&question).unwrap().unwrap();
    let _taid = machine.start();
    let reply = desk(&machine).call("reply_email", json!({"message_id": id, "text": "fine"}));
    assert!(
        reply
            .text
            .contains("Warning: this mail bridge cannot reply"),
        "{}",
        reply.text
    );
    assert!(!reply.text.contains("threading headers"), "{}", reply.text);
    let mails = machine.sandbox.mails().unwrap();
    let sent = mails.last().unwrap();
    assert_eq!(
        (mails.len(), sent.to.as_str()),
        (2, "server.alice@tai.chat")
    );
    assert_eq!(sent.subject.as_deref(), Some("Re: Plan"));
    assert_eq!(machine.sandbox.count("POST /api/v1/send-email"), 1);
}

#[test]
fn a_mail_goes_to_the_configured_user_or_says_that_nobody_is() {
    let machine = Machine::new();
    let _taid = machine.start();
    let nobody = desk(&machine).call("send_email", json!({"content": "x"}));
    assert!(nobody.is_error);
    assert!(nobody.text.contains(
        "No recipient specified. Provide \"to\" parameter or set USEREMAIL environment variable."
    ));
    let mut shim = machine.shim_with(&[("INSTANCE", "desk"), ("USEREMAIL", "alice@tai.chat")]);
    shim = shim.initialized("test", "2025-06-18");
    let sent = shim.call(
        "send_email",
        json!({"content": "<b>x</b>", "format": "html"}),
    );
    assert!(
        sent.text
            .contains("to alice@tai.chat with subject: \"Email from desk\""),
        "{}",
        sent.text
    );
    let mails = machine.sandbox.mails().unwrap();
    assert_eq!(mails[0].body_text.as_deref(), Some("**x**"));
    assert_eq!(mails[0].body_html.as_deref(), Some("<b>x</b>"));
}

#[test]
fn what_could_reach_somebody_else_is_refused_before_it_leaves() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    for arguments in [
        json!({"to": "A <a@b.c>", "content": "x"}),
        json!({"to": "a@b.c, d@e.f", "content": "x"}),
        json!({"to": "a@b.c\r\nBcc: d@e.f", "content": "x"}),
        json!({"to": "a@b.c", "subject": "a\nBcc: d@e.f", "content": "x"}),
        json!({"to": "a@b.c", "content": "  "}),
        json!({"to": "a@b.c", "content": "x".repeat((1 << 20) + 1)}),
    ] {
        let result = shim.call("send_email", arguments);
        assert!(result.is_error, "{}", result.text);
    }
    assert_eq!(machine.sandbox.count("POST /api/v1/send-email"), 0);
    let largest = shim.call(
        "send_email",
        json!({"to": "alice@tai.chat", "content": "\u{1}".repeat(1 << 20)}),
    );
    assert!(!largest.is_error, "{}", largest.text);
}

#[test]
fn seed_requests_carry_bearer_content_type_and_user_agent() {
    let machine = Machine::new();
    let _taid = machine.start();
    desk(&machine).call("list_inbox", json!({}));
    let log = machine.sandbox.log();
    let list = log
        .iter()
        .find(|entry| entry.endpoint == "GET /api/v1/messages")
        .unwrap();
    assert_eq!(list.auth_scheme, "Bearer");
    assert_eq!(list.content_type, "application/json");
    assert_eq!(
        list.user_agent,
        format!("tai-mcp/{}", env!("CARGO_PKG_VERSION"))
    );
    assert!(list.accepts_gzip);
    assert_eq!(
        list.target,
        "/api/v1/messages?limit=50&offset=0&prefix=desk"
    );
}
