//! The table of failures: whether a read is repeated, whether a send is repeated, and whether
//! the mail may have been sent.

use super::*;

/// One example of each error, the next one by the one before. An error without an arm does
/// not compile.
fn after(error: Option<&BridgeError>) -> Option<BridgeError> {
    let text = String::new;
    Some(match error {
        None => BridgeError::Unreachable { detail: text() },
        Some(BridgeError::Unreachable { .. }) => BridgeError::ProxyFailed {
            proxy: text(),
            detail: text(),
        },
        Some(BridgeError::ProxyFailed { .. }) => BridgeError::Untrusted { detail: text() },
        Some(BridgeError::Untrusted { .. }) => BridgeError::Broken { detail: text() },
        Some(BridgeError::Broken { .. }) => BridgeError::TimedOut {
            after: Duration::ZERO,
        },
        Some(BridgeError::TimedOut { .. }) => BridgeError::RateLimited { retry_after: None },
        Some(BridgeError::RateLimited { .. }) => BridgeError::Unauthorized { message: text() },
        Some(BridgeError::Unauthorized { .. }) => BridgeError::Refused {
            status: 403,
            code: text(),
            message: text(),
        },
        Some(BridgeError::Refused { .. }) => BridgeError::Failed {
            status: 500,
            code: text(),
            message: text(),
        },
        Some(BridgeError::Failed { .. }) => BridgeError::NotProcessed { message: text() },
        Some(BridgeError::NotProcessed { .. }) => BridgeError::CircuitOpen { message: text() },
        Some(BridgeError::CircuitOpen { .. }) => BridgeError::ProviderRefused { message: text() },
        Some(BridgeError::ProviderRefused { .. }) => BridgeError::NoEndpoint { message: text() },
        Some(BridgeError::NoEndpoint { .. }) => moved(307),
        Some(BridgeError::Moved { status: 307, .. }) => moved(303),
        Some(BridgeError::Moved { .. }) => BridgeError::Intercepted { status: 200 },
        Some(BridgeError::Intercepted { status: 200 }) => BridgeError::Intercepted { status: 404 },
        Some(BridgeError::Intercepted { status: 404 }) => BridgeError::Intercepted { status: 502 },
        Some(BridgeError::Intercepted { .. }) => BridgeError::Garbled { detail: text() },
        Some(BridgeError::Garbled { .. }) => BridgeError::TooLarge { limit: 1 },
        Some(BridgeError::TooLarge { .. }) => BridgeError::Revoked,
        Some(BridgeError::Revoked) => return None,
    })
}

fn moved(status: u16) -> BridgeError {
    let to = String::new();
    BridgeError::Moved { status, to }
}

#[test]
fn a_send_that_may_have_had_an_effect_is_never_repeated() {
    let mut table = String::new();
    let mut error = after(None);
    while let Some(this) = error {
        let name = format!("{this:?}");
        let name = name.split([' ', '{']).next().unwrap_or_default();
        let (read, send) = (retry(Effect::Idempotent, &this), retry(Effect::Send, &this));
        error = after(Some(&this));
        let outcome = match SendFailure::from(this) {
            SendFailure::NotSent(_) => "not sent",
            SendFailure::Unknown(_) => "unknown",
        };
        assert!(outcome == "not sent" || send == Retry::No, "{name}");
        table.push_str(&format!(
            "{name}: read {read:?}, send {send:?}, {outcome}\n"
        ));
    }
    insta::assert_snapshot!(table, @"
    Unreachable: read Backoff, send Backoff, not sent
    ProxyFailed: read Backoff, send Backoff, not sent
    Untrusted: read No, send No, not sent
    Broken: read Backoff, send No, unknown
    TimedOut: read Backoff, send No, unknown
    RateLimited: read AtGate, send AtGate, not sent
    Unauthorized: read No, send No, not sent
    Refused: read No, send No, not sent
    Failed: read Backoff, send No, unknown
    NotProcessed: read No, send No, not sent
    CircuitOpen: read No, send No, not sent
    ProviderRefused: read No, send No, not sent
    NoEndpoint: read No, send No, not sent
    Moved: read No, send No, not sent
    Moved: read No, send No, unknown
    Intercepted: read Backoff, send No, unknown
    Intercepted: read No, send No, not sent
    Intercepted: read Backoff, send No, unknown
    Garbled: read Backoff, send No, unknown
    TooLarge: read No, send No, unknown
    Revoked: read No, send No, not sent
    ");
}

#[test]
fn delays_grow_and_stay_bounded() {
    for attempts in 1..40 {
        assert!(backoff(attempts) <= LONGEST_DELAY);
    }
}
