//! The two clocks that decide whether a token is good. Tests put their own clock in the place
//! of [`SystemClock`].

use super::stamp::Stamp;
use std::time::{Duration, Instant, SystemTime};

/// The current time on both clocks.
///
/// The wall clock continues while the machine sleeps, but can be set. The monotonic clock cannot
/// be set, but may stand still while the machine sleeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// The wall clock.
    pub wall: SystemTime,
    /// The monotonic clock.
    pub mono: Instant,
}

/// A moment to compare with [`Now`], on both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    wall: SystemTime,
    mono: Instant,
}

impl Now {
    /// Returns the moment after `delay`.
    pub fn plus(self, delay: Duration) -> Deadline {
        Deadline {
            wall: self.wall + delay,
            mono: self.mono + delay,
        }
    }
}

impl Deadline {
    /// Returns whether the moment has come by either clock: the wall clock notices sleep, the
    /// monotonic clock notices a wall clock that was set back.
    pub fn has_come(self, now: Now) -> bool {
        now.wall >= self.wall || now.mono >= self.mono
    }

    /// Returns the time left, by the clock that is nearer to the moment.
    pub fn until(self, now: Now) -> Duration {
        let wall = self.wall.duration_since(now.wall).unwrap_or_default();
        wall.min(self.mono.saturating_duration_since(now.mono))
    }

    /// Returns the moment on the wall clock.
    pub fn wall(self) -> SystemTime {
        self.wall
    }

    /// Returns the earlier moment, for each clock.
    pub(super) fn min(self, other: Deadline) -> Deadline {
        Deadline {
            wall: self.wall.min(other.wall),
            mono: self.mono.min(other.mono),
        }
    }
}

/// Source of the current time.
pub trait Clock: Send + Sync + 'static {
    /// Returns the current time.
    fn now(&self) -> Now;

    /// Returns the current time for comparisons that a clock that is set, or a restart, must not
    /// change.
    fn stamp(&self) -> Stamp;
}

/// The machine's clocks. The monotonic one is tokio's, so paused time pauses it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Now {
        Now {
            wall: SystemTime::now(),
            mono: tokio::time::Instant::now().into_std(),
        }
    }

    fn stamp(&self) -> Stamp {
        Stamp::of_machine()
    }
}
