//! The decision to repeat a failed request, and whether it can have had an effect. One table makes
//! both; it names each error, so a new error does not compile without a decision.

use super::error::BridgeError;

/// Effect of doing a request twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// The same as doing it once.
    Idempotent,
    /// Two mails.
    Send,
}

/// Permission to repeat a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retry {
    /// The failure is final.
    No,
    /// After a backoff.
    Backoff,
    /// As soon as the gate opens.
    AtGate,
}

/// Whether a request can have had an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Certainty {
    /// It had none.
    NoEffect,
    /// It may have had its effect.
    Unknown,
}

/// Returns what an error says about the effect of its request, and whether an idempotent
/// request is repeated after it.
fn row(error: &BridgeError) -> (Certainty, Retry) {
    use Certainty::{NoEffect, Unknown};
    match error {
        BridgeError::Unreachable { .. } | BridgeError::ProxyFailed { .. } => {
            (NoEffect, Retry::Backoff)
        }
        BridgeError::Untrusted { .. } => (NoEffect, Retry::No),
        BridgeError::RateLimited { .. } => (NoEffect, Retry::AtGate),
        BridgeError::Broken { .. } | BridgeError::TimedOut { .. } => (Unknown, Retry::Backoff),
        // By their definitions, the sender of these answers has not processed the request (RFC
        // 9110, 15.5.8 and 15.5.14).
        BridgeError::Intercepted { status: 407 | 413 } => (NoEffect, Retry::No),
        // Any other page may be sent after the bridge has done the request.
        BridgeError::Intercepted { status: 300..500 } => (Unknown, Retry::No),
        BridgeError::Intercepted { .. } => (Unknown, Retry::Backoff),
        // Only these ask for the same request at another place (RFC 9110, 15.4.8 and 15.4.9). A
        // server may send the others after it has done the request.
        BridgeError::Moved {
            status: 307 | 308, ..
        } => (NoEffect, Retry::No),
        BridgeError::Moved { .. } => (Unknown, Retry::No),
        BridgeError::NoEndpoint { .. } => (NoEffect, Retry::No),
        BridgeError::DatabaseFailed { .. } => (NoEffect, Retry::Backoff),
        // A server in front of the bridge that gave up waiting for it.
        BridgeError::Refused { status: 408, .. } => (Unknown, Retry::Backoff),
        BridgeError::Refused { status, .. } => match had_no_effect_by_definition(*status) {
            true => (NoEffect, Retry::No),
            false => (Unknown, Retry::No),
        },
        // The bridge may have done the request; its answer is unreadable.
        BridgeError::Garbled { .. } => (Unknown, Retry::Backoff),
        BridgeError::TooLarge { .. } => (Unknown, Retry::No),
        // A failed provider may have taken the mail (bridge-api.md, trap 7).
        BridgeError::Failed { .. } => (Unknown, Retry::Backoff),
        BridgeError::NoProvider { .. }
        | BridgeError::NotProcessed { .. }
        | BridgeError::CircuitOpen { .. }
        | BridgeError::ProviderRefused { .. }
        | BridgeError::Unauthorized { .. }
        | BridgeError::Revoked => (NoEffect, Retry::No),
    }
}

/// Returns whether a refusal with this 4xx status says, by its definition (RFC 9110, 15.5; RFC 6585), that
/// the request itself was not processed. The other ones may be about an earlier copy of the request, which
/// a server in front of the bridge sent (409), or about a step after the send (424).
pub fn had_no_effect_by_definition(status: u16) -> bool {
    matches!(
        status,
        400..=407 | 410 | 411 | 413..=417 | 421 | 422 | 426 | 428 | 429 | 431 | 451
    )
}

/// Returns whether a request with this effect is repeated after this error.
pub(super) fn retry(effect: Effect, error: &BridgeError) -> Retry {
    match (effect, row(error)) {
        (Effect::Idempotent, (_, retry)) => retry,
        (Effect::Send, (Certainty::NoEffect, retry)) => retry,
        (Effect::Send, (Certainty::Unknown, _)) => Retry::No,
    }
}

/// Returns whether a request with this error certainly had no effect.
pub(super) fn had_no_effect(error: &BridgeError) -> bool {
    match row(error).0 {
        Certainty::NoEffect => true,
        Certainty::Unknown => false,
    }
}

#[cfg(test)]
#[path = "retry_tests.rs"]
mod tests;
