//! The bridge over HTTP. It decides what may be sent again, and when; what a request means is
//! its caller's business.

use super::{
    BridgeError, Meter,
    answer::{Raw, date, read},
    coalescing::Coalescing,
    gate::Gate,
    retry::{Again, Effect, MAX_TRIES, again, backoff},
    transport::{Exchange, Reqwest, Transport},
    wire::{Envelope, TokenAnswer},
};
use crate::session::{
    error::SessionError,
    token::{Issued, Token},
};
use reqwest::{Method, StatusCode, Url};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

pub use super::transport::SetupError;

/// Requests for mail at once, and so connections; more wait their turn.
pub(super) const MAX_REQUESTS: usize = 32;
/// A clock that is further off is worth a word.
const WORTH_A_WARNING_S: i64 = 60;

/// The bridge at one base URL.
pub struct HttpBridge<T = Reqwest> {
    transport: T,
    base: Url,
    /// How long one request may take (seed: `API_TIMEOUT`, "also for authentication").
    timeout: Duration,
    gate: Gate,
    meter: Meter,
    places: Semaphore,
    coalescing: Coalescing,
    anchored: Arc<AtomicBool>,
}

/// One request for mail.
pub(super) struct Ask<'a> {
    method: Method,
    url: Url,
    token: &'a Token,
    body: Option<String>,
    effect: Effect,
}

impl<'a> Ask<'a> {
    /// A request that may be sent again.
    pub(super) fn repeatable(method: Method, url: Url, token: &'a Token) -> Self {
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
    pub(super) fn once(url: Url, token: &'a Token, body: String) -> Self {
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
        let transport = Reqwest::new(base.clone(), timeout)?;
        Ok(Self::over(transport, base, timeout))
    }
}

impl<T: Transport> HttpBridge<T> {
    /// The bridge that this transport leads to.
    pub fn over(transport: T, base: Url, timeout: Duration) -> Self {
        Self {
            transport,
            base,
            timeout,
            gate: Gate::default(),
            meter: Meter::default(),
            places: Semaphore::new(MAX_REQUESTS),
            coalescing: Coalescing::default(),
            anchored: Arc::default(),
        }
    }

    /// tokio interrupts its event loop for each timer that is due before all others, which
    /// costs a request with a deadline two system calls. While a timer of no use waits that is
    /// due sooner, it costs none.
    fn anchor(&self) {
        if !self.anchored.swap(true, Ordering::Relaxed) {
            let anchored = self.anchored.clone();
            let some = self.timeout.mul_f64(0.6);
            tokio::spawn(async move {
                tokio::time::sleep(some).await;
                anchored.store(false, Ordering::Relaxed);
            });
        }
    }

    /// Closes the connections that wait to be used again.
    pub fn forget(&self) {
        self.transport.forget();
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

    pub(super) fn coalescing(&self) -> &Coalescing {
        &self.coalescing
    }

    /// Whether requests for mail are under way.
    pub(super) fn is_busy(&self) -> bool {
        self.places.available_permits() < MAX_REQUESTS
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
    pub(super) async fn ask<B: DeserializeOwned + Send + 'static>(
        &self,
        ask: Ask<'_>,
        deadline: Instant,
    ) -> Result<B, BridgeError> {
        self.ask_and_say(ask, deadline, || {}).await
    }

    /// The same, and says each time when it leaves.
    pub(super) async fn ask_and_say<B: DeserializeOwned + Send + 'static>(
        &self,
        ask: Ask<'_>,
        deadline: Instant,
        mut leaves: impl FnMut(),
    ) -> Result<B, BridgeError> {
        self.anchor();
        let mut tries = 1;
        loop {
            self.wait_at_gate(deadline).await?;
            let place = timeout_at(deadline, self.places.acquire()).await;
            let Ok(Ok(place)) = place else {
                return Err(BridgeError::Unreachable {
                    detail: format!("{MAX_REQUESTS} requests were already waiting for it"),
                });
            };
            if ask.token.is_withdrawn() {
                return Err(BridgeError::Withdrawn);
            }
            leaves();
            self.meter.asked(tries > 1);
            let left = deadline.saturating_duration_since(Instant::now());
            let sent = self
                .once(
                    &ask.method,
                    &ask.url,
                    Some(ask.token.secret()),
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
        let exchange = Exchange {
            method,
            url,
            token,
            body,
            timeout,
        };
        let started = Instant::now();
        let answered = self.transport.exchange(exchange).await;
        match &answered {
            Ok(raw) => {
                let (status, date) = (raw.status.as_u16(), date(&raw.headers));
                self.meter.answered(status, started.elapsed(), date);
            }
            Err(BridgeError::TooLarge { .. } | BridgeError::Garbled { .. }) => {}
            Err(_) => self.meter.unanswered(),
        }
        answered
    }
}

fn limited_until(until: Instant) -> BridgeError {
    let retry_after = Some(until.saturating_duration_since(Instant::now()));
    BridgeError::RateLimited { retry_after }
}
