//! What a failed login or renewal leads to: how long to wait, and whether to go on by
//! itself. Pure, like the state machine it belongs to.

use super::{
    error::{Class, SessionError},
    state::{Context, Reason, State, Tries},
    token::Token,
};
use crate::backoff::doubling;
use std::time::Duration;

/// Tries in one series of logins (seed: "a maximum number of attempts").
pub(super) const MAX_ATTEMPTS: u32 = 5;
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_DELAY: Duration = Duration::from_secs(60);
const FIRST_COOL_DOWN: Duration = Duration::from_secs(30);
const LONGEST_COOL_DOWN: Duration = Duration::from_secs(15 * 60);
/// Callers wait this long for a bridge that asked to be left alone; beyond, they are told.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) fn login_failed(tries: Tries, error: SessionError, context: Context) -> State {
    let class = error.class();
    let refusals = match class {
        Class::Refused => tries.refusals.saturating_add(1),
        _ => tries.refusals,
    };
    let delay = match class {
        Class::Final => Duration::ZERO,
        Class::Refused => cool_down(refusals),
        Class::RateLimited(after) => after,
        Class::Closed | Class::Transient => backoff(tries.attempt, context.jitter),
    };
    let soon = match class {
        Class::Final | Class::Refused => false,
        Class::RateLimited(after) => after <= PATIENCE,
        Class::Closed | Class::Transient => true,
    };
    if soon && tries.attempt < MAX_ATTEMPTS {
        let retry_at = context.now.plus(delay);
        return State::Backoff {
            token: None,
            tries,
            error,
            retry_at,
        };
    }
    // After a whole series of failures the next caller may begin a new one at once: it is
    // bounded by itself, and a bridge that came back should not be kept waiting.
    let gate = if soon { Duration::ZERO } else { delay };
    let retry_at = context.now.plus(gate);
    State::SignedOut {
        reason: Reason::Failed {
            error,
            refusals,
            retry_at,
        },
    }
}

pub(super) fn renewal_failed(
    token: Token,
    tries: Tries,
    error: SessionError,
    context: Context,
) -> State {
    let delay = match error.class() {
        Class::Final => LONGEST_DELAY,
        Class::Refused => cool_down(tries.attempt),
        Class::RateLimited(after) => after,
        Class::Closed | Class::Transient => backoff(tries.attempt, context.jitter),
    };
    let retry_at = context.now.plus(delay);
    State::Backoff {
        token: Some(token),
        tries,
        error,
        retry_at,
    }
}

/// Exponential, with full jitter over its upper half so that it is never nothing.
fn backoff(attempt: u32, jitter: f64) -> Duration {
    doubling(FIRST_DELAY, LONGEST_DELAY, attempt).mul_f64(0.5 + jitter / 2.0)
}

fn cool_down(refusals: u32) -> Duration {
    doubling(FIRST_COOL_DOWN, LONGEST_COOL_DOWN, refusals)
}
