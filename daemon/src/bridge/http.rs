//! The bridge over HTTP: the only user of reqwest. It decides what may be sent again, and
//! when; what a request means is its caller's business.

use super::{
    BridgeError, Meter,
    answer::{Raw, date, read},
    body::{self, BodyError, MAX_ANSWER},
    gate::Gate,
    retry::{Again, Effect, MAX_TRIES, again, backoff},
    wire::{Envelope, TokenAnswer},
};
use crate::session::{error::SessionError, token::Issued};
use reqwest::{
    Method, StatusCode, Url,
    header::{self, HeaderMap, HeaderValue},
    redirect,
};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use std::{
    sync::{PoisonError, RwLock},
    time::Duration,
};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

/// Sent as User-Agent (seed: `tai-mcp/<version>`).
const USER_AGENT: &str = concat!("tai-mcp/", env!("CARGO_PKG_VERSION"));
const MAX_CONNECT: Duration = Duration::from_secs(10);
const IDLE_CONNECTIONS: usize = 8;
/// Requests for mail at once, and so connections; more wait their turn.
const MAX_REQUESTS: usize = 64;
/// A clock that is further off is worth a word.
const WORTH_A_WARNING_S: i64 = 60;

/// Why the client could not be built.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up: {0}")]
pub struct SetupError(String);

/// The bridge at one base URL.
pub struct HttpBridge {
    client: RwLock<reqwest::Client>,
    base: Url,
    /// How long one request may take (seed: `API_TIMEOUT`, "also for authentication").
    timeout: Duration,
    gate: Gate,
    meter: Meter,
    places: Semaphore,
}

/// One request for mail.
pub(super) struct Ask<'a> {
    method: Method,
    url: Url,
    token: &'a SecretString,
    body: Option<String>,
    effect: Effect,
}

impl<'a> Ask<'a> {
    /// A request that may be sent again.
    pub(super) fn repeatable(method: Method, url: Url, token: &'a SecretString) -> Self {
        let effect = Effect::Repeatable;
        Self {
            method,
            url,
            token,
            body: None,
            effect,
        }
    }

    /// A request that sends a mail.
    pub(super) fn once(url: Url, token: &'a SecretString, body: String) -> Self {
        let (method, effect) = (Method::POST, Effect::Once);
        Self {
            method,
            url,
            token,
            body: Some(body),
            effect,
        }
    }
}

impl HttpBridge {
    /// Sets the client up, TLS included, so that no call pays for it. `base` has been checked:
    /// https, or http to loopback, which also never goes through a proxy.
    ///
    /// # Errors
    /// [`SetupError`] when TLS cannot be set up.
    pub fn new(base: Url, timeout: Duration) -> Result<Self, SetupError> {
        // A second daemon in one process, as tests have, finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            client: RwLock::new(client(&base, timeout)?),
            base,
            timeout,
            gate: Gate::default(),
            meter: Meter::default(),
            places: Semaphore::new(MAX_REQUESTS),
        })
    }

    /// Closes the connections that wait to be used again: their buffers have had tokens in
    /// them, and are zeroed when they are freed.
    pub fn forget(&self) {
        if let Ok(fresh) = client(&self.base, self.timeout) {
            *self.client.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        }
    }

    /// The counters.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Until when the bridge asked to be left alone.
    pub fn rate_limited_until(&self) -> Option<Instant> {
        self.gate.closed_until()
    }

    /// How long one request may take.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    pub(super) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// `/api/v1/` and then `segments`, each of them one segment whatever it contains.
    pub(super) fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["api", "v1"]).extend(segments);
        }
        url
    }

    /// A request for a token: one attempt, nothing kept back by the gate of the mail calls
    /// but its own 429 closing it.
    pub(super) async fn for_token(
        &self,
        segment: &str,
        token: Option<&SecretString>,
        body: Option<String>,
    ) -> Result<Issued, SessionError> {
        let url = self.url(&[segment]);
        tracing::debug!(
            "{} request sent to: {url}",
            if token.is_some() { "Refresh" } else { "Login" }
        );
        if let Some(until) = self.gate.closed_until() {
            return Err(SessionError::Bridge(limited_until(until)));
        }
        self.meter.asked(false);
        let raw = self
            .once::<Envelope<TokenAnswer>>(
                &Method::POST,
                &url,
                token,
                body.as_deref(),
                self.timeout,
            )
            .await
            .map_err(SessionError::Bridge)?;
        tracing::debug!(
            "{} response status: {}",
            if token.is_some() { "Refresh" } else { "Login" },
            raw.status.as_u16()
        );
        self.warn_of_the_clock();
        let server_time = date(&raw.headers);
        let status = raw.status;
        match read(&self.gate, raw) {
            Ok(answer) => Ok(Issued {
                token: answer.token.into(),
                server_time,
            }),
            // Which of the two is wrong, and whether a 400 means the same, the bridge does
            // not say.
            Err(BridgeError::Unauthorized { .. }) if token.is_none() => Err(SessionError::Refused),
            Err(BridgeError::Refused { .. })
                if token.is_none() && status == StatusCode::BAD_REQUEST =>
            {
                Err(SessionError::Refused)
            }
            // 403 Forbidden, 423 Locked: the bridge knows the account and keeps it out.
            Err(BridgeError::Refused {
                status: 403 | 423,
                message,
                ..
            }) if token.is_none() => Err(SessionError::Locked { message }),
            Err(error) => Err(SessionError::Bridge(error)),
        }
    }

    /// A wrong clock breaks other programs' tokens, if not ours.
    fn warn_of_the_clock(&self) {
        if let Some(ahead) = self.meter.reading().clock_ahead_s
            && ahead.abs() >= WORTH_A_WARNING_S
        {
            tracing::warn!(
                "Warning: clock skew: this machine's clock is {} s {} the bridge's; taid goes by the bridge's",
                ahead.abs(),
                if ahead > 0 { "ahead of" } else { "behind" }
            );
        }
    }

    /// A request for mail, repeated as far as its effect and its deadline allow.
    pub(super) async fn ask<T: DeserializeOwned + Send + 'static>(
        &self,
        ask: Ask<'_>,
        deadline: Instant,
    ) -> Result<T, BridgeError> {
        let mut tries = 1;
        loop {
            self.wait_at_gate(deadline).await?;
            let place = timeout_at(deadline, self.places.acquire()).await;
            let Ok(Ok(place)) = place else {
                return Err(BridgeError::Unreachable {
                    detail: format!("{MAX_REQUESTS} requests were already waiting for it"),
                });
            };
            self.meter.asked(tries > 1);
            let left = deadline.saturating_duration_since(Instant::now());
            let sent = self
                .once(
                    &ask.method,
                    &ask.url,
                    Some(ask.token),
                    ask.body.as_deref(),
                    self.timeout.min(left),
                )
                .await;
            drop(place);
            let error = match sent.and_then(|raw| read(&self.gate, raw)) {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let delay = match again(ask.effect, &error) {
                Again::No => return Err(error),
                Again::Unknown => return Err(BridgeError::OutcomeUnknown(Box::new(error))),
                Again::Yes => backoff(tries),
                Again::AtGate => Duration::ZERO,
            };
            if tries == MAX_TRIES || Instant::now() + delay >= deadline {
                return Err(error);
            }
            tracing::info!(%error, tries, "the bridge is asked again");
            tries += 1;
            tokio::time::sleep(delay).await;
        }
    }

    async fn wait_at_gate(&self, deadline: Instant) -> Result<(), BridgeError> {
        while let Some(until) = self.gate.closed_until() {
            if until >= deadline {
                return Err(limited_until(until));
            }
            tokio::time::sleep_until(until).await;
        }
        Ok(())
    }

    /// One request and its whole answer.
    pub(super) async fn once<B: DeserializeOwned + Send + 'static>(
        &self,
        method: &Method,
        url: &Url,
        token: Option<&SecretString>,
        body: Option<&str>,
        timeout: Duration,
    ) -> Result<Raw<B>, BridgeError> {
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
        let started = Instant::now();
        let failed = |error: reqwest::Error| {
            self.meter.unanswered();
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
        self.meter
            .answered(status.as_u16(), started.elapsed(), date(&headers));
        Ok(Raw {
            status,
            headers,
            body,
        })
    }
}

/// The client, TLS included.
fn client(base: &Url, timeout: Duration) -> Result<reqwest::Client, SetupError> {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    let mut builder = reqwest::Client::builder()
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
        .map_err(|error| SetupError(crate::error::chain(&error)))
}

fn limited_until(until: Instant) -> BridgeError {
    let retry_after = Some(until.saturating_duration_since(Instant::now()));
    BridgeError::RateLimited { retry_after }
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
