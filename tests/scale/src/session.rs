//! The state of a daemon's session.

use crate::{
    mix::TOKEN_LIFE,
    time::{Moment, NEVER, after, between},
};
use fastrand::Rng;
use tai_timing::{login::Start, renewal};

/// State of the session.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Session {
    /// No caller has needed a token yet.
    SignedOut,
    /// A token.
    Live {
        issued: Moment,
        expires: Moment,
        /// Time of the renewal, or of its repetition.
        renews: Moment,
        /// Failed renewals in a row.
        failures: u32,
    },
    /// The last login failed. `number` is the number of the next one.
    Waiting {
        until: Moment,
        start: Start,
        number: u32,
    },
}

/// Answer to a request for a token.
pub(crate) enum Available {
    Token(Moment),
    Pending,
    Refused,
}

impl Session {
    /// Returns a session with a token that was issued at `issued`.
    pub(crate) fn live(issued: Moment, rng: &mut Rng) -> Self {
        let expires = issued + TOKEN_LIFE;
        let before = renewal::before_end(between(issued, expires), rng.f64());
        Session::Live {
            issued,
            expires,
            renews: expires - after(0, before),
            failures: 0,
        }
    }

    /// Returns the time of the next event of the session.
    pub(crate) fn wakes(&self) -> Moment {
        match *self {
            Session::SignedOut => NEVER,
            Session::Live {
                expires, renews, ..
            } => renews.min(expires),
            Session::Waiting { until, start, .. } => match start {
                Start::Timer => until,
                Start::Caller => NEVER,
            },
        }
    }
}
