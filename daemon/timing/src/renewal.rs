//! Renewals of a token.

use crate::backoff::doubling;
use std::time::Duration;

/// Seed: "refresh when within 5 minutes of expiry".
const RENEW_BEFORE: Duration = Duration::from_secs(5 * 60);
/// The spread of renewals, as a part of the lifetime. Machines that logged in together, as after a
/// rotation of the bridge's secret, would otherwise renew together each day.
const PART_OF_SPREAD: f64 = 0.5;
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_DELAY: Duration = Duration::from_secs(60);
/// Longest delay while the token lives for hours.
const LONGEST_DELAY_EARLY: Duration = Duration::from_secs(30 * 60);
/// The delay is at most this part of the time that the token lives, or [`LONGEST_DELAY`].
const PART_OF_LEFT: u32 = 12;

/// Returns the time before a token's end at which it is renewed. `left` is the token's lifetime when
/// it arrives.
pub fn before_end(left: Duration, jitter: f64) -> Duration {
    // A token that lives for minutes, as in tests, is renewed in its last fifth at the latest.
    RENEW_BEFORE.min(left / 5) + left.mul_f64(PART_OF_SPREAD * jitter)
}

/// Returns the delay after a failed renewal, number `number` in its series, of a token that lives for
/// another `left`: exponential, with jitter over its upper half, so that it is never zero.
pub fn after_failure(number: u32, left: Duration, jitter: f64) -> Duration {
    let longest = (left / PART_OF_LEFT).clamp(LONGEST_DELAY, LONGEST_DELAY_EARLY);
    doubling(FIRST_DELAY, longest, number).mul_f64(0.5 + jitter / 2.0)
}

/// Returns the delay after a renewal for which the credential source had no password.
pub fn without_password() -> Duration {
    LONGEST_DELAY
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    #[test]
    fn renewals_are_spread_over_half_of_the_lifetime_and_end_five_minutes_before_it() {
        for (left, jitter, expected) in [
            (HOUR * 24, 0.0, 5 * 60),
            (HOUR * 24, 1.0, 5 * 60 + 12 * 3600),
            (HOUR * 24, 0.5, 5 * 60 + 6 * 3600),
            (Duration::from_secs(60), 0.0, 12),
            (Duration::from_secs(60), 1.0, 42),
        ] {
            let before = before_end(left, jitter).as_secs_f64().round();
            assert_eq!(before, f64::from(expected), "{left:?} {jitter}");
        }
    }

    #[test]
    fn failed_renewals_become_rare_while_the_token_lives_for_hours() {
        for (number, hours, expected) in [
            (1, 8, 1),
            (6, 8, 32),
            (40, 8, 30 * 60),
            (40, 3, 15 * 60),
            (40, 0, 60),
        ] {
            let delay = after_failure(number, HOUR * hours, 1.0);
            assert_eq!(delay.as_secs(), expected, "{number} {hours}");
            assert_eq!(after_failure(number, HOUR * hours, 0.0), delay / 2);
        }
    }
}
