//! How long tests wait, and waiting for a condition.

use std::time::{Duration, Instant};

/// How long a condition is waited for before its test fails. A test that passes does not wait
/// so long, so that this is for a machine with a lot of other work.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How long something may take that takes `quiet` on a machine without other work: more, in
/// proportion to the processes that compete for each core now. `TAI_TEST_PATIENCE` is a factor
/// of the tester's choice, in place of what is measured.
pub fn within(quiet: Duration) -> Duration {
    let given = std::env::var("TAI_TEST_PATIENCE").ok();
    let factor = given.and_then(|factor| factor.parse().ok());
    quiet.mul_f64(factor.unwrap_or_else(competition).clamp(1.0, 100.0))
}

/// How many processes want to run, for each core: the larger of the last minute's mean and the
/// number of this moment. 1 where the system does not tell.
fn competition() -> f64 {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let mut fields = load.split([' ', '/']);
    let mean = fields.next().and_then(|field| field.parse().ok());
    let now = fields.nth(2).and_then(|field| field.parse().ok());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    f64::max(mean.unwrap_or_default(), now.unwrap_or_default()) / cores as f64
}

/// Waits for a condition, with a bound.
///
/// # Panics
/// When it has not come true within [`PATIENCE`].
#[allow(
    clippy::disallowed_methods,
    reason = "the pause between two looks, not a guess at how long it takes"
)]
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
