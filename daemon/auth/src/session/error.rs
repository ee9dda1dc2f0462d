//! Reasons why there is no token, and their meaning for the next attempt.

use super::token::TokenError;
use crate::{
    bridge::{BridgeError, InUse, LoginError},
    credentials::SourceError,
};
use std::time::Duration;
use tai_timing::limit::DEFAULT_PAUSE;

/// Reason why a login or a renewal failed, or a caller gets no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// No username and password are configured, and no client or person has given any.
    #[error("no username and password are configured")]
    NoCredentials,
    /// No password is configured, and there is no keyring that could have one.
    #[error("no password is configured, and no keyring is running")]
    NoKeyring,
    /// The bridge refuses the username and password while its health is good. A bridge without a
    /// health report refuses right ones too while its database fails (bridge-api.md, trap 9), so a
    /// refusal is never final.
    #[error("the bridge refuses the username and password")]
    Refused,
    /// The account exists and is locked or suspended.
    #[error("the account is locked or suspended: {message}")]
    Locked {
        /// The bridge's own text.
        message: String,
    },
    /// Another process of the user has the account.
    #[error(transparent)]
    InUse(#[from] InUse),
    /// The credential source gives no password.
    #[error("the password source failed")]
    Source(#[source] SourceError),
    /// The user signed out.
    #[error("signed out by `taid logout`")]
    LoggedOut,
    /// Other credentials are in use, or a later login took the place of this one.
    #[error("another login took the place of this one")]
    Superseded,
    /// The bridge issued a token that fails the checks.
    #[error("the bridge issued a token that cannot be used")]
    Token(#[source] TokenError),
    /// The request for a token failed.
    #[error("the request for a token failed")]
    Bridge(#[source] BridgeError),
    /// The last full login was a moment ago, and the bridge no longer accepts its token.
    #[error("the bridge refused the token of the last login, and the next login must wait")]
    LoginTooSoon,
    /// The person who began the login waits for it no longer.
    #[error("the login was cancelled")]
    Abandoned,
    /// The caller's deadline passed.
    #[error("the login was not finished before the deadline")]
    Deadline,
    /// The session has another account than the one that is asked for.
    #[error("the session has another account")]
    OtherAccount,
    /// The session has ended.
    #[error("the session has ended")]
    Stopped,
}

/// Reason why there are no credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// No source is configured, or the keyring has no entry.
    Password,
    /// The source is the keyring, and none is running.
    Keyring,
}

impl Missing {
    /// Returns the error of callers.
    pub(super) fn error(self) -> &'static SessionError {
        match self {
            Missing::Password => &SessionError::NoCredentials,
            Missing::Keyring => &SessionError::NoKeyring,
        }
    }
}

/// Meaning of an error for the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// No attempt helps before credentials are given.
    NoCredentials(Missing),
    /// The credentials are refused: one attempt per cool-down.
    Refused,
    /// The bridge asks for this pause.
    RateLimited(Duration),
    /// The grant is refused. Another grant may help; a login has a cool-down.
    GrantRefused,
    /// The URL does not offer the grant. Another grant may help; no password was refused.
    GrantMissing,
    /// The token of the answer cannot be used. Another grant may help; a login has a cool-down.
    BadToken,
    /// Another server answers in place of the bridge; no password was refused.
    Elsewhere,
    /// The request has not left this machine, and no attempt helps before the user acts.
    NeedsUser,
    /// The request has not left this machine. An attempt in a moment may help.
    Unsent,
    /// An attempt in a moment may help.
    Transient,
}

impl SessionError {
    /// Returns whether the bridge refuses the username and password.
    pub fn is_refused(&self) -> bool {
        matches!(self, SessionError::Refused)
    }

    /// Returns whether the credential source failed.
    pub(super) fn is_of_source(&self) -> bool {
        matches!(self, SessionError::Source(_))
    }

    /// Returns whether there were no credentials to log in with.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self.class(), Class::NoCredentials(_))
    }

    /// Returns the meaning of the error for the next attempt.
    pub(super) fn class(&self) -> Class {
        match self {
            SessionError::NoCredentials => Class::NoCredentials(Missing::Password),
            SessionError::NoKeyring => Class::NoCredentials(Missing::Keyring),
            // A password command may ask a person on the screen, which must not recur quickly.
            SessionError::Refused | SessionError::Locked { .. } | SessionError::Source(_) => {
                Class::Refused
            }
            SessionError::InUse(_) => Class::NeedsUser,
            SessionError::Bridge(error) => of_bridge(error),
            SessionError::Token(_) => Class::BadToken,
            SessionError::LoginTooSoon => Class::Transient,
            // Reasons for callers, which no attempt fails with.
            SessionError::LoggedOut
            | SessionError::Superseded
            | SessionError::Abandoned
            | SessionError::Deadline
            | SessionError::OtherAccount
            | SessionError::Stopped => Class::Transient,
        }
    }
}

fn of_bridge(error: &BridgeError) -> Class {
    match error {
        BridgeError::RateLimited { retry_after } => {
            Class::RateLimited(retry_after.unwrap_or(DEFAULT_PAUSE))
        }
        BridgeError::Unauthorized { .. } | BridgeError::Refused { .. } => Class::GrantRefused,
        BridgeError::NoEndpoint { .. } => Class::GrantMissing,
        BridgeError::Unreachable { .. }
        | BridgeError::ProxyFailed { .. }
        | BridgeError::Revoked => Class::Unsent,
        BridgeError::Untrusted { .. } => Class::NeedsUser,
        BridgeError::Moved { .. }
        | BridgeError::Intercepted {
            status: 404 | 405 | 410,
        } => Class::Elsewhere,
        BridgeError::Broken { .. }
        | BridgeError::TimedOut { .. }
        | BridgeError::Failed { .. }
        | BridgeError::DatabaseFailed { .. }
        | BridgeError::NoProvider { .. }
        | BridgeError::NotProcessed { .. }
        | BridgeError::CircuitOpen { .. }
        | BridgeError::ProviderRefused { .. }
        | BridgeError::Intercepted { .. }
        | BridgeError::Garbled { .. }
        | BridgeError::TooLarge { .. } => Class::Transient,
    }
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

impl From<SourceError> for SessionError {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Nothing => SessionError::NoCredentials,
            SourceError::NoKeyring => SessionError::NoKeyring,
            error => SessionError::Source(error),
        }
    }
}
