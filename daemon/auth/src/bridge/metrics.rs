//! Counters of the requests to the bridge, for display. No decision depends on them.

use super::error::BridgeError;
use crate::foreign;
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

/// Longest reason of a failure, in characters.
const MAX_REASON: usize = 200;

/// Counters of the requests to the bridge since the start.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Metrics {
    /// Requests sent, including retries.
    pub requests: u64,
    /// Retries.
    pub retries: u64,
    /// Answers with status 401.
    pub unauthorized: u64,
    /// Answers with status 403.
    pub forbidden: u64,
    /// Answers with status 429.
    pub rate_limited: u64,
    /// Requests without an answer.
    pub unanswered: u64,
    /// Whether the last request was answered.
    pub reachable: Option<bool>,
    /// Why the last request that was answered was not served, if it was not: a failure of the bridge,
    /// or a page in its place.
    pub failing: Option<String>,
    /// Seconds by which this machine's clock is ahead of the bridge's; negative if behind.
    pub clock_ahead_s: Option<i64>,
    /// Duration of the last request that was answered.
    pub latency: Option<Duration>,
    /// Time of the last answer.
    pub last_answer: Option<SystemTime>,
}

/// Writer of the counters.
#[derive(Debug, Default)]
pub(super) struct Recorder(Mutex<Metrics>);

impl Recorder {
    fn change(&self, change: impl FnOnce(&mut Metrics)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Counts a request that leaves.
    pub(super) fn asked(&self, is_retry: bool) {
        self.change(|metrics| {
            metrics.requests += 1;
            metrics.retries += u64::from(is_retry);
        });
    }

    /// Counts an answer with its duration and its `Date`.
    pub(super) fn answered(&self, status: u16, took: Duration, date: Option<SystemTime>) {
        let now = SystemTime::now();
        self.change(|metrics| {
            metrics.latency = Some(took);
            metrics.last_answer = Some(now);
            metrics.reachable = Some(true);
            match status {
                401 => metrics.unauthorized += 1,
                403 => metrics.forbidden += 1,
                429 => metrics.rate_limited += 1,
                _ => {}
            }
            if let Some(date) = date {
                metrics.clock_ahead_s = Some(seconds_ahead(now, date));
            }
        });
    }

    /// Counts a request that has no answer.
    pub(super) fn unanswered(&self) {
        self.change(|metrics| {
            metrics.unanswered += 1;
            metrics.reachable = Some(false);
        });
    }

    /// Records that the bridge has served a request, or has failed to.
    pub(super) fn ended(&self, failure: Option<&BridgeError>) {
        let failing = failure.filter(|error| error.is_of_service());
        let failing = failing.map(|error| foreign::line(&error.class(), MAX_REASON));
        self.change(|metrics| metrics.failing = failing);
    }

    /// Returns the counters.
    pub(super) fn metrics(&self) -> Metrics {
        let metrics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        metrics.clone()
    }
}

/// Returns how many seconds `now` is ahead of the bridge's `date`. A difference below two
/// seconds counts as none: the date is a whole second, and the answer took its time.
fn seconds_ahead(now: SystemTime, date: SystemTime) -> i64 {
    let (late, early) = (now.duration_since(date), date.duration_since(now));
    let seconds = late
        .map(|d| d.as_secs().cast_signed())
        .or_else(|_| early.map(|d| -d.as_secs().cast_signed()));
    seconds
        .ok()
        .filter(|seconds| seconds.abs() >= 2)
        .unwrap_or_default()
}
