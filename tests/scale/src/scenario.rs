//! The scenarios, and their runs.

use crate::{
    bridge::{Behaviour, Bridge, Second},
    daemon::Daemon,
    mix::{TOKEN_LIFE, User, mail_gap},
    queue::Queue,
    session::Session,
    time::{HOUR, MINUTE, Moment, NEVER, SECOND, START},
};
use fastrand::Rng;
use std::{ops::Range, time::Duration};

const SEED: u64 = 20_261_127;

/// A scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// A working day.
    Steady,
    /// The bridge gives no answer for an hour.
    Outage,
    /// All tokens become invalid at one moment.
    Rotation,
    /// As [`Scenario::Rotation`], and the bridge can take twice its steady load.
    SmallBridge,
    /// Four of five daemons start around nine o'clock.
    Nine,
    /// The day after [`Scenario::Rotation`], sessions alone.
    DayAfter,
}

/// The begin of the day, as a share of the daemons.
const STARTS_AT_NINE: f64 = 0.8;
/// Half the time in which they start; most start in its middle.
const START_SPREAD: Moment = 5 * MINUTE;
/// Load per second and daemon that the small bridge can take: twice the load of a working day.
const CAPACITY: f64 = 0.05;
/// Time before the measurement in which the polls settle.
const WARM_UP: Moment = 5 * MINUTE;

impl Scenario {
    /// All scenarios.
    pub(crate) const ALL: [Self; 6] = [
        Self::Steady,
        Self::Outage,
        Self::Rotation,
        Self::SmallBridge,
        Self::Nine,
        Self::DayAfter,
    ];

    /// Returns the title.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Steady => "steady state",
            Self::Outage => "outage of an hour",
            Self::Rotation => "secret rotation",
            Self::SmallBridge => "rotation, small bridge",
            Self::Nine => "nine o'clock",
            Self::DayAfter => "the renewals a day after",
        }
    }

    /// Returns the name of the plot's file.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Steady => "scale-steady.svg",
            Self::Outage => "scale-outage.svg",
            Self::Rotation => "scale-rotation.svg",
            Self::SmallBridge => "scale-small-bridge.svg",
            Self::Nine => "scale-nine.svg",
            Self::DayAfter => "scale-day-after.svg",
        }
    }

    /// Returns the time that is shown, from the begin of the scenario.
    pub(crate) fn shown(self) -> Range<Moment> {
        let minutes = |from: Moment, to: Moment| from * MINUTE..to * MINUTE;
        match self {
            Self::Steady => minutes(5, 15),
            Self::Outage => minutes(3, 95),
            Self::Rotation | Self::SmallBridge => minutes(3, 25),
            Self::Nine => minutes(0, 40),
            Self::DayAfter => minutes(16 * 60, 27 * 60),
        }
    }

    /// Returns the time whose figures count, from the begin of the scenario.
    pub(crate) fn measured(self) -> Range<Moment> {
        let minutes = |from: Moment, to: Moment| from * MINUTE..to * MINUTE;
        match self {
            Self::Steady => minutes(5, 15),
            Self::Outage => minutes(5, 95),
            Self::Rotation | Self::SmallBridge => minutes(5, 25),
            Self::Nine => minutes(0, 40),
            Self::DayAfter => minutes(16 * 60, 27 * 60),
        }
    }

    /// Returns the time that the plot marks.
    pub(crate) fn marked(self) -> Option<Range<Moment>> {
        match self {
            Self::Outage => Some(WARM_UP..WARM_UP + HOUR),
            Self::Steady | Self::Rotation | Self::SmallBridge | Self::Nine | Self::DayAfter => None,
        }
    }

    /// Returns the text of a time on the plot.
    pub(crate) fn clock(self, at: Moment) -> String {
        let minutes = |at: Moment| at / MINUTE;
        match self {
            Self::Nine => {
                let at = minutes(8 * HOUR + 50 * MINUTE + at);
                format!("{}:{:02}", at / 60, at % 60)
            }
            Self::DayAfter => format!("{} h", at / HOUR),
            Self::Steady | Self::Outage | Self::Rotation | Self::SmallBridge => {
                let at = i64::from(minutes(at)) - i64::from(minutes(WARM_UP));
                format!("{at} min")
            }
        }
    }

    fn behaviour(self, daemons: u32) -> Behaviour {
        let begin = START + WARM_UP;
        let rotated = Behaviour {
            rotation: begin,
            ..Behaviour::default()
        };
        match self {
            Self::Steady | Self::Nine => Behaviour::default(),
            Self::Outage => Behaviour {
                outage: begin..begin + HOUR,
                ..Behaviour::default()
            },
            Self::Rotation | Self::DayAfter => rotated,
            Self::SmallBridge => Behaviour {
                capacity: Some(f64::from(daemons) * CAPACITY),
                hint: Some(Duration::from_secs(30)),
                ..rotated
            },
        }
    }

    /// Runs the scenario and returns the requests of each second.
    pub(crate) fn run(self, daemons: u32) -> Vec<Second> {
        let end = START + self.shown().end;
        let mut rng = Rng::with_seed(SEED);
        let mut bridge = Bridge::new(self.behaviour(daemons), end);
        let mut queue = Queue::new(daemons as usize, end);
        let mut all: Vec<Daemon> = (0..daemons).map(|_| self.daemon(&mut rng)).collect();
        for (number, daemon) in (0..).zip(&all) {
            queue.push(number, daemon.wakes());
        }
        while let Some(number) = queue.pop() {
            if let Some(daemon) = all.get_mut(number as usize) {
                daemon.wake(&mut bridge, &mut rng);
                queue.push(number, daemon.wakes());
            }
        }
        bridge.into_seconds()
    }

    fn daemon(self, rng: &mut Rng) -> Daemon {
        let user = User::draw(rng);
        match self {
            Self::Nine if rng.f64() < STARTS_AT_NINE => {
                // The sum of two random numbers: most start at nine, none much earlier or later.
                let spread = (rng.f64() + rng.f64()) * f64::from(START_SPREAD);
                starting(user, START + 5 * MINUTE + spread as Moment, rng)
            }
            Self::DayAfter => {
                let user = User {
                    is_away: true,
                    ..user
                };
                // One call finds the rotation; after it, only the timers of the session run.
                let first = START + WARM_UP + rng.u32(0..MINUTE);
                Daemon::new(user, running(rng), NEVER, first)
            }
            Self::Steady | Self::Outage | Self::Rotation | Self::SmallBridge | Self::Nine => {
                let first_poll = match user.waits {
                    true => START + rng.u32(0..MINUTE),
                    false => NEVER,
                };
                let gap = user.call_gap(rng);
                let mut daemon = Daemon::new(user, running(rng), first_poll, START + gap);
                daemon.mail = START + mail_gap(rng);
                // The gaps have no memory, so the last event is as far away as the next one.
                daemon.active = START - user.call_gap(rng).min(mail_gap(rng)).min(START);
                daemon
            }
        }
    }
}

/// Returns a daemon that starts at `at`, when its client asks for its mail.
fn starting(user: User, at: Moment, rng: &mut Rng) -> Daemon {
    let first_poll = match user.waits {
        true => at,
        false => NEVER,
    };
    let mut daemon = Daemon::new(user, Session::SignedOut, first_poll, at);
    daemon.mail = at + mail_gap(rng);
    daemon
}

/// Returns a session that has renewed its tokens for a long time.
fn running(rng: &mut Rng) -> Session {
    loop {
        let session = Session::live(START - rng.u32(0..TOKEN_LIFE), rng);
        if let Session::Live { renews, .. } = session
            && renews > START + SECOND
        {
            return session;
        }
    }
}
