//! How the sandbox behaves: what its deployment offers, its clock, its latency and the
//! faults it has been told to commit. It only decides; `server` and `api` carry out.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// One way to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// 500 INTERNAL_ERROR, nothing done.
    Error500,
    /// 500 with the text that the bridge has for a failure before the mail provider, nothing
    /// done.
    NotProcessed,
    /// 502 with an HTML page, nothing done, as a proxy in front of the bridge answers.
    Html502,
    /// 503 with an HTML page, nothing done, as during maintenance.
    Html503,
    /// 429 with Retry-After, nothing done.
    TooMany429,
    /// Never answers, nothing done.
    Hang,
    /// Closes the connection, nothing done.
    Close,
    /// Does the work, then closes the connection without an answer.
    CloseAfter,
    /// Does the work, then never answers.
    HangAfter,
    /// Does the work, then answers 200 with JSON cut in the middle.
    Malformed,
}

/// What the tokens it hands out are like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tokens {
    /// As they should be; `expires_at` up to a second later than `exp`.
    #[default]
    Good,
    /// Good, but `expires_at` says an hour ago.
    ExpiresAtEarly,
    /// Good, but `expires_at` says in ten years.
    ExpiresAtLate,
    /// `"alg": "none"`, and no signature.
    AlgNone,
    /// Somebody else's.
    WrongSub,
    /// Without `exp`.
    NoExp,
    /// `exp` is a minute ago.
    PastExp,
    /// A megabyte of claims.
    Huge,
    /// Words.
    NotAJwt,
}

/// A fault for the next `count` requests whose path starts with `path`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What to do.
    pub kind: FaultKind,
    /// For how many requests.
    #[serde(default = "one")]
    pub count: u32,
    /// `METHOD /path` or a beginning of it; empty is every request below `/api` and `/health`.
    #[serde(default)]
    pub endpoint: String,
    /// What Retry-After says, for 429 and 503: seconds or an HTTP date.
    #[serde(default)]
    pub retry_after: Option<String>,
}

fn one() -> u32 {
    1
}

impl Fault {
    /// `kind` for the next `count` requests to `endpoint`.
    pub fn new(kind: FaultKind, count: u32, endpoint: &str) -> Self {
        Self {
            kind,
            count,
            endpoint: endpoint.into(),
            retry_after: None,
        }
    }
}

/// How the sandbox behaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    /// How long a token lives, in seconds. 24 hours.
    pub token_ttl_s: i64,
    /// Whether `POST /messages/{id}/reply` exists.
    pub has_reply: bool,
    /// Whether `POST /refresh` exists.
    pub has_refresh: bool,
    /// What the tokens it hands out are like.
    pub tokens: Tokens,
    /// Whether `/health` says so.
    pub healthy: bool,
    /// Whether health is asked at `/api/v1/health`, as documentation has it.
    pub health_below_api: bool,
    /// Whether logins are 403: the account is suspended.
    pub suspended: bool,
    /// Whether `GET /unread` exists.
    pub has_unread: bool,
    /// Whether `is_read` is a bool and `received_at` RFC 3339, as some deployments have it.
    pub modern_fields: bool,
    /// Whether the database fails: lists are empty, ids are 404, logins are 401.
    pub database_down: bool,
    /// Whether the delivery provider fails: 500 after `provider_delay_ms`, and after five of
    /// those 500 at once for 60 s.
    pub provider_down: bool,
    /// How long the bridge tries before it gives the provider up, in milliseconds.
    pub provider_delay_ms: u64,
    /// How long every answer takes, in milliseconds.
    pub latency_ms: u64,
    /// How far the bridge's clock is ahead of ours, in seconds.
    pub clock_offset_s: i64,
    /// Faults to commit, first come first served.
    pub faults: VecDeque<Fault>,
}

/// The bridge's circuit breaker around its delivery provider.
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
    /// The bridge's time.
    pub fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.clock_offset_s)
    }

    /// Takes the fault that applies to this request, if one does.
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
