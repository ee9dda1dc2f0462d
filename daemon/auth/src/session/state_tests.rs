//! The table: every state meets every event. What a row does not name stays as it is.

use super::*;
use crate::session::{
    cases::{HOUR, events, start, states, token, transient, tries},
    failure::MAX_ATTEMPTS,
    outlook::Outlook,
    token::TokenError,
};

/// A state in a few letters.
fn short(state: &State) -> String {
    match state {
        State::SignedOut {
            reason: Reason::NotYet,
        } => "out/new".into(),
        State::SignedOut {
            reason: Reason::Stopped,
        } => "out/stopped".into(),
        State::SignedOut {
            reason: Reason::LoggedOut,
        } => "out/logged out".into(),
        State::Checking { before } => format!("checking ({})", short(before)),
        State::SignedOut {
            reason: Reason::Failed { refusals, .. },
        } => format!("out/failed r{refusals}"),
        State::SigningIn { tries, via } => {
            format!("in/{via:?} a{} r{}", tries.attempt, tries.refusals)
        }
        State::Live { token } => format!("live g{}", token.generation().0),
        State::Renewing { token, tries, via } => {
            format!(
                "renewing/{via:?} g{} a{}",
                token.generation().0,
                tries.attempt
            )
        }
        State::Backoff { token, tries, .. } => {
            format!(
                "backoff g{:?} a{}",
                token.as_ref().map(|token| token.generation().0),
                tries.attempt
            )
        }
    }
}

#[test]
fn every_state_meets_every_event_as_the_table_says() {
    let now = start();
    let mut table = String::new();
    for (name, state) in states(now) {
        for (what, event) in events(now) {
            let before = short(&state);
            let (after, effect) = state.clone().step(event, Context { now, jitter: 1.0 });
            let effect = match effect {
                None => String::new(),
                Some(Effect::Login) => " + login".into(),
                Some(Effect::Refresh(token)) => format!(" + refresh g{}", token.generation().0),
                Some(Effect::Check(_)) => " + check".into(),
            };
            let after = short(&after);
            if before != after || !effect.is_empty() {
                table.push_str(&format!("{name}, {what}: {after}{effect}\n"));
            }
        }
    }
    insta::assert_snapshot!(table, @"
    new, wanted: in/Login a1 r0 + login
    new, sign in: checking (out/new) + check
    new, sign out: out/logged out
    new, offered: in/Login a1 r0 + login
    cooling, sign in: checking (out/failed r2) + check
    cooling, sign out: out/logged out
    cooled, wanted: in/Login a1 r2 + login
    cooled, sign in: checking (out/failed r2) + check
    cooled, sign out: out/logged out
    logged out, sign in: checking (out/logged out) + check
    no password, wanted: in/Login a1 r2 + login
    no password, sign in: checking (out/failed r2) + check
    no password, sign out: out/logged out
    no password, offered: in/Login a1 r0 + login
    checking/new, sign in: checking (out/new) + check
    checking/new, sign out: out/logged out
    checking/new, received: live g6
    checking/new, transient: out/new
    checking/new, refused: out/new
    checking/new, closed: out/new
    checking/new, limited: out/new
    checking/new, limited long: out/new
    checking/new, final: out/new
    checking/live, sign in: checking (live g5) + check
    checking/live, sign out: out/logged out
    checking/live, rejected 5: checking (out/new)
    checking/live, useless 5: checking (out/new)
    checking/live, received: live g6
    checking/live, transient: live g5
    checking/live, refused: live g5
    checking/live, closed: live g5
    checking/live, limited: live g5
    checking/live, limited long: live g5
    checking/live, final: live g5
    in/login, sign in: checking (out/new) + check
    in/login, sign out: out/logged out
    in/login, received: live g6
    in/login, transient: backoff gNone a1
    in/login, refused: out/failed r3
    in/login, closed: backoff gNone a1
    in/login, limited: backoff gNone a1
    in/login, limited long: out/failed r2
    in/login, final: out/failed r2
    in/refresh, sign in: checking (out/new) + check
    in/refresh, sign out: out/logged out
    in/refresh, received: live g6
    in/refresh, transient: in/Login a1 r0 + login
    in/refresh, refused: in/Login a1 r0 + login
    in/refresh, closed: in/Login a1 r0 + login
    in/refresh, limited: in/Login a1 r0 + login
    in/refresh, limited long: in/Login a1 r0 + login
    in/refresh, final: in/Login a1 r0 + login
    live, sign in: checking (live g5) + check
    live, sign out: out/logged out
    live, rejected 5: in/Refresh a1 r0 + refresh g5
    live, useless 5: in/Login a1 r0 + login
    due, wanted: renewing/Refresh g5 a1 + refresh g5
    due, sign in: checking (live g5) + check
    due, sign out: out/logged out
    due, timer: renewing/Refresh g5 a1 + refresh g5
    due, rejected 5: in/Refresh a1 r0 + refresh g5
    due, useless 5: in/Login a1 r0 + login
    dead, wanted: in/Login a1 r0 + login
    dead, sign in: checking (live g5) + check
    dead, sign out: out/logged out
    dead, timer: in/Login a1 r0 + login
    dead, rejected 5: in/Login a1 r0 + login
    dead, rejected 4: in/Login a1 r0 + login
    dead, useless 5: in/Login a1 r0 + login
    renewing, sign in: checking (live g5) + check
    renewing, sign out: out/logged out
    renewing, rejected 5: in/Refresh a1 r0
    renewing, useless 5: in/Login a1 r0 + login
    renewing, received: live g6
    renewing, transient: backoff gSome(5) a1
    renewing, refused: backoff gSome(5) a1
    renewing, closed: renewing/Login g5 a1 + login
    renewing, limited: backoff gSome(5) a1
    renewing, limited long: backoff gSome(5) a1
    renewing, final: backoff gSome(5) a1
    renewing a dead one, wanted: in/Refresh a1 r0
    renewing a dead one, sign in: checking (live g5) + check
    renewing a dead one, sign out: out/logged out
    renewing a dead one, rejected 5: in/Refresh a1 r0
    renewing a dead one, useless 5: in/Login a1 r0 + login
    renewing a dead one, received: live g6
    renewing a dead one, transient: backoff gSome(5) a1
    renewing a dead one, refused: backoff gSome(5) a1
    renewing a dead one, closed: renewing/Login g5 a1 + login
    renewing a dead one, limited: backoff gSome(5) a1
    renewing a dead one, limited long: backoff gSome(5) a1
    renewing a dead one, final: backoff gSome(5) a1
    renewing/login, sign in: checking (live g5) + check
    renewing/login, sign out: out/logged out
    renewing/login, rejected 5: in/Login a1 r0
    renewing/login, useless 5: in/Login a1 r0
    renewing/login, received: live g6
    renewing/login, transient: backoff gSome(5) a1
    renewing/login, refused: backoff gSome(5) a1
    renewing/login, closed: backoff gSome(5) a1
    renewing/login, limited: backoff gSome(5) a1
    renewing/login, limited long: backoff gSome(5) a1
    renewing/login, final: backoff gSome(5) a1
    backoff, sign in: checking (backoff gNone a2) + check
    backoff, sign out: out/logged out
    backoff, timer: in/Login a3 r0 + login
    backoff/early, sign in: checking (backoff gNone a2) + check
    backoff/early, sign out: out/logged out
    backoff/token, sign in: checking (backoff gSome(5) a2) + check
    backoff/token, sign out: out/logged out
    backoff/token, timer: renewing/Refresh g5 a3 + refresh g5
    backoff/token, rejected 5: in/Login a1 r0 + login
    backoff/token, useless 5: in/Login a1 r0 + login
    backoff/told, sign in: checking (backoff gSome(5) a2) + check
    backoff/told, sign out: out/logged out
    backoff/told, rejected 5: out/failed r0
    backoff/told, useless 5: out/failed r0
    ");
}

#[test]
fn stopping_ends_every_state_for_good() {
    let context = Context {
        now: start(),
        jitter: 0.0,
    };
    for (name, state) in states(context.now) {
        let (after, effect) = state.step(Event::Stop, context);
        assert_eq!(
            (short(&after).as_str(), effect.is_none()),
            ("out/stopped", true),
            "{name}"
        );
    }
}

#[test]
fn a_series_of_failures_ends_after_five_attempts_and_may_begin_again() {
    let now = start();
    let context = Context { now, jitter: 0.0 };
    let (mut state, _) = State::SignedOut {
        reason: Reason::NotYet,
    }
    .step(Event::Wanted, context);
    let mut attempts = 1;
    loop {
        (state, _) = state.step(Event::Failed(transient()), context);
        let State::Backoff { retry_at, .. } = &state else {
            break;
        };
        let later = Context {
            now: *retry_at,
            jitter: 0.0,
        };
        (state, _) = state.step(Event::Timer, later);
        attempts += 1;
    }
    assert_eq!(attempts, MAX_ATTEMPTS);
    assert!(matches!(state.outlook(now), Outlook::Ask), "{state:?}");
}

#[test]
fn a_refused_password_cools_down_from_30_s_to_15_min_and_never_for_ever() {
    let mut now = start();
    let mut state = State::SignedOut {
        reason: Reason::NotYet,
    };
    let mut pauses = Vec::new();
    for _ in 0..8 {
        let context = Context { now, jitter: 0.5 };
        (state, _) = state.step(Event::Wanted, context);
        (state, _) = state.step(Event::Failed(SessionError::Refused), context);
        assert!(matches!(
            state.outlook(now),
            Outlook::Refused(SessionError::Refused)
        ));
        let State::SignedOut {
            reason: Reason::Failed { retry_at, .. },
        } = &state
        else {
            panic!()
        };
        pauses.push(retry_at.until(now).as_secs());
        now = *retry_at;
        assert!(matches!(state.outlook(now), Outlook::Ask));
    }
    assert_eq!(pauses, [30, 60, 120, 240, 480, 900, 900, 900]);
}

#[test]
fn callers_use_a_good_token_while_its_renewal_fails() {
    let now = start();
    let token = token(5, now);
    for state in [
        State::Renewing {
            token: token.clone(),
            tries: tries(3, 0),
            via: Via::Login,
        },
        State::Backoff {
            token: Some(token),
            tries: tries(9, 0),
            error: SessionError::Token(TokenError::Subject),
            retry_at: now,
        },
    ] {
        assert!(matches!(state.outlook(now), Outlook::Token(token) if token.generation().0 == 5));
        assert!(
            matches!(state.outlook(now.plus(HOUR)), Outlook::Ask),
            "not a dead one"
        );
    }
}

#[test]
fn the_timer_is_never_set_to_a_time_that_changes_nothing() {
    let now = start();
    for (name, state) in states(now) {
        let Some(at) = state.wakes_at() else { continue };
        let at = Now {
            wall: at.wall.max(now.wall),
            mono: at.mono.max(now.mono),
        };
        let before = short(&state);
        let (after, _) = state.step(
            Event::Timer,
            Context {
                now: at,
                jitter: 0.0,
            },
        );
        assert_ne!(before, short(&after), "{name} would spin");
    }
}
