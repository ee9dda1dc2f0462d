//! The session from its callers' side, in paused time, against a scripted issuer.

use super::{
    scripted::{Answer, ScriptedIssuer},
    *,
};
use crate::{
    bridge::BridgeError,
    testing::{TestClock, jwt, origin},
};
use std::{sync::Mutex, time::Duration};
use tai_timing::login;

const DAY: u64 = 86_400;

fn given() -> Source {
    Source::given(
        "alice".parse().unwrap(),
        "sandbox-password".into(),
        origin(),
    )
}

pub(super) fn nowhere() -> Source {
    Source::Unconfigured { username: None }
}

pub(super) fn session(issuer: &Arc<ScriptedIssuer>) -> Session {
    Session::start_with_clock(issuer.clone(), given(), issuer.clock.clone())
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
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
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
    assert_eq!(issuer.counts(), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_thousand_callers_with_a_rejected_token_cost_one_refresh_and_one_login() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
    let dead = session.token(soon()).await.unwrap().generation();
    issuer.next_refresh(Answer::Fail(unauthorized()));
    let callers: Vec<_> = (0..1000)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move {
                session.rejected(dead, Grant::Refresh, soon()).await;
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
    assert_eq!(issuer.counts(), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn waiting_callers_share_a_failure_and_the_next_caller_starts_a_new_series() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
    for _ in 0..login::MAX_ATTEMPTS {
        issuer.next_login(Answer::Fail(down()));
    }
    let (a, b) = tokio::join!(session.token(soon()), session.token(soon()));
    assert_eq!(
        (a.err(), b.err()),
        (
            Some(SessionError::Bridge(down())),
            Some(SessionError::Bridge(down()))
        )
    );
    assert_eq!(issuer.counts().0, login::MAX_ATTEMPTS);
    tokio::time::sleep(Duration::from_secs(16)).await;
    assert!(session.token(soon()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_gives_up_leaves_the_login_to_the_others() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
    issuer.next_login(Answer::Hang);
    let impatient = session.token(Instant::now() + Duration::from_secs(1));
    let (impatient, patient) = tokio::join!(impatient, session.token(soon()));
    assert_eq!(impatient.err(), Some(SessionError::Deadline));
    assert!(patient.is_ok());
    assert_eq!(issuer.counts(), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_in_its_last_six_minutes_without_a_login() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
    session.token(soon()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(DAY - 362)).await;
    assert_eq!(issuer.counts(), (1, 0));
    tokio::time::sleep(Duration::from_secs(63)).await;
    assert_eq!(issuer.counts(), (1, 1));
    tokio::time::sleep(Duration::from_secs(30 * DAY)).await;
    assert_eq!(issuer.counts().0, 1);
    assert!(session.token(soon()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn callers_use_the_token_while_renewals_fail_and_log_in_when_it_expires() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
    session.token(soon()).await.unwrap();
    issuer.each_refresh(Answer::Fail(down()));
    tokio::time::sleep(Duration::from_secs(DAY - 200)).await;
    let snapshot = session.snapshot();
    assert!(snapshot.stats.failed_renewals >= 2, "{:?}", snapshot.stats);
    assert_eq!(
        session.token(Instant::now()).await.unwrap().generation().0,
        1
    );
    tokio::time::sleep(Duration::from_secs(201)).await;
    assert!(session.token(soon()).await.is_ok());
    assert_eq!(issuer.counts().0, 2);
}

#[tokio::test(start_paused = true)]
async fn no_call_fails_after_eight_hours_of_sleep() {
    let clock = TestClock::new();
    let issuer = ScriptedIssuer::new(&clock);
    let session = session(&issuer);
    session.token(soon()).await.unwrap();
    // While the machine sleeps, the wall clock goes on; the monotonic clock and its timers stop.
    clock.shift(8 * 3600);
    assert_eq!(session.token(soon()).await.unwrap().generation().0, 1);
    clock.shift(16 * 3600);
    assert!(session.token(soon()).await.unwrap().generation().0 > 1);
}

#[tokio::test(start_paused = true)]
async fn a_local_clock_that_is_wrong_by_a_day_changes_nothing() {
    for (offset, sends_date) in [
        (86_400, true),
        (-86_400, true),
        (86_400, false),
        (-86_400, false),
    ] {
        let clock = TestClock::new();
        clock.shift(offset);
        let mut issuer = ScriptedIssuer::new(&clock);
        Arc::get_mut(&mut issuer).unwrap().sends_date = sends_date;
        let session = session(&issuer);
        session.token(soon()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(DAY - 400)).await;
        assert_eq!(session.token(soon()).await.unwrap().generation().0, 1);
        assert_eq!(issuer.counts(), (1, 0), "{offset} {sends_date}");
        tokio::time::sleep(Duration::from_secs(400)).await;
        assert_eq!(issuer.counts(), (1, 1), "{offset} {sends_date}");
        session.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_does_not_extend_a_token() {
    let clock = TestClock::new();
    let issuer = ScriptedIssuer::new(&clock);
    issuer.each_refresh(Answer::Fail(down()));
    let session = session(&issuer);
    session.token(soon()).await.unwrap();
    clock.shift(-2 * 86_400);
    tokio::time::sleep(Duration::from_secs(DAY + 1)).await;
    assert!(session.token(soon()).await.unwrap().generation().0 > 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_fails_a_check_is_not_used() {
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
        // A token that fuzzing found: it expires before it can be used.
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
        let issuer = ScriptedIssuer::new(&TestClock::new());
        let session = session(&issuer);
        let shown: String = token.chars().take(80).collect();
        issuer.next_login(Answer::Raw(token));
        let got = session
            .token(Instant::now() + Duration::from_millis(200))
            .await;
        assert_eq!(got.err(), Some(SessionError::Deadline), "{shown}");
        assert!(
            matches!(
                session.snapshot().phase,
                Phase::Waiting {
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

/// Returns the logins of ten minutes in which a caller asks each second, and of ten idle ones.
async fn logins_with(life_s: u64, sub: &str) -> [u32; 2] {
    let mut logins = [0; 2];
    for (logins, is_idle) in logins.iter_mut().zip([false, true]) {
        let clock = TestClock::new();
        let issuer = ScriptedIssuer::new(&clock);
        issuer.each_refresh(Answer::Fail(unauthorized()));
        issuer.each_login_lives(life_s, sub);
        let session = session(&issuer);
        let _ = session.token(soon()).await;
        for _ in 0..600 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            if !is_idle {
                session.nudge();
            }
        }
        *logins = issuer.counts().0;
        session.stop().await;
    }
    logins
}

#[tokio::test(start_paused = true)]
async fn short_tokens_without_a_refresh_and_tokens_for_another_user_cost_few_logins() {
    // At 0 s, 2 s, 32 s, 92 s, 212 s and 452 s; without callers, only the first two.
    assert_eq!(logins_with(3, "alice").await, [6, 2]);
    assert_eq!(logins_with(DAY, "bob").await, [6, 2]);
}

#[tokio::test(start_paused = true)]
async fn after_the_end_callers_get_an_error_at_once() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
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
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = Session::start_with_clock(issuer.clone(), nowhere(), issuer.clock.clone());
    assert_eq!(
        session.token(soon()).await.err(),
        Some(SessionError::NoCredentials)
    );
    assert_eq!(issuer.counts(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_failing_database_costs_no_token_and_no_cool_down() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
    let failed = || BridgeError::DatabaseFailed {
        message: "User not found".into(),
    };
    // A login during the failure is repeated, and no caller hears of it.
    issuer.next_login(Answer::Fail(failed()));
    let token = session.token(soon()).await.unwrap();
    // A request during the failure leaves the token in use.
    let answer = session.with_token(soon(), async |_| Err::<(), _>(failed()));
    assert_eq!(answer.await, Err(RequestError::Bridge(failed())));
    let again = session.token(Instant::now()).await.unwrap();
    assert_eq!(again.generation(), token.generation());
    assert_eq!(issuer.counts(), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_rejected_refreshed_token_leads_to_one_full_login() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
    let refused = || BridgeError::Unauthorized {
        message: "no".into(),
    };
    // The bridge rejects the tokens of the first login and of its refresh.
    let answer = session.with_token(soon(), async |token| match token.generation().0 {
        1 | 2 => Err(refused()),
        generation => Ok(generation),
    });
    assert_eq!(answer.await, Ok(3));
    assert_eq!(issuer.counts(), (2, 1));
    // If the bridge rejects every token, the work ends after one refresh and one login.
    tokio::time::sleep(Duration::from_secs(30)).await;
    let answer = session.with_token(soon(), async |_| Err::<(), _>(refused()));
    assert_eq!(answer.await, Err(RequestError::Bridge(refused())));
    assert_eq!(issuer.counts(), (3, 2));
}

#[tokio::test(start_paused = true)]
async fn patient_work_waits_after_a_401_until_a_caller_or_its_patience_brings_another_token() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
    let (limit, patience) = (Duration::from_secs(30), Duration::from_secs(100));
    let old = Mutex::new(session.token(soon()).await.unwrap().generation());
    let check = |bearer: &Bearer| match bearer.generation() == *old.lock().unwrap() {
        true => Err(BridgeError::Unauthorized {
            message: "Invalid token".into(),
        }),
        false => Ok(()),
    };
    let began = Instant::now();
    let work = session.with_patience(limit, patience, async |bearer, _| check(&bearer));
    work.await.unwrap();
    assert!(began.elapsed() >= patience, "{:?}", began.elapsed());
    assert_eq!(issuer.counts(), (1, 1));
    *old.lock().unwrap() = session.token(soon()).await.unwrap().generation();
    let began = Instant::now();
    let work = session.with_patience(limit, patience, async |bearer, _| check(&bearer));
    let (patient, caller) = tokio::join!(work, async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        session
            .with_token(soon(), async |bearer| check(&bearer))
            .await
    });
    assert!(patient.is_ok() && caller.is_ok());
    assert!(began.elapsed() < Duration::from_secs(7), "at once");
    assert_eq!(issuer.counts(), (1, 2));
}
