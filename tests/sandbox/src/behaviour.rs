//! The behaviour of the sandbox: optional endpoints, clock, latency and faults. `server` and `api`
//! apply it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Answers 500 INTERNAL_ERROR without doing the work.
    Error500,
    /// Answers 500 with the text of a failure before the delivery provider, without doing the
    /// work.
    NotProcessed,
    /// Answers 502 with an HTML page, as a proxy does, without doing the work.
    Html502,
    /// Answers 503 with an HTML page, as during maintenance, without doing the work.
    Html503,
    /// Answers 429 with `Retry-After`, without doing the work.
    TooMany429,
    /// Never answers, without doing the work.
    Hang,
    /// Closes the connection without doing the work.
    Close,
    /// Does the work, then closes the connection without an answer.
    CloseAfter,
    /// Does the work, then never answers.
    HangAfter,
    /// Does the work, then answers 200 with JSON cut in the middle.
    Malformed,
    /// Answers with [`Fault::answer`], without doing the work.
    Canned,
}

/// An answer of any kind. Its body is `start`, then `count` times `unit`, then `end`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Canned {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Beginning of the body.
    pub start: String,
    /// Repeated part of the body.
    pub unit: String,
    /// Number of repetitions.
    pub count: usize,
    /// End of the body.
    pub end: String,
    /// Whether the body is compressed with gzip. No header says so.
    pub gzip: bool,
}

impl Default for Canned {
    fn default() -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            start: String::new(),
            unit: String::new(),
            count: 0,
            end: String::new(),
            gzip: false,
        }
    }
}

impl Canned {
    /// Creates an answer with this status and body.
    pub fn new(status: u16, body: &str) -> Self {
        Self {
            status,
            start: body.into(),
            ..Self::default()
        }
    }

    /// Creates a web page, as proxies and captive portals send it.
    pub fn page(status: u16) -> Self {
        Self::new(status, "<!doctype html><title>Sign in</title>")
            .with_header("Content-Type", "text/html")
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// The kind of the issued tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tokens {
    /// Valid; `expires_at` is up to a second later than `exp`.
    #[default]
    Good,
    /// Valid, with an `expires_at` of an hour ago.
    ExpiresAtEarly,
    /// Valid, with an `expires_at` in ten years.
    ExpiresAtLate,
    /// With `"alg": "none"`.
    AlgNone,
    /// For another user.
    WrongSub,
    /// Without `exp`.
    NoExp,
    /// With an `exp` of a minute ago.
    PastExp,
    /// With a megabyte of claims.
    Huge,
    /// A text that is not a token.
    NotAJwt,
}

/// A fault for the next `count` requests to `endpoint`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Kind of the fault.
    pub kind: FaultKind,
    /// Number of requests.
    #[serde(default = "one")]
    pub count: u32,
    /// `METHOD /path` or a prefix of it; empty for all requests of the mail API.
    #[serde(default)]
    pub endpoint: String,
    /// Value of `Retry-After` for 429 and 503: seconds or an HTTP date.
    #[serde(default)]
    pub retry_after: Option<String>,
    /// Answer of [`FaultKind::Canned`].
    #[serde(default)]
    pub answer: Canned,
}

fn one() -> u32 {
    1
}

impl Fault {
    /// Creates a fault without a `Retry-After`.
    pub fn new(kind: FaultKind, count: u32, endpoint: &str) -> Self {
        Self {
            kind,
            count,
            endpoint: endpoint.into(),
            retry_after: None,
            answer: Canned::default(),
        }
    }
}

/// The behaviour of a sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    /// Lifetime of tokens, in seconds; 24 hours by default.
    pub token_ttl_s: i64,
    /// Whether `POST /messages/{id}/reply` exists.
    pub has_reply: bool,
    /// Whether `POST /refresh` exists.
    pub has_refresh: bool,
    /// The kind of the issued tokens.
    pub tokens: Tokens,
    /// Whether `/health` reports that the bridge is healthy.
    pub healthy: bool,
    /// Whether the health endpoint is `/api/v1/health`, as in the documentation of the bridge.
    pub health_below_api: bool,
    /// Whether logins get 403 because the account is suspended.
    pub suspended: bool,
    /// Whether `GET /unread` exists.
    pub has_unread: bool,
    /// Whether `is_read` is a boolean and `received_at` is RFC 3339, as in some deployments.
    pub modern_fields: bool,
    /// Whether the database fails: lists are empty, mails are 404, logins are 401.
    pub database_down: bool,
    /// Whether the delivery provider fails: 500 after `provider_delay_ms`. After five failures,
    /// 500 at once for 60 s.
    pub provider_down: bool,
    /// Time until the bridge reports a failure of the provider, in milliseconds.
    pub provider_delay_ms: u64,
    /// Delay of each answer, in milliseconds.
    pub latency_ms: u64,
    /// Offset of the clock of the bridge, in seconds.
    pub clock_offset_s: i64,
    /// Pending faults, first in first out.
    pub faults: VecDeque<Fault>,
}

/// The circuit breaker of the bridge around its delivery provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Breaker {
    failures: u32,
    open_until: Option<Timestamp>,
}

impl Breaker {
    pub(crate) fn is_open(&self, now: Timestamp) -> bool {
        self.open_until.is_some_and(|until| now < until)
    }

    pub(crate) fn failed(&mut self, now: Timestamp) {
        self.failures += 1;
        if self.failures >= 5 {
            *self = Self {
                failures: 0,
                open_until: Some(now + SignedDuration::from_secs(60)),
            };
        }
    }

    pub(crate) fn succeeded(&mut self) {
        *self = Self::default();
    }
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            token_ttl_s: 24 * 60 * 60,
            has_reply: true,
            has_refresh: true,
            tokens: Tokens::Good,
            healthy: true,
            health_below_api: false,
            suspended: false,
            has_unread: true,
            modern_fields: false,
            database_down: false,
            provider_down: false,
            provider_delay_ms: 7000,
            latency_ms: 0,
            clock_offset_s: 0,
            faults: VecDeque::new(),
        }
    }
}

impl Behaviour {
    /// Returns the time of the bridge.
    pub fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.clock_offset_s)
    }

    /// Takes the first fault that applies to a request.
    pub(crate) fn take_fault(&mut self, endpoint: &str) -> Option<Fault> {
        let at = self
            .faults
            .iter()
            .position(|fault| fault.count > 0 && endpoint.starts_with(&fault.endpoint))?;
        let fault = self.faults.get_mut(at)?;
        fault.count -= 1;
        let taken = fault.clone();
        if fault.count == 0 {
            self.faults.remove(at);
        }
        Some(taken)
    }
}
