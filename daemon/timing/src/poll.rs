//! Polls for new mail while a client waits for it.

use std::time::Duration;

/// Interval if the configuration names none.
pub const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);
/// Time limit of the first request of a poll, and of all further ones, including retries.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);
/// Maximum number of attempts for the first request of a poll: the next poll repeats it.
pub const MAX_ATTEMPTS: u32 = 1;
/// Longest interval, without the jitter: while idle, and after failures.
const LONGEST: Duration = Duration::from_secs(60);
/// The interval is at least this part of the time without mail and calls.
const PART_OF_QUIET: u32 = 20;
/// The jitter is at most this part of the interval while polls succeed.
const PART_OF_JITTER: f64 = 0.1;
/// Longest wait after a 401.
const LONGEST_AFTER_401: Duration = Duration::from_secs(2 * 60);

/// Returns the time from the start of a poll to the next one. `interval` is the configured one,
/// `quiet` the time since the last mail or call, and `failures` the number of failed polls in a row.
///
/// The interval grows with the time without mail and calls, so that a poll delays a mail by at most a
/// twentieth of that time.
pub fn interval(interval: Duration, quiet: Duration, failures: u32, jitter: f64) -> Duration {
    let longest = LONGEST.max(interval);
    if failures == 0 {
        let grown = (quiet / PART_OF_QUIET).clamp(interval, longest);
        return grown.mul_f64(1.0 + PART_OF_JITTER * jitter);
    }
    let doubled = interval.saturating_mul(2u32.saturating_pow(failures));
    let backoff = doubled.max(quiet / PART_OF_QUIET).min(longest);
    // The machines that failed together would otherwise poll in waves.
    backoff.mul_f64(0.5 + jitter / 2.0).max(interval)
}

/// Returns the time that a poll waits after a 401 for a token that a call brings, before it asks for
/// one: after a rotation of the bridge's secret, all machines get a 401 within an interval.
pub fn after_401(jitter: f64) -> Duration {
    LONGEST_AFTER_401.mul_f64(jitter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_grows_with_quiet_and_with_failures_up_to_a_minute() {
        let seconds = Duration::from_secs;
        for (quiet, failures, expected) in [
            (0, 0, 5),
            (100, 0, 5),
            (200, 0, 10),
            (600, 0, 30),
            (1_200, 0, 60),
            (86_400, 0, 60),
            (0, 1, 5),
            (0, 3, 20),
            (0, 4, 30),
            (0, u32::MAX, 30),
            (400, 1, 10),
        ] {
            let next = |jitter| interval(DEFAULT_INTERVAL, seconds(quiet), failures, jitter);
            assert_eq!(next(0.0), seconds(expected), "{quiet} {failures}");
            let latest = match failures {
                0 => seconds(expected).mul_f64(1.1),
                _ => seconds(expected) * 2,
            };
            assert_eq!(next(1.0), latest, "{quiet} {failures}");
        }
        assert_eq!(interval(seconds(60), seconds(0), 0, 0.0), seconds(60));
    }

    #[test]
    fn polls_after_a_401_are_spread_over_two_minutes() {
        let waits = [0.0, 0.5, 1.0].map(|jitter| after_401(jitter).as_secs());
        assert_eq!(waits, [0, 60, 120]);
    }
}
