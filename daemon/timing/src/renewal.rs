//! Renewals of a token.

use crate::backoff::doubling;
use std::time::Duration;

/// Seed: "refresh when within 5 minutes of expiry".
const RENEW_BEFORE: Duration = Duration::from_secs(5 * 60);
/// Spread of renewals, so that machines that logged in together do not renew together.
const SPREAD: Duration = Duration::from_secs(60);
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_DELAY: Duration = Duration::from_secs(60);

/// Returns the time before a token's end at which it is renewed. `left` is the token's lifetime when
/// it arrives.
pub fn before_end(left: Duration, jitter: f64) -> Duration {
    // A token that lives for minutes, as in tests, is renewed in its last fifth.
    RENEW_BEFORE.min(left / 5) + SPREAD.min(left / 20).mul_f64(jitter)
}

/// Returns the delay after a failed renewal, number `number` in its series.
pub fn after_failure(number: u32, jitter: f64) -> Duration {
    doubling(FIRST_DELAY, LONGEST_DELAY, number).mul_f64(0.5 + jitter / 2.0)
}

/// Returns the delay after a renewal for which the credential source had no password.
pub fn without_password() -> Duration {
    LONGEST_DELAY
}
