//! Timeouts of tests, and waiting for a condition.

use std::time::{Duration, Instant};

/// Timeout of [`wait_until`]. It is long because only failing tests reach it, and machines may
/// be busy.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Returns the limit for an operation that takes `quiet` on an idle machine, scaled by the load
/// per core, from 1 to 100. `TAI_TEST_PATIENCE` replaces the measured factor.
pub fn within(quiet: Duration) -> Duration {
    let given = std::env::var("TAI_TEST_PATIENCE").ok();
    let factor = given.and_then(|factor| factor.parse().ok());
    quiet.mul_f64(factor.unwrap_or_else(competition).clamp(1.0, 100.0))
}

/// Returns the runnable processes per core: the larger of the mean of the last minute and the
/// current number; 0 without `/proc`.
fn competition() -> f64 {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let mut fields = load.split([' ', '/']);
    let mean = fields.next().and_then(|field| field.parse().ok());
    let now = fields.nth(2).and_then(|field| field.parse().ok());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    f64::max(mean.unwrap_or_default(), now.unwrap_or_default()) / cores as f64
}

/// Waits until a condition holds. `what` names it.
///
/// # Panics
/// If the condition does not hold within [`PATIENCE`].
#[allow(
    clippy::disallowed_methods,
    reason = "the interval between two checks, not an assumed duration"
)]
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "timed out waiting until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
