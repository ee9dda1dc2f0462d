//! Growing delays. Their users choose the limits and add the jitter.

use std::time::Duration;

/// Returns the delay number `nth`, counted from 1: `first`, twice that, and so on, at most
/// `longest`.
pub(crate) fn doubling(first: Duration, longest: Duration, nth: u32) -> Duration {
    let factor = 2u32.saturating_pow(nth.saturating_sub(1));
    first.saturating_mul(factor).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_longest_and_never_overflow() {
        let seconds =
            |nth| doubling(Duration::from_secs(1), Duration::from_secs(60), nth).as_secs();
        assert_eq!(
            [0, 1, 2, 3, 6, 7, 40, u32::MAX].map(seconds),
            [1, 1, 2, 4, 32, 60, 60, 60]
        );
    }
}
