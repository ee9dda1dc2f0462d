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
}
