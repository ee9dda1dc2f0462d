//! Pauses that the bridge asks for.

use std::time::Duration;

/// Pause after a 429 without a usable `Retry-After`.
pub const DEFAULT_PAUSE: Duration = Duration::from_secs(5);
/// Longest pause after a 429; a longer `Retry-After` is shortened.
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);

/// Returns the pause after a 429 with this `Retry-After`.
pub fn after_429(asked: Option<Duration>) -> Duration {
    asked.unwrap_or(DEFAULT_PAUSE).min(LONGEST_PAUSE)
}
