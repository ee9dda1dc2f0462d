//! Growing pauses between attempts to reach the daemon.

use std::time::Duration;
use tokio::time::sleep;

/// A pause that doubles each time up to a limit.
pub(crate) struct RetryPause {
    next: Duration,
    longest: Duration,
}

impl RetryPause {
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self {
            next: first,
            longest,
        }
    }

    /// Waits.
    pub(crate) async fn wait(&mut self) {
        sleep(self.next).await;
        self.next = (self.next * 2).min(self.longest);
    }
}
