//! The daemons of a client with an account.

use super::{reporting::claimed, *};
use tai_proto::account::{AccountClaim, PasswordNeed};

fn serves() -> AccountClaim {
    AccountClaim::Serves(PasswordNeed::NotNeeded)
}

fn elsewhere() -> AccountClaim {
    AccountClaim::Elsewhere(Fault::new(FaultCode::OtherAccount, "another account"))
}

#[tokio::test(start_paused = true)]
async fn the_answer_of_the_running_daemon_comes_before_the_reason_that_none_is_started() {
    let (mut stage, own, _own_daemons) = Stage::of_account();
    own.is_running.store(false, Ordering::Relaxed);
    own.is_of_other_home.store(true, Ordering::Relaxed);
    let info = stage.call(GetInfo);
    let mut other = stage.daemon().await;
    claimed(&mut other, elsewhere()).await;
    let fault = info.await.unwrap().unwrap_err();
    assert_eq!(fault.what.as_str(), "another account");

    // Without a daemon that runs, the reason is all that there is to say.
    let (stage, own, _own_daemons) = Stage::of_account();
    for script in [&stage.script, &own] {
        script.is_running.store(false, Ordering::Relaxed);
    }
    own.is_of_other_home.store(true, Ordering::Relaxed);
    let fault = stage.call(GetInfo).await.unwrap().unwrap_err();
    assert_eq!(
        fault.what.as_str(),
        "taid is not running, and no client starts it for this home directory"
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_uses_the_daemon_of_those_that_name_no_bridge_if_it_is_at_the_same_bridge() {
    let (own, _own_daemons) = script(&[StartEnd::Ready]);
    let (shared, mut shared_daemons) = script(&[]);
    let mut stage = Stage::with_own(vec![own.clone(), shared]);
    let info = stage.call(GetInfo);
    claimed(&mut stage.daemon().await, elsewhere()).await;
    let mut daemon = accept(&mut shared_daemons).await;
    claimed(&mut daemon, serves()).await;
    assert_eq!(daemon.request().await.call, Call::GetInfo(GetInfo));
    assert!(
        !own.is_running.load(Ordering::Relaxed),
        "nothing was started"
    );
    info.abort();
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_may_be_at_another_bridge_gets_no_report_before_its_answer() {
    let (own, mut own_daemons) = script(&[]);
    let (shared, mut shared_daemons) = script(&[]);
    let mut stage = Stage::with_own(vec![own.clone(), shared.clone()]);
    for script in [&stage.script, &shared] {
        script.is_running.store(false, Ordering::Relaxed);
    }
    let (_, fetch) = stage.fetch();
    let mut daemon = accept(&mut own_daemons).await;
    claimed(&mut daemon, serves()).await;
    daemon.lease().await;
    let lease = fetch.await.unwrap().ok().unwrap().unwrap();
    own.is_running.store(false, Ordering::Relaxed);
    drop(daemon);
    lease.delivered();
    sleep(Duration::from_secs(1)).await;
    shared.is_running.store(true, Ordering::Relaxed);
    // The client reminds daemons of its report without a call.
    let mut other = accept(&mut shared_daemons).await;
    claimed(&mut other, elsewhere()).await;
    let mut same = accept(&mut shared_daemons).await;
    claimed(&mut same, serves()).await;
    same.end_of_lease(Delivery::Delivered).await;
    assert!(stage.daemons.try_recv().is_err());
}
