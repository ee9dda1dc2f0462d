//! Leaving taid alone for a while after it could not do something, longer each time.

use std::time::Duration;
use tokio::time::sleep;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// The next pause.
pub(crate) struct Pause(Duration);

impl Pause {
    /// The first one is a second.
    pub(crate) fn new() -> Self {
        Self(FIRST)
    }

    /// Waits; the pause after it is twice as long, up to a minute.
    pub(crate) async fn wait(&mut self) {
        sleep(self.0).await;
        self.0 = (self.0 * 2).min(LONGEST);
    }
}
