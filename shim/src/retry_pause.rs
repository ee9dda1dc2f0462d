//! Growing pauses between attempts after taid could not do something.

use std::time::Duration;
use tokio::time::sleep;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// A pause that begins with one second and doubles up to a minute.
pub(crate) struct RetryPause(Duration);

impl RetryPause {
    pub(crate) fn new() -> Self {
        Self(FIRST)
    }

    /// Waits.
    pub(crate) async fn wait(&mut self) {
        sleep(self.0).await;
        self.0 = (self.0 * 2).min(LONGEST);
    }
}
