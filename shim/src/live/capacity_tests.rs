//! Limits of the mails that wait, against a scripted daemon with an endless mailbox, in paused time.

use super::{failure::Failure, unmarked::MAX_UNMARKED, waiting::MAX_WAITING, *};
use crate::scripted;
use std::{
    env::VarError,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tai_proto::{Answer, Call, text::Content};
use tokio::time::advance;

/// Returns a client of a daemon that has one more unread mail at each call and marks none. If
/// `is_read` is set, a person has read all of them.
fn calls(settings: &Settings, is_read: &Arc<AtomicBool>) -> Calls {
    let is_read = is_read.clone();
    let open = move || {
        let (mut last, is_read) = (0, is_read.clone());
        Some(scripted::daemon(move |call| match call {
            Call::Fetch(_) => {
                last += 1;
                Ok(Answer::Fetch(scripted::mail(last)))
            }
            Call::Settle(_) => Err(Fault::new(FaultCode::BridgeFailed, "still unread")),
            Call::GetInfo(_) => Err(Fault::new(FaultCode::NotFound, "no account")),
            Call::Peek(peek) => {
                let mut fetched = scripted::mail(peek.id.get());
                if let Some(mail) = &mut fetched.mail {
                    mail.envelope.read = is_read.load(Ordering::Relaxed);
                }
                Ok(Answer::Peek(fetched))
            }
            Call::EndLease(_) => Ok(Answer::EndLease(())),
            other => panic!("{other:?}"),
        }))
    };
    let (taid, endings) = daemon::over(Box::new(open), settings);
    tokio::spawn(endings.report());
    Calls::new(taid)
}

/// Returns a command that has answered the sender of all mails as often as it may.
fn live() -> Live {
    live_with(&Arc::default())
}

fn live_with(is_read: &Arc<AtomicBool>) -> Live {
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
        calls: calls(&settings, is_read),
        handler: Handler::new(options, &settings),
        report: Report { announces: false },
        brake,
        waiting: WaitingMails::default(),
        unmarked: Unmarked::new(),
        left: LeftMails::default(),
        is_announced: false,
        reported: None,
        profile: Profile::default(),
    }
}

#[tokio::test(start_paused = true)]
async fn live_takes_no_more_mails_than_its_client_can_lease() {
    let mut live = live();
    for _ in 1..MAX_UNMARKED {
        let leased = live.calls.lease_oldest(&Except::NOTHING).await;
        let lease = leased.ok().and_then(|(_, lease)| lease).unwrap();
        live.unmarked.add(lease, &live.calls).await;
    }
    match live.handle_all().await {
        Ok(attempts) => assert_eq!(attempts, MAX_WAITING),
        Err(Stop::Fault(fault)) => panic!("{} mails wait: {fault:?}", live.waiting.count()),
        Err(Stop::Exit(code)) => panic!("{code:?}"),
    }
    assert_eq!(live.waiting.count(), MAX_WAITING);
    assert!(live.unmarked.full().is_none());
    assert_eq!(live.handle_all().await.ok(), Some(0));
    // A place is left, such as for a mail that a restarted taid leases a second time.
    assert!(live.calls.lease_oldest(&Except::NOTHING).await.is_ok());
}

/// Leases the next mail.
async fn lease(live: &Live) -> Waiting {
    let (fetched, lease) = live.calls.lease_oldest(&Except::NOTHING).await.unwrap();
    Waiting::new(lease.unwrap(), fetched.address, fetched.mail.unwrap())
}

#[tokio::test(start_paused = true)]
async fn refused_answers_hold_up_no_others() {
    let is_read = Arc::default();
    let mut live = live_with(&is_read);
    let answer = Content::new("x".repeat(1 << 10)).unwrap();
    let mut given_up = Vec::new();
    for _ in 0..120 {
        let mut mail = lease(&live).await;
        let refused = mail.fail(Failure::Refused(answer.clone()), true);
        assert!(matches!(refused, Outlook::Retried(_)));
        live.waiting.add(mail);
        given_up.extend(
            live.waiting
                .take_surplus()
                .map(|mail| mail.lease.id().get()),
        );
    }
    assert_eq!(given_up, (1..=70).collect::<Vec<_>>(), "the oldest ones");
    assert_eq!(live.waiting.count_for_person(), 50);
    assert_eq!(live.handle_all().await.ok(), Some(MAX_WAITING - 50));

    // A person has read them.
    is_read.store(true, Ordering::Relaxed);
    advance(Duration::from_secs(10 * 60)).await;
    // The senders of the others have got many answers for the rest of the hour.
    assert_eq!(live.handle_all().await.ok(), Some(50));
    assert_eq!(live.waiting.count_for_person(), 0);
    assert_eq!(live.waiting.count(), MAX_WAITING);
}

#[tokio::test(start_paused = true)]
async fn only_runs_count_and_a_finished_answer_is_kept() {
    let live = live();
    let mut mail = lease(&live).await;
    let seconds = |outlook| match outlook {
        Outlook::Retried(wait) => wait.as_secs(),
        other => panic!("{other:?}"),
    };
    let backoffs = [10, 20, 40, 80, 160, 320, 600, 600];
    for backoff in backoffs {
        assert_eq!(seconds(mail.fail(Failure::NotRun, true)), backoff);
    }
    for _ in 0..4 {
        assert_eq!(seconds(mail.fail(Failure::Run, true)), 600);
    }
    assert_eq!(mail.fail(Failure::Run, true), Outlook::GivenUp(5));

    let mut mail = lease(&live).await;
    let runs = (0..8).map(|_| seconds(mail.fail(Failure::Run, false)));
    assert_eq!(runs.collect::<Vec<_>>(), backoffs);

    let mut mail = lease(&live).await;
    let answer = Content::new("answer").unwrap();
    for backoff in backoffs {
        let failure = Failure::NotSent(answer.clone());
        assert_eq!(seconds(mail.fail(failure, true)), backoff);
    }
    let refused = || Failure::Refused(answer.clone());
    assert_eq!(mail.fail(Failure::Run, true), Outlook::GivenUp(0));
    assert_eq!(seconds(mail.fail(refused(), true)), 600);
    assert_eq!(mail.fail(refused(), true), Outlook::StillRefused);
    assert!(mail.needs_person());
    assert!(matches!(&mail.stage, Stage::Unsent { answer, .. } if **answer == *"answer"));
}
