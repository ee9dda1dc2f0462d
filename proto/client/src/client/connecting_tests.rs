//! Daemons that exit, restart and hang up: which daemon a call reaches, and how long it waits.

use super::*;
use tai_proto::{account::Succession, call::MakeWay, release::Release};

#[tokio::test(start_paused = true)]
async fn a_call_that_a_stopping_daemon_did_not_begin_goes_to_its_successor() {
    let mut stage = Stage::new(&[]);
    let delete = stage.call(Delete { id: seven() });
    let mut daemon = stage.daemon().await;
    daemon.write(&FromDaemon::Goodbye).await;
    drop(daemon);
    let mut successor = stage.daemon().await;
    let request = successor.request().await;
    assert_eq!(request.call, Call::Delete(Delete { id: seven() }));
    // A daemon that hangs up without this word may have begun the call.
    drop(successor);
    let fault = delete.await.unwrap().unwrap_err();
    assert_eq!(fault.code, FaultCode::OutcomeUnknown);
    insta::assert_snapshot!(fault.render(Audience::Agent), @"
    error: it is unknown whether the call had an effect
    caused by: taid exited before it answered
    hint: call list_inbox to see whether the mail exists, and delete it again if it does
    ");
}

#[tokio::test(start_paused = true)]
async fn the_outcome_of_a_call_without_an_answer_is_unknown_unless_it_is_safe_to_repeat() {
    let mut stage = Stage::new(&[]);
    let delete = stage.call(DeleteMail { id: seven() });
    let mut daemon = stage.daemon().await;
    let request = daemon.request().await;
    assert_eq!(request.call, Call::DeleteMail(DeleteMail { id: seven() }));
    let info = stage.call(GetInfo);
    daemon.request().await;
    let fault = delete.await.unwrap().unwrap_err();
    insta::assert_snapshot!(fault.render(Audience::Person), @"
    error: it is unknown whether the call had an effect
    caused by: taid did not answer in time
    hint: look at `taid inbox --all` before you delete it again
    ");
    let fault = info.await.unwrap().unwrap_err();
    insta::assert_snapshot!(fault.render(Audience::Person), @"
    error: taid did not answer in time
    caused by: the time limit is 55 s
    hint: call again, which is safe
    ");
    assert_eq!(fault.code, FaultCode::DeadlinePassed);

    // No daemon gets the call.
    let mut stage = Stage::new(&[]);
    let delete = stage.call(DeleteMail { id: seven() });
    let _silent = stage.daemons.recv().await.unwrap();
    let fault = delete.await.unwrap().unwrap_err();
    assert_ne!(fault.code, FaultCode::OutcomeUnknown);
}

#[tokio::test(start_paused = true)]
async fn a_started_daemon_that_was_killed_is_replaced_and_one_that_failed_is_not() {
    let killed = || StartEnd::Failed(String::new());
    let mut stage = Stage::new(&[killed(), killed(), StartEnd::Ready]);
    let info = stage.call(GetInfo);
    let request = stage.daemon().await.request().await;
    assert_eq!(request.call, Call::GetInfo(GetInfo));
    info.abort();

    let failed = StartEnd::Failed("the configuration is not valid".to_owned());
    let stage = Stage::new(&[failed, StartEnd::Ready]);
    let fault = stage.call(GetInfo).await.unwrap().unwrap_err();
    assert!(fault.to_string().contains("the configuration is not valid"));
}

#[tokio::test(start_paused = true)]
async fn a_call_during_a_restart_by_systemd_waits_for_the_successor() {
    let mut stage = Stage::new(&[]);
    stage.script.is_managed.store(true, Ordering::Relaxed);
    // The daemon hangs up during the handshake, because it is exiting.
    let info = stage.call(GetInfo);
    drop(stage.daemons.recv().await.unwrap());
    let mut daemon = stage.daemon().await;
    let request = daemon.request().await;
    assert_eq!(request.call, Call::GetInfo(GetInfo));

    // The socket unit restarts too.
    stage.script.is_running.store(false, Ordering::Relaxed);
    drop(daemon);
    sleep(Duration::from_secs(3)).await;
    assert!(!info.is_finished());
    stage.script.is_running.store(true, Ordering::Relaxed);
    let request = stage.daemon().await.request().await;
    assert_eq!(request.call, Call::GetInfo(GetInfo));
    info.abort();
}

#[tokio::test(start_paused = true)]
async fn a_process_that_hangs_up_on_each_connection_fails_a_call_after_seconds() {
    let mut stage = Stage::new(&[]);
    let info = stage.call(GetInfo);
    let began = Instant::now();
    while !info.is_finished() {
        let _ = timeout_at(
            Instant::now() + Duration::from_secs(1),
            stage.daemons.recv(),
        )
        .await;
    }
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "{:?}",
        began.elapsed()
    );
    let fault = info.await.unwrap().unwrap_err();
    insta::assert_snapshot!(fault.render(Audience::Agent), @"
    error: taid hung up before it answered
    caused by: the process at s accepts connections and closes them
    hint: call again; if that fails too, ask the user to run `taid doctor`
    ");
}

#[tokio::test(start_paused = true)]
async fn a_client_without_a_place_asks_an_older_daemon_again_to_make_way() {
    let (script, daemons) = script(&[]);
    let options = ClientOptions {
        software: "tai-mcp 0.2.0".to_owned(),
        role: Role::Agent { instance: None },
        profile: Profile::default(),
        socket: "s".into(),
        account: None,
        bridge: None,
    };
    let (client, _endings) = Client::with_own(script.clone(), Vec::new(), options);
    let client = Arc::new(client);
    let mut stage = Stage {
        client,
        script,
        daemons,
    };
    let release = Release::parse("0.2.0").unwrap();
    let make_way = Call::MakeWay(MakeWay { release });

    let info = stage.call(GetInfo);
    let mut daemon = older(&mut stage).await;
    for call in [make_way.clone(), Call::GetInfo(GetInfo)] {
        let request = daemon.request().await;
        assert_eq!(request.call, call);
        let (id, result) = (request.id, Err(Fault::new(FaultCode::TooBusy, "full")));
        daemon.write(&FromDaemon::Answer { id, result }).await;
    }
    daemon.write(&FromDaemon::Goodbye).await;
    drop(daemon);
    assert_eq!(info.await.unwrap().unwrap_err().code, FaultCode::TooBusy);

    let info = stage.call(GetInfo);
    let mut daemon = older(&mut stage).await;
    let request = daemon.request().await;
    assert_eq!(request.call, make_way);
    let answer = Answer::MakeWay(Succession::IsNeeded);
    daemon.answer(request.id, answer).await;
    assert_eq!(daemon.request().await.call, Call::GetInfo(GetInfo));
    drop(daemon);
    // The daemon has decided.
    let mut daemon = older(&mut stage).await;
    assert_eq!(daemon.request().await.call, Call::GetInfo(GetInfo));
    info.abort();
}

/// Accepts the next connection as a daemon of an older release.
async fn older(stage: &mut Stage) -> Peer {
    let mut peer = Peer {
        stream: stage.daemons.recv().await.unwrap(),
        decoder: Decoder::new(MAX_FRAME),
    };
    let hello: Hello = peer.frame().await;
    peer.write(&Welcome::answering(&hello, "taid 0.1.0")).await;
    let attach: ToDaemon = peer.frame().await;
    assert!(matches!(attach, ToDaemon::Attach(_)));
    peer
}
