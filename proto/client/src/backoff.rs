//! Exponential backoff between attempts.

use std::time::Duration;
use tokio::time::sleep;

/// Backoff that doubles with each wait, up to a limit.
#[derive(Debug)]
pub struct Backoff {
    next: Duration,
    longest: Duration,
}

impl Backoff {
    /// Returns a backoff with its first wait and its limit.
    pub fn new(first: Duration, longest: Duration) -> Self {
        Self {
            next: first,
            longest,
        }
    }

    /// Waits, and doubles the next wait. Needs a tokio runtime with a timer. A cancelled wait
    /// does not count.
    pub async fn wait(&mut self) {
        sleep(self.next).await;
        self.advance();
    }

    /// Returns the next wait, for a caller that waits for other events, too, and doubles the one
    /// after it.
    pub fn advance(&mut self) -> Duration {
        let next = self.next;
        self.next = (next * 2).min(self.longest);
        next
    }
}
