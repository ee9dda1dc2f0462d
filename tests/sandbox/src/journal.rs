//! The record of requests to the mail API. Requests to `/__sandbox` are not in it.

use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};

/// Requests in the log.
const KEPT: usize = 1000;

/// A request in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Method and path, with mail ids as `{id}`.
    pub endpoint: String,
    /// Path and query as received.
    pub target: String,
    /// Status of the answer; 0 if there was none.
    pub status: u16,
    /// `User-Agent` header.
    pub user_agent: String,
    /// `Content-Type` header.
    pub content_type: String,
    /// Scheme of the `Authorization` header, without the token.
    pub auth_scheme: String,
    /// Whether the client accepts gzip.
    pub accepts_gzip: bool,
}

/// Requests per endpoint since the start, and the last [`KEPT`] requests.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    counts: BTreeMap<String, u64>,
    entries: VecDeque<Entry>,
}

impl Journal {
    /// Counts a request, before it is answered.
    pub(crate) fn arrived(&mut self, endpoint: &str) {
        *self.counts.entry(endpoint.to_owned()).or_default() += 1;
    }

    /// Logs a request and the status of its answer.
    pub(crate) fn answered(&mut self, entry: Entry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// Returns the requests per endpoint.
    pub(crate) fn counts(&self) -> &BTreeMap<String, u64> {
        &self.counts
    }

    /// Returns the number of requests to one endpoint.
    pub(crate) fn count(&self, endpoint: &str) -> u64 {
        self.counts.get(endpoint).copied().unwrap_or_default()
    }

    /// Returns the logged requests, oldest first.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.entries.iter().cloned().collect()
    }
}
