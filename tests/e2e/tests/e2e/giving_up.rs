//! Progress and cancellation of calls.

use serde_json::json;
use std::time::{Duration, Instant};
use tai_e2e::{Machine, mcp::Shim, wait_until, within};
use tai_sandbox::{FaultKind, NewMail};

const LIST: &str = "GET /api/v1/messages";
const SEND: &str = "POST /api/v1/send-email";

fn cancel(shim: &mut Shim, id: &serde_json::Value) {
    let params = json!({"requestId": id});
    shim.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}));
}

#[test]
fn a_search_reports_progress_on_request() {
    let machine = Machine::new();
    for _ in 0..60 {
        let mail = NewMail {
            from: "someone@example.com".into(),
            to: "desk.alice@tai.chat".into(),
            ..NewMail::default()
        };
        machine.sandbox.deliver(&mail).unwrap().unwrap();
    }
    let taid = machine.start();
    taid.wait_until_live();
    machine
        .sandbox
        .behave(|behaviour| behaviour.latency_ms = 30);
    for modern in [false, true] {
        let mut shim = match modern {
            true => machine.shim("desk").modern(),
            false => machine.client("desk"),
        };
        let search = json!({"name": "search_inbox", "arguments": {"query": "nothing"},
            "_meta": {"progressToken": "p"}});
        let answer = shim.request("tools/call", search);
        assert_eq!(answer["result"]["structuredContent"]["looked_at"], 60);
        let mut seen = Vec::new();
        while let Some(told) = shim.hear_within("notifications/progress", Duration::ZERO) {
            assert_eq!(told["params"]["progressToken"], "p");
            assert_eq!(told["params"]["total"], 60.0);
            seen.push(told["params"]["progress"].as_f64().unwrap());
        }
        assert!(!seen.is_empty());
        assert!(seen.is_sorted_by(|a, b| a < b), "{seen:?}");

        // Without a progress token there are no notifications.
        shim.call("search_inbox", json!({"query": "nothing"}));
        let told = shim.hear_within("notifications/progress", Duration::ZERO);
        assert_eq!(told, None);
    }
}

#[test]
fn cancelling_a_read_aborts_its_request_to_the_bridge() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = machine.client("desk");
    shim.call("list_inbox", json!({}));
    machine.sandbox.fail(FaultKind::Hang, 1, LIST);
    let (before, asked) = (machine.sandbox.connections(), machine.sandbox.count(LIST));
    let id = shim.begin_call("list_inbox", json!({}));
    wait_until("the read is under way", || {
        machine.sandbox.count(LIST) == asked + 1
    });
    cancel(&mut shim, &id);
    // The read used the pooled connection, so that one connection less remains.
    wait_until("the connection is closed", || {
        machine.sandbox.connections() < before
    });
    assert!(!shim.call("list_inbox", json!({})).is_error);
}

#[test]
fn the_end_of_the_input_ends_each_call_and_leases_no_mail() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = machine.client("desk");
    shim.call("list_inbox", json!({}));
    machine.sandbox.fail(FaultKind::Hang, 1, LIST);
    let asked = machine.sandbox.count(LIST);
    shim.begin_call("list_inbox", json!({}));
    wait_until("the read is under way", || {
        machine.sandbox.count(LIST) > asked
    });
    shim.begin_call("wait_for_email", json!({"timeout": 50}));
    wait_until("the wait is under way", || {
        machine.sandbox.count(LIST) > asked + 1
    });
    machine.sandbox.fail(FaultKind::Hang, 1, SEND);
    shim.begin_call(
        "send_email",
        json!({"to": "bob@example.com", "subject": "s", "content": "t"}),
    );
    wait_until("the send is under way", || machine.sandbox.count(SEND) == 1);
    let closed = Instant::now();
    let (status, answers) = shim.close();
    assert!(status.success());
    // rmcp alone gives open requests 5 s more.
    assert!(closed.elapsed() < within(Duration::from_secs(4)));
    let mut texts: Vec<String> = answers
        .iter()
        .map(|answer| serde_json::from_str::<serde_json::Value>(answer).unwrap())
        .map(|answer| {
            answer["result"]["content"][0]["text"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    texts.sort();
    insta::assert_snapshot!(texts.join("\n"), @"
    error: it is unknown whether the mail was sent
    caused by: the client did not wait for the answer
    hint: tell the user, and send it again, with allow_duplicate: true, only if the user or the recipient says that it did not arrive; the call was not repeated
    error: the MCP client has closed the input of tai-mcp
    error: the call was cancelled
    ");
    // It would wait for the end of the send.
    taid.kill();
}

/// Returns the id of the mail in an answer.
fn mail_of(answer: &serde_json::Value) -> Option<u64> {
    answer["result"]["structuredContent"]["email"]["id"].as_u64()
}

#[test]
fn the_mail_of_a_cancelled_fetch_comes_with_a_later_fetch_of_the_same_client() {
    const MAILS: usize = 60;
    let machine = Machine::new();
    for n in 0..MAILS {
        let mail = NewMail {
            from: "someone@example.com".into(),
            to: "desk.alice@tai.chat".into(),
            subject: Some(n.to_string()),
            ..NewMail::default()
        };
        machine.sandbox.deliver(&mail).unwrap().unwrap();
    }
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = machine.client("desk");
    let mut begun = Vec::new();
    let stages = [
        None,
        Some("GET /api/v1/messages/{id}"),
        Some("PUT /api/v1/messages/{id}/read"),
    ];
    for n in 0..MAILS {
        let stage = stages[n % stages.len()];
        let before = stage.map(|stage| machine.sandbox.count(stage));
        let arguments = match n % 2 {
            0 => json!({}),
            _ => json!({"email_id": n + 1}),
        };
        let id = shim.begin_call("fetch_email", arguments);
        if let (Some(stage), Some(before)) = (stage, before) {
            wait_until("the fetch has come so far", || {
                machine.sandbox.count(stage) > before
            });
        }
        // Cancels at different moments between the bridge's answer and the client's.
        for _ in 0..n * 20 {
            std::thread::yield_now();
        }
        cancel(&mut shim, &id);
        begun.push(id);
    }
    // An answer that was written before the cancellation was read counts. Its client has it.
    let mut got = Vec::new();
    wait_until("no mail is left", || {
        let answer = shim.begin_call("fetch_email", json!({}));
        let answer = shim.finish(&answer);
        got.extend(mail_of(&answer));
        mail_of(&answer).is_none()
    });
    got.extend(begun.iter().filter_map(|id| mail_of(&shim.arrived(id)?)));
    got.sort_unstable();
    got.dedup();
    assert_eq!(got.len(), MAILS, "{got:?}");
}

#[test]
fn cancelling_a_send_under_way_does_not_stop_it_and_the_ledger_records_it() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    machine.sandbox.hold(1, SEND);
    let mut shim = machine.client("desk");
    let mail = json!({"to": "alice@tai.chat", "subject": "s", "content": "text"});
    let id = shim.begin_call("send_email", mail.clone());
    wait_until("the send is under way", || machine.sandbox.count(SEND) == 1);
    cancel(&mut shim, &id);
    let again = shim.call("send_email", mail.clone());
    assert!(
        again.text.contains("is being sent right now"),
        "{}",
        again.text
    );
    machine.sandbox.release();
    wait_until("the mail is delivered", || {
        machine.sandbox.mails().unwrap().len() == 1
    });
    wait_until("the ledger has it as sent", || {
        let again = shim.call("send_email", mail.clone());
        again.text.contains("the same email was sent")
    });
    assert_eq!(machine.sandbox.count(SEND), 1);

    // A cancelled send with a lost answer is recorded as unknown.
    machine.sandbox.fail(FaultKind::CloseAfter, 1, SEND);
    let other = json!({"to": "alice@tai.chat", "subject": "s", "content": "other"});
    let id = shim.begin_call("send_email", other);
    wait_until("the send is under way", || machine.sandbox.count(SEND) == 2);
    cancel(&mut shim, &id);
    wait_until("the send is unknown", || {
        machine.status()["unknown_sends"].as_array().unwrap().len() == 1
    });
}

#[test]
fn a_mail_whose_answer_cannot_be_written_goes_to_the_next_client() {
    for arguments in [json!({}), json!({"email_id": 1})] {
        fetch_for_a_closed_output(arguments);
    }
}

fn fetch_for_a_closed_output(arguments: serde_json::Value) {
    let machine = Machine::new();
    let mail = NewMail {
        from: "someone@example.com".into(),
        to: "desk.alice@tai.chat".into(),
        ..NewMail::default()
    };
    let mail = machine.sandbox.deliver(&mail).unwrap().unwrap();
    let taid = machine.start();
    taid.wait_until_live();
    let mut first = machine.client("desk");
    first.hang_up_output();
    // The output is closed with this answer, and the answer of the fetch comes later.
    first.send(&json!({"jsonrpc": "2.0", "id": "ping", "method": "ping"}));
    machine.sandbox.behave(|bridge| bridge.latency_ms = 100);
    first.begin_call("fetch_email", arguments);
    wait_until("tai-mcp has ended", || first.has_ended());
    let read = machine.client("desk").call("fetch_email", json!({}));
    assert_eq!(read.structured["email"]["id"], json!(mail), "{}", read.text);
}
