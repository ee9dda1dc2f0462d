//! Promises of the state machine over several steps.

use super::{
    clock::{Clock as _, Now},
    error::SessionError,
    event::{Effect, Event, Grant, Request},
    reply::Reply,
    snapshot::{Snapshot, TokenAvailability},
    state::{Resting, State},
    stats::Stats,
    table::{
        HOUR, at, credentials,
        states::{self, configured, nothing, transient},
        token,
    },
    token::TokenError,
};
use crate::{
    bridge::{BridgeError, Generation},
    testing::TestClock,
};
use std::time::Duration;
use tai_timing::login::MAX_ATTEMPTS;

/// A state machine whose attempts fail or succeed as a test says.
struct Machine {
    state: State,
    now: Now,
    next: u64,
    logins: u32,
}

impl Machine {
    fn new(state: State) -> Self {
        Self {
            state,
            now: TestClock::new().now(),
            next: 20,
            logins: 0,
        }
    }

    fn step(&mut self, event: Event) -> Vec<Effect> {
        let mut context = at(self.now);
        context.next = Generation(self.next);
        let state = std::mem::replace(&mut self.state, State::STOPPED);
        let (state, effects) = state.step(event, &context);
        self.state = state;
        for effect in &effects {
            if let Effect::Start(_, request, _) = effect {
                self.next += 1;
                self.logins += u32::from(matches!(request, Request::Login(_)));
            }
        }
        effects
    }

    fn fail(&mut self, error: SessionError) {
        let id = self.state.attempt().unwrap();
        self.step(Event::AttemptFailed(id, error));
    }

    fn succeed(&mut self) {
        let Generation(id) = self.state.attempt().unwrap();
        self.step(Event::AttemptSucceeded(token(id, self.now)));
    }

    /// Rejects the present token.
    fn reject(&mut self, next: Grant) {
        let generation = self.snapshot().phase.token().unwrap().generation();
        self.step(Event::TokenRejected { generation, next });
    }

    fn pass(&mut self, time: Duration) {
        self.now.wall += time;
        self.now.mono += time;
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot::of(&self.state, Stats::default())
    }

    /// Passes the time until the next attempt, in seconds.
    fn wait(&mut self) -> u64 {
        let retry_at = self.snapshot().phase.retry_at().unwrap();
        let wait = retry_at.until(self.now);
        self.pass(wait);
        wait.as_secs()
    }
}

fn not_yet() -> State {
    Resting::not_yet(configured()).into()
}

#[tokio::test(start_paused = true)]
async fn a_series_of_failures_ends_after_five_attempts_and_may_begin_again() {
    let mut machine = Machine::new(not_yet());
    machine.step(Event::TokenRequested);
    for attempt in 1..=MAX_ATTEMPTS {
        assert_eq!(machine.logins, attempt);
        machine.fail(transient());
        if attempt < MAX_ATTEMPTS {
            machine.wait();
            machine.step(Event::TimerFired);
        }
    }
    assert_eq!(machine.state.wakes_at(), None);
    machine.wait();
    let snapshot = machine.snapshot();
    let availability = snapshot.availability(machine.now);
    assert!(matches!(availability, TokenAvailability::Requestable));
}

#[tokio::test(start_paused = true)]
async fn a_refused_password_cools_down_from_30_s_to_15_min_and_is_never_given_up() {
    let mut machine = Machine::new(not_yet());
    let mut cool_downs = Vec::new();
    for _ in 0..8 {
        machine.step(Event::TokenRequested);
        machine.fail(SessionError::Refused);
        let snapshot = machine.snapshot();
        assert!(matches!(
            snapshot.availability(machine.now),
            TokenAvailability::Refused(SessionError::Refused)
        ));
        machine.step(Event::TokenRequested);
        assert_eq!(machine.state.attempt(), None, "one attempt per cool-down");
        cool_downs.push(machine.wait());
    }
    assert_eq!(cool_downs, [30, 60, 120, 240, 480, 900, 900, 900]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_renewal_counts_towards_the_cool_down() {
    let mut machine = Machine::new(not_yet());
    machine.step(Event::TokenRequested);
    machine.succeed();
    let rejection = SessionError::Bridge(BridgeError::Unauthorized {
        message: String::new(),
    });
    let mut cool_downs = Vec::new();
    machine.pass(HOUR - Duration::from_secs(290));
    for _ in 0..2 {
        machine.step(Event::TimerFired);
        machine.fail(rejection.clone());
        machine.fail(SessionError::Refused);
        cool_downs.push(machine.wait());
    }
    // The token expires, and the cool-down of its renewal still holds.
    machine.step(Event::TimerFired);
    machine.fail(rejection);
    machine.fail(SessionError::Refused);
    let logins = machine.logins;
    machine.step(Event::TokenRejected {
        generation: Generation(20),
        next: Grant::Refresh,
    });
    assert_eq!(machine.logins, logins);
    cool_downs.push(machine.wait());
    machine.step(Event::TokenRequested);
    machine.fail(SessionError::Refused);
    cool_downs.push(machine.wait());
    assert_eq!(cool_downs, [30, 60, 120, 240]);
}

#[tokio::test(start_paused = true)]
async fn full_logins_keep_a_minimum_interval() {
    let mut machine = Machine::new(not_yet());
    let mut distances = Vec::new();
    machine.step(Event::TokenRequested);
    for _ in 0..9 {
        machine.succeed();
        machine.reject(Grant::Login);
        let snapshot = machine.snapshot();
        // Callers wait for a short interval and get an error during a long one.
        match snapshot.availability(machine.now) {
            TokenAvailability::Pending => assert!(distances.is_empty()),
            TokenAvailability::Refused(SessionError::LoginTooSoon) => {}
            other => panic!("{other:?}"),
        }
        distances.push(machine.wait());
        machine.step(Event::TimerFired);
        machine.step(Event::TokenRequested);
    }
    assert_eq!(distances, [2, 30, 60, 120, 240, 480, 900, 900, 900]);
    machine.succeed();
    machine.pass(Duration::from_secs(1801));
    machine.reject(Grant::Login);
    machine.succeed();
    machine.reject(Grant::Login);
    assert_eq!(machine.wait(), 2, "the interval shrinks after a quiet time");
}

#[tokio::test(start_paused = true)]
async fn tokens_that_live_for_a_minute_never_raise_the_interval() {
    let mut machine = Machine::new(not_yet());
    machine.step(Event::TokenRequested);
    for login in 1..=20 {
        assert_eq!(machine.logins, login);
        machine.succeed();
        machine.pass(Duration::from_secs(60));
        machine.reject(Grant::Login);
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_bad_token_or_a_refused_login_each_cool_down_has_one_attempt() {
    let refused = || {
        SessionError::Bridge(BridgeError::Refused {
            status: 404,
            code: String::new(),
            message: String::new(),
        })
    };
    let bad = SessionError::Token(TokenError::Subject);
    let no_bridge = [
        BridgeError::NoEndpoint {
            message: String::new(),
        },
        BridgeError::Intercepted { status: 404 },
        BridgeError::Moved {
            status: 302,
            to: String::new(),
        },
    ];
    // No password was refused, so the cool-down does not grow.
    let no_bridge = no_bridge.map(|error| (SessionError::Bridge(error), [10, 10, 10, 10]));
    let refusals = [(bad, [2, 30, 60, 120]), (refused(), [30, 60, 120, 240])];
    for (error, expected) in refusals.into_iter().chain(no_bridge) {
        let mut machine = Machine::new(not_yet());
        let mut cool_downs = Vec::new();
        for login in 1..=4 {
            machine.step(Event::TokenRequested);
            assert_eq!(machine.logins, login);
            machine.fail(error.clone());
            machine.step(Event::TokenRequested);
            machine.step(Event::TimerFired);
            assert_eq!(machine.logins, login);
            cool_downs.push(machine.wait());
        }
        assert_eq!(cool_downs, expected);
        machine.step(Event::TokenRequested);
        machine.fail(error);
        let (person, _) = Reply::new();
        machine.step(Event::SignIn(credentials("alice", "typed"), person));
        assert_eq!(machine.logins, 6, "a person does not wait");
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_series_waits_unless_the_password_never_left() {
    let unreachable = SessionError::Bridge(BridgeError::Unreachable {
        detail: String::new(),
    });
    for (error, pause) in [(transient(), 16), (unreachable, 0)] {
        let mut machine = Machine::new(not_yet());
        machine.step(Event::TokenRequested);
        for _ in 1..MAX_ATTEMPTS {
            machine.fail(error.clone());
            machine.wait();
            machine.step(Event::TimerFired);
        }
        machine.fail(error);
        assert_eq!(machine.wait(), pause);
    }
}

#[tokio::test(start_paused = true)]
async fn other_credentials_are_tried_at_once() {
    let mut machine = Machine::new(Resting::not_yet(nothing()).into());
    let (first, _) = Reply::new();
    machine.step(Event::Offer(credentials("alice", "wrong-password"), first));
    machine.fail(SessionError::Refused);
    let (same, _) = Reply::new();
    machine.step(Event::Offer(credentials("alice", "wrong-password"), same));
    assert_eq!(machine.logins, 1, "the same credentials stay in cool-down");
    let (other, _) = Reply::new();
    machine.step(Event::Offer(credentials("alice", "right-password"), other));
    assert_eq!(machine.logins, 2);
    machine.fail(SessionError::Refused);
    let (person, _) = Reply::new();
    machine.step(Event::SignIn(
        credentials("alice", "typed-password"),
        person,
    ));
    assert_eq!(machine.logins, 3);
}

#[tokio::test(start_paused = true)]
async fn no_password_stays_after_a_sign_out() {
    for (name, state) in states::all() {
        let mut machine = Machine::new(not_yet());
        machine.state = state(machine.now);
        if machine.state.is_stopped() {
            continue;
        }
        let reply = || Reply::new().0;
        machine.step(Event::SignOut(None, reply()));
        assert!(machine.state.account().is_none(), "{name}");
        // While a person's next login is checked, a client's offer is refused.
        machine.step(Event::SignIn(
            credentials("alice", "typed-password"),
            reply(),
        ));
        let effects = machine.step(Event::Offer(
            credentials("alice", "other-password"),
            reply(),
        ));
        assert!(matches!(
            effects.as_slice(),
            [Effect::Reply(_, Err(SessionError::LoggedOut))]
        ));
        machine.fail(SessionError::Refused);
        assert!(machine.state.account().is_none(), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn callers_use_a_good_token_in_every_state_that_has_one() {
    let now = TestClock::new().now();
    for (name, state) in states::all() {
        let snapshot = Snapshot::of(&state(now), Stats::default());
        let is_available = matches!(snapshot.availability(now), TokenAvailability::Available(_));
        let is_good = snapshot
            .phase
            .token()
            .is_some_and(|token| token.is_good(now));
        assert_eq!(is_available, is_good, "{name}");
        let later = now.plus(HOUR);
        let later = Now {
            wall: later.wall(),
            mono: now.mono + HOUR,
        };
        let availability = snapshot.availability(later);
        assert!(
            !matches!(availability, TokenAvailability::Available(_)),
            "{name}: an expired token"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_timer_is_never_set_to_a_time_that_changes_nothing() {
    let now = TestClock::new().now();
    for (name, state) in states::all() {
        let Some(wakes_at) = state(now).wakes_at() else {
            continue;
        };
        let mut machine = Machine::new(state(now));
        machine.now = now;
        machine.pass(wakes_at.until(now));
        let effects = machine.step(Event::TimerFired);
        let is_waiting = matches!(machine.state, State::Waiting(_));
        assert!(!effects.is_empty() || is_waiting, "{name} would spin");
    }
}
