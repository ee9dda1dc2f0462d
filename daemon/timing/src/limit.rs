//! Pauses that the bridge asks for.

use std::time::Duration;

/// Pause after a 429 without a usable `Retry-After`.
pub const DEFAULT_PAUSE: Duration = Duration::from_secs(5);
/// Longest pause after a 429; a longer `Retry-After` is shortened.
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);
/// Longest pause after a 503, which any server on the way can send.
const LONGEST_AFTER_503: Duration = Duration::from_secs(5 * 60);
/// Longest additional delay.
const LONGEST_SPREAD: Duration = Duration::from_secs(60);

/// Returns the pause after a 429 with this `Retry-After`.
pub fn after_429(asked: Option<Duration>) -> Duration {
    asked.unwrap_or(DEFAULT_PAUSE).min(LONGEST_PAUSE)
}

/// Returns the pause after a 503 with this `Retry-After`; `None` without one.
pub fn after_503(asked: Option<Duration>) -> Option<Duration> {
    asked.map(|asked| asked.min(LONGEST_AFTER_503))
}

/// Returns the additional delay of a request that waits for the end of a pause, so that the machines
/// that got the same pause do not return together.
pub fn spread(pause: Duration, jitter: f64) -> Duration {
    (pause / 2).min(LONGEST_SPREAD).mul_f64(jitter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_have_limits_and_requests_return_spread() {
        let seconds = Duration::from_secs;
        assert_eq!(after_429(None), seconds(5));
        assert_eq!(after_429(Some(seconds(7))), seconds(7));
        assert_eq!(after_429(Some(seconds(9_999))), seconds(3_600));
        assert_eq!(after_503(None), None);
        assert_eq!(after_503(Some(seconds(7))), Some(seconds(7)));
        assert_eq!(after_503(Some(seconds(9_999))), Some(seconds(300)));
        let spreads = [0, 10, 600].map(|pause| spread(seconds(pause), 1.0).as_secs());
        assert_eq!(spreads, [0, 5, 60]);
        assert_eq!(spread(seconds(10), 0.0), Duration::ZERO);
    }
}
