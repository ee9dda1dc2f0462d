//! Reports of several deliveries.

use super::*;
use tai_proto::account::{AccountClaim, PasswordNeed};

/// Answers the fetch and the settling of a mail.
async fn lease_of(daemon: &mut Peer, id: MailId) {
    let fetch = daemon.request().await;
    let mut fetched = mail();
    if let Some(mail) = &mut fetched.mail {
        mail.envelope.id = id;
    }
    daemon.answer(fetch.id, Answer::Fetch(fetched)).await;
    let settle = daemon.request().await;
    let settled = Settled { marked_read: true };
    daemon.answer(settle.id, Answer::Settle(settled)).await;
}

#[tokio::test(start_paused = true)]
async fn every_delivery_is_reported_before_the_first_call() {
    let mut stage = Stage::new(&[]);
    let ids = [7, 8].map(|id| MailId::new(id).unwrap());
    let (_, first) = stage.fetch();
    let mut daemon = stage.daemon().await;
    lease_of(&mut daemon, ids[0]).await;
    let first = first.await.unwrap().ok().unwrap().unwrap();
    let (_, second) = stage.fetch();
    lease_of(&mut daemon, ids[1]).await;
    let second = second.await.unwrap().ok().unwrap().unwrap();
    stage.script.is_running.store(false, Ordering::Relaxed);
    drop(daemon);
    first.delivered();
    // The report of the first mail waits for a daemon.
    sleep(Duration::from_secs(1)).await;
    second.delivered();
    sleep(Duration::from_secs(1)).await;
    stage.script.is_running.store(true, Ordering::Relaxed);
    let info = stage.call(GetInfo);
    let mut successor = stage.daemon().await;
    for id in ids {
        let report = successor.request().await;
        let delivery = Delivery::Delivered;
        assert_eq!(report.call, Call::EndLease(EndLease { id, delivery }));
        successor.answer(report.id, Answer::EndLease(())).await;
    }
    let request = successor.request().await;
    assert_eq!(request.call, Call::GetInfo(GetInfo));
    info.abort();
}

/// Answers the claim of the account.
pub(super) async fn claimed(daemon: &mut Peer, answer: AccountClaim) {
    let claim = daemon.request().await;
    assert!(matches!(claim.call, Call::ClaimAccount(_)), "{claim:?}");
    daemon.answer(claim.id, Answer::ClaimAccount(answer)).await;
}

#[tokio::test(start_paused = true)]
async fn a_daemon_of_another_account_gets_no_report() {
    let (mut stage, own, mut own_daemons) = Stage::of_account();
    stage.script.is_running.store(false, Ordering::Relaxed);
    let serves = || AccountClaim::Serves(PasswordNeed::NotNeeded);
    let (_, fetch) = stage.fetch();
    let mut daemon = accept(&mut own_daemons).await;
    claimed(&mut daemon, serves()).await;
    daemon.lease().await;
    let lease = fetch.await.unwrap().ok().unwrap().unwrap();
    own.is_running.store(false, Ordering::Relaxed);
    drop(daemon);
    lease.delivered();
    sleep(Duration::from_secs(1)).await;
    for script in [&stage.script, &own] {
        script.is_running.store(true, Ordering::Relaxed);
    }
    let mut other = stage.daemon().await;
    let elsewhere = Fault::new(FaultCode::OtherAccount, "another account");
    claimed(&mut other, AccountClaim::Elsewhere(elsewhere)).await;
    let mut successor = accept(&mut own_daemons).await;
    successor.end_of_lease(Delivery::Delivered).await;
    claimed(&mut successor, serves()).await;
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_this_machine_may_not_write_is_returned_with_the_reason() {
    for code in [FaultCode::Unreachable, FaultCode::NotYours] {
        let mut stage = Stage::new(&[]);
        let (_cancel, fetch) = stage.fetch();
        let mut daemon = stage.daemon().await;
        let request = daemon.request().await;
        daemon.answer(request.id, Answer::Fetch(mail())).await;
        let settle = daemon.request().await;
        let (id, result) = (settle.id, Err(Fault::new(code, "no")));
        daemon.write(&FromDaemon::Answer { id, result }).await;
        daemon.end_of_lease(Delivery::Returned).await;
        let fault = fetch.await.unwrap().err().unwrap();
        assert_eq!(fault.code, code);
    }
}

/// Returns a client that has written a mail, and whose daemon went away before the report.
async fn with_unreported_delivery() -> Stage {
    let mut stage = Stage::new(&[]);
    let (_, fetch) = stage.fetch();
    let mut daemon = stage.daemon().await;
    daemon.lease().await;
    let lease = fetch.await.unwrap().ok().unwrap().unwrap();
    stage.script.is_running.store(false, Ordering::Relaxed);
    drop(daemon);
    lease.delivered();
    stage
}

#[tokio::test(start_paused = true)]
async fn a_client_without_calls_reports_a_delivery_to_a_daemon_that_starts_later() {
    let mut stage = with_unreported_delivery().await;
    sleep(Duration::from_secs(10 * 60)).await;
    stage.script.is_running.store(true, Ordering::Relaxed);
    // The successor waits 3 s for the report.
    let successor = timeout(Duration::from_secs(2), stage.daemon());
    let mut successor = successor.await.expect("the client reports");
    successor.end_of_lease(Delivery::Delivered).await;
}

#[tokio::test(start_paused = true)]
async fn a_delivery_is_reported_before_the_first_call_however_long_taid_was_away() {
    let mut stage = with_unreported_delivery().await;
    // The reminders have ended.
    sleep(Duration::from_secs(2 * 3600)).await;
    stage.script.is_running.store(true, Ordering::Relaxed);
    let info = stage.call(GetInfo);
    let mut successor = stage.daemon().await;
    successor.end_of_lease(Delivery::Delivered).await;
    let request = successor.request().await;
    assert_eq!(request.call, Call::GetInfo(GetInfo));
    drop(successor);
    // The report was confirmed, so that the next connection does not repeat it.
    let request = stage.daemon().await.request().await;
    assert_eq!(request.call, Call::GetInfo(GetInfo));
    info.abort();
}
