//! Faults of single requests. `server` and `api` apply them.

use crate::modes::{Database, Provider};
use serde::{Deserialize, Serialize};

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
    /// Does the work, then answers 504 with an HTML page, as a proxy whose time is up does.
    Html504After,
    /// Answers 503 with an HTML page, as during maintenance, without doing the work.
    Html503,
    /// Answers 429 with `Retry-After`, without doing the work.
    TooMany429,
    /// Never answers, without doing the work.
    Hang,
    /// Does the work and answers after the next [`Sandbox::release`](crate::Sandbox::release).
    Hold,
    /// Closes the connection without doing the work.
    Close,
    /// Does the work, then closes the connection without an answer.
    CloseAfter,
    /// Does the work, then never answers.
    HangAfter,
    /// Does the work, then answers 200 with JSON cut in the middle, as a whole body.
    Malformed,
    /// Does the work, then sends the head and half of the body, and closes the connection.
    CutAfter,
    /// Does the work, then sends the head and half of the body, and nothing more.
    StallAfter,
    /// Answers with [`Fault::answer`], without doing the work.
    Canned,
    /// Does the work with the database in this state.
    Database(Database),
    /// Does the work with the delivery provider in this state.
    Provider(Provider),
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
