//! The circuit breaker of the bridge: after five failures of the provider, no send leaves for
//! 60 s.

use jiff::{SignedDuration, Timestamp};

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
