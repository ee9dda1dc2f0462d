//! What a state means to those who look at it: its owner's timer, and callers who want a
//! token. Pure, like the state machine it belongs to.

use super::{
    clock::Now,
    error::SessionError,
    state::{Reason, State},
    token::Token,
};

/// What a caller can do in a state.
#[derive(Debug)]
pub enum Outlook<'a> {
    /// Use this token.
    Token(&'a Token),
    /// Wait: an attempt is in flight or planned soon.
    Wait,
    /// Ask: nothing is under way, but something could be.
    Ask,
    /// Give up, for this reason.
    Refused(&'a SessionError),
}

impl State {
    /// When [`super::state::Event::Timer`] is to be sent, if ever.
    pub fn wakes_at(&self) -> Option<Now> {
        match self {
            State::Live { token } => Some(token.renews()),
            State::Backoff {
                token, retry_at, ..
            } => Some(match token {
                // The token may die before the next try.
                Some(token) if token.expires().wall < retry_at.wall => token.expires(),
                _ => *retry_at,
            }),
            State::SignedOut { .. }
            | State::SigningIn { .. }
            | State::Renewing { .. }
            | State::Checking { .. } => None,
        }
    }

    /// The token that callers use, unless it has died since.
    pub fn token(&self) -> Option<&Token> {
        match self {
            State::Live { token } | State::Renewing { token, .. } => Some(token),
            State::Backoff { token, .. } => token.as_ref(),
            State::Checking { before } => before.token(),
            State::SignedOut { .. } | State::SigningIn { .. } => None,
        }
    }

    /// Whether the last series of logins failed and no other has begun.
    pub fn has_failed(&self) -> bool {
        match self {
            State::SignedOut { reason } => matches!(reason, Reason::Failed { .. }),
            State::Checking { before } => before.has_failed(),
            _ => false,
        }
    }

    /// What a caller can do now.
    pub fn outlook(&self, now: Now) -> Outlook<'_> {
        match self {
            State::Live { token }
            | State::Renewing { token, .. }
            | State::Backoff {
                token: Some(token), ..
            } => match token.is_good(now) {
                true => Outlook::Token(token),
                false => Outlook::Ask,
            },
            State::SigningIn { .. } | State::Backoff { token: None, .. } => Outlook::Wait,
            State::Checking { before } => match before.outlook(now) {
                Outlook::Ask => Outlook::Wait,
                other => other,
            },
            State::SignedOut { reason } => match reason {
                Reason::NotYet => Outlook::Ask,
                Reason::Failed { retry_at, .. } if retry_at.has_come(now) => Outlook::Ask,
                Reason::Failed { error, .. } => Outlook::Refused(error),
                Reason::LoggedOut => Outlook::Refused(&SessionError::LoggedOut),
                Reason::Stopped => Outlook::Refused(&SessionError::Stopped),
            },
        }
    }
}
