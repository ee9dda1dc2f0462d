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

    pub(super) fn answered(&self, took: Duration) {
        self.change(|reading| {
            reading.latency = Some(took);
            reading.last_answer = Some(SystemTime::now());
        });
    }

    /// The counters now.
    pub fn reading(&self) -> Reading {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
