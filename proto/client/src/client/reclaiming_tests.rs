//! Leases after a restart of the daemon.

use super::*;
use tai_proto::call::ReclaimLeases;

/// Returns a client that holds mail 7, and whose daemon went away.
async fn with_lease() -> (Stage, Lease) {
    let mut stage = Stage::new(&[]);
    let (_, fetch) = stage.fetch();
    let mut daemon = stage.daemon().await;
    daemon.lease().await;
    let lease = fetch.await.unwrap().ok().unwrap().unwrap();
    stage.script.is_running.store(false, Ordering::Relaxed);
    drop(daemon);
    (stage, lease)
}

/// Expects that the client reclaims mail 7, and answers with these mails.
async fn reclaimed(daemon: &mut Peer, kept: Vec<MailId>) {
    let request = daemon.request().await;
    let ids = vec![seven()];
    assert_eq!(request.call, Call::ReclaimLeases(ReclaimLeases { ids }));
    daemon.answer(request.id, Answer::ReclaimLeases(kept)).await;
}

#[tokio::test(start_paused = true)]
async fn a_client_without_calls_reclaims_its_mail_from_a_daemon_that_starts_later() {
    let (mut stage, lease) = with_lease().await;
    sleep(Duration::from_secs(10 * 60)).await;
    stage.script.is_running.store(true, Ordering::Relaxed);
    // The successor waits 3 s for it.
    let successor = timeout_at(Instant::now() + Duration::from_secs(2), stage.daemon());
    let mut successor = successor.await.expect("the client reclaims the mail");
    reclaimed(&mut successor, vec![seven()]).await;
    // The lease is of the new connection, and ends over it.
    sleep(Duration::from_secs(10)).await;
    drop(lease);
    successor.end_of_lease(Delivery::Returned).await;
}

#[tokio::test(start_paused = true)]
async fn a_mail_is_reclaimed_before_the_first_call_and_once() {
    let (mut stage, lease) = with_lease().await;
    // The reminders have ended.
    sleep(Duration::from_secs(2 * 3600)).await;
    stage.script.is_running.store(true, Ordering::Relaxed);
    let info = stage.call(GetInfo);
    let mut successor = stage.daemon().await;
    reclaimed(&mut successor, Vec::new()).await;
    let request = successor.request().await;
    assert_eq!(request.call, Call::GetInfo(GetInfo));
    // The daemon does not know the lease, so that the client does not insist.
    sleep(Duration::from_secs(60)).await;
    assert!(stage.daemons.try_recv().is_err());
    drop(lease);
    info.abort();
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_its_reader_gives_up_while_it_is_reclaimed_is_returned() {
    let (mut stage, lease) = with_lease().await;
    stage.script.is_running.store(true, Ordering::Relaxed);
    let info = stage.call(GetInfo);
    let mut successor = stage.daemon().await;
    let request = successor.request().await;
    drop(lease);
    sleep(Duration::from_secs(1)).await;
    let answer = Answer::ReclaimLeases(vec![seven()]);
    successor.answer(request.id, answer).await;
    successor.end_of_lease(Delivery::Returned).await;
    let request = successor.request().await;
    assert_eq!(request.call, Call::GetInfo(GetInfo));
    info.abort();
}

#[tokio::test(start_paused = true)]
async fn a_reminder_starts_no_daemon() {
    let (stage, lease) = with_lease().await;
    stage
        .script
        .starts
        .lock()
        .unwrap()
        .push_back(StartEnd::Ready);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(stage.script.starts.lock().unwrap().len(), 1);
    drop(lease);
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_a_stopping_daemon_does_not_lease_is_reclaimed_from_its_successor() {
    let (mut stage, lease) = with_lease().await;
    stage.script.is_running.store(true, Ordering::Relaxed);
    for code in [FaultCode::Stopping, FaultCode::TooBusy] {
        let mut stopping = stage.daemon().await;
        let request = stopping.request().await;
        let (id, result) = (request.id, Err(Fault::new(code, "no")));
        stopping.write(&FromDaemon::Answer { id, result }).await;
    }
    let successor = timeout_at(Instant::now() + Duration::from_secs(2), stage.daemon());
    let mut successor = successor.await.expect("the client reclaims the mail");
    reclaimed(&mut successor, vec![seven()]).await;
    // The lease is of the new connection.
    sleep(Duration::from_secs(10)).await;
    drop(lease);
    successor.end_of_lease(Delivery::Returned).await;
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_a_daemon_does_not_lease_now_is_reclaimed_later() {
    let (mut stage, lease) = with_lease().await;
    stage.script.is_running.store(true, Ordering::Relaxed);
    let mut successor = stage.daemon().await;
    let request = successor.request().await;
    let (id, result) = (request.id, Err(Fault::new(FaultCode::TooBusy, "no")));
    successor.write(&FromDaemon::Answer { id, result }).await;
    reclaimed(&mut successor, vec![seven()]).await;
    sleep(Duration::from_secs(10)).await;
    drop(lease);
    successor.end_of_lease(Delivery::Returned).await;
}
