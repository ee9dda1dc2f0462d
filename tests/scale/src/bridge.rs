//! The bridge: what it answers, and a record of each second.

use crate::time::{Moment, NEVER, SECOND, START};
use std::{ops::Range, time::Duration};

/// Load of a login. A renewal costs about a tenth of it, and a list or a mail as much as a renewal.
const LOGIN_LOAD: u32 = 10;

/// A request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Request {
    Login,
    /// A renewal with a token issued at this moment.
    Renewal(Moment),
    /// A poll with a token issued at this moment.
    Poll(Moment),
    /// A call of a client with a token issued at this moment.
    Call(Moment),
}

/// Answer to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    /// 401.
    Unauthorized,
    /// 502 from the server in front of the bridge.
    Down,
    /// 503 with this `Retry-After`.
    Busy(Option<Duration>),
}

/// The bridge's behaviour in a scenario.
#[derive(Debug, Clone)]
pub(crate) struct Behaviour {
    /// Time without answers.
    pub(crate) outage: Range<Moment>,
    /// Time at which all tokens become invalid.
    pub(crate) rotation: Moment,
    /// Load per second beyond which requests get a 503.
    pub(crate) capacity: Option<f64>,
    /// `Retry-After` of a 503.
    pub(crate) hint: Option<Duration>,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            outage: NEVER..NEVER,
            rotation: NEVER,
            capacity: None,
            hint: None,
        }
    }
}

/// Requests of one second.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Second {
    pub(crate) logins: u32,
    pub(crate) renewals: u32,
    pub(crate) polls: u32,
    pub(crate) calls: u32,
    /// Requests of any kind that got a 502 or a 503.
    pub(crate) failed: u32,
    /// Load of all requests. One that fails counts 1.
    pub(crate) load: u32,
}

/// The bridge.
pub(crate) struct Bridge {
    behaviour: Behaviour,
    seconds: Vec<Second>,
    /// Load that the bridge can take at once, at `filled`.
    room: f64,
    filled: Moment,
}

impl Bridge {
    /// Returns a bridge.
    pub(crate) fn new(behaviour: Behaviour, end: Moment) -> Self {
        Self {
            seconds: vec![Second::default(); (end.saturating_sub(START) / SECOND) as usize],
            room: behaviour.capacity.unwrap_or_default(),
            filled: START,
            behaviour,
        }
    }

    /// Returns the requests of each second.
    pub(crate) fn into_seconds(self) -> Vec<Second> {
        self.seconds
    }

    /// Answers a request and records it.
    pub(crate) fn answer(&mut self, now: Moment, request: Request) -> Answer {
        let answer = self.decide(now, request);
        let second = now.saturating_sub(START) / SECOND;
        if let Some(second) = self.seconds.get_mut(second as usize) {
            match request {
                Request::Login => second.logins += 1,
                Request::Renewal(_) => second.renewals += 1,
                Request::Poll(_) => second.polls += 1,
                Request::Call(_) => second.calls += 1,
            }
            match (answer, request) {
                (Answer::Down | Answer::Busy(_), _) => {
                    second.failed += 1;
                    second.load += 1;
                }
                (Answer::Done | Answer::Unauthorized, Request::Login) => second.load += LOGIN_LOAD,
                (Answer::Done | Answer::Unauthorized, _) => second.load += 1,
            }
        }
        answer
    }

    fn decide(&mut self, now: Moment, request: Request) -> Answer {
        if self.behaviour.outage.contains(&now) {
            return Answer::Down;
        }
        let (issued, load) = match request {
            Request::Login => (now, f64::from(LOGIN_LOAD)),
            Request::Renewal(issued) | Request::Poll(issued) | Request::Call(issued) => {
                (issued, 1.0)
            }
        };
        if let Some(capacity) = self.behaviour.capacity {
            let passed = now.saturating_sub(self.filled);
            self.room = (self.room + f64::from(passed) / 1000.0 * capacity).min(capacity);
            self.filled = self.filled.max(now);
            if self.room < load {
                return Answer::Busy(self.behaviour.hint);
            }
            self.room -= load;
        }
        match now >= self.behaviour.rotation && issued < self.behaviour.rotation {
            true => Answer::Unauthorized,
            false => Answer::Done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_beyond_the_capacity_fail_and_old_tokens_are_refused_after_a_rotation() {
        let behaviour = Behaviour {
            rotation: START + 500,
            capacity: Some(12.0),
            ..Behaviour::default()
        };
        let mut bridge = Bridge::new(behaviour, START + 2 * SECOND);
        let old = Request::Poll(START);
        assert_eq!(bridge.answer(START, Request::Login), Answer::Done);
        assert_eq!(bridge.answer(START, Request::Login), Answer::Busy(None));
        assert_eq!(bridge.answer(START, old), Answer::Done);
        assert_eq!(bridge.answer(START + 600, old), Answer::Unauthorized);
        assert_eq!(
            bridge.answer(START + 1_600, Request::Call(START + 600)),
            Answer::Done
        );
        let seconds = bridge.into_seconds();
        let loads: Vec<u32> = seconds.iter().map(|second| second.load).collect();
        assert_eq!(loads, [13, 1]);
    }
}
