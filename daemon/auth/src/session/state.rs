//! The states of the session. [`State`] contains the whole session: the credential source, the
//! attempt in flight, the number of refusals, and the reply to a person's login.

use super::{
    account::Account,
    clock::Deadline,
    error::{Missing, SessionError},
    event::Grant,
    reply::Reply,
    token::Token,
};
use crate::bridge::{Generation, Revocation};

/// The session.
#[derive(Debug)]
pub(super) enum State {
    /// No token and no attempt.
    SignedOut { reason: Reason },
    /// No usable token, and an attempt that callers wait for.
    SigningIn { account: Account, attempt: Attempt },
    /// A token.
    Live(Live),
    /// A token that callers use, and an attempt for the next one.
    Renewing {
        account: Account,
        token: Token,
        attempt: Attempt,
    },
    /// No token; the last attempt failed, and the next one has its time.
    Waiting(Waiting),
    /// A person's login is in flight. On failure `before` is restored.
    Checking { before: Resting, check: Box<Check> },
}

/// A state without an attempt in flight.
#[derive(Debug)]
pub(super) enum Resting {
    /// See [`State::SignedOut`].
    SignedOut { reason: Reason },
    /// See [`State::Live`].
    Live(Live),
    /// See [`State::Waiting`].
    Waiting(Waiting),
}

/// Reason why no attempt is made.
#[derive(Debug)]
pub(super) enum Reason {
    /// No caller has needed a token yet.
    NotYet(Account),
    /// The source has no credentials. The next caller asks it again.
    NoCredentials {
        account: Account,
        /// The attempt that found none.
        failed: Generation,
        missing: Missing,
    },
    /// A person signed out. Nothing is kept, and only a person signs in again.
    LoggedOut,
    /// The session has ended.
    Stopped,
}

/// A token at rest.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) account: Account,
    pub(super) token: Token,
    /// The last failed renewal of this token.
    pub(super) last_failure: Option<Failure>,
}

/// A failed renewal.
#[derive(Debug)]
pub(super) struct Failure {
    /// The attempt.
    pub(super) failed: Generation,
    /// Its number in the series of renewals.
    pub(super) number: u32,
    pub(super) error: SessionError,
    pub(super) retry_at: Deadline,
}

/// The time between a failed attempt and the next one.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) account: Account,
    pub(super) error: SessionError,
    pub(super) retry_at: Deadline,
    pub(super) resume: Resume,
}

/// Start of the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resume {
    /// The timer starts attempt `number` of the series. Callers wait for it.
    Automatic { number: u32 },
    /// The first caller after the time starts a new series. Callers before that get the error
    /// of attempt `failed`.
    OnDemand { failed: Generation },
}

/// An attempt in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attempt {
    /// Its generation, which its token gets.
    pub(super) id: Generation,
    /// Its number in its series, from 1.
    pub(super) number: u32,
    /// The request.
    pub(super) grant: Grant,
}

/// A person's login in flight.
#[derive(Debug)]
pub(super) struct Check {
    /// Its generation, which its token gets.
    pub(super) id: Generation,
    /// The account if the bridge accepts the credentials.
    pub(super) account: Account,
    /// The person.
    pub(super) person: Reply,
}

impl State {
    /// The state of a session that has ended.
    pub(super) const STOPPED: Self = State::SignedOut {
        reason: Reason::Stopped,
    };

    /// Returns the time at which the step for
    /// [`Event::TimerFired`](super::event::Event::TimerFired) is due.
    pub(super) fn wakes_at(&self) -> Option<Deadline> {
        match self {
            State::Live(live) => Some(match &live.last_failure {
                None => live.token.renews(),
                // The token may expire before the next renewal.
                Some(failure) => live.token.expires().min(failure.retry_at),
            }),
            State::Waiting(waiting) => match waiting.resume {
                Resume::Automatic { .. } => Some(waiting.retry_at),
                Resume::OnDemand { .. } => None,
            },
            State::SignedOut { .. }
            | State::SigningIn { .. }
            | State::Renewing { .. }
            | State::Checking { .. } => None,
        }
    }

    /// Returns the attempt in flight.
    pub(super) fn attempt(&self) -> Option<Generation> {
        match self {
            State::SigningIn { attempt, .. } | State::Renewing { attempt, .. } => Some(attempt.id),
            State::Checking { check, .. } => Some(check.id),
            State::SignedOut { .. } | State::Live(_) | State::Waiting(_) => None,
        }
    }

    /// Returns the account, if the session has one.
    pub(super) fn account(&self) -> Option<&Account> {
        match self {
            State::SignedOut { reason } => reason.account(),
            State::SigningIn { account, .. } | State::Renewing { account, .. } => Some(account),
            State::Live(live) => Some(&live.account),
            State::Waiting(waiting) => Some(&waiting.account),
            State::Checking { before, .. } => before.account(),
        }
    }

    /// Returns the account, or why the session has none.
    pub(super) fn account_mut(&mut self) -> Result<&mut Account, SessionError> {
        match self {
            State::SignedOut { reason } => reason.account_mut(),
            State::SigningIn { account, .. } | State::Renewing { account, .. } => Ok(account),
            State::Live(live) => Ok(&mut live.account),
            State::Waiting(waiting) => Ok(&mut waiting.account),
            State::Checking { before, .. } => match before {
                Resting::SignedOut { reason } => reason.account_mut(),
                Resting::Live(live) => Ok(&mut live.account),
                Resting::Waiting(waiting) => Ok(&mut waiting.account),
            },
        }
    }

    /// Returns the state without its attempt, which is abandoned.
    pub(super) fn at_rest(self) -> Resting {
        match self {
            State::SignedOut { reason } => Resting::SignedOut { reason },
            State::SigningIn { account, .. } => Resting::not_yet(account),
            State::Live(live) => Resting::Live(live),
            State::Renewing { account, token, .. } => Resting::Live(Live {
                account,
                token,
                last_failure: None,
            }),
            State::Waiting(waiting) => Resting::Waiting(waiting),
            State::Checking { before, .. } => before,
        }
    }

    /// Returns whether the session has ended.
    pub(super) fn is_stopped(&self) -> bool {
        matches!(
            self,
            State::SignedOut {
                reason: Reason::Stopped
            }
        )
    }
}

impl Resting {
    /// Creates the state of an account for which no attempt was made.
    pub(super) fn not_yet(account: Account) -> Self {
        let reason = Reason::NotYet(account);
        Resting::SignedOut { reason }
    }

    /// Returns the account, if the state has one.
    pub(super) fn account(&self) -> Option<&Account> {
        match self {
            Resting::SignedOut { reason } => reason.account(),
            Resting::Live(live) => Some(&live.account),
            Resting::Waiting(waiting) => Some(&waiting.account),
        }
    }

    /// Returns the revocation of the tokens so far.
    pub(super) fn revocation(&self) -> Option<Revocation> {
        self.account().map(|account| account.revocation().clone())
    }

    /// Returns whether the state has a token for which `is_it` holds.
    pub(super) fn has_token(&self, is_it: impl FnOnce(&Token) -> bool) -> bool {
        match self {
            Resting::Live(live) => is_it(&live.token),
            Resting::SignedOut { .. } | Resting::Waiting(_) => false,
        }
    }

    /// Drops the token if `is_gone` holds for it.
    pub(super) fn without_token(self, is_gone: impl FnOnce(&Token) -> bool) -> Self {
        match self {
            Resting::Live(live) if is_gone(&live.token) => Resting::not_yet(live.account),
            resting @ (Resting::Live(_) | Resting::SignedOut { .. } | Resting::Waiting(_)) => {
                resting
            }
        }
    }
}

impl From<Resting> for State {
    fn from(resting: Resting) -> Self {
        match resting {
            Resting::SignedOut { reason } => State::SignedOut { reason },
            Resting::Live(live) => State::Live(live),
            Resting::Waiting(waiting) => State::Waiting(waiting),
        }
    }
}

impl From<Live> for State {
    fn from(live: Live) -> Self {
        State::Live(live)
    }
}

impl From<Waiting> for State {
    fn from(waiting: Waiting) -> Self {
        State::Waiting(waiting)
    }
}

impl Reason {
    fn account(&self) -> Option<&Account> {
        match self {
            Reason::NotYet(account) | Reason::NoCredentials { account, .. } => Some(account),
            Reason::LoggedOut | Reason::Stopped => None,
        }
    }

    fn account_mut(&mut self) -> Result<&mut Account, SessionError> {
        match self {
            Reason::NotYet(account) | Reason::NoCredentials { account, .. } => Ok(account),
            Reason::LoggedOut => Err(SessionError::LoggedOut),
            Reason::Stopped => Err(SessionError::Stopped),
        }
    }
}
