//! How one request gets to the bridge and its answer back: the only user of reqwest. What may
//! be sent again, and what an answer means, is decided elsewhere; a test of that has a
//! transport of its own.

use super::{
    BridgeError,
    answer::Raw,
    body::{self, BodyError, MAX_ANSWER},
};
use reqwest::{
    Client, Method, Url,
    header::{self, HeaderMap, HeaderValue},
    redirect,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use std::{
    future::Future,
    sync::{PoisonError, RwLock},
    time::Duration,
};

/// Sent as User-Agent (seed: `tai-mcp/<version>`).
const USER_AGENT: &str = concat!("tai-mcp/", env!("CARGO_PKG_VERSION"));
const MAX_CONNECT: Duration = Duration::from_secs(10);
/// As many as there may be requests at once: with fewer a crowd of clients would have most of
/// its connections made anew each time.
const IDLE_CONNECTIONS: usize = super::http::MAX_REQUESTS;

/// One request.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    pub method: &'a Method,
    pub url: &'a Url,
    pub token: Option<&'a SecretString>,
    pub body: Option<&'a str>,
    /// How long the whole of it may take.
    pub timeout: Duration,
}

/// Does one request at a time for any number of callers.
pub trait Transport: Send + Sync + 'static {
    /// One request and its whole answer.
    ///
    /// # Errors
    /// That there is no answer: [`BridgeError::Unreachable`] when the request certainly did
    /// not arrive, [`BridgeError::TimedOut`], [`BridgeError::Broken`], [`BridgeError::TooLarge`].
    fn exchange<B: DeserializeOwned + Send + 'static>(
        &self,
        exchange: Exchange<'_>,
    ) -> impl Future<Output = Result<Raw<B>, BridgeError>> + Send;

    /// Closes the connections that wait to be used again: their buffers have had tokens in
    /// them, and are zeroed when they are freed.
    fn forget(&self);
}

/// Why the client could not be built.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up: {0}")]
pub struct SetupError(String);

/// HTTP over TCP and TLS.
pub struct Reqwest {
    client: RwLock<Client>,
    base: Url,
    timeout: Duration,
}

impl Reqwest {
    /// Sets the client up, TLS included, so that no call pays for it.
    pub(super) fn new(base: Url, timeout: Duration) -> Result<Self, SetupError> {
        // A second daemon in one process, as tests have, finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            client: RwLock::new(client(&base, timeout)?),
            base,
            timeout,
        })
    }
}

impl Transport for Reqwest {
    async fn exchange<B: DeserializeOwned + Send + 'static>(
        &self,
        exchange: Exchange<'_>,
    ) -> Result<Raw<B>, BridgeError> {
        let Exchange {
            method,
            url,
            token,
            body,
            timeout,
        } = exchange;
        let client = self
            .client
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let mut request = client.request(method.clone(), url.clone()).timeout(timeout);
        if token.is_none() {
            // It may carry a password, and a connection keeps its last request in memory.
            request = request.header(header::CONNECTION, "close");
        }
        if let Some(token) = token {
            let bearer = format!("Bearer {}", token.expose_secret());
            let mut value = HeaderValue::try_from(bearer).map_err(|_| BridgeError::Garbled {
                detail: "the token is not a header value".into(),
            })?;
            value.set_sensitive(true);
            request = request.header(header::AUTHORIZATION, value);
        }
        if let Some(body) = body {
            request = request.body(body.to_owned());
        }
        let failed = |error: reqwest::Error| {
            if error.is_connect() {
                BridgeError::Unreachable {
                    detail: detail(&error),
                }
            } else if error.is_timeout() {
                BridgeError::TimedOut { after: timeout }
            } else {
                BridgeError::Broken {
                    detail: detail(&error),
                }
            }
        };
        let response = request.send().await.map_err(failed)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = match body::parse(response).await {
            Ok(body) => body,
            Err(BodyError::Broken(error)) => return Err(failed(error)),
            Err(BodyError::TooLarge) => return Err(BridgeError::TooLarge { limit: MAX_ANSWER }),
        };
        Ok(Raw {
            status,
            headers,
            body,
        })
    }

    fn forget(&self) {
        if let Ok(fresh) = client(&self.base, self.timeout) {
            *self.client.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        }
    }
}

/// The client, TLS included.
fn client(base: &Url, timeout: Duration) -> Result<Client, SetupError> {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .default_headers(headers)
        .redirect(redirect::Policy::none())
        .connect_timeout(MAX_CONNECT.min(timeout / 2))
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        .pool_idle_timeout(Duration::from_secs(55))
        .tcp_nodelay(true)
        // We decide what is sent again.
        .retry(reqwest::retry::never());
    builder = if base.scheme() == "https" {
        builder.https_only(true)
    } else {
        builder.no_proxy()
    };
    builder
        .build()
        .map_err(|error| SetupError(crate::chain(&error)))
}

/// reqwest's error without the URL it repeats, and with the causes it leaves out.
fn detail(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = cause.to_string();
        source = cause.source();
    }
    if text.is_empty() {
        error.to_string()
    } else {
        text
    }
}
