//! Reports while a part of the real bridge fails: its database, its writes, its delivery provider
//! or an account. Each report is compared with what the bridge did.

use crate::mail::{desk, mail};
use serde_json::{Value, json};
use tai_e2e::{
    Machine,
    mcp::{Shim, ToolResult},
    wait_until,
};
use tai_sandbox::{Canned, Database, FaultKind, Provider};

const SEND: &str = "POST /api/v1/send-email";

fn send(shim: &mut Shim) -> ToolResult {
    let mail = json!({"to": "bob@example.com", "subject": "s", "content": "x"});
    shim.call("send_email", mail)
}

/// Delivers a mail to `desk` and returns the arguments that name it.
fn delivered(machine: &Machine) -> Value {
    let new = mail("desk.alice@tai.chat", "one", "2026-01-01 00:00:00");
    let id = machine.sandbox.deliver(&new).unwrap().unwrap();
    json!({"email_id": id})
}

fn provider(machine: &Machine, provider: Provider) {
    machine.sandbox.behave(|behaviour| {
        behaviour.provider = provider;
        behaviour.provider_delay_ms = 70;
    });
}

#[test]
fn a_mail_that_the_provider_took_four_times_is_unknown_and_held_back() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    provider(&machine, Provider::LosesAnswers(4));
    let unknown = send(&mut shim);
    assert!(
        unknown.is_error && unknown.text.contains("it is unknown"),
        "{}",
        unknown.text
    );
    provider(&machine, Provider::Works);
    let held = send(&mut shim);
    assert!(held.text.contains("may have been sent"), "{}", held.text);
    assert_eq!(machine.sandbox.sent().len(), 4, "another copy left");
    assert_eq!(
        machine.status()["unknown_sends"].as_array().unwrap().len(),
        1
    );
}

#[test]
fn a_mail_whose_first_answer_the_provider_lost_is_sent_and_asked_for_once() {
    let machine = Machine::new();
    let _taid = machine.start();
    provider(&machine, Provider::LosesAnswers(1));
    let sent = send(&mut desk(&machine));
    assert!(!sent.is_error, "{}", sent.text);
    assert_eq!(machine.sandbox.count(SEND), 1);
    // The bridge itself repeats a lost send; taid cannot know.
    assert_eq!(machine.sandbox.sent().len(), 2);
}

#[test]
fn a_mail_that_certainly_did_not_leave_is_not_unknown() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    for reason in [
        Provider::Refuses,
        Provider::NotInitialized,
        Provider::BreakerOpen,
    ] {
        provider(&machine, reason);
        let said = send(&mut shim);
        assert!(said.is_error, "{reason:?}");
        assert!(!said.text.contains("unknown"), "{reason:?}: {}", said.text);
    }
    provider(&machine, Provider::Works);
    assert!(!send(&mut shim).is_error, "it was held back");
    assert_eq!(machine.sandbox.sent().len(), 1);
}

#[test]
fn a_mail_that_cannot_be_marked_is_fetched_once() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    delivered(&machine);
    machine
        .sandbox
        .behave(|behaviour| behaviour.database = Database::WritesFail);
    let first = shim.call("fetch_email", json!({}));
    assert_eq!(first.structured["email"]["subject"], "one");
    assert!(first.text.contains("Unread"), "{}", first.text);
    let second = shim.call("fetch_email", json!({}));
    assert!(second.text.contains("No unread emails"), "{}", second.text);
}

#[test]
fn a_single_failed_look_at_the_accounts_is_bridged() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = desk(&machine);
    let down = FaultKind::Database(Database::Down);
    machine.sandbox.fail(down, 1, "GET /api/v1/messages");
    let list = shim.call("list_inbox", json!({}));
    assert!(!list.is_error, "{}", list.text);
    assert_eq!(machine.sandbox.count("POST /api/v1/login"), 1);
}

#[test]
fn a_failing_table_of_messages_loses_no_mail() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = desk(&machine);
    delivered(&machine);
    let fails = FaultKind::Database(Database::MessagesFail);
    // The list is empty.
    machine.sandbox.fail(fails, 1, "GET /api/v1/messages");
    let none = shim.call("fetch_email", json!({}));
    assert!(none.text.contains("No unread emails"), "{}", none.text);
    // The list has the mail, which is 404 at a bridge in good health.
    machine
        .sandbox
        .fail(fails, 100, "GET /api/v1/messages/{id}");
    let none = shim.call("fetch_email", json!({}));
    assert!(none.structured["email"].is_null(), "{}", none.text);
    assert!(!machine.sandbox.mails().unwrap()[0].is_read);
    machine.sandbox.heal();
    let first = shim.call("fetch_email", json!({}));
    assert_eq!(
        first.structured["email"]["subject"], "one",
        "{}",
        first.text
    );
}

#[test]
fn a_rate_limit_of_the_bridge_without_a_retry_after_delays_a_send_and_repeats_no_copy() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let error = json!({"code": "RATE_LIMIT", "message": "Too many requests"});
    let limit = Canned::new(429, &json!({"success": false, "error": error}).to_string());
    machine.sandbox.can(limit, 1, SEND);
    let mut shim = desk(&machine);
    let call = shim.begin_call(
        "send_email",
        json!({"to": "bob@example.com", "content": "x"}),
    );
    wait_until("the gate is closed", || {
        !machine.status()["bridge"]["rate_limited_until"].is_null()
    });
    assert_eq!(machine.sandbox.count(SEND), 1);
    let sent = shim.finish_call(&call);
    assert!(!sent.is_error, "{}", sent.text);
    assert_eq!(machine.sandbox.count(SEND), 2);
    assert_eq!(machine.sandbox.sent().len(), 1);
}

#[test]
fn the_status_names_the_failure_of_logins_at_a_bridge_that_answers() {
    let machine = Machine::new();
    let login = "POST /api/v1/login";
    machine.sandbox.fail(FaultKind::Html502, 100, login);
    let _taid = machine.start();
    let said = desk(&machine).call("list_inbox", json!({}));
    assert!(said.is_error, "{}", said.text);
    let failing = || machine.status()["bridge"]["failing"].clone();
    assert!(failing().as_str().unwrap().contains("502"));
    let page = machine.cli(&["status"]);
    let page = machine.plain(&page.stdout);
    assert!(page.contains("  state    fails: "), "{page}");
    machine.sandbox.heal();
    assert!(machine.login("sandbox-password").status.success());
    assert!(failing().is_null());
}
