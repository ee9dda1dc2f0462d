//! Limits of the mails that wait, against a scripted daemon with an endless mailbox, in paused time.

use super::*;
use crate::scripted;
use std::env::VarError;
use tai_proto::{Answer, Call};

/// Returns a client of a daemon that has one more unread mail at each call and marks none.
fn calls(settings: &Settings) -> Calls {
    let open = || {
        let mut last = 0;
        Some(scripted::daemon(move |call| match call {
            Call::Fetch(_) => {
                last += 1;
                Ok(Answer::Fetch(scripted::mail(last)))
            }
            Call::Settle(_) => Err(Fault::new(FaultCode::BridgeFailed, "still unread")),
            Call::GetInfo(_) => Err(Fault::new(FaultCode::NotFound, "no account")),
            other => panic!("{other:?}"),
        }))
    };
    let (taid, endings) = daemon::over(Box::new(open), settings);
    tokio::spawn(endings.report());
    Calls::new(taid)
}

/// Returns a command that has answered the sender of all mails as often as it may.
fn live() -> Live {
    let settings = Settings::from_env(&|_| Err(VarError::NotPresent), None);
    let options = Options {
        instance: None,
        agent: None,
        task: None,
        sends_output: true,
        limit: Duration::from_secs(300),
        exec: vec!["never-run".into()],
    };
    let mut brake = Brake::default();
    for _ in 0..brake::MAX_ANSWERS {
        brake.count("a@example.com", Instant::now());
    }
    Live {
        calls: calls(&settings),
        handler: Handler::new(options, &settings),
        report: Report { announces: false },
        brake,
        waiting: BTreeMap::new(),
        unmarked: Unmarked::new(),
        reported: None,
        profile: Profile::default(),
    }
}

#[tokio::test(start_paused = true)]
async fn live_takes_no_more_mails_than_its_client_can_lease() {
    let mut live = live();
    for _ in 1..MAX_UNMARKED {
        let leased = live.calls.lease_oldest().await;
        let lease = leased.ok().and_then(|(_, lease)| lease).unwrap();
        live.unmarked.add(lease, &live.calls).await;
    }
    match live.handle_all().await {
        Ok(attempts) => assert_eq!(attempts, MAX_WAITING),
        Err(Stop::Fault(fault)) => panic!("{} mails wait: {fault:?}", live.waiting.len()),
        Err(Stop::Exit(code)) => panic!("{code:?}"),
    }
    assert_eq!(live.waiting.len(), MAX_WAITING);
    assert!(live.unmarked.full().is_none());
    assert_eq!(live.handle_all().await.ok(), Some(0));
    // A place is left, such as for a mail that a restarted taid leases a second time.
    assert!(live.calls.lease_oldest().await.is_ok());
}
