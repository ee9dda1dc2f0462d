//! Promises of the state machine over several steps.

use super::{
    clock::{Clock as _, Now},
    error::SessionError,
    event::{Effect, Event, Grant, Request},
    failure::MAX_ATTEMPTS,
    reply::Reply,
    snapshot::{Snapshot, TokenAvailability},
    state::{Resting, State},
    stats::Stats,
    table::{
        HOUR, at, credentials,
        states::{self, configured, nothing, transient},
        token,
    },
};
use crate::{bridge::Generation, testing::TestClock};
use std::time::Duration;

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
    let rejection = SessionError::Bridge(crate::bridge::BridgeError::Unauthorized {
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
    for _ in 0..8 {
        machine.succeed();
        let generation = machine.snapshot().phase.token().unwrap().generation();
        machine.step(Event::TokenRejected {
            generation,
            next: Grant::Login,
        });
        let snapshot = machine.snapshot();
        let availability = snapshot.availability(machine.now);
        assert!(matches!(availability, TokenAvailability::Pending));
        distances.push(machine.wait());
        machine.step(Event::TimerFired);
    }
    assert_eq!(distances, [2, 4, 8, 16, 32, 60, 60, 60]);
    machine.succeed();
    machine.pass(Duration::from_secs(301));
    let generation = machine.snapshot().phase.token().unwrap().generation();
    machine.step(Event::TokenRejected {
        generation,
        next: Grant::Login,
    });
    machine.succeed();
    machine.step(Event::TokenRejected {
        generation: Generation(machine.next - 1),
        next: Grant::Login,
    });
    assert_eq!(machine.wait(), 2, "the distance shrinks after a quiet time");
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
        machine.step(Event::SignOut(reply()));
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
