//! Assumptions about the users of the daemons.

use crate::time::{HOUR, MINUTE, Moment, NEVER};
use fastrand::Rng;

/// Share of the daemons with a client that waits for mail.
pub(crate) const WAITING: f64 = 0.3;
/// Share of the daemons whose user works with an agent at the moment.
pub(crate) const BUSY: f64 = 0.2;
/// Mean time between two calls of an agent that works.
const BUSY_GAP: Moment = MINUTE;
/// Mean time between two calls of another daemon's clients.
const QUIET_GAP: Moment = 2 * HOUR;
/// Mean time between two mails.
const MAIL_GAP: Moment = HOUR;
/// Lifetime of a token (seed: 24 hours).
pub(crate) const TOKEN_LIFE: Moment = 24 * HOUR;
/// Time limit of a call.
pub(crate) const CALL_LIMIT: Moment = MINUTE;

/// A user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct User {
    /// Whether a client waits for mail.
    pub(crate) waits: bool,
    /// Whether an agent works.
    pub(crate) is_busy: bool,
    /// Whether nothing but the timers of the session runs.
    pub(crate) is_away: bool,
}

impl User {
    /// Returns a random user.
    pub(crate) fn draw(rng: &mut Rng) -> Self {
        Self {
            waits: rng.f64() < WAITING,
            is_busy: rng.f64() < BUSY,
            is_away: false,
        }
    }

    /// Returns the time to the next call.
    pub(crate) fn call_gap(self, rng: &mut Rng) -> Moment {
        match (self.is_away, self.is_busy) {
            (true, _) => NEVER,
            (false, true) => exponential(BUSY_GAP, rng),
            (false, false) => exponential(QUIET_GAP, rng),
        }
    }
}

/// Returns the time to the next mail.
pub(crate) fn mail_gap(rng: &mut Rng) -> Moment {
    exponential(MAIL_GAP, rng)
}

/// Returns a time with this mean, between events that do not depend on each other.
fn exponential(mean: Moment, rng: &mut Rng) -> Moment {
    (f64::from(mean) * -(1.0 - rng.f64()).ln()) as Moment
}
