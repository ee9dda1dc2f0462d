//! What may be sent again, and when: the table behind "nothing is retried that might have an
//! effect twice". It decides and does nothing.

use super::BridgeError;
use crate::backoff::doubling;
use std::time::Duration;

/// Tries for one request, the first included.
pub(super) const MAX_TRIES: u32 = 4;
const FIRST_DELAY: Duration = Duration::from_millis(250);
const LONGEST_DELAY: Duration = Duration::from_secs(4);

/// Whether a request may be sent again after its first byte has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Doing it twice is doing it once.
    Repeatable,
    /// Doing it twice sends two mails.
    Once,
}

pub(super) enum Again {
    No,
    Yes,
    /// As soon as the gate opens.
    AtGate,
    /// It may have been done, and must not be done twice.
    Unknown,
}

/// What a failure allows. The table is in the tests.
pub(super) fn again(effect: Effect, error: &BridgeError) -> Again {
    let lost = match effect {
        Effect::Repeatable => Again::Yes,
        Effect::Once => Again::Unknown,
    };
    match error {
        // Nothing was done in either case.
        BridgeError::Unreachable { .. } => Again::Yes,
        BridgeError::RateLimited { .. } => Again::AtGate,
        BridgeError::Broken { .. } | BridgeError::TimedOut { .. } => lost,
        // A page from in front of the bridge does not tell whether the bridge got it; 4xx
        // pages are refusals all the same.
        BridgeError::Intercepted { status } if *status >= 500 => lost,
        // It was done, only the answer cannot be read.
        BridgeError::Garbled { .. } | BridgeError::TooLarge { .. } if effect == Effect::Once => {
            Again::Unknown
        }
        BridgeError::Garbled { .. } => Again::Yes,
        // The bridge's own word that it failed. Its circuit breaker stays open for a minute.
        BridgeError::Failed { message, .. } if message.contains("Circuit breaker") => Again::No,
        BridgeError::Failed { .. } if effect == Effect::Repeatable => Again::Yes,
        _ => Again::No,
    }
}

/// Exponential with full jitter.
pub(super) fn backoff(tries: u32) -> Duration {
    doubling(FIRST_DELAY, LONGEST_DELAY, tries).mul_f64(fastrand::f64())
}

#[cfg(test)]
#[path = "retry_tests.rs"]
mod tests;
