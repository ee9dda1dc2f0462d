//! Exponential backoff between attempts to start the daemon.

use std::time::Duration;
use tokio::time::sleep;

/// Backoff that doubles with each wait, up to a limit.
pub(crate) struct Backoff {
    next: Duration,
    longest: Duration,
}

impl Backoff {
    /// Returns a backoff with its first wait and its limit.
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self {
            next: first,
            longest,
        }
    }

    /// Waits, and doubles the next wait.
    pub(crate) async fn wait(&mut self) {
        sleep(self.next).await;
        self.next = (self.next * 2).min(self.longest);
    }
}
