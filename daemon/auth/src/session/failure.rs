//! The consequences of a failed attempt: the delay, and how the next attempt starts. Pure, as
//! the step that uses it.

use super::{
    account::Account,
    error::{Class, SessionError},
    event::Context,
    state::{Attempt, Failure, Live, Reason, Resume, State, Waiting},
    token::Token,
};
use crate::backoff::doubling;
use std::time::Duration;

/// Maximum number of attempts in a series of logins (seed: "a maximum number of attempts").
pub(super) const MAX_ATTEMPTS: u32 = 5;
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_DELAY: Duration = Duration::from_secs(60);
/// Time after the first bad token until the next login.
const BAD_TOKEN_DELAY: Duration = Duration::from_secs(2);
const FIRST_COOL_DOWN: Duration = Duration::from_secs(30);
const LONGEST_COOL_DOWN: Duration = Duration::from_secs(15 * 60);
/// Longest pause during which callers wait. During a longer one they get an error.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// Returns the state after a failed login without a token.
pub(super) fn login_failed(
    account: Account,
    attempt: Attempt,
    error: SessionError,
    context: &Context,
) -> State {
    let failed = attempt.id;
    let next = Resume::Automatic {
        number: attempt.number.saturating_add(1),
    };
    let on_demand = Resume::OnDemand { failed };
    let is_last = attempt.number >= MAX_ATTEMPTS;
    let pause = backoff(attempt.number, context.jitter);
    let (account, delay, resume) = match error.class() {
        Class::NoCredentials(missing) => {
            let reason = Reason::NoCredentials {
                account,
                failed,
                missing,
            };
            return State::SignedOut { reason };
        }
        // A second login may bring a good token (seed: "Invalid token: full re-authentication").
        Class::BadToken if account.refusals() == 0 => (account.refused(), BAD_TOKEN_DELAY, next),
        Class::BadToken => {
            let delay = cool_down(&account);
            (account.refused(), delay, on_demand)
        }
        Class::Refused | Class::GrantRefused | Class::Elsewhere => {
            let account = account.refused();
            let delay = cool_down(&account);
            (account, delay, on_demand)
        }
        Class::Untrusted => (account, Duration::ZERO, on_demand),
        Class::RateLimited(pause) if pause > PATIENCE || is_last => (account, pause, on_demand),
        // The password has not left this machine, so the next caller may start a series at once.
        Class::Unsent if is_last => (account, Duration::ZERO, on_demand),
        Class::Transient if is_last => (account, pause, on_demand),
        Class::RateLimited(pause) => (account, pause, next),
        Class::Unsent | Class::Transient => (account, pause, next),
    };
    State::Waiting(Waiting {
        account,
        error,
        retry_at: context.now.plus(delay),
        resume,
    })
}

/// Returns the state after a failed renewal that no login follows at once. The token stays in use.
pub(super) fn renewal_failed(
    account: Account,
    token: Token,
    attempt: Attempt,
    error: SessionError,
    context: &Context,
) -> State {
    let (account, delay) = match error.class() {
        Class::NoCredentials(_) => (account, LONGEST_DELAY),
        Class::Refused | Class::GrantRefused | Class::BadToken => {
            let account = account.refused();
            let delay = cool_down(&account);
            (account, delay)
        }
        Class::RateLimited(pause) => (account, pause),
        Class::Elsewhere | Class::Untrusted | Class::Unsent | Class::Transient => {
            (account, backoff(attempt.number, context.jitter))
        }
    };
    State::Live(Live {
        account,
        token,
        last_failure: Some(Failure {
            failed: attempt.id,
            number: attempt.number,
            error,
            retry_at: context.now.plus(delay),
        }),
    })
}

/// Returns the wait that a failed renewal imposes on the next login, for a token that can no
/// longer be used: the cool-down of a login and a pause that the bridge asks for outlive the token.
pub(super) fn imposed_wait(failure: Option<Failure>, context: &Context) -> Option<Failure> {
    failure.filter(|failure| match failure.error.class() {
        Class::Refused | Class::GrantRefused | Class::BadToken | Class::RateLimited(_) => {
            !failure.retry_at.has_come(context.now)
        }
        Class::NoCredentials(_)
        | Class::Elsewhere
        | Class::Untrusted
        | Class::Unsent
        | Class::Transient => false,
    })
}

/// Returns a delay: exponential, with jitter over its upper half, so that it is never zero.
fn backoff(number: u32, jitter: f64) -> Duration {
    doubling(FIRST_DELAY, LONGEST_DELAY, number).mul_f64(0.5 + jitter / 2.0)
}

fn cool_down(account: &Account) -> Duration {
    doubling(FIRST_COOL_DOWN, LONGEST_COOL_DOWN, account.refusals())
}
