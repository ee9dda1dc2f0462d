//! The failures of the parts of the bridge: database, writes, delivery provider, accounts.

use crate::{ask, deliver, said, sandbox};
use serde_json::{Value, json};
use tai_sandbox::{Database, FaultKind, Provider, Sandbox};

const MESSAGES: &str = "/api/v1/messages";

/// Returns status and code or message of each request with a good token: list, mail, mark, delete,
/// refresh, send, login, registration, health.
fn answers(sandbox: &Sandbox, token: &str, id: u64) -> Vec<(u16, String)> {
    let mail = format!("{MESSAGES}/{id}");
    let read = format!("{mail}/read");
    let send = json!({"to": "x@example.com", "from": "alice@tai.chat"});
    let account = json!({"username": "alice", "password": "sandbox-password"});
    let new = json!({"username": "newcomer", "password": "sandbox-password"});
    [
        ("GET", MESSAGES, json!(null)),
        ("GET", &mail, json!(null)),
        ("PUT", &read, json!(null)),
        ("DELETE", &mail, json!(null)),
        ("POST", "/api/v1/refresh", json!(null)),
        ("POST", "/api/v1/send-email", send),
        ("POST", "/api/v1/login", account),
        ("POST", "/api/v1/register", new),
        ("GET", "/health", json!(null)),
    ]
    .iter()
    .map(|(method, path, body)| ask(sandbox, method, path, token, body))
    .map(|answer| match answer.1["error"].is_null() {
        true => (answer.0, String::new()),
        false => said(&answer),
    })
    .collect()
}

/// Asserts the statuses and the beginnings of the errors.
fn assert_answers(got: &[(u16, String)], expected: &[(u16, &str)]) {
    assert_eq!(got.len(), expected.len());
    for (got, expected) in got.iter().zip(expected) {
        assert_eq!(got.0, expected.0, "{got:?}, expected {expected:?}");
        assert_eq!(got.1, expected.1);
    }
}

#[test]
fn a_failing_database_looks_like_a_missing_user() {
    let (sandbox, token) = sandbox();
    let id = deliver(&sandbox, "desk.alice@tai.chat", "2026-01-01 00:00:00");
    sandbox.behave(|behaviour| behaviour.database = Database::Down);
    let missing = (401, "UNAUTHORIZED: User not found");
    assert_answers(
        &answers(&sandbox, &token, id),
        &[
            missing,
            missing,
            missing,
            missing,
            (200, ""),
            (200, ""),
            (401, "INVALID_CREDENTIALS: Invalid credentials"),
            (400, "INTERNAL_ERROR: Failed to register user"),
            (503, ""),
        ],
    );
    let bad_id = ask(
        &sandbox,
        "GET",
        &format!("{MESSAGES}/x"),
        &token,
        &json!(null),
    );
    assert_eq!(bad_id.0, 400, "the id is checked before the token");
    assert!(!sandbox.mails().unwrap()[0].is_read);
}

#[test]
fn a_failing_table_of_messages_looks_like_an_empty_mailbox() {
    let (sandbox, token) = sandbox();
    let id = deliver(&sandbox, "desk.alice@tai.chat", "2026-01-01 00:00:00");
    sandbox.behave(|behaviour| behaviour.database = Database::MessagesFail);
    let list = ask(&sandbox, "GET", MESSAGES, &token, &json!(null));
    let empty = json!({"messages": [], "count": 0, "has_more": false});
    assert_eq!(list.1["data"], empty);
    assert_answers(
        &answers(&sandbox, &token, id)[..4],
        &[
            (200, ""),
            (404, "NOT_FOUND: Message not found"),
            (
                404,
                "NOT_FOUND: Message not found or could not be marked as read",
            ),
            (404, "NOT_FOUND: Message not found or could not be deleted"),
        ],
    );
}

#[test]
fn a_failing_write_is_404_and_changes_nothing() {
    let (sandbox, token) = sandbox();
    let id = deliver(&sandbox, "desk.alice@tai.chat", "2026-01-01 00:00:00");
    for method in ["PUT", "DELETE"] {
        sandbox.fail(FaultKind::Database(Database::WritesFail), 1, method);
    }
    let failing = answers(&sandbox, &token, id);
    assert_answers(
        &failing[..4],
        &[
            (200, ""),
            (200, ""),
            (
                404,
                "NOT_FOUND: Message not found or could not be marked as read",
            ),
            (404, "NOT_FOUND: Message not found or could not be deleted"),
        ],
    );
    assert!(!sandbox.mails().unwrap()[0].is_read);
    let ok = (200, "");
    assert_answers(&answers(&sandbox, &token, id)[..4], &[ok, ok, ok, ok]);
    assert!(sandbox.mails().unwrap().is_empty());
}

#[test]
fn the_provider_fails_in_its_own_words_and_the_copies_are_counted() {
    let (sandbox, token) = sandbox();
    sandbox.behave(|behaviour| behaviour.provider_delay_ms = 7);
    let send = |subject: &str| {
        let mail = json!({"to": "x@example.com", "from": "alice@tai.chat", "subject": subject});
        ask(&sandbox, "POST", "/api/v1/send-email", &token, &mail)
    };
    let lost = "INTERNAL_ERROR: Unable to fetch data. The request could not be resolved.";
    for (provider, status, words, copies) in [
        (Provider::Works, 200, ": ", 1),
        (Provider::LosesAnswers(1), 200, ": ", 2),
        (Provider::LosesAnswers(3), 200, ": ", 4),
        (Provider::LosesAnswers(4), 500, lost, 4),
        (
            Provider::Refuses,
            500,
            "INTERNAL_ERROR: Invalid `to` field",
            0,
        ),
        (
            Provider::Fails,
            500,
            "INTERNAL_ERROR: Internal server error. We are unable",
            0,
        ),
        (
            Provider::NotInitialized,
            500,
            "INTERNAL_ERROR: Resend service not initialized",
            0,
        ),
        (
            Provider::BreakerOpen,
            500,
            "INTERNAL_ERROR: Circuit breaker is OPEN for send email to x@example.com",
            0,
        ),
        (Provider::Works, 200, ": ", 1),
    ] {
        let before = sandbox.sent().len();
        sandbox.fail(FaultKind::Provider(provider), 1, "POST /api/v1/send-email");
        let (got, said) = said(&send("s"));
        assert!(
            got == status && said.starts_with(words),
            "{provider:?}: {said}"
        );
        assert_eq!(sandbox.sent().len() - before, copies, "{provider:?}");
    }
}

#[test]
fn five_failures_open_the_breaker_for_a_minute() {
    let (sandbox, token) = sandbox();
    sandbox.behave(|behaviour| {
        behaviour.provider_delay_ms = 7;
        behaviour.provider = Provider::Fails;
    });
    let send = || {
        let mail = json!({"to": "x@example.com", "from": "alice@tai.chat"});
        said(&ask(&sandbox, "POST", "/api/v1/send-email", &token, &mail)).1
    };
    for _ in 0..5 {
        assert!(send().starts_with("INTERNAL_ERROR: Internal server error."));
    }
    sandbox.behave(|behaviour| behaviour.provider = Provider::Works);
    assert!(send().contains("Circuit breaker is OPEN"));
    sandbox.behave(|behaviour| behaviour.clock_offset_s = 61);
    assert_eq!(send(), ": ");
}

#[test]
fn the_token_of_a_deleted_account_can_be_refreshed_but_reads_nothing() {
    let (sandbox, token) = sandbox();
    let id = deliver(&sandbox, "desk.alice@tai.chat", "2026-01-01 00:00:00");
    let deleted = json!({"username": "alice"});
    let switch = "/__sandbox/delete-account";
    let answer = ask(&sandbox, "POST", switch, "", &deleted);
    assert_eq!(answer.1["deleted"], Value::Bool(true));
    let missing = (401, "UNAUTHORIZED: User not found");
    assert_answers(
        &answers(&sandbox, &token, id),
        &[
            missing,
            missing,
            missing,
            missing,
            (200, ""),
            (200, ""),
            (401, "INVALID_CREDENTIALS: Invalid credentials"),
            (200, ""),
            (200, ""),
        ],
    );
    assert!(sandbox.mails().unwrap().is_empty());
}
