//! What the requests to the bridge came to, for the status. Counters only; nothing is
//! decided by them.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

/// The counters.
#[derive(Debug, Default)]
pub struct Meter(Mutex<Reading>);

/// What they say.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Requests sent, repeats included.
    pub requests: u64,
    /// Repeats.
    pub retries: u64,
    /// Answers 401, 403 and 429.
    pub unauthorized: u64,
    pub forbidden: u64,
    pub rate_limited: u64,
    /// Requests without an answer.
    pub unanswered: u64,
    /// Whether the last request was answered.
    pub reachable: Option<bool>,
    /// How far our wall clock is ahead of the bridge's, in whole seconds.
    pub clock_ahead_s: Option<i64>,
    /// How long the last answer took.
    pub latency: Option<Duration>,
    /// When it came.
    pub last_answer: Option<SystemTime>,
}

impl Meter {
    fn change(&self, change: impl FnOnce(&mut Reading)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn asked(&self, is_retry: bool) {
        self.change(|reading| {
            reading.requests += 1;
            reading.retries += u64::from(is_retry);
        });
    }

    pub(super) fn answered(&self, status: u16, took: Duration, date: Option<SystemTime>) {
        let now = SystemTime::now();
        self.change(|reading| {
            reading.latency = Some(took);
            reading.last_answer = Some(now);
            reading.reachable = Some(true);
            match status {
                401 => reading.unauthorized += 1,
                403 => reading.forbidden += 1,
                429 => reading.rate_limited += 1,
                _ => {}
            }
            if let Some(date) = date {
                reading.clock_ahead_s = Some(ahead(now, date));
            }
        });
    }

    pub(super) fn unanswered(&self) {
        self.change(|reading| {
            reading.unanswered += 1;
            reading.reachable = Some(false);
        });
    }

    /// The counters now.
    pub fn reading(&self) -> Reading {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How far `now` is ahead of the bridge's `date`. That is a whole second, and the answer took
/// its time, so less than two seconds is nothing.
fn ahead(now: SystemTime, date: SystemTime) -> i64 {
    let (late, early) = (now.duration_since(date), date.duration_since(now));
    let seconds = late
        .map(|d| d.as_secs().cast_signed())
        .or_else(|_| early.map(|d| -d.as_secs().cast_signed()));
    seconds
        .ok()
        .filter(|seconds| seconds.abs() >= 2)
        .unwrap_or_default()
}
