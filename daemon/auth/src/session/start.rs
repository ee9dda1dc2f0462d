//! The beginnings of attempts. Pure, as the step that uses it.

use super::{
    account::Account,
    error::SessionError,
    event::{Context, Effect, Grant, Request},
    state::{Attempt, Resume, State, Waiting},
    token::Token,
};
use crate::bridge::Generation;
use tai_timing::login::PATIENCE;

/// A state, and the effects of the step to it.
pub(super) type Next = (State, Vec<Effect>);

/// Returns a state without effects.
pub(super) fn only(state: impl Into<State>) -> Next {
    (state.into(), Vec::new())
}

/// Starts attempt `number` of a series of full logins, or waits for the floor between two full
/// logins. After a long wait only a caller starts the login.
pub(super) fn login(account: Account, number: u32, context: &Context) -> Next {
    if let Some(floor) = account.floor(context.now) {
        let is_short = floor.not_before.until(context.now) <= PATIENCE;
        return only(State::Waiting(Waiting {
            account,
            error: SessionError::LoginTooSoon,
            retry_at: floor.not_before,
            resume: match is_short {
                true => Resume::Automatic { number },
                false => Resume::OnDemand {
                    failed: floor.login,
                },
            },
        }));
    }
    let request = Request::Login(account.source().clone());
    let effect = begin(context.next, request, &account);
    let attempt = attempt(context, number, Grant::Login);
    (State::SigningIn { account, attempt }, vec![effect])
}

/// Starts a refresh with a token that the bridge has rejected; callers wait.
pub(super) fn refresh_rejected(account: Account, token: Token, context: &Context) -> Next {
    let effect = begin(context.next, Request::Refresh(token), &account);
    let attempt = attempt(context, 1, Grant::Refresh);
    (State::SigningIn { account, attempt }, vec![effect])
}

/// Starts attempt `number` of a series of renewals; callers use the token meanwhile.
pub(super) fn renewal(account: Account, token: Token, number: u32, context: &Context) -> Next {
    let effect = begin(context.next, Request::Refresh(token.clone()), &account);
    let state = State::Renewing {
        account,
        token,
        attempt: attempt(context, number, Grant::Refresh),
    };
    (state, vec![effect])
}

/// Starts a full login in attempt `number` of a series of renewals, after the bridge has
/// refused the refresh. The caller has checked the floor.
pub(super) fn renewal_login(
    account: Account,
    token: Token,
    number: u32,
    context: &Context,
) -> Next {
    let request = Request::Login(account.source().clone());
    let effect = begin(context.next, request, &account);
    let state = State::Renewing {
        account,
        token,
        attempt: attempt(context, number, Grant::Login),
    };
    (state, vec![effect])
}

/// Returns the effect that starts a request for a token of `account`.
pub(super) fn begin(id: Generation, request: Request, account: &Account) -> Effect {
    Effect::Start(id, request, account.revocation().clone())
}

fn attempt(context: &Context, number: u32, grant: Grant) -> Attempt {
    Attempt {
        id: context.next,
        number,
        grant,
    }
}
