//! What is reported is what happened: sends, changes of mails and the session, against answers of
//! the bridge that do not say it plainly.

use crate::mail::{desk, mail};
use serde_json::json;
use tai_e2e::{Machine, wait_until};
use tai_sandbox::{Canned, Database};

const LOGIN: &str = "POST /api/v1/login";
const SEND: &str = "POST /api/v1/send-email";
const LIST: &str = "GET /api/v1/messages";

/// Returns an error of the bridge in JSON.
fn error(status: u16, message: &str) -> Canned {
    let error = json!({"code": "INTERNAL_ERROR", "message": message});
    Canned::new(
        status,
        &json!({"success": false, "error": error}).to_string(),
    )
}

#[test]
fn a_send_whose_provider_lost_its_answer_is_unknown_and_held_back() {
    let machine = Machine::new();
    machine
        .sandbox
        .behave(|behaviour| behaviour.has_reply = true);
    let question = mail("desk.alice@tai.chat", "Plan", "2026-01-01 00:00:00");
    let id = machine.sandbox.deliver(&question).unwrap().unwrap();
    let taid = machine.start();
    taid.wait_until_live();
    let lost = error(
        500,
        "Unable to fetch data. The request could not be resolved.",
    );
    let reply = "POST /api/v1/messages/{id}/reply";
    machine.sandbox.can(lost.clone(), 1, SEND);
    machine.sandbox.can(lost, 1, reply);
    let mut shim = desk(&machine);
    let mail = json!({"to": "bob@example.com", "content": "text"});
    let answer = json!({"message_id": id, "content": "text"});
    for (tool, arguments) in [("send_email", mail), ("reply_email", answer)] {
        let unknown = shim.call(tool, arguments.clone());
        assert!(unknown.is_error);
        let (what, why) = unknown.text.split_once('\n').unwrap();
        assert_eq!(what, "error: it is unknown whether the mail was sent");
        assert!(why.contains("Unable to fetch data"), "{why}");
        assert!(
            why.contains("only if the user or the recipient says that it did not arrive"),
            "{why}"
        );
        let held_back = shim.call(tool, arguments);
        assert!(held_back.is_error);
        assert!(
            held_back.text.contains("may have been sent"),
            "{}",
            held_back.text
        );
    }
    assert_eq!(machine.sandbox.count(SEND), 1);
    assert_eq!(machine.sandbox.count(reply), 1);
    let unknown = &machine.status()["unknown_sends"];
    assert_eq!(unknown.as_array().unwrap().len(), 2);
}

#[test]
fn a_refusal_about_an_earlier_copy_leaves_the_outcome_unknown() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = desk(&machine);
    for status in [408, 409, 424, 425, 499] {
        machine.sandbox.can(error(status, "already sent"), 1, SEND);
        let mail = json!({"to": "bob@example.com", "content": format!("text {status}")});
        let unknown = shim.call("send_email", mail.clone()).text;
        let what = "error: it is unknown whether the mail was sent\n";
        assert!(unknown.starts_with(what), "{unknown}");
        assert!(!unknown.contains("nothing was sent"), "{unknown}");
        let held_back = shim.call("send_email", mail).text;
        assert!(held_back.contains("may have been sent"), "{held_back}");
    }
    assert_eq!(machine.sandbox.count(SEND), 5);
}

#[test]
fn a_mail_that_reads_the_same_is_held_back_and_another_one_is_not() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = desk(&machine);
    let mut send = |subject: &str, content: &str, format: &str| {
        let mail = json!({"to": "bob@example.com", "subject": subject, "content": content, "format": format});
        shim.call("send_email", mail).text
    };
    machine.sandbox.can(error(500, "It failed"), 1, SEND);
    let unknown = send("Re: Lunch", "yes at **12**", "markdown");
    assert!(unknown.contains("it is unknown"), "{unknown}");
    for (subject, content, format) in [
        ("Re: Lunch", "yes  at **12**\n", "markdown"),
        ("Re: Lunch", "yes at\u{a0}**12**", "markdown"),
        ("RE: Lunch", "yes at **12**", "markdown"),
        ("Re:  Lunch", "yes at __12__", "markdown"),
        ("Re: Lunch", "<p>yes at <strong>12</strong></p>", "html"),
    ] {
        let held = send(subject, content, format);
        assert!(held.contains("may have been sent"), "{content}: {held}");
    }
    assert_eq!(machine.sandbox.count(SEND), 1);
    for (subject, content) in [
        ("Lunch", "yes at **12**"),
        ("Re: Lunch", "yes at 12"),
        ("Re: Lunch", "yes at **12**."),
        ("Re: Lunch", "yes\n\nat **12**"),
    ] {
        let sent = send(subject, content, "markdown");
        assert!(!sent.starts_with("error"), "{content}: {sent}");
    }
}

#[test]
fn an_approved_mail_with_an_unknown_outcome_does_not_wait_again() {
    let machine = Machine::new();
    machine.configure("confirm_send = \"always\"\n");
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = machine.client("desk");
    shim.call(
        "send_email",
        json!({"to": "bob@example.com", "content": "text"}),
    );
    let lost = error(
        500,
        "Unable to fetch data. The request could not be resolved.",
    );
    machine.sandbox.can(lost, 1, SEND);
    let output = machine.cli(&["approve", "1", "--yes"]);
    assert_eq!(output.status.code(), Some(1));
    let said = machine.plain(&output.stderr);
    assert!(
        said.starts_with("error: it is unknown whether the mail was sent"),
        "{said}"
    );
    assert!(
        said.contains("ask the recipient whether it arrived; only if it did not"),
        "{said}"
    );
    assert!(!said.contains("allow_duplicate"), "{said}");
    assert_eq!(machine.held(), 0);
    assert_eq!(machine.sandbox.count(SEND), 1);
}

#[test]
fn a_refusal_that_stays_advises_against_another_try() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = desk(&machine);
    let mut texts = String::new();
    for (n, message) in [
        "Invalid `to` field. The email address needs to follow the format.",
        "Resend service not initialized. Check RESEND_API_KEY",
        "Circuit breaker is OPEN for send email to bob@example.com",
        "Failed to process email request",
    ]
    .into_iter()
    .enumerate()
    {
        machine.sandbox.can(error(500, message), 1, SEND);
        let mail = json!({"to": "bob@example.com", "content": format!("text {n}")});
        let refused = shim.call("send_email", mail.clone());
        assert!(refused.is_error);
        texts += &format!("{}\n\n", refused.text);
        assert!(!shim.call("send_email", mail).is_error, "it was held back");
    }
    insta::assert_snapshot!(texts, @"
    error: the bridge's mail provider refused the mail
    caused by: Invalid `to` field. The email address needs to follow the format.
    hint: correct the mail as the cause says before you send it again; nothing was sent

    error: the mail bridge has no mail provider, so it cannot send
    caused by: Resend service not initialized. Check RESEND_API_KEY
    hint: do not repeat the call; tell the user that the operator of the bridge must set up its mail provider; nothing was sent

    error: the mail bridge has suspended sending for a minute after repeated failures
    caused by: the bridge has suspended sending: Circuit breaker is OPEN for send email to bob@example.com
    hint: try again in a minute; nothing was sent

    error: the mail bridge failed before it sent the mail
    caused by: the bridge did not process the mail: Failed to process email request
    hint: try again in a moment; nothing was sent
    ");
}

#[test]
fn a_success_without_a_receipt_is_a_success() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = desk(&machine);
    for (n, (status, body)) in [
        (204, ""),
        (200, r#"{"success":true}"#),
        (200, r#"{"success":true,"data":-1}"#),
        (
            200,
            r#"{"success":true,"data":{"messageId":null,"timestamp":[]}}"#,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        machine.sandbox.can(Canned::new(status, body), 1, SEND);
        let mail = json!({"to": "bob@example.com", "content": format!("text {n}")});
        let sent = shim.call("send_email", mail);
        assert!(!sent.is_error, "{body}: {}", sent.text);
        assert!(
            sent.text
                .ends_with("Message ID: not reported by the mail bridge\nTimestamp: not reported by the mail bridge"),
            "{}",
            sent.text
        );
    }
}

#[test]
fn a_change_that_the_bridge_could_not_make_is_an_error_and_one_that_it_made_is_not() {
    let machine = Machine::new();
    let one = mail("desk.alice@tai.chat", "one", "2026-01-01 00:00:00");
    let id = machine.sandbox.deliver(&one).unwrap().unwrap();
    let taid = machine.start();
    taid.wait_until_live();
    machine
        .sandbox
        .behave(|behaviour| behaviour.database = Database::WritesFail);
    let mut shim = desk(&machine);
    let mut texts = String::new();
    for tool in ["mark_read", "delete_email"] {
        let failed = shim.call(tool, json!({"email_id": id}));
        assert!(failed.is_error, "{}", failed.text);
        texts += &format!("{}\n\n", failed.text);
    }
    insta::assert_snapshot!(texts, @"
    error: the mail bridge could not mark email 1 as read
    caused by: the bridge reports a failure, and the email is still unread
    hint: try again in a moment; nothing was changed

    error: the mail bridge could not delete email 1
    caused by: the bridge reports a failure, and the email still exists
    hint: try again in a moment; nothing was changed
    ");
    let unchanged = machine.sandbox.mails().unwrap();
    assert_eq!((unchanged.len(), unchanged[0].is_read), (1, false));
    machine
        .sandbox
        .behave(|behaviour| behaviour.database = Database::Works);
    for tool in ["mark_read", "delete_email"] {
        let done = shim.call(tool, json!({"email_id": id}));
        assert!(!done.is_error, "{}", done.text);
    }
    assert_eq!(machine.sandbox.mails().unwrap().len(), 0);
}

#[test]
fn a_failing_database_costs_no_session_and_no_waiting() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = desk(&machine);
    machine
        .sandbox
        .behave(|behaviour| behaviour.database = Database::Down);
    let failed = shim.call("list_inbox", json!({}));
    assert!(failed.is_error);
    insta::assert_snapshot!(failed.text, @r#"
    error: the database of the mail bridge fails
    caused by: it answered "User not found", and its health is bad
    hint: try again in a moment; nothing was sent or changed
    "#);
    let status = shim.call("session_status", json!({})).text;
    assert!(
        status.contains("Mail bridge: could not serve the last request"),
        "{status}"
    );
    // The bridge sends without its database.
    let sent = shim.call(
        "send_email",
        json!({"to": "bob@example.com", "content": "text"}),
    );
    assert!(!sent.is_error, "{}", sent.text);
    let output = machine.cli(&["doctor"]);
    assert_eq!(output.status.code(), Some(1));
    machine
        .sandbox
        .behave(|behaviour| behaviour.database = Database::Works);
    let works = shim.call("list_inbox", json!({}));
    assert!(!works.is_error, "{}", works.text);
    assert_eq!(machine.sandbox.count(LOGIN), 1);
    assert_eq!(machine.sandbox.count("POST /api/v1/refresh"), 0);
}

#[test]
fn a_deleted_account_ends_as_a_refused_login() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    assert!(machine.sandbox.delete_account("alice").unwrap());
    let mut shim = desk(&machine);
    for _ in 0..3 {
        let failed = shim.call("list_inbox", json!({}));
        assert!(
            failed
                .text
                .starts_with("error: Authentication failed - invalid username or password"),
            "{}",
            failed.text
        );
    }
    assert_eq!(machine.sandbox.count(LIST), 2);
    assert_eq!(machine.sandbox.count(LOGIN), 2);
    let requests = machine.sandbox.log().len();
    assert!(requests <= 10, "{requests} requests");
    let said = machine.plain(&machine.cli(&["doctor"]).stdout);
    assert!(said.contains("; no login until "), "{said}");
}

#[test]
fn a_login_that_the_failing_database_refuses_is_tried_again_soon() {
    let machine = Machine::new();
    let refused = error(401, "Invalid username or password");
    machine.sandbox.can(refused, 1, LOGIN);
    machine
        .sandbox
        .behave(|behaviour| behaviour.healthy = false);
    let _taid = machine.start();
    wait_until("the login was refused", || {
        machine.sandbox.count(LOGIN) >= 1
    });
    let works = desk(&machine).call("list_inbox", json!({}));
    assert!(!works.is_error, "{}", works.text);
    assert!(!machine.log().contains("invalid username or password"));
}

#[test]
fn a_login_at_a_url_without_a_bridge_fails_at_once_and_names_the_setting() {
    let machine = Machine::new();
    machine.sandbox.can(Canned::page(404), u32::MAX, LOGIN);
    let _taid = machine.start();
    let mut shim = desk(&machine);
    for _ in 0..2 {
        let failed = shim.call("list_inbox", json!({}));
        assert!(
            failed.text.starts_with(
                "error: the login failed: no mail bridge answers at this URL (HTTP 404)"
            ),
            "{}",
            failed.text
        );
        assert!(failed.text.contains("(API_BASE_URL)"), "{}", failed.text);
    }
    // A second attempt is possible after 5 s, which a slow machine may need for two calls.
    assert!((1..=2).contains(&machine.sandbox.count(LOGIN)));
}

#[test]
fn a_call_signs_in_soon_after_a_redirect_of_the_login_ends() {
    let machine = Machine::new();
    let portal = Canned::page(302).with_header("Location", "https://portal.example/sign-in");
    machine.sandbox.can(portal, 2, LOGIN);
    let _taid = machine.start();
    let mut shim = desk(&machine);
    let mut failed = 0;
    // Two cool-downs of a refused password take 90 s.
    wait_until("the login works", || {
        let result = shim.call("list_inbox", json!({}));
        failed += u32::from(result.is_error);
        !result.is_error
    });
    assert!(failed > 0);
    assert_eq!(machine.sandbox.count(LOGIN), 3);
}
