//! HTTP over TCP and TLS, with reqwest.

use super::{
    Exchange, MAX_REQUESTS, RawAnswer, Transport,
    body::{self, BodyError, MAX_LARGE},
};
use crate::{
    base_url::BaseUrl,
    bridge::{error::BridgeError, expected::Expected},
    foreign,
};
use reqwest::{
    Client,
    header::{self, HeaderMap, HeaderValue},
    redirect,
};
use secrecy::ExposeSecret as _;
use std::{
    sync::{PoisonError, RwLock},
    time::Duration,
};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

/// The `User-Agent` header (seed: `tai-mcp/<version>`).
const USER_AGENT: &str = concat!("tai-mcp/", env!("CARGO_PKG_VERSION"));
const MAX_CONNECT: Duration = Duration::from_secs(10);
/// Limit of idle connections. A lower limit than [`MAX_REQUESTS`] makes many concurrent
/// clients reconnect for most requests.
const IDLE_CONNECTIONS: usize = MAX_REQUESTS;

/// Reason why the HTTP client cannot be set up; in practice, missing root certificates.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the HTTP client: {0}")]
pub struct SetupError(String);

/// The transport over the network. Redirects are not followed, and a bridge on a loopback
/// address is never reached through a proxy.
pub struct Network {
    client: RwLock<Client>,
    /// Places of long answers with bodies of mails.
    large: Semaphore,
    base: BaseUrl,
    timeout: Duration,
}

impl Network {
    /// Sets up the client, TLS included, so that no request pays for it.
    pub(crate) fn new(base: BaseUrl, timeout: Duration) -> Result<Self, SetupError> {
        // A second bridge in one process finds the provider installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            client: RwLock::new(client(&base, timeout)?),
            large: Semaphore::new(MAX_LARGE),
            base,
            timeout,
        })
    }
}

impl Transport for Network {
    async fn exchange<E: Expected>(
        &self,
        exchange: Exchange<'_>,
        expected: E,
    ) -> Result<RawAnswer<E::Value>, BridgeError> {
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
            // The request may carry a password, and a connection keeps its last request in
            // memory.
            request = request.header(header::CONNECTION, "close");
        }
        if let Some(token) = token {
            let bearer = format!("Bearer {}", token.expose_secret());
            let mut value =
                HeaderValue::try_from(bearer).map_err(|_| BridgeError::Unreachable {
                    detail: "the token does not fit into a header".into(),
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
        let deadline = Instant::now() + timeout;
        let response = request.send().await.map_err(failed)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = timeout_at(deadline, body::read(response, expected, &self.large));
        let body = match body.await {
            Ok(Ok(body)) => body,
            Ok(Err(BodyError::Broken(error))) => return Err(failed(error)),
            Ok(Err(BodyError::Ending)) => {
                return Err(BridgeError::Broken {
                    detail: "this process is ending".into(),
                });
            }
            Err(_) => return Err(BridgeError::TimedOut { after: timeout }),
        };
        Ok(RawAnswer {
            status,
            headers,
            body,
        })
    }

    fn close_idle(&self) {
        if let Ok(fresh) = client(&self.base, self.timeout) {
            *self.client.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        }
    }
}

/// Builds the client, TLS included.
fn client(base: &BaseUrl, timeout: Duration) -> Result<Client, SetupError> {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    // `body` decompresses.
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .default_headers(headers)
        .redirect(redirect::Policy::none())
        .connect_timeout(MAX_CONNECT.min(timeout / 2))
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        .pool_idle_timeout(Duration::from_secs(55))
        .tcp_nodelay(true)
        // `bridge::retry` decides what is repeated.
        .retry(reqwest::retry::never());
    builder = if base.is_https() {
        builder.https_only(true)
    } else {
        builder.no_proxy()
    };
    builder
        .build()
        .map_err(|error| SetupError(crate::chain(&error)))
}

/// Returns the innermost cause of a reqwest error, which repeats the URL and leaves its
/// causes out.
fn detail(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = cause.to_string();
        source = cause.source();
    }
    match text.is_empty() {
        true => foreign::message(&error.to_string()),
        false => foreign::message(&text),
    }
}
