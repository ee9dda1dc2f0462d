//! Sending and replying: recipients, senders, duplicates and refusals.

use crate::mail::{desk, mail};
use serde_json::json;
use std::collections::HashSet;
use tai_e2e::{
    Machine,
    mcp::{Shim, ToolResult},
    wait_until,
};
use tai_sandbox::FaultKind;

#[test]
fn without_the_reply_endpoint_a_reply_is_a_new_mail_and_the_answer_says_so() {
    let machine = Machine::new();
    let mut question = mail("desk.alice@tai.chat", "RE: re: Plan", "2026-01-01 00:00:00");
    question.from = "server.alice@tai.chat".into();
    let id = machine.sandbox.deliver(&question).unwrap().unwrap();
    let _taid = machine.start();
    let reply = desk(&machine).call("reply_email", json!({"message_id": id, "text": "fine"}));
    assert!(
        reply.text.contains("To: server.alice@tai.chat\n")
            && reply
                .text
                .contains("Note: sent as a new email to the envelope sender"),
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
fn a_mail_without_a_recipient_goes_to_the_default_recipient_or_fails() {
    let machine = Machine::new();
    let _taid = machine.start();
    let without_recipient = desk(&machine).call("send_email", json!({"content": "x"}));
    assert!(without_recipient.is_error);
    assert!(without_recipient.text.contains(
        "No recipient specified. Provide \"to\" parameter or set USEREMAIL environment variable."
    ));
    let mut shim = machine.shim_with(&[
        ("TAI_MCP_INSTANCE", "desk"),
        ("TAI_MCP_USEREMAIL", "alice@tai.chat"),
    ]);
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
    let copy = machine.sandbox.sent().remove(0);
    assert_eq!((copy.text.as_str(), copy.html.as_str()), ("x", "<b>x</b>"));
}

#[test]
fn invalid_recipients_subjects_and_bodies_are_refused_before_sending() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    for arguments in [
        json!({"to": "A <a@b.c>", "content": "x"}),
        json!({"to": "a@b.c, d@e.f", "content": "x"}),
        json!({"to": "a@b.c\r\nBcc: d@e.f", "content": "x"}),
        json!({"to": "a@b.c", "subject": "a\nBcc: d@e.f", "content": "x"}),
        json!({"to": "a@b.c", "content": "  "}),
        json!({"to": "a@b.c", "content": "<div></div>", "format": "html"}),
        json!({"to": "a@b.c", "content": "<!-- x -->"}),
        json!({"to": "a@b\u{200b}.c", "content": "x"}),
        json!({"to": "a@b.c", "subject": "a\u{e0041}", "content": "x"}),
        json!({"to": "a@b.c", "content": "<div>".repeat(20_000), "format": "html"}),
        json!({"to": "a@b.c", "content": "x".repeat((1 << 20) + 1)}),
    ] {
        let result = shim.call("send_email", arguments);
        assert!(result.is_error, "{}", result.text);
    }
    assert_eq!(machine.sandbox.count("POST /api/v1/send-email"), 0);
    // A code block is text without marks.
    let code = format!("```\n{}\n```", "\"".repeat((1 << 20) - 8));
    assert_eq!(code.len(), 1 << 20);
    // On a busy machine its conversion may exceed the time limit.
    wait_until("the largest mail is sent", || {
        let mail = json!({"to": "alice@tai.chat", "content": code});
        let largest = shim.call("send_email", mail);
        let is_slow = largest.text.contains("takes too much time");
        assert!(is_slow || !largest.is_error, "{}", largest.text);
        !largest.is_error
    });
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
        "/api/v1/messages?limit=11&offset=0&prefix=desk"
    );
}

fn send(shim: &mut Shim, n: u32, insist: bool) -> ToolResult {
    let mut mail =
        json!({"to": "alice@tai.chat", "subject": "same", "content": format!("text {n}")});
    if insist {
        mail["allow_duplicate"] = json!(true);
    }
    shim.call("send_email", mail)
}

#[test]
fn a_hundred_sends_with_lost_answers_happen_once_each_and_are_reported_unknown() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    machine
        .sandbox
        .fail(FaultKind::CloseAfter, 100, "POST /api/v1/send-email");
    let mut shim = desk(&machine);
    let ids: Vec<_> = (0..100)
        .map(|n| {
            let mail =
                json!({"to": "alice@tai.chat", "subject": "s", "content": format!("text {n}")});
            shim.begin_call("send_email", mail)
        })
        .collect();
    let mut unknown = 0;
    for id in ids {
        let result = shim.finish_call(&id);
        assert!(result.is_error);
        let said = result
            .text
            .starts_with("error: it is unknown whether the mail was sent");
        assert!(said, "{}", result.text);
        unknown += 1;
    }
    let mails = machine.sandbox.mails().unwrap();
    let texts: HashSet<_> = mails.iter().map(|mail| mail.body_text.clone()).collect();
    assert_eq!(
        (mails.len(), texts.len(), unknown),
        (100, 100, 100),
        "delivered, different, unknown"
    );
    assert_eq!(
        machine.sandbox.count("POST /api/v1/send-email"),
        100,
        "a send was repeated"
    );
    assert_eq!(
        machine.status()["unknown_sends"].as_array().unwrap().len(),
        100
    );
}

#[test]
fn a_duplicate_is_refused_for_all_clients_and_across_restarts_unless_forced() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = desk(&machine);
    assert!(!send(&mut shim, 1, false).is_error);
    let held = send(&mut desk(&machine), 1, false);
    assert!(held.is_error);
    let text = held.text.replace(|c: char| c.is_ascii_digit(), "N");
    assert!(
        text.starts_with("error: the same email was sent N s ago"),
        "{text}"
    );
    assert!(text.contains("allow_duplicate: true"), "{text}");
    assert!(
        !send(&mut shim, 2, false).is_error,
        "another mail was refused"
    );
    taid.kill();
    let taid = machine.start();
    taid.wait_until_live();
    let held = send(&mut desk(&machine), 1, false);
    assert!(
        held.is_error && held.text.starts_with("error: the same email was sent "),
        "{}",
        held.text
    );
    assert!(!send(&mut desk(&machine), 1, true).is_error);
    assert_eq!(machine.sandbox.mails().unwrap().len(), 3);
    // The file is private and contains only digests, the sender and times.
    let path = machine.state_dir().join("sends-default");
    let text = std::fs::read_to_string(&path).unwrap();
    let of_sender = text.replace("desk.alice@tai.chat", "SENDER");
    assert!(!of_sender.contains('@') && !text.contains("text"), "{text}");
    use std::os::unix::fs::MetadataExt as _;
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn a_send_interrupted_by_a_kill_is_not_repeated() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    machine
        .sandbox
        .fail(FaultKind::HangAfter, 1, "POST /api/v1/send-email");
    let mut shim = desk(&machine);
    let mail = json!({"to": "alice@tai.chat", "subject": "same", "content": "text 1"});
    let id = shim.begin_call("send_email", mail);
    wait_until("the mail was delivered", || {
        machine.sandbox.mails().unwrap().len() == 1
    });
    taid.kill();
    let lost = shim.finish_call(&id);
    assert!(
        lost.text
            .contains("it is unknown whether the mail was sent"),
        "{}",
        lost.text
    );
    let taid = machine.start();
    taid.wait_until_live();
    let held = send(&mut shim, 1, false);
    assert!(held.text.contains("may have been sent"), "{}", held.text);
    assert_eq!(machine.sandbox.mails().unwrap().len(), 1);
}

#[test]
fn a_mail_that_was_not_sent_can_be_sent_again_at_once() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    machine
        .sandbox
        .fail(FaultKind::NotProcessed, 1, "POST /api/v1/send-email");
    let mut shim = desk(&machine);
    assert!(send(&mut shim, 1, false).is_error);
    assert!(!send(&mut shim, 1, false).is_error);
}

#[test]
fn a_mail_with_an_ambiguous_failure_is_not_repeated() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    machine
        .sandbox
        .fail(FaultKind::Error500, 1, "POST /api/v1/send-email");
    let mut shim = desk(&machine);
    let unknown = send(&mut shim, 1, false);
    assert!(unknown.text.contains("it is unknown"), "{}", unknown.text);
    let held = send(&mut shim, 1, false);
    assert!(held.text.contains("may have been sent"), "{}", held.text);
}

#[test]
fn the_result_says_what_the_mail_does_not_have_and_neither_part_is_empty() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    for (content, format, left_out, text) in [
        ("<p>Hello</p>", "markdown", None, "Hello"),
        ("Dear <name>", "markdown", None, "Dear <name>"),
        (
            "<p onclick=x()>Hi<script>x</script>",
            "html",
            Some("1 script, 1 script in an attribute"),
            "Hi",
        ),
        (
            "<body style=\"background-image:url(/x.png)\">Hi",
            "html",
            Some("1 style declaration"),
            "Hi",
        ),
        (
            "<img src=\"https://a.example/x.png\">",
            "html",
            None,
            "[image] (https://a.example/x.png)",
        ),
        (
            "a\u{0}b",
            "markdown",
            Some("1 unreadable character (the email has U+FFFD in its place)"),
            "a\u{fffd}b",
        ),
    ] {
        let arguments =
            json!({"to": "alice@tai.chat", "subject": "", "content": content, "format": format});
        let result = shim.call("send_email", arguments);
        let said = result
            .text
            .split_once("\nLeft out of the email: ")
            .map(|(_, said)| said);
        assert_eq!(said, left_out, "{content}");
        let mail = machine.sandbox.sent().pop().unwrap();
        assert_eq!(mail.text, text, "{content}");
        assert!(!mail.html.is_empty(), "{content}");
        assert_eq!(mail.subject, "Email from desk");
    }
}

#[test]
fn what_only_looks_like_markup_is_sent_as_it_is_written() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    for (content, format) in [
        ("[Deadline]: Friday\n[Place]: Berlin", "markdown"),
        ("24. Dezember\n\n31. Dezember", "markdown"),
        ("5*10*2 cm", "markdown"),
        ("~~~ Important ~~~\nRead this.", "markdown"),
        ("+ 100 EUR\n- 20 EUR\n= 80 EUR", "markdown"),
        ("Regards,\nAnn\n-- \nAnn Lee", "markdown"),
        ("Dear Bob,\n\nline 1\nline 2\n\nAnn", "html"),
        ("Dear <name> of <your company>,\n\nsee 5", "html"),
        ("Add an <a> and a <td> to the <h1>, please.", "html"),
        ("See the <td>, not the <rt>.", "markdown"),
    ] {
        let arguments =
            json!({"to": "alice@tai.chat", "subject": "", "content": content, "format": format});
        let result = shim.call("send_email", arguments);
        assert!(!result.is_error, "{}", result.text);
        assert_eq!(machine.sandbox.sent().pop().unwrap().text, content);
    }
}

#[test]
fn a_reply_goes_to_the_address_of_a_sender_with_a_display_name() {
    let machine = Machine::new();
    machine
        .sandbox
        .behave(|behaviour| behaviour.has_reply = false);
    let mut question = mail("desk.alice@tai.chat", "AW: Plan", "2026-01-01 00:00:00");
    question.from = "Alice <server.alice@tai.chat>".into();
    let id = machine.sandbox.deliver(&question).unwrap().unwrap();
    let _taid = machine.start();
    let reply = desk(&machine).call("reply_email", json!({"message_id": id, "content": "fine"}));
    assert!(!reply.is_error, "{}", reply.text);
    let mails = machine.sandbox.mails().unwrap();
    let sent = mails.last().unwrap();
    assert_eq!(sent.to, "server.alice@tai.chat");
    assert_eq!(sent.subject.as_deref(), Some("Re: Plan"));
}
