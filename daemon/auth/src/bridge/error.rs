//! Reasons why a request has no usable answer. None of them contains a secret.

use std::time::Duration;

/// Reason why a request did not lead to a usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BridgeError {
    /// No byte of the request left this machine.
    #[error("cannot connect to the bridge: {detail}")]
    Unreachable {
        /// The cause, in the network library's text.
        detail: String,
    },
    /// The proxy cannot be reached, or does not connect to the bridge. No byte of the request left.
    #[error("cannot connect to the bridge through the proxy {proxy}: {detail}")]
    ProxyFailed {
        /// The proxy without its password, and the setting that names it.
        proxy: String,
        /// The cause, in the network library's text.
        detail: String,
    },
    /// The certificate of the bridge is not accepted. No byte of the request left.
    #[error("the bridge's certificate is not accepted: {detail}")]
    Untrusted {
        /// The problem with the certificate.
        detail: String,
    },
    /// The connection broke after at least a part of the request had left.
    #[error("the connection to the bridge broke before it answered: {detail}")]
    Broken {
        /// The cause, in the network library's text.
        detail: String,
    },
    /// The bridge did not answer in time.
    #[error("the bridge did not answer within {} ms", .after.as_millis())]
    TimedOut {
        /// The time limit of the request.
        after: Duration,
    },
    /// HTTP 429, or a pause that an earlier 429 or 503 asked for.
    #[error("the bridge limits the rate of requests")]
    RateLimited {
        /// The pause that the bridge asks for.
        retry_after: Option<Duration>,
    },
    /// HTTP 401 to a request with a token.
    #[error("the bridge does not accept the token: {message}")]
    Unauthorized {
        /// The bridge's own text.
        message: String,
    },
    /// HTTP 401 although neither the token nor the password is the reason: the bridge's database
    /// fails (trap 9). The request had no effect.
    #[error("the bridge's database fails: it answered \"{message}\", and its health is bad")]
    DatabaseFailed {
        /// The bridge's own text.
        message: String,
    },
    /// HTTP 4xx: the bridge understood the request and refuses it.
    #[error("the bridge refuses the request: {message} ({code}, HTTP {status})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The bridge's error code.
        code: String,
        /// The bridge's own text.
        message: String,
    },
    /// The bridge failed and says so. Whether it did what was asked is unknown.
    #[error("the bridge failed: {message} ({code}, HTTP {status})")]
    Failed {
        /// The HTTP status.
        status: u16,
        /// The bridge's error code.
        code: String,
        /// The bridge's own text.
        message: String,
    },
    /// The bridge has no mail provider, so it sends no mail until its operator sets one up (trap 7).
    #[error("the bridge has no mail provider: {message}")]
    NoProvider {
        /// The bridge's own text.
        message: String,
    },
    /// The bridge failed before it handed the mail to its provider (bridge-api.md, trap 7).
    #[error("the bridge did not process the mail: {message}")]
    NotProcessed {
        /// The bridge's own text.
        message: String,
    },
    /// The bridge sends nothing for a minute, after repeated failures (trap 7).
    #[error("the bridge has suspended sending: {message}")]
    CircuitOpen {
        /// The bridge's own text.
        message: String,
    },
    /// The bridge's mail provider refuses the mail permanently (trap 7).
    #[error("the bridge's mail provider refuses the mail: {message}")]
    ProviderRefused {
        /// The provider's own text.
        message: String,
    },
    /// The URL has no such endpoint, so it is probably not the base URL of a bridge.
    #[error("the URL has no such endpoint: {message} (HTTP 404)")]
    NoEndpoint {
        /// The bridge's own text.
        message: String,
    },
    /// HTTP 3xx. Redirects are not followed, because the request has a password or a token.
    #[error("the answer is a redirect to {to} (HTTP {status})")]
    Moved {
        /// The HTTP status.
        status: u16,
        /// The target of the redirect.
        to: String,
    },
    /// A proxy, a firewall or a web server answered instead of the bridge (trap 12).
    #[error("the answer is HTTP {status}, and not from the bridge")]
    Intercepted {
        /// The HTTP status.
        status: u16,
    },
    /// HTTP 2xx with a body that the API does not allow.
    #[error("the bridge's answer cannot be read: {detail}")]
    Garbled {
        /// The problem with the body.
        detail: String,
    },
    /// The answer exceeds the size limit.
    #[error("the bridge's answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The user signed out before the request left.
    #[error("the user signed out before the request left")]
    Revoked,
}

/// Reason why a login brought no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// The bridge refuses the username and password, and its health is not bad (trap 9).
    #[error("the bridge refuses the username and password")]
    Refused,
    /// The account exists and is locked or suspended.
    #[error("the account is locked or suspended: {message}")]
    Locked {
        /// The bridge's own text.
        message: String,
    },
    /// The request itself failed.
    #[error(transparent)]
    Bridge(BridgeError),
}

/// Failure of a request that carries a token.
pub trait TokenFailure {
    /// Returns the problem with the token, if the token is the reason of the failure. The
    /// request then certainly had no effect.
    fn token_problem(&self) -> Option<TokenProblem<'_>>;
}

/// Problem with the token of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenProblem<'a> {
    /// The bridge answered 401 with this text.
    Rejected(&'a str),
    /// The user signed out before the request left.
    Revoked,
}

impl BridgeError {
    /// Returns the failure without the bridge's own text, which may name the mail of one client.
    pub fn class(&self) -> String {
        let fixed = match self {
            Self::Unauthorized { .. } => "the bridge does not accept the token",
            Self::DatabaseFailed { .. } => "the bridge's database fails, and its health is bad",
            Self::NoProvider { .. } => "the bridge has no mail provider",
            Self::NotProcessed { .. } => "the bridge did not process the mail",
            Self::CircuitOpen { .. } => "the bridge has suspended sending",
            Self::ProviderRefused { .. } => "the bridge's mail provider refuses the mail",
            Self::NoEndpoint { .. } => "the URL has no such endpoint (HTTP 404)",
            Self::Garbled { .. } => "the bridge's answer cannot be read",
            Self::Refused { status, code, .. } => {
                return format!("the bridge refuses the request ({code}, HTTP {status})");
            }
            Self::Failed { status, code, .. } => {
                return format!("the bridge failed ({code}, HTTP {status})");
            }
            Self::Unreachable { .. }
            | Self::ProxyFailed { .. }
            | Self::Untrusted { .. }
            | Self::Broken { .. }
            | Self::TimedOut { .. }
            | Self::RateLimited { .. }
            | Self::Moved { .. }
            | Self::Intercepted { .. }
            | Self::TooLarge { .. }
            | Self::Revoked => return self.to_string(),
        };
        fixed.to_owned()
    }

    /// Returns whether the bridge has answered and could not serve the request, whatever it asked for.
    pub(super) fn is_of_service(&self) -> bool {
        match self {
            BridgeError::DatabaseFailed { .. }
            | BridgeError::Failed { .. }
            | BridgeError::NoProvider { .. }
            | BridgeError::NotProcessed { .. }
            | BridgeError::CircuitOpen { .. }
            | BridgeError::NoEndpoint { .. }
            | BridgeError::Moved { .. }
            | BridgeError::Intercepted { .. }
            | BridgeError::Garbled { .. } => true,
            BridgeError::Unreachable { .. }
            | BridgeError::ProxyFailed { .. }
            | BridgeError::Untrusted { .. }
            | BridgeError::Broken { .. }
            | BridgeError::TimedOut { .. }
            | BridgeError::RateLimited { .. }
            | BridgeError::Unauthorized { .. }
            | BridgeError::Refused { .. }
            | BridgeError::ProviderRefused { .. }
            | BridgeError::TooLarge { .. }
            | BridgeError::Revoked => false,
        }
    }
}

impl TokenFailure for BridgeError {
    fn token_problem(&self) -> Option<TokenProblem<'_>> {
        match self {
            BridgeError::Unauthorized { message } => Some(TokenProblem::Rejected(message)),
            BridgeError::Revoked => Some(TokenProblem::Revoked),
            BridgeError::Unreachable { .. }
            | BridgeError::ProxyFailed { .. }
            | BridgeError::Untrusted { .. }
            | BridgeError::Broken { .. }
            | BridgeError::TimedOut { .. }
            | BridgeError::RateLimited { .. }
            | BridgeError::DatabaseFailed { .. }
            | BridgeError::Refused { .. }
            | BridgeError::Failed { .. }
            | BridgeError::NoProvider { .. }
            | BridgeError::NotProcessed { .. }
            | BridgeError::CircuitOpen { .. }
            | BridgeError::ProviderRefused { .. }
            | BridgeError::NoEndpoint { .. }
            | BridgeError::Moved { .. }
            | BridgeError::Intercepted { .. }
            | BridgeError::Garbled { .. }
            | BridgeError::TooLarge { .. } => None,
        }
    }
}
