//! Requests to the store of the leases that several machines share.

use crate::backoff::doubling;
use std::time::Duration;

/// First delay.
const FIRST: Duration = Duration::from_millis(100);
/// Longest delay before a failed request is made again.
pub const LONGEST_DELAY: Duration = Duration::from_secs(1);

/// Returns the delay after this number of failures in a row, counted from 1.
pub fn delay(failures: u32) -> Duration {
    doubling(FIRST, LONGEST_DELAY, failures)
}
