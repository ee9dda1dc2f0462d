//! The transitions that people and clients cause: sign-in, sign-out, other credentials, and
//! the end. Pure, as the step that uses it.

use super::{
    account::{Account, Hold},
    clock::Now,
    error::SessionError,
    event::{Context, Effect, Record, Request},
    reply::Reply,
    start::{Next, begin, login, only, renewal},
    state::{Check, Live, Reason, Resting, State, Waiting},
};
use crate::credentials::{CredentialOrigin, Credentials, Source};
use tai_names::Username;

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
    if !has_account(&state, &credentials.username) {
        return answer(state, person, Err(SessionError::OtherAccount));
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
    let check = Box::new(check);
    (State::Checking { before, check }, effects)
}

/// Returns whether `username` is the account of the state, or the state has none.
fn has_account(state: &State, username: &Username) -> bool {
    let ours = state.account().and_then(Account::username);
    ours.is_none_or(|ours| ours == username)
}

/// Drops the account with its password, and revokes its tokens. Another account than the named one
/// stays.
pub(super) fn sign_out(state: State, account: Option<&Username>, reply: Reply) -> Next {
    if state.is_stopped() {
        return answer(state, reply, Err(SessionError::Stopped));
    }
    if account.is_some_and(|theirs| !has_account(&state, theirs)) {
        return answer(state, reply, Err(SessionError::OtherAccount));
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

/// Starts an attempt that waits for its time. The floor between two logins holds.
pub(super) fn retry(state: State, reply: Reply, context: &Context) -> Next {
    let (state, mut effects) = match state {
        State::SignedOut { reason } => match reason {
            Reason::NotYet(account) | Reason::NoCredentials { account, .. } => {
                login(account, 1, context)
            }
            Reason::LoggedOut => {
                let state = State::SignedOut { reason };
                return answer(state, reply, Err(SessionError::LoggedOut));
            }
            Reason::Stopped => {
                let state = State::SignedOut { reason };
                return answer(state, reply, Err(SessionError::Stopped));
            }
        },
        State::Waiting(waiting) => login(waiting.account, 1, context),
        State::Live(Live {
            account,
            token,
            last_failure: Some(failure),
        }) => renewal(account, token, failure.number.saturating_add(1), context),
        State::Live(live) => only(live),
        State::SigningIn { .. } | State::Renewing { .. } | State::Checking { .. } => only(state),
    };
    effects.push(Effect::Reply(reply, Ok(())));
    (state, effects)
}

/// Replaces the source of the account's password. The token stays.
pub(super) fn adopt(mut state: State, source: Source, reply: Reply) -> Next {
    if source
        .username()
        .is_some_and(|theirs| !has_account(&state, theirs))
    {
        return answer(state, reply, Err(SessionError::OtherAccount));
    }
    let adopted = state
        .account_mut()
        .map(|account| account.set_source(source));
    answer(state, reply, adopted)
}

/// Takes a client's credentials if there are none. If the bridge refuses the present ones, tries
/// the client's at once, and restores the present ones if the trial fails. An outage replaces
/// nothing.
pub(super) fn offer(
    state: State,
    credentials: Credentials,
    reply: Reply,
    context: &Context,
) -> Next {
    let state = match state {
        State::SignedOut { .. } | State::Waiting(_) => state,
        // The check comes first. If it fails, the next caller tries the offer.
        State::Checking { before, check } => {
            return match opening(&before, Some((&credentials, context.now))) {
                Opening::Vacant => {
                    let before = Resting::not_yet(of_client(credentials, &before));
                    answer(State::Checking { before, check }, reply, Ok(()))
                }
                Opening::Same | Opening::Trial => {
                    let state = State::Checking { before, check };
                    answer(state, reply, Err(SessionError::Superseded))
                }
                Opening::Closed(reason) => {
                    answer(State::Checking { before, check }, reply, Err(reason))
                }
            };
        }
        State::SigningIn { .. } | State::Live(_) | State::Renewing { .. } => {
            return answer(state, reply, Err(SessionError::Superseded));
        }
    };
    let before = state.at_rest();
    match opening(&before, Some((&credentials, context.now))) {
        Opening::Vacant => {
            let (state, mut effects) = login(of_client(credentials, &before), 1, context);
            effects.push(Effect::Reply(reply, Ok(())));
            (state, effects)
        }
        Opening::Trial => {
            let account = of_client(credentials, &before);
            let request = Request::Login(account.source().clone());
            let effects = vec![begin(context.next, request, &account)];
            let check = Check {
                id: context.next,
                account,
                person: reply,
            };
            let check = Box::new(check);
            (State::Checking { before, check }, effects)
        }
        // The wait goes on.
        Opening::Same => answer(before.into(), reply, Ok(())),
        Opening::Closed(reason) => answer(before.into(), reply, Err(reason)),
    }
}

fn of_client(credentials: Credentials, before: &Resting) -> Account {
    Account::held(credentials, CredentialOrigin::Client, before.revocation())
}

/// Returns whether credentials that a client offers would be tried.
pub(super) fn takes_offer(state: &State) -> bool {
    let opening = match state {
        State::SignedOut { reason } => signed_out(reason, None),
        State::Waiting(waiting) => while_waiting(waiting, None),
        State::SigningIn { .. }
        | State::Live(_)
        | State::Renewing { .. }
        | State::Checking { .. } => return false,
    };
    matches!(opening, Opening::Vacant | Opening::Trial)
}

/// Room for the credentials that a client offers.
#[derive(Debug, PartialEq, Eq)]
enum Opening {
    /// There are no credentials.
    Vacant,
    /// The bridge refuses the present credentials, or the keyring fails.
    Trial,
    /// The offered credentials are the present ones, or the bridge refused them a short time ago.
    Same,
    /// None, for this reason.
    Closed(SessionError),
}

/// Credentials that a client offers, and the time.
type Offered<'a> = (&'a Credentials, Now);

fn opening(resting: &Resting, offered: Option<Offered<'_>>) -> Opening {
    match resting {
        Resting::SignedOut { reason } => signed_out(reason, offered),
        Resting::Waiting(waiting) => while_waiting(waiting, offered),
        Resting::Live(_) => Opening::Closed(SessionError::Superseded),
    }
}

fn signed_out(reason: &Reason, offered: Option<Offered<'_>>) -> Opening {
    let (account, was_asked) = match reason {
        Reason::NotYet(account) => (account, false),
        Reason::NoCredentials { account, .. } => (account, true),
        Reason::LoggedOut => return Opening::Closed(SessionError::LoggedOut),
        Reason::Stopped => return Opening::Closed(SessionError::Stopped),
    };
    match (account.hold(), was_asked) {
        _ if !fits(account, offered) => Opening::Closed(SessionError::Superseded),
        (Hold::Vacant, _) | (Hold::Keyring, true) => Opening::Vacant,
        (Hold::Keyring | Hold::Client | Hold::Fixed, _) => {
            Opening::Closed(SessionError::Superseded)
        }
    }
}

fn while_waiting(waiting: &Waiting, offered: Option<Offered<'_>>) -> Opening {
    let account = &waiting.account;
    let has_failed = match account.hold() {
        Hold::Client => waiting.error.is_refused(),
        // A keyring that fails has no password for this session.
        Hold::Keyring => waiting.error.is_refused() || waiting.error.is_of_source(),
        Hold::Vacant | Hold::Fixed => false,
    };
    let is_known =
        |(offered, now): Offered<'_>| account.holds(offered) || account.has_refused(offered, now);
    match has_failed && fits(account, offered) {
        true if offered.is_some_and(is_known) => Opening::Same,
        true => Opening::Trial,
        false => Opening::Closed(SessionError::Superseded),
    }
}

fn fits(account: &Account, offered: Option<Offered<'_>>) -> bool {
    offered.is_none_or(|(offered, _)| account.is_of(offered))
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
