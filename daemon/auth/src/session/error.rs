//! Why there is no token. It knows nothing of how a person is told.

use super::token::TokenError;
use crate::{
    bridge::{BridgeError, LoginError},
    credentials::SourceError,
};
use std::time::Duration;

/// Why a login or a renewal failed, or a caller gets no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    #[error("no username and password are configured")]
    NoCredentials,
    /// May also mean that the bridge's database fails (bridge-api.md, trap 9), which is why
    /// nothing is ever refused for good.
    #[error("the bridge refuses the username and password")]
    Refused,
    /// The bridge knows the account and does not let it in.
    #[error("the account is locked or suspended: {message}")]
    Locked { message: String },
    #[error("the password cannot be had")]
    Source(#[source] SourceError),
    #[error("signed out by `taid logout`")]
    LoggedOut,
    /// Another person's login, or the same one's next, took its place.
    #[error("another login took the place of this one")]
    Superseded,
    #[error("the bridge issued a token that cannot be used")]
    Token(#[source] TokenError),
    #[error("the bridge did not answer the login as it should")]
    Bridge(#[source] BridgeError),
    #[error("the login was not finished before the deadline")]
    Deadline,
    #[error("taid is stopping")]
    Stopped,
}

impl From<LoginError> for SessionError {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Refused => SessionError::Refused,
            LoginError::Locked { message } => SessionError::Locked { message },
            LoginError::Bridge(error) => SessionError::Bridge(error),
        }
    }
}

/// What the state machine needs to know of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Trying again changes nothing until somebody acts.
    Final,
    /// The credentials were refused: cool down, then one try.
    Refused,
    /// Come back no sooner than this.
    RateLimited(Duration),
    /// This way of getting a token is closed, another may be open: a refresh that is
    /// refused or not offered.
    Closed,
    /// Trying again soon may help.
    Transient,
}

impl SessionError {
    /// Returns whether the bridge refuses the username and password.
    pub fn is_refused(&self) -> bool {
        matches!(self, SessionError::Refused)
    }

    /// The kind of error this is to the state machine.
    pub fn class(&self) -> Class {
        match self {
            SessionError::NoCredentials
            | SessionError::LoggedOut
            | SessionError::Superseded
            | SessionError::Stopped => Class::Final,
            // A password command may ask a person on their screen: not again and again.
            SessionError::Refused | SessionError::Locked { .. } | SessionError::Source(_) => {
                Class::Refused
            }
            SessionError::Token(_) | SessionError::Deadline => Class::Transient,
            SessionError::Bridge(error) => match error {
                BridgeError::RateLimited { retry_after } => {
                    Class::RateLimited(retry_after.unwrap_or(Duration::from_secs(5)))
                }
                BridgeError::Unauthorized { .. } | BridgeError::Refused { .. } => Class::Closed,
                _ => Class::Transient,
            },
        }
    }
}
