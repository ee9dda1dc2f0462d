//! `confirm_send`: a person approves each send, by elicitation or with `taid approve`.

mod answers;
mod copy;

use copy::assert_shown;
use serde_json::{Value, json};
use tai_e2e::{Machine, mcp::Shim, wait_until};
use tai_sandbox::{FaultKind, NewMail};

pub(super) const ELICIT: &str = "elicitation/create";

pub(super) fn machine(confirm: &str) -> Machine {
    let machine = Machine::new();
    let added = machine.sandbox.add_account("bob", "sandbox-password");
    added.unwrap();
    machine.configure(&format!(
        "confirm_send = \"{confirm}\"\nuser_email = \"bob@tai.chat\"\n"
    ));
    machine
}

pub(super) fn mail(content: &str) -> Value {
    json!({"to": "bob@tai.chat", "subject": "Figures", "content": content})
}

/// Starts a client of the handshake era with elicitation.
pub(super) fn asking(machine: &Machine) -> Shim {
    let shim = machine.shim("desk").capable_of(json!({"elicitation": {}}));
    shim.initialized("test", "2025-06-18")
}

fn modern(machine: &Machine) -> Shim {
    let shim = machine.shim("desk").modern();
    shim.capable_of(json!({"elicitation": {"form": {}}}))
}

pub(super) fn sent(machine: &Machine) -> Vec<String> {
    let copies = machine.sandbox.sent().into_iter();
    let bobs = copies.filter(|mail| mail.to == "bob@tai.chat");
    bobs.map(|mail| mail.text).collect()
}

fn retry(arguments: &Value, first: &Value, answer: Value) -> Value {
    json!({
        "name": "send_email",
        "arguments": arguments,
        "requestState": first["result"]["requestState"],
        "inputResponses": {"approve": answer},
    })
}

fn ask(shim: &mut Shim, arguments: &Value) -> Value {
    let call = json!({"name": "send_email", "arguments": arguments});
    shim.request("tools/call", call)
}

#[test]
fn the_user_sees_the_mail_and_only_acceptance_sends_it() {
    let machine = machine("always");
    let _taid = machine.start();
    let mut shim = asking(&machine);
    for (action, content) in [("decline", "one"), ("cancel", "two"), ("accept", "three")] {
        let id = shim.begin_call("send_email", mail(content));
        let question = shim.hear(ELICIT);
        let message = question["params"]["message"].as_str().unwrap();
        insta::allow_duplicates! {
            insta::assert_snapshot!(message.replace(content, "CONTENT"), @"
            Send to bob@tai.chat?
            Subject: Figures
            From: desk.alice@tai.chat
            | CONTENT
            ");
        }
        assert_eq!(sent(&machine).len(), 0, "sent before the answer");
        shim.answer(&question, json!({"action": action}));
        let result = shim.finish_call(&id);
        assert_eq!(result.is_error, action != "accept", "{}", result.text);
    }
    assert_eq!(sent(&machine), ["three"]);
}

#[test]
fn in_2026_07_28_the_client_asks_the_user_and_calls_again() {
    let machine = machine("always");
    let _taid = machine.start();
    let mut shim = modern(&machine);
    let arguments = mail("text");
    let first = ask(&mut shim, &arguments);
    let result = &first["result"];
    assert_eq!(result["resultType"], "input_required", "{first}");
    let asked = &result["inputRequests"]["approve"];
    assert_eq!(asked["method"], ELICIT, "{first}");
    assert_eq!(sent(&machine).len(), 0);

    let yes = json!({"action": "accept", "content": {}});
    let again = retry(&arguments, &first, yes);
    let done = shim.request("tools/call", again.clone());
    assert_eq!(done["result"]["resultType"], "complete", "{done}");
    assert_eq!(sent(&machine), ["text"]);

    // A state is valid once.
    let twice = shim.request("tools/call", again.clone());
    assert_eq!(twice["result"]["isError"], true, "{twice}");
    assert_eq!(sent(&machine).len(), 1);

    // A state without an answer is invalid, and so is an answer without its state.
    for half in ["requestState", "inputResponses"] {
        let mut call = again.clone();
        call.as_object_mut().unwrap().remove(half);
        let answer = shim.request("tools/call", call);
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
}

#[test]
fn an_approval_state_is_valid_only_for_the_mail_that_was_shown() {
    let machine = machine("always");
    let _taid = machine.start();
    let yes = || json!({"action": "accept", "content": {}});
    let arguments = mail("what was shown");
    let mut shim = modern(&machine);
    for change in [
        json!({"content": "something else"}),
        json!({"to": "carol@example.com"}),
        json!({"subject": "Other"}),
        json!({"content": "<p>what was shown</p>", "format": "html"}),
    ] {
        let first = ask(&mut shim, &arguments);
        let mut changed = arguments.clone();
        for (name, value) in change.as_object().unwrap() {
            changed[name] = value.clone();
        }
        let answer = shim.request("tools/call", retry(&changed, &first, yes()));
        assert_eq!(answer["result"]["isError"], true, "{answer}");
    }
    // Another instance has another sender address.
    let first = ask(&mut shim, &arguments);
    let mut lab = machine.shim("lab").modern();
    let answer = lab.request("tools/call", retry(&arguments, &first, yes()));
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    // Forged states and answers other than acceptance.
    let mut forged = retry(&arguments, &first, yes());
    forged["requestState"] = json!("0".repeat(32));
    let answer = shim.request("tools/call", forged);
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    for no in [json!({"action": "decline"}), json!({}), json!("accept")] {
        let first = ask(&mut shim, &arguments);
        let answer = shim.request("tools/call", retry(&arguments, &first, no));
        assert_eq!(answer["result"]["isError"], true, "{answer}");
    }
    assert_eq!(sent(&machine).len(), 0);
}

#[test]
fn without_elicitation_the_mail_waits_for_taid_approve() {
    let machine = machine("always");
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    let result = shim.call("send_email", mail("first"));
    assert!(result.is_error);
    insta::assert_snapshot!(result.text, @"
    error: the email was not sent: it waits for the user's approval as number 1
    caused by: taid's configuration requires the user's approval (`confirm_send`), and this MCP client cannot ask for it
    hint: ask the user to run `taid approve 1` within an hour; it is lost if taid stops before; do not send the email again while it waits
    ");
    let again = shim.call("send_email", mail("first"));
    assert_eq!(again.text, result.text, "the mail waits twice");
    shim.call("send_email", mail("second"));
    assert_eq!(machine.held(), 2);
    let page = machine.cli(&["status"]).stdout;
    assert!(
        machine
            .plain(&page)
            .contains("2 mails waiting: `taid approve`")
    );

    let list = machine.plain(&machine.cli(&["approve"]).stdout);
    assert!(
        list.contains("desk.alice@tai.chat -> bob@tai.chat"),
        "{list}"
    );
    // Approval needs a terminal or `--yes`.
    let output = machine.cli(&["approve", "1"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(machine.plain(&output.stdout).contains("first"));
    assert_eq!(sent(&machine).len(), 0);

    let output = machine.cli(&["approve", "1", "--yes"]);
    assert!(output.status.success());
    assert!(
        machine
            .plain(&output.stdout)
            .starts_with("sent to bob@tai.chat (")
    );
    // Each question has a number, also the one about the mail that waited already.
    let output = machine.cli(&["approve", "3", "--reject"]);
    assert_eq!(
        machine.plain(&output.stdout),
        "mail 3 discarded; nothing was sent\n"
    );
    assert_eq!(sent(&machine), ["first"]);
    assert_eq!(
        machine.cli(&["approve", "1", "--yes"]).status.code(),
        Some(1)
    );
    assert_eq!(sent(&machine).len(), 1, "an approval was used twice");
}

#[test]
fn a_held_mail_that_failed_to_send_keeps_waiting() {
    let machine = machine("always");
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    shim.call("send_email", mail("text"));
    machine
        .sandbox
        .fail(FaultKind::NotProcessed, 1, "POST /api/v1/send-email");
    assert_eq!(
        machine.cli(&["approve", "1", "--yes"]).status.code(),
        Some(1)
    );
    assert_eq!(machine.held(), 1);
    assert!(machine.cli(&["approve", "1", "--yes"]).status.success());
    assert_eq!(sent(&machine), ["text"]);
}

#[test]
fn external_asks_only_for_other_recipients() {
    let machine = machine("external");
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    for to in ["bob@tai.chat", "lab.alice@tai.chat"] {
        let result = shim.call("send_email", json!({"to": to, "content": "text"}));
        assert!(!result.is_error, "{}", result.text);
    }
    let result = shim.call(
        "send_email",
        json!({"to": "carol@example.com", "content": "text"}),
    );
    assert!(result.text.contains("waits for the user's approval"));
}

#[test]
fn replies_need_approval_too() {
    let machine = machine("always");
    let _taid = machine.start();
    let id = machine
        .sandbox
        .deliver(&NewMail {
            from: "bob@tai.chat".into(),
            to: "desk.alice@tai.chat".into(),
            subject: Some("Question".into()),
            body_text: Some("text".into()),
            ..NewMail::default()
        })
        .unwrap()
        .unwrap();
    let mut shim = asking(&machine);
    let call = shim.begin_call(
        "reply_email",
        json!({"message_id": id, "content": "answer"}),
    );
    let question = shim.hear(ELICIT);
    let message = question["params"]["message"].as_str().unwrap();
    assert!(
        message.starts_with("Send to bob@tai.chat?\nSubject: Re: Question\n"),
        "{message}"
    );
    shim.answer(&question, json!({"action": "accept", "content": {}}));
    assert!(!shim.finish_call(&call).is_error);
    assert_eq!(sent(&machine), ["answer"]);
}

#[test]
fn a_call_cancelled_during_the_question_sends_nothing() {
    let machine = machine("always");
    let _taid = machine.start();
    let mut shim = asking(&machine);
    let id = shim.begin_call("send_email", mail("text"));
    let question = shim.hear(ELICIT);
    let is_asked = |machine: &Machine| {
        let page = machine.cli(&["approve", "1", "--full"]).stdout;
        machine
            .plain(&page)
            .contains("A client asks about this mail.")
    };
    assert!(is_asked(&machine));
    shim.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}));
    let over = shim.hear("notifications/cancelled");
    assert_eq!(over["params"]["requestId"], question["id"]);
    shim.answer(&question, json!({"action": "accept"}));
    shim.call("list_inbox", json!({}));
    assert_eq!(sent(&machine).len(), 0);
    wait_until("the question is withdrawn", || !is_asked(&machine));
}

#[test]
fn after_a_failed_elicitation_the_mail_waits_for_approval() {
    let machine = machine("always");
    let _taid = machine.start();
    let mut shim = asking(&machine);
    let id = shim.begin_call("send_email", mail("text"));
    let question = shim.hear(ELICIT);
    shim.send(&json!({"jsonrpc": "2.0", "id": question["id"], "error": {"code": -32603, "message": "no"}}));
    let result = shim.finish_call(&id);
    assert!(
        result.text.contains("waits for the user's approval"),
        "{}",
        result.text
    );
    assert_eq!(machine.held(), 1);
}

/// Content whose HTML hides, loads and misleads.
const SUSPICIOUS: &str = "<p>Dear Bob, see you at noon.</p><p style=\"display:none\">CANARY-HIDDEN</p>\
    <img src=\"https://evil.example/c?d=CANARY-IMAGE\" width=1 height=1>\
    <a href=\"https://evil.example/CANARY-LINK\">bank.example</a>";

#[test]
fn text_that_the_reader_of_the_recipient_hides_has_a_warning() {
    let machine = machine("always");
    let (_taid, mut shim) = (machine.start(), asking(&machine));
    let content = "<p>Hi</p><div style=\"block-size:0;overflow:hidden\">CANARY</div>";
    let arguments =
        json!({"to": "bob@tai.chat", "subject": "x", "content": content, "format": "html"});
    shim.begin_call("send_email", arguments);
    let question = shim.hear(ELICIT)["params"]["message"].to_string();
    assert!(question.contains("text that may be hidden"), "{question}");
}

#[test]
fn what_the_person_is_shown_is_what_arrives() {
    let machine = machine("always");
    let _taid = machine.start();
    let mut shim = asking(&machine);
    let long = "A line of the mail that is long enough to fill the question.\n\n".repeat(100);
    for (content, format) in [
        (
            "Dear <name>,\n\n> quote\nanswer with `Vec<String>`\n\n| a | b |\n|---|---|\n| 日本 | 2 |",
            "markdown",
        ),
        (
            "<html><body dir=rtl><h1>שלום</h1><ul><li>x</ul></body></html>",
            "html",
        ),
        (SUSPICIOUS, "html"),
        (&long, "markdown"),
    ] {
        let arguments = json!({"to": "bob@tai.chat", "subject": "Figures", "content": content, "format": format});
        let id = shim.begin_call("send_email", arguments);
        let question = shim.hear(ELICIT);
        let message = question["params"]["message"].as_str().unwrap().to_owned();
        // The message ends with the command that shows everything.
        let shown = match message.split_once("`taid approve ") {
            Some((_, rest)) => {
                let number = rest.split(' ').next().unwrap();
                let output = machine.cli(&["approve", number, "--full"]);
                assert!(output.status.success());
                machine.plain(&output.stdout)
            }
            None => message,
        };
        shim.answer(&question, json!({"action": "accept", "content": {}}));
        let result = shim.finish_call(&id);
        assert!(!result.is_error, "{}", result.text);
        let copy = machine.sandbox.sent().pop().unwrap();
        assert_shown(&machine, &mut shim, &copy, &shown);
    }
}

#[test]
fn a_question_about_a_suspicious_mail_says_so_in_its_first_line_and_shows_everything() {
    let machine = machine("always");
    let _taid = machine.start();
    let mut shim = asking(&machine);
    let arguments = json!({"to": "bob@tai.chat", "subject": "Figures", "content": SUSPICIOUS, "format": "html"});
    let id = shim.begin_call("send_email", arguments);
    let question = shim.hear(ELICIT);
    insta::assert_snapshot!(question["params"]["message"].as_str().unwrap(), @r#"
    Warning: hidden text, an invisible image, a link that names another host. Send to bob@tai.chat?
    Subject: Figures
    From: desk.alice@tai.chat. Loads from: evil.example
    | Dear Bob, see you at noon.
    |
    | bank.example (https://evil.example/CANARY-LINK)

    Hidden from the reader:
      | CANARY-HIDDEN

    Links whose words name another host:
      "bank.example" leads to evil.example: https://evil.example/CANARY-LINK

    Loaded or shown when the mail is opened:
      image https://evil.example/c?d=CANARY-IMAGE (not visible)
    "#);
    shim.answer(&question, json!({"action": "decline"}));
    assert!(shim.finish_call(&id).is_error);
    assert_eq!(sent(&machine).len(), 0);
}
