//! The transitions of the session: one pure function of state, event and context. It asks for
//! effects and carries none out. Each event has a function that names each state; those of
//! people and clients are in `people`.

use super::{
    account::Account,
    error::{Class, SessionError},
    event::{Context, Effect, Event, Grant, Record},
    failure::{imposed_wait, login_failed, renewal_failed},
    people::{adopt, offer, retry, sign_in, sign_out, stop},
    start::{Next, login, only, refresh_rejected, renewal, renewal_login},
    state::{Failure, Live, Reason, Resting, Resume, State, Waiting},
    token::Token,
};
use crate::bridge::Generation;
use tai_names::Username;

impl State {
    /// Returns the state after `event`, and the effects.
    pub(super) fn step(self, event: Event, context: &Context) -> Next {
        match event {
            Event::TokenRequested => token_requested(self, context),
            Event::TimerFired => timer_fired(self, context),
            Event::TokenRejected { generation, next } => {
                token_rejected(self, generation, next, context)
            }
            Event::Named(id, username) => named(self, id, username),
            Event::AttemptSucceeded(token) => attempt_succeeded(self, token, context),
            Event::AttemptFailed(id, error) => attempt_failed(self, id, error, context),
            Event::SignIn(credentials, person) => sign_in(self, credentials, person, context),
            Event::SignOut(account, reply) => sign_out(self, account.as_ref(), reply),
            Event::Adopt(source, reply) => adopt(self, source, reply),
            Event::Retry(reply) => retry(self, reply, context),
            Event::Offer(credentials, reply) => offer(self, credentials, reply, context),
            Event::Stop => stop(self),
        }
    }
}

fn token_requested(state: State, context: &Context) -> Next {
    match state {
        State::SignedOut { reason } => match reason {
            Reason::NotYet(account) | Reason::NoCredentials { account, .. } => {
                login(account, 1, context)
            }
            Reason::LoggedOut | Reason::Stopped => only(State::SignedOut { reason }),
        },
        State::SigningIn { .. } => only(state),
        State::Live(live) => renew_if_due(live, context),
        State::Renewing {
            account,
            token,
            attempt,
        } => match token.is_good(context.now) {
            true => only(State::Renewing {
                account,
                token,
                attempt,
            }),
            false => only(State::SigningIn { account, attempt }),
        },
        State::Waiting(waiting) => resume_if_due(waiting, true, context),
        State::Checking { before, check } => only(State::Checking {
            before: before.without_token(|token| !token.is_good(context.now)),
            check,
        }),
    }
}

fn timer_fired(state: State, context: &Context) -> Next {
    match state {
        State::Live(live) => renew_if_due(live, context),
        State::Waiting(waiting) => resume_if_due(waiting, false, context),
        State::SignedOut { .. }
        | State::SigningIn { .. }
        | State::Renewing { .. }
        | State::Checking { .. } => only(state),
    }
}

fn token_rejected(state: State, generation: Generation, next: Grant, context: &Context) -> Next {
    let is_same = |token: &Token| token.generation() == generation;
    let (state, mut effects) = match state {
        State::Live(live) if is_same(&live.token) => match (next, &live.last_failure) {
            (Grant::Refresh, None) if live.token.is_good(context.now) => {
                refresh_rejected(live.account, live.token, context)
            }
            (Grant::Refresh | Grant::Login, _) => replace_token(live, context),
        },
        State::Renewing {
            account,
            token,
            attempt,
        } if is_same(&token) => match (next, attempt.grant) {
            (Grant::Login, Grant::Refresh) => login(account, 1, context),
            // The attempt goes on; callers stop using the token.
            (Grant::Refresh | Grant::Login, Grant::Refresh | Grant::Login) => {
                only(State::SigningIn { account, attempt })
            }
        },
        State::Checking { before, check } if before.has_token(is_same) => only(State::Checking {
            before: before.without_token(|_| true),
            check,
        }),
        State::SignedOut { .. }
        | State::SigningIn { .. }
        | State::Live(_)
        | State::Renewing { .. }
        | State::Waiting(_)
        | State::Checking { .. } => return only(state),
    };
    effects.push(Effect::Record(Record::TokenRejected));
    (state, effects)
}

fn named(state: State, id: Generation, username: Username) -> Next {
    let is_awaited = state.attempt() == Some(id);
    match state {
        State::SigningIn { account, attempt } if is_awaited => only(State::SigningIn {
            account: account.named(username),
            attempt,
        }),
        State::Renewing {
            account,
            token,
            attempt,
        } if is_awaited => only(State::Renewing {
            account: account.named(username),
            token,
            attempt,
        }),
        // Credentials that a person or a client gave have their name.
        State::Checking { .. }
        | State::SignedOut { .. }
        | State::SigningIn { .. }
        | State::Live(_)
        | State::Renewing { .. }
        | State::Waiting(_) => only(state),
    }
}

fn attempt_succeeded(state: State, token: Token, context: &Context) -> Next {
    let is_awaited = state.attempt() == Some(token.generation());
    match state {
        State::SigningIn { account, attempt }
        | State::Renewing {
            account, attempt, ..
        } if is_awaited => {
            let (account, record) = match attempt.grant {
                Grant::Login => (
                    account.logged_in(&token, context.now),
                    Record::LoggedIn(token.clone()),
                ),
                Grant::Refresh => (account.renewed(), Record::Renewed(token.clone())),
            };
            (live(account, token), vec![Effect::Record(record)])
        }
        State::Checking { check, .. } if is_awaited => {
            let account = check.account.logged_in(&token, context.now);
            let effects = vec![
                Effect::Record(Record::LoggedIn(token.clone())),
                Effect::Reply(check.person, Ok(())),
            ];
            (live(account, token), effects)
        }
        State::SignedOut { .. }
        | State::SigningIn { .. }
        | State::Live(_)
        | State::Renewing { .. }
        | State::Waiting(_)
        | State::Checking { .. } => only(state),
    }
}

fn attempt_failed(state: State, id: Generation, error: SessionError, context: &Context) -> Next {
    let is_awaited = state.attempt() == Some(id);
    match state {
        State::SigningIn { account, attempt } if is_awaited => match attempt.grant {
            Grant::Refresh => {
                let (state, mut effects) = login(account, attempt.number, context);
                effects.push(Effect::Record(Record::RenewalFailed(error)));
                (state, effects)
            }
            Grant::Login => {
                let record = Effect::Record(Record::LoginFailed(error.clone()));
                (login_failed(account, attempt, error, context), vec![record])
            }
        },
        State::Renewing {
            account,
            token,
            attempt,
        } if is_awaited => {
            let record = Effect::Record(match attempt.grant {
                Grant::Refresh => Record::RenewalFailed(error.clone()),
                Grant::Login => Record::LoginFailed(error.clone()),
            });
            let needs_login = attempt.grant == Grant::Refresh
                && matches!(
                    error.class(),
                    Class::GrantRefused | Class::GrantMissing | Class::BadToken
                );
            let (state, mut effects) = match (needs_login, account.floor(context.now)) {
                (true, None) => renewal_login(account, token, attempt.number, context),
                (true, Some(floor)) => only(Live {
                    account,
                    token,
                    last_failure: Some(Failure {
                        failed: id,
                        number: attempt.number,
                        error: SessionError::LoginTooSoon,
                        retry_at: floor.not_before,
                    }),
                }),
                (false, _) => only(renewal_failed(account, token, attempt, error, context)),
            };
            effects.push(record);
            (state, effects)
        }
        State::Checking { before, check } if is_awaited => {
            let is_refused = error.is_refused();
            let effects = vec![
                Effect::Record(Record::CheckFailed(error.clone())),
                Effect::Reply(check.person, Err(error)),
            ];
            let before = match before {
                Resting::Waiting(waiting) if is_refused && !check.account.is_of_person() => {
                    Resting::Waiting(Waiting {
                        account: waiting.account.tried(&check.account, context.now),
                        ..waiting
                    })
                }
                Resting::SignedOut { .. } | Resting::Live(_) | Resting::Waiting(_) => before,
            };
            (before.into(), effects)
        }
        State::SignedOut { .. }
        | State::SigningIn { .. }
        | State::Live(_)
        | State::Renewing { .. }
        | State::Waiting(_)
        | State::Checking { .. } => only(state),
    }
}

/// Replaces a token that has expired, and renews a token that is due for renewal.
fn renew_if_due(live: Live, context: &Context) -> Next {
    if !live.token.is_good(context.now) {
        return replace_token(live, context);
    }
    let number = match &live.last_failure {
        None if live.token.renews().has_come(context.now) => 1,
        Some(failure) if failure.retry_at.has_come(context.now) => failure.number.saturating_add(1),
        None | Some(_) => return only(live),
    };
    renewal(live.account, live.token, number, context)
}

/// Drops a token that cannot be used, and logs in, unless a failed renewal imposes a wait.
fn replace_token(live: Live, context: &Context) -> Next {
    match imposed_wait(live.last_failure, context) {
        None => login(live.account, 1, context),
        Some(failure) => only(Waiting {
            account: live.account,
            error: failure.error,
            retry_at: failure.retry_at,
            resume: Resume::OnDemand {
                failed: failure.failed,
            },
        }),
    }
}

/// Starts the next attempt if its time has come. Only a caller starts a new series.
fn resume_if_due(waiting: Waiting, is_caller: bool, context: &Context) -> Next {
    let number = match waiting.resume {
        Resume::Automatic { number } => Some(number),
        Resume::OnDemand { .. } => is_caller.then_some(1),
    };
    match number.filter(|_| waiting.retry_at.has_come(context.now)) {
        Some(number) => login(waiting.account, number, context),
        None => only(waiting),
    }
}

fn live(account: Account, token: Token) -> State {
    State::Live(Live {
        account,
        token,
        last_failure: None,
    })
}
