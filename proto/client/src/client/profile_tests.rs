//! The profile of the daemon that answers, and the commands in hints.

use super::*;
use tai_proto::mail::Info;

fn info(profile: &str) -> Answer {
    Answer::GetInfo(Info {
        version: "0.1.0".into(),
        address: None,
        bridge: "https://bridge.example".into(),
        default_to: None,
        api_timeout_ms: 1,
        profile: profile.into(),
    })
}

fn profile(stage: &Stage) -> JoinHandle<Profile> {
    let client = stage.client.clone();
    tokio::spawn(async move { client.profile().await })
}

#[tokio::test(start_paused = true)]
async fn a_daemon_is_asked_once_for_its_profile() {
    let mut stage = Stage::new(&[]);
    // Without a connection, no daemon is asked.
    assert!(profile(&stage).await.unwrap().is_default());

    let delete = stage.call(Delete { id: seven() });
    let mut daemon = stage.daemon().await;
    daemon.request().await;
    // A daemon that does not answer delays no text.
    let silent = profile(&stage);
    assert_eq!(daemon.request().await.call, Call::GetInfo(GetInfo));
    assert!(silent.await.unwrap().is_default());
    let cancelled: ToDaemon = daemon.frame().await;
    assert!(matches!(cancelled, ToDaemon::Cancel { .. }));

    let asked = profile(&stage);
    let request = daemon.request().await;
    daemon.answer(request.id, info("work")).await;
    assert_eq!(asked.await.unwrap().as_str(), "work");
    assert_eq!(profile(&stage).await.unwrap().as_str(), "work");

    // The hint of a lost call names the profile, too.
    drop(daemon);
    let lost = delete.await.unwrap().unwrap_err();
    assert_eq!(lost.code, FaultCode::OutcomeUnknown);
    let stopped = stage.call(DeleteMail { id: seven() });
    let mut daemon = stage.daemon().await;
    daemon.request().await;
    let asked = profile(&stage);
    let request = daemon.request().await;
    daemon.answer(request.id, info("work")).await;
    asked.await.unwrap();
    drop(daemon);
    let fault = stopped.await.unwrap().unwrap_err();
    insta::assert_snapshot!(fault.hint.render(Audience::Person), @"look at `taid inbox --all --profile work` before you delete it again");
}
