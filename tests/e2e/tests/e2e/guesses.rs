//! What a model tries that does not know the tools: each refusal names the next step.

use crate::mail::{desk, mail};
use serde_json::json;
use tai_e2e::Machine;

#[test]
fn a_guessed_argument_is_refused_with_the_right_one_and_changes_nothing() {
    let machine = Machine::new();
    let mail = mail("desk.alice@tai.chat", "Plan", "2026-01-01 00:00:00");
    let id = machine.sandbox.deliver(&mail).unwrap().unwrap();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    let content = "see you";
    for (tool, arguments, hint) in [
        ("fetch_email", json!({"id": id}), "the ID is `email_id`"),
        (
            "fetch_email",
            json!({"email_id": id, "mark_read": false}),
            "list_inbox with previews: true",
        ),
        (
            "mark_read",
            json!({"email_id": id, "read": false}),
            "an email cannot be marked as unread",
        ),
        (
            "send_email",
            json!({"recipient": "bob@tai.chat", "content": content}),
            "the recipient is `to`",
        ),
        (
            "send_email",
            json!({"to": "bob@tai.chat", "cc": "ann@tai.chat", "content": content}),
            "call send_email again for each other one",
        ),
        (
            "send_email",
            json!({"to": ["bob@tai.chat", "ann@tai.chat"], "content": content}),
            "one address at a time; call again for each recipient",
        ),
        (
            "send_email",
            json!({"to": "bob@tai.chat", "attachments": [], "content": content}),
            "emails have no attachments",
        ),
        (
            "search_inbox",
            json!({"query": "plan", "offset": 20}),
            "add until: with a day",
        ),
    ] {
        let refused = shim.call(tool, arguments);
        assert!(refused.is_error, "{tool}");
        assert!(refused.text.contains(hint), "{}", refused.text);
        assert!(!refused.text.contains("leave"), "{}", refused.text);
    }
    let mails = machine.sandbox.mails().unwrap();
    assert_eq!((mails.len(), mails[0].is_read), (1, false));
    let reply = shim.call("reply_email", json!({"email_id": id, "content": content}));
    assert!(!reply.is_error, "{}", reply.text);
}

#[test]
fn no_text_says_that_a_send_with_unknown_outcome_is_to_be_repeated() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    let gateway = tai_sandbox::Canned::new(504, "{}");
    machine.sandbox.can(gateway, 1, "POST /api/v1/send-email");
    let send = json!({"to": "bob@tai.chat", "content": "text"});
    let unknown = shim.call("send_email", send);
    assert!(unknown.text.contains("tell the user"), "{}", unknown.text);
    let status = shim.call("session_status", json!({}));
    let said = "send it again, with allow_duplicate: true, only if the user or the recipient says";
    for form in [&status.text, &status.structured.to_string()] {
        assert!(form.contains(said), "{form}");
        assert!(!form.contains("call the failed tool again"), "{form}");
    }
    assert_eq!(status.structured["unknown_sends"], 1);
}
