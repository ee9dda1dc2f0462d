//! Logins: the delay after a failed one, and the least time between two.

use crate::{backoff::doubling, limit};
use std::time::Duration;

/// Maximum number of attempts in a series of logins (seed: "a maximum number of attempts").
pub const MAX_ATTEMPTS: u32 = 5;
/// Longest pause during which callers wait. During a longer one they get an error.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// Time after the first bad token until the next login.
pub const BAD_TOKEN_DELAY: Duration = Duration::from_secs(2);
/// Longest time after an answer of another server until the next login. It never grows: no password
/// was refused, and the bridge may be back at any time.
const ELSEWHERE_DELAY: Duration = Duration::from_secs(10);
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_DELAY: Duration = Duration::from_secs(60);
const FIRST_COOL_DOWN: Duration = Duration::from_secs(30);
const LONGEST_COOL_DOWN: Duration = Duration::from_secs(15 * 60);
/// Time after a first full login until the next one: a bridge may revoke a token by accident.
const FIRST_FLOOR: Duration = Duration::from_secs(2);
/// Time after a second full login in a row until the next one; it doubles with each further one.
const SECOND_FLOOR: Duration = Duration::from_secs(30);
const LONGEST_FLOOR: Duration = Duration::from_secs(15 * 60);
/// Shortest time until a login is forgotten. Tokens that live longer never raise the floor.
const FLOOR_MEMORY: Duration = Duration::from_secs(60);

/// Failure of a login that says nothing about the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The password did not leave this machine.
    Unsent,
    /// The bridge failed, or its answer was lost.
    Transient,
    /// Another server answered in place of the bridge. The URL may be wrong, so callers get the error
    /// at once.
    Elsewhere,
    /// The bridge asked for this pause.
    Limited(Duration),
}

/// Cause of the next login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The end of the delay. Callers wait for it.
    Timer,
    /// The first caller after the delay. Callers before that get the error.
    Caller,
}

/// Returns the delay after attempt `number` of a series, counted from 1, and the start of the next
/// attempt.
pub fn after_failure(failure: Failure, number: u32, jitter: f64) -> (Duration, Start) {
    let is_last = number >= MAX_ATTEMPTS;
    match failure {
        Failure::Limited(pause) if pause > PATIENCE || is_last => (pause, Start::Caller),
        Failure::Limited(pause) => (pause + limit::spread(pause, jitter), Start::Timer),
        Failure::Elsewhere => (spread(ELSEWHERE_DELAY, jitter), Start::Caller),
        // The next caller may start a series at once.
        Failure::Unsent if is_last => (Duration::ZERO, Start::Caller),
        Failure::Transient if is_last => (backoff(number, jitter), Start::Caller),
        Failure::Unsent | Failure::Transient => (backoff(number, jitter), Start::Timer),
    }
}

/// Returns the cool-down after `refusals` refused logins in a row.
pub fn cool_down(refusals: u32) -> Duration {
    doubling(FIRST_COOL_DOWN, LONGEST_COOL_DOWN, refusals)
}

/// Returns the least time from a full login to the next one, and the time after which the login is
/// forgotten, which is longer, so that logins at the floor still count. `logins` counts the full
/// logins in a row.
pub fn floor(logins: u32) -> (Duration, Duration) {
    let interval = match logins {
        0 | 1 => FIRST_FLOOR,
        logins => doubling(SECOND_FLOOR, LONGEST_FLOOR, logins - 1),
    };
    (interval, (interval * 2).max(FLOOR_MEMORY))
}

/// Returns an exponential delay.
fn backoff(number: u32, jitter: f64) -> Duration {
    spread(doubling(FIRST_DELAY, LONGEST_DELAY, number), jitter)
}

/// Returns `longest` with jitter over its upper half, so that the delay is never zero.
fn spread(longest: Duration, jitter: f64) -> Duration {
    longest.mul_f64(0.5 + jitter / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_of_logins_has_five_attempts_and_a_long_pause_ends_it() {
        let seconds = Duration::from_secs;
        let short = Failure::Limited(seconds(20));
        for (failure, number, expected) in [
            (Failure::Transient, 1, (seconds(1), Start::Timer)),
            (Failure::Transient, 4, (seconds(8), Start::Timer)),
            (Failure::Transient, 5, (seconds(16), Start::Caller)),
            (Failure::Unsent, 4, (seconds(8), Start::Timer)),
            (Failure::Unsent, 5, (seconds(0), Start::Caller)),
            (Failure::Elsewhere, 1, (seconds(10), Start::Caller)),
            (short, 4, (seconds(30), Start::Timer)),
            (short, 5, (seconds(20), Start::Caller)),
            (
                Failure::Limited(seconds(21)),
                1,
                (seconds(21), Start::Caller),
            ),
        ] {
            let next = after_failure(failure, number, 1.0);
            assert_eq!(next, expected, "{failure:?} {number}");
        }
        let (shortest, _) = after_failure(Failure::Transient, 1, 0.0);
        assert_eq!(shortest, Duration::from_millis(500));
    }

    #[test]
    fn refused_logins_and_full_logins_in_a_row_become_rare() {
        let cool_downs = [1, 2, 3, 6, 40].map(|refusals| cool_down(refusals).as_secs());
        assert_eq!(cool_downs, [30, 60, 120, 900, 900]);
        let floors = [1, 2, 3, 6, 40].map(|logins| {
            let (interval, memory) = floor(logins);
            (interval.as_secs(), memory.as_secs())
        });
        assert_eq!(
            floors,
            [(2, 60), (30, 60), (60, 120), (480, 960), (900, 1800)]
        );
    }
}
