//! Repetitions of a mail request.

use crate::backoff::doubling;
use std::time::Duration;

/// Maximum number of attempts for one request, the first included.
pub const MAX_ATTEMPTS: u32 = 4;
const FIRST_DELAY: Duration = Duration::from_millis(250);
const LONGEST_DELAY: Duration = Duration::from_secs(4);

/// Returns the delay before attempt number `attempts + 1`: exponential, with full jitter.
pub fn backoff(attempts: u32, jitter: f64) -> Duration {
    doubling(FIRST_DELAY, LONGEST_DELAY, attempts).mul_f64(jitter)
}

/// Time without an answer after which a failed request is no longer repeated: the polls and the next
/// calls are repetitions enough.
const REPEATED_FOR: Duration = Duration::from_secs(30);
/// Time between two failures after which the later one begins another outage.
const REMEMBERED_FOR: Duration = Duration::from_secs(2 * 60);

/// The failures since the bridge's last answer. Times are measured from any fixed moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outage(Option<Failures>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Failures {
    first: Duration,
    last: Duration,
}

impl Outage {
    /// Notes an answer of the bridge.
    pub fn answered(&mut self) {
        self.0 = None;
    }

    /// Notes a failure at `now`. Returns whether the request may be repeated.
    pub fn failed(&mut self, now: Duration) -> bool {
        let earlier = self
            .0
            .filter(|failures| now.saturating_sub(failures.last) < REMEMBERED_FOR);
        let first = earlier.map_or(now, |failures| failures.first);
        self.0 = Some(Failures { first, last: now });
        now.saturating_sub(first) < REPEATED_FOR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_spread_over_a_growing_time_with_a_limit() {
        let longest = [1, 2, 3, 4, 5, 40].map(|attempts| backoff(attempts, 1.0).as_millis());
        assert_eq!(longest, [250, 500, 1000, 2000, 4000, 4000]);
        assert_eq!(backoff(3, 0.5).as_millis(), 500);
        assert_eq!(backoff(3, 0.0), Duration::ZERO);
    }

    #[test]
    fn requests_are_repeated_for_30_s_of_an_outage_and_again_after_an_answer_or_a_gap() {
        let mut outage = Outage::default();
        let mut failed = |at| outage.failed(Duration::from_secs(at));
        let repeated = [0, 1, 29, 30, 90, 200, 320, 349, 350].map(&mut failed);
        assert_eq!(
            repeated,
            [true, true, true, false, false, false, true, true, false]
        );
        outage.answered();
        assert!(outage.failed(Duration::from_secs(351)));
    }
}
