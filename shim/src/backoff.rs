//! Backoff after failed calls to taid.

use std::time::Duration;
use tai_client::Backoff;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// Returns a backoff of 1 s that doubles with each wait, up to 60 s.
pub(crate) fn after_failure() -> Backoff {
    Backoff::new(FIRST, LONGEST)
}
