//! Sign-in, sign-out and offers, in paused time.

use super::{
    scripted::{Answer, ScriptedIssuer},
    session_tests::{nowhere, session, soon},
    *,
};
use crate::{
    bridge::InUse,
    testing::{TestClock, origin},
};
use std::time::Duration;

fn typed(password: &str) -> Credentials {
    Credentials {
        username: "alice".parse().unwrap(),
        password: password.into(),
        bridge: origin(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_mistyped_password_leaves_a_live_session_unchanged() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
    session.token(soon()).await.unwrap();
    issuer.next_login(Answer::Refuse);
    let (typed, meanwhile) = tokio::join!(
        session.sign_in(typed("mistyped-password"), soon()),
        session.token(soon())
    );
    assert_eq!(typed, Err(SessionError::Refused));
    assert_eq!(
        meanwhile.unwrap().generation().0,
        1,
        "callers go on meanwhile"
    );
    let snapshot = session.snapshot();
    assert!(matches!(snapshot.phase, Phase::Live { .. }));
    assert_eq!(snapshot.source.as_deref(), Some("the calling program"));
    assert_eq!(snapshot.stats.failed_logins, 1);
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_ends_the_cool_down_and_its_password_replaces_the_source() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
    issuer.next_login(Answer::Refuse);
    assert_eq!(
        session.token(soon()).await.err(),
        Some(SessionError::Refused)
    );
    session
        .sign_in(typed("right-password"), soon())
        .await
        .unwrap();
    assert!(session.token(soon()).await.is_ok());
    assert_eq!(session.snapshot().source.as_deref(), Some("`taid login`"));
    assert_eq!(issuer.counts(), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn after_signing_out_there_is_no_token_until_a_person_signs_in() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
    session.token(soon()).await.unwrap();
    session.sign_out(None, soon()).await.unwrap();
    assert_eq!(
        session.token(soon()).await.err(),
        Some(SessionError::LoggedOut)
    );
    let offered = session.offer(typed("sandbox-password"), soon()).await;
    assert_eq!(
        offered,
        Err(SessionError::LoggedOut),
        "no client signs in again"
    );
    assert_eq!(session.snapshot().username, None);
    session
        .sign_in(typed("sandbox-password"), soon())
        .await
        .unwrap();
    assert!(session.token(soon()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn signing_out_while_a_password_is_checked_ends_the_check() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
    issuer.next_login(Answer::Hang);
    let check = session.sign_in(typed("sandbox-password"), soon());
    let leave = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        session.sign_out(None, soon()).await
    };
    let (check, leave) = tokio::join!(check, leave);
    assert_eq!((check, leave), (Err(SessionError::LoggedOut), Ok(())));
    assert_eq!(
        session.token(soon()).await.err(),
        Some(SessionError::LoggedOut)
    );
}

#[tokio::test(start_paused = true)]
async fn a_clients_password_is_taken_only_if_there_is_none() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let own = session(&issuer);
    let offered = own.offer(typed("sandbox-password"), soon()).await;
    assert_eq!(offered, Err(SessionError::Superseded));
    let empty = Session::start_with_clock(issuer.clone(), nowhere(), issuer.clock.clone());
    assert_eq!(
        empty.token(soon()).await.err(),
        Some(SessionError::NoCredentials)
    );
    empty
        .offer(typed("sandbox-password"), soon())
        .await
        .unwrap();
    assert!(empty.token(soon()).await.is_ok());
    assert_eq!(
        empty.snapshot().source.as_deref(),
        Some("an MCP client's configuration")
    );
    // The credentials of another account are refused.
    let other = Credentials {
        username: "bob".parse().unwrap(),
        password: "sandbox-password".into(),
        bridge: origin(),
    };
    assert_eq!(
        empty.offer(other, soon()).await,
        Err(SessionError::Superseded)
    );
    assert_eq!(
        empty.snapshot().username.map(String::from).as_deref(),
        Some("alice")
    );
}

#[tokio::test(start_paused = true)]
async fn a_token_rejected_during_a_check_is_not_returned_again() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
    let dead = session.token(soon()).await.unwrap().generation();
    issuer.next_login(Answer::Refuse);
    let check = session.sign_in(typed("mistyped-password"), soon());
    let call = async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        session.rejected(dead, Grant::Refresh, soon()).await;
        session.token(soon()).await.map(|token| token.generation())
    };
    let (check, call) = tokio::join!(check, call);
    assert_eq!(check, Err(SessionError::Refused));
    assert!(call.unwrap() > dead);
}

#[tokio::test(start_paused = true)]
async fn a_clients_other_password_is_tried_at_once_and_a_wrong_one_changes_nothing() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = Session::start_with_clock(issuer.clone(), nowhere(), issuer.clock.clone());
    session.settled(soon()).await;
    issuer.next_login(Answer::Refuse);
    session
        .offer(typed("first-password"), soon())
        .await
        .unwrap();
    let refused = Some(SessionError::Refused);
    assert_eq!(session.token(soon()).await.err(), refused);
    let before = session.snapshot().phase;
    assert!(session.snapshot().takes_offer);
    issuer.next_login(Answer::Refuse);
    let offered = session.offer(typed("second-password"), soon()).await;
    assert_eq!(offered.err(), refused);
    assert_eq!(session.snapshot().phase, before, "the wait goes on");
    // The password that is refused already is not tried again.
    session
        .offer(typed("first-password"), soon())
        .await
        .unwrap();
    assert_eq!(issuer.counts(), (2, 0));
    // Neither is the one that was tried, before its cool-down ends.
    issuer.next_login(Answer::Refuse);
    issuer.next_login(Answer::Refuse);
    for (seconds, logins) in [(0, 2), (29, 2), (2, 3), (59, 3), (2, 4), (0, 4)] {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        let _ = session.offer(typed("second-password"), soon()).await;
        assert_eq!(issuer.counts(), (logins, 0), "after {seconds} s");
    }
    session
        .offer(typed("right-password"), soon())
        .await
        .unwrap();
    assert!(session.token(soon()).await.is_ok());
    assert!(!session.snapshot().takes_offer);
    assert_eq!(issuer.counts(), (5, 0));
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_the_bridge_does_not_let_a_client_replace_a_password() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = Session::start_with_clock(issuer.clone(), nowhere(), issuer.clock.clone());
    session.settled(soon()).await;
    session
        .offer(typed("first-password"), soon())
        .await
        .unwrap();
    session.token(soon()).await.unwrap();
    // The token is lost, and the bridge does not answer.
    for _ in 0..5 {
        issuer.next_login(Answer::Hang);
    }
    let lost = session.token(soon()).await.unwrap().generation();
    session.rejected(lost, Grant::Login, soon()).await;
    assert!(session.token(soon()).await.is_err());
    assert!(!session.snapshot().takes_offer);
    let offered = session.offer(typed("second-password"), soon()).await;
    assert_eq!(offered, Err(SessionError::Superseded));
}

#[tokio::test(start_paused = true)]
async fn a_login_that_its_person_cancels_has_no_effect() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
    session.token(soon()).await.unwrap();
    let login = session.sign_in(typed("other-password"), soon());
    let cancelled = tokio::time::timeout(Duration::from_millis(50), login).await;
    assert!(cancelled.is_err());
    tokio::time::sleep(Duration::from_secs(60)).await;
    let snapshot = session.snapshot();
    assert!(matches!(snapshot.phase, Phase::Live { .. }));
    assert_eq!(snapshot.source.as_deref(), Some("the calling program"));
    assert_eq!(
        (snapshot.stats.logins, snapshot.stats.failed_logins),
        (1, 0)
    );
    assert_eq!(
        session.sign_in(typed("other-password"), soon()).await,
        Ok(())
    );
}

#[tokio::test(start_paused = true)]
async fn an_account_that_another_process_has_costs_no_login_until_it_is_free() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    // Reading the source would fail with another error.
    let source = Source::File {
        username: "alice".parse().unwrap(),
        path: "/nowhere".into(),
        bridge: origin(),
    };
    let from_file = Session::start_with_clock(issuer.clone(), source, issuer.clock.clone());
    let session = session(&issuer);
    let lock = issuer.lock.lock().unwrap().take();
    let by = Some("work".to_owned());
    let in_use = Some(SessionError::InUse(InUse { by }));
    for _ in 0..2 {
        assert_eq!(from_file.token(soon()).await.err(), in_use);
        assert_eq!(session.token(soon()).await.err(), in_use);
    }
    let typed = session.sign_in(typed("sandbox-password"), soon()).await;
    assert_eq!(typed.err(), in_use);
    assert_eq!(issuer.counts(), (0, 0));
    *issuer.lock.lock().unwrap() = lock;
    assert!(session.token(soon()).await.is_ok(), "the next call");
}

#[tokio::test(start_paused = true)]
async fn a_session_has_its_account_until_it_signs_out_also_without_a_token() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let lock = issuer.lock.lock().unwrap().clone().unwrap();
    let free = Arc::strong_count(&lock);
    let session = session(&issuer);
    issuer.next_login(Answer::Refuse);
    assert!(session.token(soon()).await.is_err());
    assert_eq!(Arc::strong_count(&lock), free, "it was not signed in");
    session
        .sign_in(typed("right-password"), soon())
        .await
        .unwrap();
    let lost = session.token(soon()).await.unwrap().generation();
    for _ in 0..5 {
        issuer.next_login(Answer::Hang);
    }
    session.rejected(lost, Grant::Login, soon()).await;
    assert!(session.token(soon()).await.is_err());
    assert!(Arc::strong_count(&lock) > free);
    session.sign_out(None, soon()).await.unwrap();
    assert_eq!(Arc::strong_count(&lock), free);
}

#[tokio::test(start_paused = true)]
async fn work_for_one_account_gets_no_token_of_the_next_one() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
    let bob = Credentials {
        username: "bob".parse().unwrap(),
        ..typed("sandbox-password")
    };
    let other = session.sign_in(bob.clone(), soon()).await;
    assert_eq!(other, Err(SessionError::OtherAccount));
    let change = async {
        session.sign_out(None, soon()).await.unwrap();
        issuer.next_login(Answer::Lives(3600, "bob".to_owned()));
        session.sign_in(bob, soon()).await.unwrap();
    };
    for_one_account(None, async {
        assert_eq!(session.username(soon()).await.unwrap().as_str(), "alice");
        session.token(soon()).await.unwrap();
        change.await;
        let refused = Some(SessionError::OtherAccount);
        assert_eq!(session.token(soon()).await.err(), refused);
        assert_eq!(session.username(soon()).await.err(), refused);
    })
    .await;
    assert_eq!(
        session.token(soon()).await.unwrap().username().as_str(),
        "bob"
    );
    let alice = Some("alice".parse().unwrap());
    let claimed = for_one_account(alice, session.token(soon())).await;
    assert_eq!(claimed.err(), Some(SessionError::OtherAccount));
}
