//! The transitions that people and clients cause: sign-in, sign-out, other credentials, and
//! the end. Pure, as the step that uses it.

use super::{
    account::Account,
    error::SessionError,
    event::{Context, Effect, Record, Request},
    reply::Reply,
    start::{Next, begin, login},
    state::{Check, Live, Reason, Resting, State, Waiting},
};
use crate::credentials::{CredentialOrigin, Credentials, Source};

/// Checks a person's credentials. An attempt in flight is abandoned, and an earlier check is
/// superseded.
pub(super) fn sign_in(
    state: State,
    credentials: Credentials,
    person: Reply,
    context: &Context,
) -> Next {
    if state.is_stopped() {
        return answer(state, person, Err(SessionError::Stopped));
    }
    let (before, earlier) = match state {
        State::Checking { before, check } => (before, Some(check.person)),
        State::SignedOut { .. }
        | State::SigningIn { .. }
        | State::Live(_)
        | State::Renewing { .. }
        | State::Waiting(_) => (state.at_rest(), None),
    };
    let account = Account::held(credentials, CredentialOrigin::Person, before.revocation());
    let request = Request::Login(account.source().clone());
    let mut effects = vec![begin(context.next, request, &account)];
    if let Some(earlier) = earlier {
        effects.push(Effect::Reply(earlier, Err(SessionError::Superseded)));
    }
    let check = Check {
        id: context.next,
        account,
        person,
    };
    (State::Checking { before, check }, effects)
}

/// Drops the account with its password, and revokes its tokens.
pub(super) fn sign_out(state: State, reply: Reply) -> Next {
    if state.is_stopped() {
        return answer(state, reply, Err(SessionError::Stopped));
    }
    let mut effects: Vec<Effect> = state
        .account()
        .map(|account| Effect::Revoke(account.revocation().clone()))
        .into_iter()
        .collect();
    match state {
        State::Checking { check, .. } => {
            effects.push(Effect::Revoke(check.account.revocation().clone()));
            effects.push(Effect::Reply(check.person, Err(SessionError::LoggedOut)));
        }
        State::SignedOut { .. }
        | State::SigningIn { .. }
        | State::Live(_)
        | State::Renewing { .. }
        | State::Waiting(_) => {}
    }
    effects.push(Effect::Record(Record::LoggedOut));
    effects.push(Effect::Reply(reply, Ok(())));
    let reason = Reason::LoggedOut;
    (State::SignedOut { reason }, effects)
}

/// Replaces the source of the account's password. The token stays.
pub(super) fn adopt(state: State, source: Source, reply: Reply) -> Next {
    let (state, result) = match state {
        State::SignedOut { reason } => {
            let (reason, result) = adopt_signed_out(reason, source);
            (State::SignedOut { reason }, result)
        }
        State::SigningIn { account, attempt } => {
            let account = account.with_source(source);
            (State::SigningIn { account, attempt }, Ok(()))
        }
        State::Live(live) => {
            let account = live.account.with_source(source);
            (State::Live(Live { account, ..live }), Ok(()))
        }
        State::Renewing {
            account,
            token,
            attempt,
        } => {
            let state = State::Renewing {
                account: account.with_source(source),
                token,
                attempt,
            };
            (state, Ok(()))
        }
        State::Waiting(waiting) => {
            let account = waiting.account.with_source(source);
            (State::Waiting(Waiting { account, ..waiting }), Ok(()))
        }
        State::Checking { before, check } => {
            let (before, result) = match before {
                Resting::SignedOut { reason } => {
                    let (reason, result) = adopt_signed_out(reason, source);
                    (Resting::SignedOut { reason }, result)
                }
                Resting::Live(live) => {
                    let account = live.account.with_source(source);
                    (Resting::Live(Live { account, ..live }), Ok(()))
                }
                Resting::Waiting(waiting) => {
                    let account = waiting.account.with_source(source);
                    (Resting::Waiting(Waiting { account, ..waiting }), Ok(()))
                }
            };
            (State::Checking { before, check }, result)
        }
    };
    answer(state, reply, result)
}

fn adopt_signed_out(reason: Reason, source: Source) -> (Reason, Result<(), SessionError>) {
    match reason {
        Reason::NotYet(account) => (Reason::NotYet(account.with_source(source)), Ok(())),
        Reason::NoCredentials { account, failed } => {
            let account = account.with_source(source);
            (Reason::NoCredentials { account, failed }, Ok(()))
        }
        Reason::LoggedOut => (reason, Err(SessionError::LoggedOut)),
        Reason::Stopped => (reason, Err(SessionError::Stopped)),
    }
}

/// Takes a client's credentials if there are none, or if those of another client are waiting
/// for their next attempt. Credentials that differ are tried at once.
pub(super) fn offer(
    state: State,
    credentials: Credentials,
    reply: Reply,
    context: &Context,
) -> Next {
    match state {
        State::SignedOut { .. } | State::Waiting(_) => {
            let resting = state.at_rest();
            match replaceable(&resting, &credentials) {
                Ok(Some(account)) => {
                    let account = of_client(credentials, account);
                    let (state, mut effects) = login(account, 1, context);
                    effects.push(Effect::Reply(reply, Ok(())));
                    (state, effects)
                }
                Ok(None) => answer(resting.into(), reply, Ok(())),
                Err(error) => answer(resting.into(), reply, Err(error)),
            }
        }
        // The check comes first. If it fails, the next caller tries the offer.
        State::Checking { before, check } => {
            let (before, result) = match replaceable(&before, &credentials) {
                Ok(Some(account)) => (Resting::not_yet(of_client(credentials, account)), Ok(())),
                Ok(None) => (before, Ok(())),
                Err(error) => (before, Err(error)),
            };
            answer(State::Checking { before, check }, reply, result)
        }
        State::SigningIn { .. } | State::Live(_) | State::Renewing { .. } => {
            answer(state, reply, Err(SessionError::Superseded))
        }
    }
}

/// Returns the account that the offered credentials replace; `None` if they are the present
/// ones, whose wait goes on.
fn replaceable<'a>(
    resting: &'a Resting,
    offered: &Credentials,
) -> Result<Option<&'a Account>, SessionError> {
    let account = match resting {
        Resting::SignedOut { reason } => match reason {
            Reason::NotYet(account) | Reason::NoCredentials { account, .. } => account,
            Reason::LoggedOut => return Err(SessionError::LoggedOut),
            Reason::Stopped => return Err(SessionError::Stopped),
        },
        Resting::Waiting(waiting) if waiting.account.holds(offered) => return Ok(None),
        Resting::Waiting(waiting) => &waiting.account,
        Resting::Live(_) => return Err(SessionError::Superseded),
    };
    match account.accepts_offer(offered) {
        true => Ok(Some(account)),
        false => Err(SessionError::Superseded),
    }
}

fn of_client(credentials: Credentials, before: &Account) -> Account {
    let family = Some(before.revocation().clone());
    Account::held(credentials, CredentialOrigin::Client, family)
}

/// Ends the session.
pub(super) fn stop(state: State) -> Next {
    let effects = match state {
        State::Checking { check, .. } => {
            vec![Effect::Reply(check.person, Err(SessionError::Stopped))]
        }
        State::SignedOut { .. }
        | State::SigningIn { .. }
        | State::Live(_)
        | State::Renewing { .. }
        | State::Waiting(_) => Vec::new(),
    };
    let reason = Reason::Stopped;
    (State::SignedOut { reason }, effects)
}

fn answer(state: State, reply: Reply, result: Result<(), SessionError>) -> Next {
    (state, vec![Effect::Reply(reply, result)])
}
