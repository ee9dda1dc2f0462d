//! The session as its callers see it, in paused time, against a bridge that does as it is
//! told.

use super::{
    error::SessionError,
    fake::{FakeBridge, Next, TestClock, jwt},
    state::State,
    *,
};
use crate::bridge::BridgeError;
use std::time::Duration;

const DAY: u64 = 86_400;

fn given() -> Source {
    Source::given("alice", "sandbox-password".into())
}

pub(super) fn nowhere() -> Source {
    Source::Nowhere { username: None }
}

pub(super) fn session(bridge: &Arc<FakeBridge>) -> Session {
    Session::start_with_clock(bridge.clone(), given(), bridge.clock.clone())
}

pub(super) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

fn unauthorized() -> BridgeError {
    BridgeError::Unauthorized {
        message: String::new(),
    }
}

fn down() -> BridgeError {
    BridgeError::Intercepted { status: 503 }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_callers_cost_one_login_and_all_get_its_token() {
    let bridge = FakeBridge::new(&TestClock::new());
    let session = session(&bridge);
    let callers: Vec<_> = (0..1000)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move {
                session
                    .token(soon())
                    .await
                    .map(|token| token.generation().0)
            })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Ok(1));
    }
    assert_eq!(bridge.counts(), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_thousand_callers_on_a_dead_token_cost_one_refresh_and_one_login() {
    let bridge = FakeBridge::new(&TestClock::new());
    let session = session(&bridge);
    let dead = session.token(soon()).await.unwrap().generation();
    bridge
        .next_refresh
        .lock()
        .unwrap()
        .push_back(Next::Fail(unauthorized()));
    let callers: Vec<_> = (0..1000)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move {
                session.rejected(dead, Via::Refresh, soon()).await;
                session
                    .token(soon())
                    .await
                    .map(|token| token.generation().0)
            })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Ok(3));
    }
    assert_eq!(bridge.counts(), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn callers_that_wait_share_a_failure_and_the_next_one_begins_anew() {
    let bridge = FakeBridge::new(&TestClock::new());
    let session = session(&bridge);
    for _ in 0..failure::MAX_ATTEMPTS {
        bridge
            .next_login
            .lock()
            .unwrap()
            .push_back(Next::Fail(down()));
    }
    let (a, b) = tokio::join!(session.token(soon()), session.token(soon()));
    assert_eq!(
        (a.err(), b.err()),
        (
            Some(SessionError::Bridge(down())),
            Some(SessionError::Bridge(down()))
        )
    );
    assert_eq!(bridge.counts().0, failure::MAX_ATTEMPTS);
    assert!(session.token(soon()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_gives_up_leaves_the_login_to_the_others() {
    let bridge = FakeBridge::new(&TestClock::new());
    let session = session(&bridge);
    bridge.next_login.lock().unwrap().push_back(Next::Hang);
    let impatient = session.token(Instant::now() + Duration::from_secs(1));
    let (impatient, patient) = tokio::join!(impatient, session.token(soon()));
    assert_eq!(impatient.err(), Some(SessionError::Deadline));
    assert!(patient.is_ok());
    assert_eq!(bridge.counts(), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_within_six_minutes_of_its_end_and_never_logged_in_again() {
    let bridge = FakeBridge::new(&TestClock::new());
    let session = session(&bridge);
    session.token(soon()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(DAY - 362)).await;
    assert_eq!(bridge.counts(), (1, 0));
    tokio::time::sleep(Duration::from_secs(63)).await;
    assert_eq!(bridge.counts(), (1, 1));
    tokio::time::sleep(Duration::from_secs(30 * DAY)).await;
    assert_eq!(bridge.counts().0, 1);
    assert!(session.token(soon()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn callers_keep_working_while_renewals_fail_and_log_in_when_the_token_ends() {
    let bridge = FakeBridge::new(&TestClock::new());
    let session = session(&bridge);
    session.token(soon()).await.unwrap();
    for _ in 0..1000 {
        bridge
            .next_refresh
            .lock()
            .unwrap()
            .push_back(Next::Fail(down()));
    }
    tokio::time::sleep(Duration::from_secs(DAY - 200)).await;
    let snapshot = session.snapshot();
    assert!(snapshot.stats.failed_renewals >= 2, "{:?}", snapshot.stats);
    assert_eq!(
        session.token(Instant::now()).await.unwrap().generation().0,
        1
    );
    tokio::time::sleep(Duration::from_secs(201)).await;
    assert!(session.token(soon()).await.is_ok());
    assert_eq!(bridge.counts().0, 2);
}

#[tokio::test(start_paused = true)]
async fn eight_hours_of_sleep_are_survived_without_a_failed_call() {
    let clock = TestClock::new();
    let bridge = FakeBridge::new(&clock);
    let session = session(&bridge);
    session.token(soon()).await.unwrap();
    // Asleep: the wall clock goes on, the monotonic one and its timers do not.
    clock.shift(8 * 3600);
    assert_eq!(session.token(soon()).await.unwrap().generation().0, 1);
    clock.shift(16 * 3600);
    assert!(session.token(soon()).await.unwrap().generation().0 > 1);
}

#[tokio::test(start_paused = true)]
async fn a_local_clock_wrong_by_a_day_either_way_changes_nothing() {
    for (offset, sends_date) in [
        (86_400, true),
        (-86_400, true),
        (86_400, false),
        (-86_400, false),
    ] {
        let clock = TestClock::new();
        clock.shift(offset);
        let mut bridge = FakeBridge::new(&clock);
        Arc::get_mut(&mut bridge).unwrap().sends_date = sends_date;
        let session = session(&bridge);
        session.token(soon()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(DAY - 400)).await;
        assert_eq!(session.token(soon()).await.unwrap().generation().0, 1);
        assert_eq!(bridge.counts(), (1, 0), "{offset} {sends_date}");
        tokio::time::sleep(Duration::from_secs(400)).await;
        assert_eq!(bridge.counts(), (1, 1), "{offset} {sends_date}");
        session.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_set_back_does_not_keep_a_dead_token_alive() {
    let clock = TestClock::new();
    let bridge = FakeBridge::new(&clock);
    for _ in 0..1000 {
        bridge
            .next_refresh
            .lock()
            .unwrap()
            .push_back(Next::Fail(down()));
    }
    let session = session(&bridge);
    session.token(soon()).await.unwrap();
    clock.shift(-2 * 86_400);
    tokio::time::sleep(Duration::from_secs(DAY + 1)).await;
    assert!(session.token(soon()).await.unwrap().generation().0 > 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_makes_no_sense_is_not_used() {
    let now = 1_800_000_000;
    let exp = now + DAY;
    let good = r#"{"alg":"HS256"}"#;
    let claims = format!(r#"{{"sub":"alice","iat":{now},"exp":{exp}}}"#);
    let bad = [
        jwt(r#"{"alg":"none"}"#, &claims),
        jwt(r#"{"alg":"HS512"}"#, &claims),
        jwt(good, &format!(r#"{{"sub":"bob","iat":{now},"exp":{exp}}}"#)),
        jwt(good, &format!(r#"{{"sub":"alice","iat":{now}}}"#)),
        jwt(
            good,
            &format!(
                r#"{{"sub":"alice","iat":{},"exp":{}}}"#,
                now - 100,
                now - 50
            ),
        ),
        jwt(
            good,
            &format!(r#"{{"sub":"alice","iat":{now},"exp":{}}}"#, now - 50),
        ),
        // Found by fuzzing: it is over before it can be used.
        jwt(
            good,
            &format!(r#"{{"sub":"alice","iat":{now},"exp":{}}}"#, now + 1),
        ),
        jwt(
            good,
            &format!(r#"{{"sub":"alice","iat":{now},"exp":{}}}"#, i64::MAX),
        ),
        jwt(
            good,
            &format!(r#"{{"sub":"alice","iat":{},"exp":{exp}}}"#, i64::MIN),
        ),
        "not a token".to_owned(),
        String::new(),
        "a".repeat(1 << 20),
    ];
    for token in bad {
        let bridge = FakeBridge::new(&TestClock::new());
        let session = session(&bridge);
        let shown: String = token.chars().take(80).collect();
        bridge
            .next_login
            .lock()
            .unwrap()
            .push_back(Next::Raw(token));
        let got = session
            .token(Instant::now() + Duration::from_millis(200))
            .await;
        assert_eq!(got.err(), Some(SessionError::Deadline), "{shown}");
        assert!(
            matches!(
                session.snapshot().state,
                State::Backoff {
                    error: SessionError::Token(_),
                    ..
                }
            ),
            "{shown}"
        );
        assert!(
            session.token(soon()).await.is_ok(),
            "the next attempt is not spoilt"
        );
        session.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn after_the_end_there_is_no_token_and_nobody_waits() {
    let bridge = FakeBridge::new(&TestClock::new());
    let session = session(&bridge);
    session.token(soon()).await.unwrap();
    session.stop().await;
    assert_eq!(
        session.token(soon()).await.err(),
        Some(SessionError::Stopped)
    );
    let text = format!("{:?}", session.snapshot());
    assert!(!text.contains("eyJ"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn without_credentials_nothing_is_sent() {
    let bridge = FakeBridge::new(&TestClock::new());
    let session = Session::start_with_clock(bridge.clone(), nowhere(), bridge.clock.clone());
    assert_eq!(
        session.token(soon()).await.err(),
        Some(SessionError::NoCredentials)
    );
    assert_eq!(bridge.counts(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_refreshed_token_that_is_refused_too_is_followed_by_a_full_login_and_then_no_more() {
    let bridge = FakeBridge::new(&TestClock::new());
    let session = session(&bridge);
    let refused = || BridgeError::Unauthorized {
        message: "no".into(),
    };
    // Good from the third token on: the first login's, its refresh's, the second login's.
    let answer = session.with_token(soon(), async |token| match token.generation().0 {
        1 | 2 => Err(refused()),
        generation => Ok(generation),
    });
    assert_eq!(answer.await, Ok(3));
    assert_eq!(bridge.counts(), (2, 1));
    // A bridge that refuses whatever it issues is not asked for ever.
    let answer = session.with_token(soon(), async |_| Err::<(), _>(refused()));
    assert_eq!(answer.await, Err(RequestError::Bridge(refused())));
    assert_eq!(bridge.counts(), (3, 2));
}
