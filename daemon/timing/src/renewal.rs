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

/// Returns the delay after a failed renewal, number `number` in its series: exponential, with jitter
/// over its upper half, so that it is never zero.
pub fn after_failure(number: u32, jitter: f64) -> Duration {
    doubling(FIRST_DELAY, LONGEST_DELAY, number).mul_f64(0.5 + jitter / 2.0)
}

/// Returns the delay after a renewal for which the credential source had no password.
pub fn without_password() -> Duration {
    LONGEST_DELAY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_in_its_last_six_minutes_or_its_last_quarter() {
        for (lifetime, jitter, expected) in [
            (86_400, 0.0, 300),
            (86_400, 1.0, 360),
            (60, 0.0, 12),
            (60, 1.0, 15),
        ] {
            let before = before_end(Duration::from_secs(lifetime), jitter);
            assert_eq!(before.as_secs(), expected, "{lifetime} {jitter}");
        }
    }

    #[test]
    fn failed_renewals_are_repeated_after_a_second_to_a_minute() {
        for (number, expected) in [(1, 1), (6, 32), (40, 60)] {
            let delay = after_failure(number, 1.0);
            assert_eq!(delay.as_secs(), expected, "{number}");
            assert_eq!(after_failure(number, 0.0), delay / 2);
        }
    }
}
