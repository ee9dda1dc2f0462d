//! Simulated time in milliseconds.

use std::time::Duration;

/// A moment.
pub(crate) type Moment = u32;

/// The moment at which a scenario begins. Tokens may be a day older.
pub(crate) const START: Moment = 24 * HOUR;
/// A moment that never comes.
pub(crate) const NEVER: Moment = Moment::MAX;
pub(crate) const SECOND: Moment = 1_000;
pub(crate) const MINUTE: Moment = 60 * SECOND;
pub(crate) const HOUR: Moment = 60 * MINUTE;

/// Returns the moment after `delay`.
pub(crate) fn after(now: Moment, delay: Duration) -> Moment {
    let millis = Moment::try_from(delay.as_millis()).unwrap_or(NEVER);
    now.saturating_add(millis)
}

/// Returns the time from one moment to a later one.
pub(crate) fn between(from: Moment, to: Moment) -> Duration {
    Duration::from_millis(to.saturating_sub(from).into())
}
