//! Exponential backoff after failed calls to taid.

use std::time::Duration;
use tokio::time::sleep;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// Backoff of 1 s that doubles with each wait, up to 60 s.
pub(crate) struct Backoff(Duration);

impl Backoff {
    /// Returns a backoff that starts with 1 s.
    pub(crate) fn new() -> Self {
        Self(FIRST)
    }

    /// Waits, and doubles the next wait.
    pub(crate) async fn wait(&mut self) {
        sleep(self.0).await;
        self.0 = (self.0 * 2).min(LONGEST);
    }
}
