//! Examples of each state: one of each kind that makes a difference.

use super::{credentials, token, token_with};
use crate::{
    bridge::{BridgeError, Generation},
    credentials::{CredentialOrigin, Source, SourceError},
    session::{
        account::Account,
        clock::Now,
        error::{Missing, SessionError},
        event::Grant,
        reply::Reply,
        state::{Attempt, Check, Failure, Live, Reason, Resting, Resume, State, Waiting},
        token::Token,
    },
    testing::origin,
};
use std::time::Duration;
use tai_names::Profile;

/// A state, and the variants inside it that transitions depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session) enum Shape {
    NotYet,
    NoCredentials,
    LoggedOut,
    Stopped,
    SigningIn(Grant),
    Live,
    LiveAfterFailure,
    Renewing(Grant),
    WaitingAutomatic,
    WaitingOnDemand,
    CheckingSignedOut,
    CheckingLive,
    CheckingWaiting,
}

pub(in crate::session) type Example = (&'static str, fn(Now) -> State);

impl Shape {
    /// Returns the shape of a state.
    pub(in crate::session) fn of(state: &State) -> Self {
        match state {
            State::SignedOut { reason } => match reason {
                Reason::NotYet(_) => Shape::NotYet,
                Reason::NoCredentials { .. } => Shape::NoCredentials,
                Reason::LoggedOut => Shape::LoggedOut,
                Reason::Stopped => Shape::Stopped,
            },
            State::SigningIn { attempt, .. } => Shape::SigningIn(attempt.grant),
            State::Live(live) => match live.last_failure {
                None => Shape::Live,
                Some(_) => Shape::LiveAfterFailure,
            },
            State::Renewing { attempt, .. } => Shape::Renewing(attempt.grant),
            State::Waiting(waiting) => match waiting.resume {
                Resume::Automatic { .. } => Shape::WaitingAutomatic,
                Resume::OnDemand { .. } => Shape::WaitingOnDemand,
            },
            State::Checking { before, .. } => match before {
                Resting::SignedOut { .. } => Shape::CheckingSignedOut,
                Resting::Live(_) => Shape::CheckingLive,
                Resting::Waiting(_) => Shape::CheckingWaiting,
            },
        }
    }

    fn next(self) -> Option<Self> {
        Some(match self {
            Shape::NotYet => Shape::NoCredentials,
            Shape::NoCredentials => Shape::LoggedOut,
            Shape::LoggedOut => Shape::Stopped,
            Shape::Stopped => Shape::SigningIn(Grant::Refresh),
            Shape::SigningIn(Grant::Refresh) => Shape::SigningIn(Grant::Login),
            Shape::SigningIn(Grant::Login) => Shape::Live,
            Shape::Live => Shape::LiveAfterFailure,
            Shape::LiveAfterFailure => Shape::Renewing(Grant::Refresh),
            Shape::Renewing(Grant::Refresh) => Shape::Renewing(Grant::Login),
            Shape::Renewing(Grant::Login) => Shape::WaitingAutomatic,
            Shape::WaitingAutomatic => Shape::WaitingOnDemand,
            Shape::WaitingOnDemand => Shape::CheckingSignedOut,
            Shape::CheckingSignedOut => Shape::CheckingLive,
            Shape::CheckingLive => Shape::CheckingWaiting,
            Shape::CheckingWaiting => return None,
        })
    }

    /// Returns all shapes.
    pub(in crate::session) fn all() -> impl Iterator<Item = Self> {
        std::iter::successors(Some(Shape::NotYet), |shape| shape.next())
    }

    /// Returns the examples of a shape. The present is `now`, the token has generation 5, the
    /// attempt in flight 8, and the one that failed 7.
    pub(in crate::session) fn examples(self) -> Vec<Example> {
        match self {
            Shape::NotYet => vec![
                ("not yet", |_| Resting::not_yet(configured()).into()),
                ("not yet, with a keyring", |_| {
                    Resting::not_yet(keyring()).into()
                }),
            ],
            Shape::NoCredentials => vec![
                ("no credentials", |_| missing(nothing(), Missing::Password)),
                ("no entry in the keyring", |_| {
                    missing(keyring(), Missing::Password)
                }),
                ("no keyring", |_| missing(keyring(), Missing::Keyring)),
            ],
            Shape::LoggedOut => vec![("logged out", |_| logged_out().into())],
            Shape::Stopped => vec![("stopped", |_| State::STOPPED)],
            Shape::SigningIn(Grant::Refresh) => vec![("signing in by refresh", |_| {
                let account = configured();
                let attempt = attempt(Grant::Refresh);
                State::SigningIn { account, attempt }
            })],
            Shape::SigningIn(Grant::Login) => vec![
                ("signing in by login", |_| {
                    let account = configured().refused();
                    let attempt = attempt(Grant::Login);
                    State::SigningIn { account, attempt }
                }),
                ("signing in by the keyring", |_| State::SigningIn {
                    account: keyring(),
                    attempt: attempt(Grant::Login),
                }),
                ("signing in by the fifth login", |_| State::SigningIn {
                    account: configured(),
                    attempt: Attempt {
                        number: 5,
                        ..attempt(Grant::Login)
                    },
                }),
            ],
            Shape::Live => vec![
                ("live", |now| live(configured(), token(5, now), None).into()),
                ("live and due", |now| {
                    live(configured(), due(now), None).into()
                }),
                ("live and expired", |now| {
                    live(configured(), expired(now), None).into()
                }),
                ("live after a login a moment ago", |now| {
                    let account = configured().logged_in(&token(5, now), now);
                    live(account, token(5, now), None).into()
                }),
                ("live after two logins a moment ago", |now| {
                    let account = configured().logged_in(&token(4, now), now);
                    let account = account.logged_in(&token(5, now), now);
                    live(account, token(5, now), None).into()
                }),
            ],
            Shape::LiveAfterFailure => vec![
                ("live after a transient failure", |now| {
                    let failure = failure(transient(), now, Duration::ZERO);
                    live(configured(), due(now), failure).into()
                }),
                ("live, told to wait", |now| {
                    live(configured(), due(now), told_to_wait(now)).into()
                }),
                ("live and expired, told to wait", |now| {
                    live(configured(), expired(now), told_to_wait(now)).into()
                }),
            ],
            Shape::Renewing(Grant::Refresh) => vec![
                ("renewing", |now| renewing(due(now), Grant::Refresh)),
                ("renewing an expired one", |now| {
                    renewing(expired(now), Grant::Refresh)
                }),
                ("renewing after a login a moment ago", |now| {
                    State::Renewing {
                        account: configured().logged_in(&token(5, now), now),
                        token: due(now),
                        attempt: attempt(Grant::Refresh),
                    }
                }),
            ],
            Shape::Renewing(Grant::Login) => {
                vec![("renewing by login", |now| renewing(due(now), Grant::Login))]
            }
            Shape::WaitingAutomatic => vec![
                ("waiting for the next attempt", |now| {
                    waiting(configured(), transient(), now, 10, next()).into()
                }),
                ("waiting, and the time has come", |now| {
                    waiting(configured(), transient(), now, 0, next()).into()
                }),
            ],
            Shape::WaitingOnDemand => vec![
                ("cooling down", |now| {
                    waiting(of_client(), SessionError::Refused, now, 10, on_demand()).into()
                }),
                ("cooled down", |now| {
                    waiting(configured(), SessionError::Refused, now, 0, on_demand()).into()
                }),
                ("outage of the bridge with a client's password", |now| {
                    waiting(of_client(), transient(), now, 10, on_demand()).into()
                }),
                ("the keyring fails", |now| {
                    waiting(keyring(), keyring_fails(), now, 10, on_demand()).into()
                }),
                ("the keyring's password is refused", |now| {
                    waiting(keyring(), SessionError::Refused, now, 10, on_demand()).into()
                }),
                ("the keyring's password is refused after it worked", |now| {
                    let account = keyring().logged_in(&token(5, now), now);
                    waiting(account, SessionError::Refused, now, 10, on_demand()).into()
                }),
            ],
            Shape::CheckingSignedOut => vec![
                ("checking before the first login", |_| {
                    checking(Resting::not_yet(nothing()))
                }),
                ("checking while logged out", |_| checking(logged_out())),
            ],
            Shape::CheckingLive => vec![
                ("checking while live", |now| {
                    checking(Resting::Live(live(configured(), token(5, now), None)))
                }),
                ("checking while expired", |now| {
                    checking(Resting::Live(live(configured(), expired(now), None)))
                }),
            ],
            Shape::CheckingWaiting => vec![("checking while cooling down", |now| {
                let refused = SessionError::Refused;
                let waiting = waiting(of_client(), refused, now, 10, on_demand());
                checking(Resting::Waiting(waiting))
            })],
        }
    }
}

/// Returns all examples.
pub(in crate::session) fn all() -> impl Iterator<Item = Example> {
    Shape::all().flat_map(Shape::examples)
}

pub(in crate::session) fn configured() -> Account {
    Account::new(Source::given(
        "alice".parse().unwrap(),
        "sandbox-password".into(),
        origin(),
    ))
}

pub(in crate::session) fn nothing() -> Account {
    Account::new(Source::Unconfigured { username: None })
}

fn of_client() -> Account {
    let credentials = credentials("alice", "client-password");
    Account::held(credentials, CredentialOrigin::Client, None).refused()
}

/// Returns the account of a keyring that has not been asked.
fn keyring() -> Account {
    Account::new(Source::Keyring {
        username: None,
        profile: Profile::default(),
        bridge: origin(),
    })
}

fn keyring_fails() -> SessionError {
    SessionError::Source(SourceError::KeyringUnreachable)
}

fn missing(account: Account, missing: Missing) -> State {
    State::SignedOut {
        reason: Reason::NoCredentials {
            account,
            failed: Generation(7),
            missing,
        },
    }
}

pub(in crate::session) fn transient() -> SessionError {
    SessionError::Bridge(BridgeError::TimedOut {
        after: Duration::ZERO,
    })
}

fn attempt(grant: Grant) -> Attempt {
    Attempt {
        id: Generation(8),
        number: 1,
        grant,
    }
}

fn due(now: Now) -> Token {
    token_with(5, now, Duration::from_secs(200))
}

fn expired(now: Now) -> Token {
    token_with(5, now, Duration::ZERO)
}

fn live(account: Account, token: Token, last_failure: Option<Failure>) -> Live {
    Live {
        account,
        token,
        last_failure,
    }
}

fn failure(error: SessionError, now: Now, delay: Duration) -> Option<Failure> {
    Some(Failure {
        failed: Generation(7),
        number: 2,
        error,
        retry_at: now.plus(delay),
    })
}

fn told_to_wait(now: Now) -> Option<Failure> {
    let after = Duration::from_secs(900);
    let retry_after = Some(after);
    let limited = SessionError::Bridge(BridgeError::RateLimited { retry_after });
    failure(limited, now, after)
}

fn renewing(token: Token, grant: Grant) -> State {
    State::Renewing {
        account: configured(),
        token,
        attempt: attempt(grant),
    }
}

fn next() -> Resume {
    Resume::Automatic { number: 3 }
}

fn on_demand() -> Resume {
    Resume::OnDemand {
        failed: Generation(7),
    }
}

fn waiting(
    account: Account,
    error: SessionError,
    now: Now,
    seconds: u64,
    resume: Resume,
) -> Waiting {
    Waiting {
        account,
        error,
        retry_at: now.plus(Duration::from_secs(seconds)),
        resume,
    }
}

fn logged_out() -> Resting {
    Resting::SignedOut {
        reason: Reason::LoggedOut,
    }
}

fn checking(before: Resting) -> State {
    let credentials = credentials("alice", "typed-password");
    let family = before.revocation();
    State::Checking {
        before,
        check: Box::new(Check {
            id: Generation(8),
            account: Account::held(credentials, CredentialOrigin::Person, family),
            person: Reply::new().0,
        }),
    }
}
