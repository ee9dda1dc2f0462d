//! Polls for new mail while a client waits for it.

use std::time::Duration;

/// Interval if the configuration names none.
pub const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);
/// Time limit of one poll, including retries of its requests.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);
/// Time without new mail and without a call after which the interval becomes [`LONGEST`].
const IDLE_AFTER: Duration = Duration::from_secs(10 * 60);
/// Longest interval: while idle, and after failures.
const LONGEST: Duration = Duration::from_secs(60);

/// Returns the time from the start of a poll to the next one. `interval` is the configured one,
/// `quiet` the time since the last mail or call, and `failures` the number of failed polls in a row.
pub fn interval(interval: Duration, quiet: Duration, failures: u32) -> Duration {
    let backoff = match quiet > IDLE_AFTER {
        true => LONGEST,
        false => interval.saturating_mul(2u32.saturating_pow(failures)),
    };
    backoff.min(LONGEST)
}
