//! Marks of handled mails against a scripted daemon, in paused time.

use super::*;
use crate::{daemon, scripted, settings::Settings};
use std::{
    env::VarError,
    sync::{Arc, Mutex},
    time::Duration,
};
use tai_proto::{
    Answer, Call,
    call::{Delivery, Settled},
    mail::ChangedMail,
};
use tokio::time::{advance, sleep};

/// State of a mailbox whose next mails have the numbers 1, 2, 3 and so on.
#[derive(Default)]
struct Mailbox {
    last: u64,
    /// Faults of all marks.
    fault: Option<Fault>,
    /// Mail that another program deleted.
    deleted: Option<u64>,
    /// Whether the instance may not call `mark_read`.
    is_forbidden: bool,
    /// Mails that were read elsewhere.
    is_read: bool,
    /// Number of calls that mark a mail.
    attempts: usize,
    /// Number of refused calls.
    refused: usize,
    /// Ends of leases.
    ends: Vec<(u64, Delivery)>,
}

impl Mailbox {
    fn answer(&mut self, call: Call) -> Result<Answer, Fault> {
        let missing = || Err(Fault::new(FaultCode::NotFound, "Email not found"));
        match call {
            Call::Fetch(_) => {
                self.last += 1;
                Ok(Answer::Fetch(scripted::mail(self.last)))
            }
            Call::Settle(Settle { id }) => {
                self.attempts += 1;
                let marked_read = self.fault.is_none() && self.deleted != Some(id.get());
                Ok(Answer::Settle(Settled { marked_read }))
            }
            Call::MarkRead(MarkRead { id }) if self.deleted == Some(id.get()) => missing(),
            Call::MarkRead(_) if self.is_forbidden => {
                self.refused += 1;
                Err(Fault::new(FaultCode::NotPermitted, "mark_read"))
            }
            Call::MarkRead(MarkRead { id }) => match &self.fault {
                Some(fault) => Err(fault.clone()),
                None => Ok(Answer::MarkRead(ChangedMail {
                    id,
                    subject: "s".into(),
                })),
            },
            Call::Peek(Peek { id, .. }) => {
                let mut fetched = scripted::mail(id.get());
                if let Some(mail) = &mut fetched.mail {
                    mail.envelope.read = self.is_read;
                }
                Ok(Answer::Peek(fetched))
            }
            Call::EndLease(end) => {
                self.ends.push((end.id.get(), end.delivery));
                Ok(Answer::EndLease(()))
            }
            Call::GetInfo(_) => missing(),
            other => panic!("{other:?}"),
        }
    }
}

struct Stage {
    mailbox: Arc<Mutex<Mailbox>>,
    calls: Calls,
    unmarked: Unmarked,
}

impl Stage {
    fn new() -> Self {
        let mailbox: Arc<Mutex<Mailbox>> = Arc::default();
        let of_daemon = mailbox.clone();
        let open = move || {
            let mailbox = of_daemon.clone();
            let answer = move |call| mailbox.lock().unwrap().answer(call);
            Some(scripted::daemon(answer))
        };
        let settings = Settings::from_env(&|_| Err(VarError::NotPresent), None);
        let (taid, endings) = daemon::over(Box::new(open), &settings);
        tokio::spawn(endings.report());
        Self {
            mailbox,
            calls: Calls::new(taid),
            unmarked: Unmarked::new(),
        }
    }

    fn set(&self, change: impl FnOnce(&mut Mailbox)) {
        change(&mut self.mailbox.lock().unwrap());
    }

    async fn lease(&self) -> Lease {
        let leased = self
            .calls
            .lease_oldest(&tai_proto::call::Except::NOTHING)
            .await;
        leased.ok().and_then(|(_, lease)| lease).unwrap()
    }

    /// Adds the next mail, which is handled. Returns the failure to report.
    async fn handled(&mut self) -> Option<FaultCode> {
        let lease = self.lease().await;
        let failure = self.unmarked.add(lease, &self.calls).await;
        failure.map(|fault| fault.code)
    }

    /// Makes the attempts of a time. Returns the failures to report.
    async fn after(&mut self, time: Duration) -> Vec<FaultCode> {
        let (until, mut failures) = (Instant::now() + time, Vec::new());
        while let Some(due) = self.unmarked.due().filter(|due| *due <= until) {
            advance(due.saturating_duration_since(Instant::now())).await;
            let failure = self.unmarked.mark_due(&self.calls).await;
            failures.extend(failure.map(|fault| fault.code));
        }
        failures
    }

    /// Returns the ends of leases since the last call.
    async fn ends(&self) -> Vec<(u64, Delivery)> {
        sleep(Duration::from_secs(1)).await;
        std::mem::take(&mut self.mailbox.lock().unwrap().ends)
    }
}

fn failing() -> Option<Fault> {
    Some(Fault::new(FaultCode::BridgeFailed, "still unread"))
}

const HOUR: Duration = Duration::from_secs(60 * 60);

#[tokio::test(start_paused = true)]
async fn the_lease_of_a_mail_that_another_program_deleted_ends() {
    let mut stage = Stage::new();
    stage.set(|mailbox| mailbox.deleted = Some(1));
    assert_eq!(stage.handled().await, None);
    assert_eq!(stage.unmarked.due(), None);
    assert_eq!(stage.ends().await, [(1, Delivery::Delivered)]);
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_cannot_be_marked_is_reported_once_and_delays_no_other() {
    let mut stage = Stage::new();
    stage.set(|mailbox| mailbox.fault = failing());
    assert_eq!(stage.handled().await, Some(FaultCode::BridgeFailed));
    assert_eq!(stage.handled().await, None, "the same failure");
    assert_eq!(stage.after(HOUR).await, []);
    let attempts = stage.mailbox.lock().unwrap().attempts;
    assert!((60..=70).contains(&attempts), "{attempts}");
    assert_eq!(stage.ends().await, []);

    let unreachable = Fault::new(FaultCode::Unreachable, "no bridge");
    stage.set(|mailbox| mailbox.fault = Some(unreachable));
    assert_eq!(stage.after(HOUR).await, [FaultCode::Unreachable]);

    stage.set(|mailbox| mailbox.fault = None);
    assert_eq!(stage.handled().await, None);
    assert_eq!(stage.ends().await, [(3, Delivery::Delivered)]);
    assert_eq!(stage.after(Duration::from_secs(60)).await, []);
    let mut ends = stage.ends().await;
    ends.sort_by_key(|(id, _)| *id);
    assert_eq!(ends, [1, 2].map(|id| (id, Delivery::Delivered)));
    assert_eq!(stage.unmarked.due(), None);

    stage.set(|mailbox| mailbox.fault = failing());
    let again = stage.handled().await;
    assert_eq!(again, Some(FaultCode::BridgeFailed), "it worked since");
}

#[tokio::test(start_paused = true)]
async fn without_the_permission_to_mark_mails_live_looks_at_the_mail() {
    let mut stage = Stage::new();
    stage.set(|mailbox| {
        mailbox.fault = failing();
        mailbox.is_forbidden = true;
    });
    assert_eq!(stage.handled().await, Some(FaultCode::BridgeFailed));
    assert_eq!(stage.after(HOUR).await, []);
    assert_eq!(stage.ends().await, []);
    stage.set(|mailbox| mailbox.is_read = true);
    assert_eq!(stage.after(HOUR).await, []);
    assert_eq!(stage.mailbox.lock().unwrap().refused, 1);
    assert_eq!(stage.ends().await, [(1, Delivery::Delivered)]);
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_a_restarted_taid_leases_again_keeps_one_lease_and_is_left_to_taid_at_the_end()
{
    let mut stage = Stage::new();
    stage.set(|mailbox| mailbox.fault = failing());
    stage.handled().await;
    stage.set(|mailbox| mailbox.last = 0);
    let again = stage.lease().await;
    assert!(stage.unmarked.renew(again).is_none());
    let other = stage.lease().await;
    assert!(
        stage
            .unmarked
            .renew(other)
            .is_some_and(|of| of.id().get() == 2)
    );
    assert_eq!(stage.ends().await, [(2, Delivery::Returned)]);
    stage.unmarked.leave();
    assert_eq!(stage.ends().await, [(1, Delivery::Delivered)]);
}
