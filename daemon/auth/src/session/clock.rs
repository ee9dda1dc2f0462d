//! The two clocks a token is judged by. Tests put their own in place of [`SystemClock`].

use std::time::{Duration, Instant, SystemTime};

/// One moment on both clocks. The wall clock goes on while the machine sleeps but can be set;
/// the monotonic clock cannot be set but may stand still while the machine sleeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    pub wall: SystemTime,
    pub mono: Instant,
}

impl Now {
    /// The moment `after` this one.
    pub fn plus(self, after: Duration) -> Self {
        Self {
            wall: self.wall + after,
            mono: self.mono + after,
        }
    }

    /// Whether `self` has come at `now`, by whichever clock says so first: sleep is seen by
    /// the wall clock, a wall clock set back by the monotonic one.
    pub fn has_come(self, now: Now) -> bool {
        now.wall >= self.wall || now.mono >= self.mono
    }

    /// How long until `self`, by the clock that is nearer to it.
    pub fn until(self, now: Now) -> Duration {
        let wall = self.wall.duration_since(now.wall).unwrap_or_default();
        wall.min(self.mono.saturating_duration_since(now.mono))
    }
}

/// Where the time comes from.
pub trait Clock: Send + Sync + 'static {
    /// This moment.
    fn now(&self) -> Now;
}

/// The machine's clocks. The monotonic one is tokio's, so that paused time pauses it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Now {
        Now {
            wall: SystemTime::now(),
            mono: tokio::time::Instant::now().into_std(),
        }
    }
}
