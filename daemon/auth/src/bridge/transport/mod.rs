//! One HTTP request and its answer. This folder is the only user of reqwest; what may be
//! repeated and what an answer means is decided outside of it.
//!
//! [`Transport`] is a seam: a simulation puts its own world in the place of [`Network`].

mod body;
mod failure;
mod json;
mod network;
mod options;
mod proxy;
mod proxy_url;
mod roots;
mod setup_error;

pub use body::{Unreadable, parse};
pub use network::Network;
pub use options::{Configured, NetworkOptions, ProxyChoice};
pub use proxy::Proxied;
pub use proxy_url::{ProxyUrl, ProxyUrlError};
pub use roots::authorities;
pub use setup_error::{RootsError, SetupError};

use super::{error::BridgeError, expected::Expected};
use http::{HeaderMap, Method, StatusCode};
use secrecy::SecretString;
use std::{future::Future, time::Duration};
use url::Url;

/// Maximum number of mail requests at once, and so of connections. Further requests queue.
pub(super) const MAX_REQUESTS: usize = 32;

/// One request.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// The method.
    pub method: &'a Method,
    /// The whole URL.
    pub url: &'a Url,
    /// The JWT for the `Authorization` header. A request without one may carry a password.
    pub token: Option<&'a SecretString>,
    /// The JSON body.
    pub body: Option<&'a str>,
    /// Whether the request may be repeated. If it may not, only a new connection carries it: the
    /// bridge may have closed an idle one, and the request would then fail after it has left.
    pub is_repeatable: bool,
    /// Time limit for the request and its whole answer.
    pub timeout: Duration,
}

/// An answer, and its body as a value of type `B` or the reason why it is none.
pub struct RawAnswer<B> {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Result<B, Unreadable>,
}

/// Carries requests for any number of callers.
pub trait Transport: Send + Sync + 'static {
    /// Sends one request and reads its whole answer.
    ///
    /// # Errors
    /// [`BridgeError::Unreachable`], [`BridgeError::ProxyFailed`] or [`BridgeError::Untrusted`] if
    /// no byte of the request left this machine; [`BridgeError::TimedOut`] or
    /// [`BridgeError::Broken`] if some may have.
    fn exchange<E: Expected>(
        &self,
        exchange: Exchange<'_>,
        expected: E,
    ) -> impl Future<Output = Result<RawAnswer<E::Value>, BridgeError>> + Send;

    /// Closes the idle connections. Their buffers have held tokens, and are zeroed when they
    /// are freed.
    fn close_idle(&self);
}
