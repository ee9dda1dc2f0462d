//! The bridge over HTTP: limits, the gate, repeats and counters for every request. The
//! meaning of a request is in `calls`, `tokens` and `public`.

use super::{
    answer::{date, hide, may_be_database, read, retry_after},
    bearer::Bearer,
    coalescing::Coalescing,
    error::BridgeError,
    expected::Expected,
    gate::{Gate, Scope},
    history::{FailureKind, MAX_PAST, Operation, PastExchange},
    metrics::{Metrics, Recorder},
    retry::{Effect, Retry, retry},
    transport::{
        Exchange, MAX_REQUESTS, Network, NetworkOptions, Proxied, RawAnswer, SetupError, Transport,
    },
    wire::Wrapped,
};
use crate::{base_url::BaseUrl, ring::Ring};
use http::Method;
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tai_timing::{
    limit, poll,
    retry::{MAX_ATTEMPTS, Outage, backoff},
};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};
use url::Url;

/// The bridge at one base URL. Shared by reference or `Arc`; all methods take `&self`.
///
/// Its futures need a tokio runtime with time and I/O; a current-thread runtime suffices.
pub struct HttpBridge<T = Network> {
    transport: T,
    base: BaseUrl,
    timeout: Duration,
    gate: Gate,
    recorder: Recorder,
    history: Ring<PastExchange>,
    slots: Semaphore,
    coalescing: Coalescing,
    is_anchored: Arc<AtomicBool>,
    outage: Mutex<Outage>,
    created: Instant,
}

/// One mail request.
pub(super) struct MailRequest<'a> {
    operation: Operation,
    method: Method,
    url: Url,
    bearer: &'a Bearer,
    body: Option<String>,
    effect: Effect,
    max_attempts: u32,
}

impl<'a> MailRequest<'a> {
    /// Creates a request that may be repeated.
    pub(super) fn idempotent(
        operation: Operation,
        method: Method,
        url: Url,
        bearer: &'a Bearer,
    ) -> Self {
        Self {
            operation,
            method,
            url,
            bearer,
            body: None,
            effect: Effect::Idempotent,
            max_attempts: MAX_ATTEMPTS,
        }
    }

    /// Creates a request of a poll.
    pub(super) fn poll(url: Url, bearer: &'a Bearer) -> Self {
        Self {
            max_attempts: poll::MAX_ATTEMPTS,
            ..Self::idempotent(Operation::Poll, Method::GET, url, bearer)
        }
    }

    /// Creates a request that sends a mail, of its own or as a reply.
    pub(super) fn send(operation: Operation, url: Url, bearer: &'a Bearer, body: String) -> Self {
        Self {
            operation,
            method: Method::POST,
            url,
            bearer,
            body: Some(body),
            effect: Effect::Send,
            max_attempts: MAX_ATTEMPTS,
        }
    }
}

impl HttpBridge {
    /// Sets up the bridge at `base`, TLS included. Nothing is sent.
    ///
    /// `timeout` limits each HTTP request, logins included (seed: `API_TIMEOUT`). The proxy and the
    /// certificate authorities come from the environment, see [`NetworkOptions`].
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(base: BaseUrl, timeout: Duration) -> Result<Self, SetupError> {
        Self::with_options(base, timeout, &NetworkOptions::default())
    }

    /// As [`HttpBridge::new`], with other settings of the network.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn with_options(
        base: BaseUrl,
        timeout: Duration,
        options: &NetworkOptions,
    ) -> Result<Self, SetupError> {
        let transport = Network::new(base.clone(), timeout, options)?;
        Ok(Self::with_transport(transport, base, timeout))
    }

    /// Returns the proxy of the requests; `None` for direct connections.
    pub fn proxy(&self) -> Option<&Proxied> {
        self.transport.proxy()
    }
}

impl<T: Transport> HttpBridge<T> {
    /// Creates the bridge at `base` behind a given transport.
    pub fn with_transport(transport: T, base: BaseUrl, timeout: Duration) -> Self {
        Self {
            transport,
            base,
            timeout,
            gate: Gate::default(),
            recorder: Recorder::default(),
            history: Ring::new(MAX_PAST),
            slots: Semaphore::new(MAX_REQUESTS),
            coalescing: Coalescing::default(),
            is_anchored: Arc::default(),
            outage: Mutex::default(),
            created: Instant::now(),
        }
    }

    /// Closes the idle connections, whose buffers have held tokens.
    pub fn close_idle(&self) {
        self.transport.close_idle();
    }

    /// Returns the counters.
    pub fn metrics(&self) -> Metrics {
        self.recorder.metrics()
    }

    /// Returns the last exchanges, in the order in which they ended, and the number of those before.
    pub fn history(&self) -> (Vec<PastExchange>, u64) {
        self.history.last()
    }

    /// Returns the time from which the exchanges are counted.
    pub fn created(&self) -> Instant {
        self.created
    }

    /// Returns the end of the pause that the bridge has asked for, if it holds mail requests back.
    pub fn rate_limited_until(&self) -> Option<Instant> {
        self.gate.closed_until(Scope::All)
    }

    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(super) fn base(&self) -> &BaseUrl {
        &self.base
    }

    pub(super) fn gate(&self) -> &Gate {
        &self.gate
    }

    pub(super) fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    pub(super) fn coalescing(&self) -> &Coalescing {
        &self.coalescing
    }

    /// Returns whether mail requests are in flight.
    pub(super) fn is_busy(&self) -> bool {
        self.slots.available_permits() < MAX_REQUESTS
    }

    /// Returns the URL of an endpoint below `/api/v1/`.
    pub(super) fn url(&self, segments: &[&str]) -> Url {
        self.base.join(&[&["api", "v1"], segments].concat())
    }

    /// Sends a mail request, and repeats it as far as its effect and `deadline` allow.
    /// `on_leave` is called before each attempt.
    pub(super) async fn request<E: Expected + Clone>(
        &self,
        request: MailRequest<'_>,
        expected: E,
        deadline: Instant,
        mut on_leave: impl FnMut(),
    ) -> Result<E::Value, BridgeError> {
        self.anchor();
        let mut attempts = 1;
        loop {
            self.wait_at_gate(deadline).await?;
            let slot = timeout_at(deadline, self.slots.acquire()).await;
            let Ok(Ok(slot)) = slot else {
                return Err(BridgeError::Unreachable {
                    detail: format!("{MAX_REQUESTS} other requests are in flight"),
                });
            };
            if request.bearer.is_revoked() {
                return Err(BridgeError::Revoked);
            }
            on_leave();
            self.recorder.asked(attempts > 1);
            let left = deadline.saturating_duration_since(Instant::now());
            let exchange = Exchange {
                method: &request.method,
                url: &request.url,
                token: Some(request.bearer.jwt()),
                body: request.body.as_deref(),
                is_repeatable: match request.effect {
                    Effect::Idempotent => true,
                    Effect::Send => false,
                },
                timeout: self.timeout.min(left),
            };
            let wrapped = Wrapped(expected.clone());
            let answer = self.exchange(request.operation, exchange, wrapped, |mut raw| {
                hide(&mut raw, request.bearer.jwt());
                read::<E>(&self.gate, Scope::All, raw)
            });
            let answer = answer.await;
            drop(slot);
            let error = match answer {
                Ok(value) => {
                    self.outage().answered();
                    self.recorder.ended(None);
                    return Ok(value);
                }
                Err(BridgeError::Unauthorized { message }) if may_be_database(&message) => {
                    self.unauthorized(message, deadline).await
                }
                Err(error) => error,
            };
            self.recorder.ended(Some(&error));
            let may_repeat = self.note(&error);
            let delay = match retry(request.effect, &error) {
                Retry::No => return Err(error),
                Retry::Backoff => backoff(attempts, fastrand::f64()),
                Retry::AtGate => Duration::ZERO,
            };
            if attempts == request.max_attempts || !may_repeat || Instant::now() + delay >= deadline
            {
                return Err(error);
            }
            tracing::info!(%error, attempts, "retrying a request to the bridge");
            attempts += 1;
            tokio::time::sleep(delay).await;
        }
    }

    /// Sends one request, reads its whole answer and records both. `read` says what the answer means.
    pub(super) async fn exchange<E: Expected, V>(
        &self,
        operation: Operation,
        exchange: Exchange<'_>,
        expected: E,
        read: impl FnOnce(RawAnswer<E::Value>) -> Result<V, BridgeError>,
    ) -> Result<V, BridgeError> {
        let started = Instant::now();
        let answer = self.transport.exchange(exchange, expected).await;
        let mut past = PastExchange {
            at: started.saturating_duration_since(self.created),
            operation,
            took: started.elapsed(),
            status: None,
            failure: None,
            retry_after: None,
        };
        let value = match answer {
            Ok(raw) => {
                let (status, date) = (raw.status.as_u16(), date(&raw.headers));
                self.recorder.answered(status, past.took, date);
                past.status = Some(status);
                past.retry_after = retry_after(&raw.headers);
                read(raw)
            }
            Err(error) => {
                self.recorder.unanswered();
                Err(error)
            }
        };
        past.failure = value.as_ref().err().map(FailureKind::from);
        self.history.push(past);
        value
    }

    fn outage(&self) -> MutexGuard<'_, Outage> {
        self.outage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a failed request. Returns whether the state of the bridge permits a repetition.
    fn note(&self, error: &BridgeError) -> bool {
        match retry(Effect::Idempotent, error) {
            Retry::Backoff => self.outage().failed(self.created.elapsed()),
            Retry::No => {
                self.outage().answered();
                true
            }
            Retry::AtGate => true,
        }
    }

    async fn wait_at_gate(&self, deadline: Instant) -> Result<(), BridgeError> {
        while let Some(until) = self.gate.closed_until(Scope::All) {
            if until >= deadline {
                return Err(limited_until(until));
            }
            // The requests of all machines that got the same pause would otherwise leave together.
            let pause = until.saturating_duration_since(Instant::now());
            // The request needs the rest of its time.
            let room = deadline.saturating_duration_since(until) / 2;
            let spread = limit::spread(pause, fastrand::f64()).min(room);
            tokio::time::sleep_until(until + spread).await;
        }
        Ok(())
    }

    /// Keeps a timer pending that is due before the deadlines of requests. tokio interrupts
    /// its event loop for a timer that becomes the earliest one, which costs a request with a
    /// deadline two system calls.
    fn anchor(&self) {
        if !self.is_anchored.swap(true, Ordering::Relaxed) {
            let is_anchored = self.is_anchored.clone();
            let period = self.timeout.mul_f64(0.6);
            tokio::spawn(async move {
                tokio::time::sleep(period).await;
                is_anchored.store(false, Ordering::Relaxed);
            });
        }
    }
}

/// Returns the error of a request that the closed gate holds back.
pub(super) fn limited_until(until: Instant) -> BridgeError {
    let retry_after = Some(until.saturating_duration_since(Instant::now()));
    BridgeError::RateLimited { retry_after }
}
