//! The consequences of a failed attempt: the delay, and how the next attempt starts. Pure, as
//! the step that uses it.

use super::{
    account::Account,
    error::{Class, SessionError},
    event::Context,
    state::{Attempt, Failure, Live, Reason, Resume, State, Waiting},
    token::Token,
};
use std::time::Duration;
use tai_timing::{
    limit,
    login::{self, BAD_TOKEN_DELAY, Start},
    renewal,
};

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
    let later = |account: Account, failure: login::Failure| {
        let (delay, start) = login::after_failure(failure, attempt.number, context.jitter);
        let resume = match start {
            Start::Timer => next,
            Start::Caller => on_demand,
        };
        (account, delay, resume)
    };
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
        // The first bad token, which the second login followed at once, does not count.
        Class::BadToken => {
            let delay = login::cool_down(account.refusals());
            (account.refused(), delay, on_demand)
        }
        Class::Refused | Class::GrantRefused => {
            let account = account.refused();
            let delay = login::cool_down(account.refusals());
            (account, delay, on_demand)
        }
        Class::NeedsUser => (account, Duration::ZERO, on_demand),
        Class::RateLimited(pause) => later(account, login::Failure::Limited(pause)),
        Class::Elsewhere | Class::GrantMissing => later(account, login::Failure::Elsewhere),
        Class::Unsent => later(account, login::Failure::Unsent),
        Class::Transient => later(account, login::Failure::Transient),
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
        Class::NoCredentials(_) => (account, renewal::without_password()),
        Class::Refused | Class::GrantRefused | Class::BadToken => {
            let account = account.refused();
            let delay = login::cool_down(account.refusals());
            (account, delay)
        }
        Class::RateLimited(pause) => (account, pause + limit::spread(pause, context.jitter)),
        Class::Elsewhere
        | Class::GrantMissing
        | Class::NeedsUser
        | Class::Unsent
        | Class::Transient => {
            let delay = renewal::after_failure(attempt.number, context.jitter);
            (account, delay)
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
        | Class::GrantMissing
        | Class::NeedsUser
        | Class::Unsent
        | Class::Transient => false,
    })
}
