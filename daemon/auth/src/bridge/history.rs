//! Records of the last exchanges with the bridge, for a bug report. They have no URL, no header and no
//! text, and no decision depends on them.

use super::{answer::may_be_database, error::BridgeError};
use std::time::Duration;

/// Number of the exchanges that an [`HttpBridge`](super::HttpBridge) records.
pub const MAX_PAST: usize = 200;

/// A finished exchange with the bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastExchange {
    /// Time from [`HttpBridge::created`](super::HttpBridge::created) until the request left.
    pub at: Duration,
    /// Purpose of the request.
    pub operation: Operation,
    /// Duration of the exchange.
    pub took: Duration,
    /// HTTP status; `None` without an answer.
    pub status: Option<u16>,
    /// Failure; `None` if the answer was usable.
    pub failure: Option<FailureKind>,
    /// Pause that the answer's `Retry-After` asks for.
    pub retry_after: Option<Duration>,
}

/// Purpose of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Creates an account.
    Register,
    /// Requests a token with the password.
    Login,
    /// Requests a token with the token before.
    Refresh,
    /// Requests the bridge's report on itself.
    Health,
    /// Lists a page of the mailbox.
    List,
    /// Looks for new mail.
    Poll,
    /// Requests one mail.
    Message,
    /// Marks a mail read.
    MarkRead,
    /// Deletes a mail.
    Delete,
    /// Sends a mail.
    Send,
    /// Replies to a mail.
    Reply,
}

/// Kind of a [`BridgeError`], without its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// [`BridgeError::Unreachable`].
    Unreachable,
    /// [`BridgeError::ProxyFailed`].
    ProxyFailed,
    /// [`BridgeError::Untrusted`].
    Untrusted,
    /// [`BridgeError::Broken`].
    Broken,
    /// [`BridgeError::TimedOut`].
    TimedOut,
    /// [`BridgeError::RateLimited`].
    RateLimited,
    /// [`BridgeError::Unauthorized`].
    Unauthorized,
    /// [`BridgeError::Unauthorized`] because the bridge does not find the user, which may be its
    /// failing database (trap 9).
    UnknownUser,
    /// [`BridgeError::DatabaseFailed`].
    DatabaseFailed,
    /// [`BridgeError::Refused`].
    Refused,
    /// [`BridgeError::Failed`].
    Failed,
    /// [`BridgeError::NoProvider`].
    NoProvider,
    /// [`BridgeError::NotProcessed`].
    NotProcessed,
    /// [`BridgeError::CircuitOpen`].
    CircuitOpen,
    /// [`BridgeError::ProviderRefused`].
    ProviderRefused,
    /// [`BridgeError::NoEndpoint`].
    NoEndpoint,
    /// [`BridgeError::Moved`].
    Moved,
    /// [`BridgeError::Intercepted`].
    Intercepted,
    /// [`BridgeError::Garbled`].
    Garbled,
    /// [`BridgeError::TooLarge`].
    TooLarge,
    /// [`BridgeError::Revoked`].
    Revoked,
}

impl From<&BridgeError> for FailureKind {
    fn from(error: &BridgeError) -> Self {
        match error {
            BridgeError::Unreachable { .. } => Self::Unreachable,
            BridgeError::ProxyFailed { .. } => Self::ProxyFailed,
            BridgeError::Untrusted { .. } => Self::Untrusted,
            BridgeError::Broken { .. } => Self::Broken,
            BridgeError::TimedOut { .. } => Self::TimedOut,
            BridgeError::RateLimited { .. } => Self::RateLimited,
            BridgeError::Unauthorized { message } if may_be_database(message) => Self::UnknownUser,
            BridgeError::Unauthorized { .. } => Self::Unauthorized,
            BridgeError::DatabaseFailed { .. } => Self::DatabaseFailed,
            BridgeError::Refused { .. } => Self::Refused,
            BridgeError::Failed { .. } => Self::Failed,
            BridgeError::NoProvider { .. } => Self::NoProvider,
            BridgeError::NotProcessed { .. } => Self::NotProcessed,
            BridgeError::CircuitOpen { .. } => Self::CircuitOpen,
            BridgeError::ProviderRefused { .. } => Self::ProviderRefused,
            BridgeError::NoEndpoint { .. } => Self::NoEndpoint,
            BridgeError::Moved { .. } => Self::Moved,
            BridgeError::Intercepted { .. } => Self::Intercepted,
            BridgeError::Garbled { .. } => Self::Garbled,
            BridgeError::TooLarge { .. } => Self::TooLarge,
            BridgeError::Revoked => Self::Revoked,
        }
    }
}
