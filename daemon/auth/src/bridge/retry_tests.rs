//! The table of failures: whether a read is repeated, whether a send is repeated, and whether
//! the mail may have been sent.

use super::*;
use std::time::Duration;

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
        Some(BridgeError::Unauthorized { .. }) => BridgeError::DatabaseFailed { message: text() },
        Some(BridgeError::DatabaseFailed { .. }) => refused(403),
        Some(BridgeError::Refused { status: 403, .. }) => refused(408),
        Some(BridgeError::Refused { status: 408, .. }) => refused(409),
        Some(BridgeError::Refused { .. }) => BridgeError::Failed {
            status: 500,
            code: text(),
            message: text(),
        },
        Some(BridgeError::Failed { .. }) => BridgeError::NoProvider { message: text() },
        Some(BridgeError::NoProvider { .. }) => BridgeError::NotProcessed { message: text() },
        Some(BridgeError::NotProcessed { .. }) => BridgeError::CircuitOpen { message: text() },
        Some(BridgeError::CircuitOpen { .. }) => BridgeError::ProviderRefused { message: text() },
        Some(BridgeError::ProviderRefused { .. }) => BridgeError::NoEndpoint { message: text() },
        Some(BridgeError::NoEndpoint { .. }) => moved(307),
        Some(BridgeError::Moved { status: 307, .. }) => moved(302),
        Some(BridgeError::Moved { .. }) => BridgeError::Intercepted { status: 200 },
        Some(BridgeError::Intercepted { status: 200 }) => BridgeError::Intercepted { status: 403 },
        Some(BridgeError::Intercepted { status: 403 }) => BridgeError::Intercepted { status: 407 },
        Some(BridgeError::Intercepted { status: 407 }) => BridgeError::Intercepted { status: 413 },
        Some(BridgeError::Intercepted { status: 413 }) => BridgeError::Intercepted { status: 502 },
        Some(BridgeError::Intercepted { .. }) => BridgeError::Garbled { detail: text() },
        Some(BridgeError::Garbled { .. }) => BridgeError::TooLarge { limit: 1 },
        Some(BridgeError::TooLarge { .. }) => BridgeError::Revoked,
        Some(BridgeError::Revoked) => return None,
    })
}

fn refused(status: u16) -> BridgeError {
    BridgeError::Refused {
        status,
        code: String::new(),
        message: String::new(),
    }
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
        let name = match &this {
            BridgeError::Refused { status, .. }
            | BridgeError::Moved { status, .. }
            | BridgeError::Intercepted { status } => format!("{name} {status}"),
            _ => name.to_owned(),
        };
        let (read, send) = (retry(Effect::Idempotent, &this), retry(Effect::Send, &this));
        let outcome = match had_no_effect(&this) {
            true => "not sent",
            false => "unknown",
        };
        assert!(outcome == "not sent" || send == Retry::No, "{name}");
        table.push_str(&format!(
            "{name}: read {read:?}, send {send:?}, {outcome}\n"
        ));
        error = after(Some(&this));
    }
    insta::assert_snapshot!(table, @"
    Unreachable: read Backoff, send Backoff, not sent
    ProxyFailed: read Backoff, send Backoff, not sent
    Untrusted: read No, send No, not sent
    Broken: read Backoff, send No, unknown
    TimedOut: read Backoff, send No, unknown
    RateLimited: read AtGate, send AtGate, not sent
    Unauthorized: read No, send No, not sent
    DatabaseFailed: read Backoff, send Backoff, not sent
    Refused 403: read No, send No, not sent
    Refused 408: read Backoff, send No, unknown
    Refused 409: read No, send No, unknown
    Failed: read Backoff, send No, unknown
    NoProvider: read No, send No, not sent
    NotProcessed: read No, send No, not sent
    CircuitOpen: read No, send No, not sent
    ProviderRefused: read No, send No, not sent
    NoEndpoint: read No, send No, not sent
    Moved 307: read No, send No, not sent
    Moved 302: read No, send No, unknown
    Intercepted 200: read Backoff, send No, unknown
    Intercepted 403: read No, send No, unknown
    Intercepted 407: read No, send No, not sent
    Intercepted 413: read No, send No, not sent
    Intercepted 502: read Backoff, send No, unknown
    Garbled: read Backoff, send No, unknown
    TooLarge: read No, send No, unknown
    Revoked: read No, send No, not sent
    ");
}
