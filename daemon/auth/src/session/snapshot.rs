//! The published view of the session, for callers and for display. It never shows a secret
//! except through [`Token::bearer`](super::token::Token::bearer).

use super::{
    clock::{Deadline, Now},
    error::{Missing, SessionError},
    people::takes_offer,
    state::{Live, Reason, Resting, Resume, State, Waiting},
    stats::Stats,
    token::Token,
};
use crate::{
    bridge::Generation,
    credentials::{CredentialOrigin, Source},
};
use std::sync::Arc;
use tai_names::Username;

/// The session as the owner published it last.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The phase.
    pub phase: Phase,
    /// The username, once it is known.
    pub username: Option<Username>,
    /// Description of the credential source; `None` if no credentials are configured.
    pub source: Option<Arc<str>>,
    /// The origin of the credentials that are held in memory.
    pub origin: Option<CredentialOrigin>,
    /// Whether a client's password for this account would be tried, see
    /// [`Session::offer`](super::Session::offer).
    pub takes_offer: bool,
    /// Counters and the last failure.
    pub stats: Stats,
}

/// Phase of the session, for display.
#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// No token, and none is being requested.
    SignedOut(SignedOut),
    /// No token; a login is in flight.
    SigningIn,
    /// A token, which requests use, also while its renewal is in flight or fails.
    Live {
        /// The token.
        token: Token,
        /// Its renewal.
        renewal: Renewal,
    },
    /// No token; the last attempt failed.
    Waiting {
        /// The failure.
        error: SessionError,
        /// The earliest time of the next attempt.
        retry_at: Deadline,
        /// The attempt that failed, if the next one needs a caller. Otherwise the session
        /// makes the next attempt at `retry_at`, and callers wait for it.
        on_demand: Option<Generation>,
    },
}

/// Reason why a session is signed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedOut {
    /// No caller has needed a token yet.
    NotYet,
    /// No credentials were found by this attempt.
    NoCredentials(Generation, Missing),
    /// A person signed out.
    LoggedOut,
    /// The session has ended.
    Stopped,
}

/// State of a token's renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// The renewal is due at [`Token::renews`].
    Scheduled,
    /// The renewal is in flight.
    InFlight,
    /// The last renewal failed.
    Failed {
        /// The time of the next one.
        retry_at: Deadline,
    },
}

/// Availability of a token to a caller.
#[derive(Debug)]
pub(super) enum TokenAvailability<'a> {
    /// The token can be used.
    Available(&'a Token),
    /// An attempt is in flight or planned soon.
    Pending,
    /// No attempt is in flight; a request starts one.
    Requestable,
    /// There is no token, for this reason.
    Refused(&'a SessionError),
}

impl Snapshot {
    /// Returns the last attempt, if it failed and the next one needs a caller.
    pub(super) fn failed_attempt(&self) -> Option<Generation> {
        self.failure().map(|(failed, _)| failed)
    }

    /// Returns whether the credential source has been asked and no login is in flight.
    pub(super) fn is_settled(&self) -> bool {
        match self.phase {
            Phase::SigningIn | Phase::SignedOut(SignedOut::NotYet) => false,
            Phase::SignedOut(_) | Phase::Live { .. } | Phase::Waiting { .. } => true,
        }
    }

    /// Creates the view of a state.
    pub(super) fn of(state: &State, stats: Stats) -> Self {
        let account = state.account();
        let source = account.map(|account| account.source());
        Self {
            phase: Phase::of(state),
            username: account.and_then(|account| account.username().cloned()),
            source: source.and_then(|source| match source {
                Source::Unconfigured { .. } => None,
                source => Some(source.to_string().into()),
            }),
            origin: source.and_then(Source::origin),
            takes_offer: takes_offer(state),
            stats,
        }
    }

    /// Returns the failure of the last series of attempts, until another series begins.
    pub(super) fn failure(&self) -> Option<(Generation, &SessionError)> {
        match &self.phase {
            Phase::SignedOut(SignedOut::NoCredentials(failed, missing)) => {
                Some((*failed, missing.error()))
            }
            Phase::Waiting {
                error, on_demand, ..
            } => on_demand.map(|failed| (failed, error)),
            Phase::SignedOut(SignedOut::NotYet | SignedOut::LoggedOut | SignedOut::Stopped)
            | Phase::SigningIn
            | Phase::Live { .. } => None,
        }
    }

    /// Returns the availability of a token at `now`.
    pub(super) fn availability(&self, now: Now) -> TokenAvailability<'_> {
        match &self.phase {
            Phase::Live { token, .. } if token.is_good(now) => TokenAvailability::Available(token),
            Phase::Live { .. } => TokenAvailability::Requestable,
            Phase::SigningIn => TokenAvailability::Pending,
            Phase::Waiting {
                error,
                retry_at,
                on_demand,
            } => match (on_demand, retry_at.has_come(now)) {
                (_, true) => TokenAvailability::Requestable,
                (Some(_), false) => TokenAvailability::Refused(error),
                (None, false) => TokenAvailability::Pending,
            },
            Phase::SignedOut(reason) => match reason {
                SignedOut::NotYet | SignedOut::NoCredentials(..) => TokenAvailability::Requestable,
                SignedOut::LoggedOut => TokenAvailability::Refused(&SessionError::LoggedOut),
                SignedOut::Stopped => TokenAvailability::Refused(&SessionError::Stopped),
            },
        }
    }
}

impl Phase {
    /// Returns the token, if the session has one.
    pub fn token(&self) -> Option<&Token> {
        match self {
            Phase::Live { token, .. } => Some(token),
            Phase::SignedOut(_) | Phase::SigningIn | Phase::Waiting { .. } => None,
        }
    }

    /// Returns the time of the next attempt after a failure.
    pub fn retry_at(&self) -> Option<Deadline> {
        match self {
            Phase::Live {
                renewal: Renewal::Failed { retry_at },
                ..
            }
            | Phase::Waiting { retry_at, .. } => Some(*retry_at),
            Phase::Live {
                renewal: Renewal::Scheduled | Renewal::InFlight,
                ..
            }
            | Phase::SignedOut(_)
            | Phase::SigningIn => None,
        }
    }

    fn of(state: &State) -> Self {
        match state {
            State::SignedOut { reason } => Phase::SignedOut(match reason {
                Reason::NotYet(_) => SignedOut::NotYet,
                Reason::NoCredentials {
                    failed, missing, ..
                } => SignedOut::NoCredentials(*failed, *missing),
                Reason::LoggedOut => SignedOut::LoggedOut,
                Reason::Stopped => SignedOut::Stopped,
            }),
            State::SigningIn { .. } => Phase::SigningIn,
            State::Live(live) => Phase::of_live(live),
            State::Renewing { token, .. } => Phase::Live {
                token: token.clone(),
                renewal: Renewal::InFlight,
            },
            State::Waiting(waiting) => Phase::of_waiting(waiting),
            // A person's login does not take a token away. Without one, callers wait for it.
            State::Checking { before, .. } => match before {
                Resting::Live(live) => Phase::of_live(live),
                Resting::SignedOut { .. } | Resting::Waiting(_) => Phase::SigningIn,
            },
        }
    }

    fn of_live(live: &Live) -> Self {
        Phase::Live {
            token: live.token.clone(),
            renewal: match &live.last_failure {
                None => Renewal::Scheduled,
                Some(failure) => Renewal::Failed {
                    retry_at: failure.retry_at,
                },
            },
        }
    }

    fn of_waiting(waiting: &Waiting) -> Self {
        Phase::Waiting {
            error: waiting.error.clone(),
            retry_at: waiting.retry_at,
            on_demand: match waiting.resume {
                Resume::Automatic { .. } => None,
                Resume::OnDemand { failed } => Some(failed),
            },
        }
    }
}
