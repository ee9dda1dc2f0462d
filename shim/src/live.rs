//! `tai-mcp live`: waits for mail to one instance and hands each mail to the [`handler`].
//!
//! Delivery is at-least-once: a mail is marked read only after its handling succeeded. A mail whose
//! handling failed is retried with a backoff, and one that cannot be marked read is [`unmarked`].
//! Neither delays other mails. An answer whose outcome is unknown is never sent a second time.

mod agent;
mod answer;
mod brake;
mod calls;
mod ending;
mod failure;
mod handler;
mod left;
mod options;
mod output;
mod program;
mod prompt;
mod refusal;
mod report;
mod server;
mod unmarked;
mod waiting;
mod workspace;

pub(crate) use agent::Agent;
pub(crate) use options::Options;

use crate::{backoff::after_failure, daemon, os, settings::Settings};
use answer::AnswerTo;
use brake::Brake;
use calls::Calls;
use handler::{Handled, Handler};
use left::LeftMails;
use refusal::refusal;
use report::{Report, print};
use std::{process::ExitCode, time::Duration};
use tai_proto::{
    Audience, Fault, FaultCode, Hint,
    call::{Except, GetInfo, Watch},
    mail::MailboxUpdate,
    names::{Instance, Profile},
};
use tokio::time::{Instant, sleep_until};
use unmarked::Unmarked;
use waiting::{Fate, Outlook, Stage, Waiting, WaitingMails};

/// Time limit for the last lease reports before the process exits.
const LAST_REPORTS: Duration = Duration::from_millis(500);
/// Interval of checks of the mailbox while taid reports no arrival.
const CHECK_EVERY: Duration = Duration::from_secs(10 * 60);

/// Runs until a signal asks the process to stop, or until standard output is closed.
///
/// Exit codes: 0 after a signal or a closed output, 1 if the program cannot be run, 2 if the
/// instance is invalid.
pub(crate) async fn live(mut settings: Settings, options: Options) -> ExitCode {
    match options.instance.clone().map(Instance::new).transpose() {
        Ok(Some(instance)) => settings.instance = Some(instance),
        Ok(None) => {}
        Err(rule) => {
            let fault = Fault::new(FaultCode::BadRequest, "the instance is not valid")
                .because(rule.to_string())
                .hint(Hint::reader("correct --instance"));
            print(&fault.render(Audience::Person));
            return ExitCode::from(2);
        }
    }
    let handler = Handler::new(options, &settings);
    if let Some(fault) = handler.missing() {
        print(&fault.render(Audience::Person));
        return ExitCode::FAILURE;
    }
    let (taid, endings) = daemon::client(&settings);
    let reports = tokio::spawn(endings.report());
    let report = Report {
        announces: settings.announces_start,
    };
    report.starting();
    let mut live = Live {
        calls: Calls::new(taid),
        handler,
        report,
        brake: Brake::default(),
        waiting: WaitingMails::default(),
        unmarked: Unmarked::new(),
        left: LeftMails::default(),
        is_announced: false,
        reported: None,
        profile: Profile::default(),
    };
    let code = tokio::select! {
        code = live.run() => code,
        () = os::asked_to_stop() => ExitCode::SUCCESS,
    };
    live.unmarked.leave();
    // Returns the open leases.
    drop(live);
    let _ = tokio::time::timeout(LAST_REPORTS, reports).await;
    code
}

/// State of the command.
struct Live {
    calls: Calls,
    handler: Handler,
    report: Report,
    brake: Brake,
    waiting: WaitingMails,
    unmarked: Unmarked,
    left: LeftMails,
    /// Whether the address was reported.
    is_announced: bool,
    /// Failure of the last round that was reported.
    reported: Option<Fault>,
    /// Profile of taid.
    profile: Profile,
}

/// Reason for the early end of a round.
enum Stop {
    /// A call failed. The round is retried.
    Fault(Fault),
    /// The command exits.
    Exit(ExitCode),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Stop::Fault(fault)
    }
}

impl Live {
    /// Runs rounds until the command exits. A failed round is retried after a backoff.
    async fn run(&mut self) -> ExitCode {
        let (mut mark, mut backoff) = (None, after_failure());
        loop {
            match self.round(&mut mark).await {
                Ok(()) => {
                    backoff = after_failure();
                    self.reported = None;
                }
                Err(Stop::Exit(code)) => return code,
                Err(Stop::Fault(fault)) => {
                    // A failure that repeats is reported once.
                    if self.reported.as_ref() != Some(&fault) {
                        if !self.unmarked.has_reported(&fault) {
                            self.report.failed(&fault);
                        }
                        self.reported = Some(fault);
                    }
                    backoff.wait().await;
                }
            }
        }
    }

    /// Handles the unread mails, then waits for an arrival or for the next attempt.
    async fn round(&mut self, mark: &mut Option<u64>) -> Result<(), Stop> {
        // The mark is older than the mailbox's list, so that an arrival in between counts.
        let is_first = mark.is_none();
        let since = match *mark {
            Some(since) => since,
            None => self.watch(None).await?.mark,
        };
        if !self.is_announced {
            let info = self.calls.call(GetInfo).await?;
            self.report.ready(info.address.as_ref());
            self.is_announced = true;
        }
        self.profile = self.calls.profile().await;
        let handled = self.handle_all().await?;
        *mark = Some(since);
        if is_first || handled > 0 {
            self.report.waiting();
        }
        let check = Instant::now() + CHECK_EVERY;
        let due = [
            self.waiting.due(),
            self.unmarked.due(),
            self.brake.due(Instant::now()),
        ];
        let due = due.into_iter().flatten();
        let until = due.min().map_or(check, |due| due.min(check));
        loop {
            tokio::select! {
                update = self.watch(*mark) => {
                    let update = update?;
                    *mark = Some(update.mark);
                    if update.arrived {
                        return Ok(());
                    }
                }
                () = sleep_until(until) => return Ok(()),
            }
        }
    }

    async fn watch(&self, since: Option<u64>) -> Result<MailboxUpdate, Fault> {
        self.calls.call(Watch { since }).await
    }

    /// Handles the mails whose retry is due, then all unread mails, one at a time. Returns the
    /// number of attempts.
    async fn handle_all(&mut self) -> Result<usize, Stop> {
        let mut attempts = 0;
        for waiting in self.waiting.take_due() {
            attempts += usize::from(!waiting.needs_person());
            self.handle(waiting).await?;
        }
        if self.left.full().is_some() {
            self.left.recheck(&self.calls).await;
        }
        let mut not_examined = u64::MAX;
        loop {
            let failure = self.unmarked.mark_due(&self.calls).await;
            self.report_unmarked(failure);
            let is_full = self.unmarked.full().or(self.left.full()).is_some();
            if is_full || self.waiting.is_full() {
                break;
            }
            // Other senders are handled behind the mails of one that got many answers.
            let except = Except {
                senders: self.brake.senders(Instant::now()),
                mails: self.left.ids(),
            };
            let (fetched, lease) = self.calls.lease_oldest(&except).await?;
            let left = fetched.left_out.not_examined;
            let (Some(mail), Some(lease)) = (fetched.mail, lease) else {
                // The next call examines a large mailbox further, until it has seen every mail.
                if left > 0 && left < not_examined {
                    not_examined = left;
                    continue;
                }
                return Ok(attempts);
            };
            let lease = self.waiting.renew(lease);
            let Some(lease) = lease.and_then(|lease| self.unmarked.renew(lease)) else {
                continue;
            };
            if self.handler.is_reported() {
                self.report.arrived(lease.id());
            }
            attempts += 1;
            self.handle(Waiting::new(lease, fetched.address, mail))
                .await?;
        }
        match (self.unmarked.full(), self.left.full()) {
            _ if attempts == 0 => {}
            (Some(unmarked), _) => self.report.full_of_unmarked(unmarked),
            (None, Some(left)) => self.report.full_of_left(left),
            (None, None) => {
                let waiting = &self.waiting;
                self.report
                    .full(waiting.count(), waiting.count_for_person());
            }
        }
        Ok(attempts)
    }

    /// Does what is left to do for one mail. One from a sender that got many answers meanwhile
    /// waits for the time of the next.
    async fn handle(&mut self, mut mail: Waiting) -> Result<(), Stop> {
        let id = mail.lease.id();
        if mail.needs_person() {
            match waiting::fate(&self.calls, id).await {
                Fate::Unread => {}
                // A mail that an earlier client had marked would be leased again otherwise.
                Fate::Read => {
                    mail.lease.delivered();
                    return Ok(());
                }
                // Dropping the lease releases the mail.
                Fate::Gone => return Ok(()),
            }
        }
        if let Stage::Unhandled {
            address,
            mail: content,
        } = &mail.stage
            && let Some(answering) = self.handler.answering()
            && let Some(why) = refusal(address, content, answering)
        {
            self.report.refused(id, why);
            self.left.add(mail);
            return Ok(());
        }
        if self.handler.answers()
            && let Some(until) = self.brake.until(&mail.sender, Instant::now())
        {
            mail.due = until;
            self.waiting.add(mail);
            return Ok(());
        }
        let answer = AnswerTo::new(id, &self.calls, self.report);
        let handled = match &mail.stage {
            Stage::Unhandled { address, mail } => self.handler.handle(answer, address, mail).await,
            Stage::Unsent { answer: text, .. } => answer.send_later(text.clone()).await.into(),
        };
        self.conclude(mail, handled).await
    }

    /// Ends the handling of a mail, or keeps the mail. One that failed waits for its retry.
    async fn conclude(&mut self, mut mail: Waiting, handled: Handled) -> Result<(), Stop> {
        let (id, report) = (mail.lease.id(), self.report);
        match handled {
            Handled::Done(ending) => {
                if ending.is_answer() {
                    let now = Instant::now();
                    if let Some(until) = self.brake.count(&mail.sender, now) {
                        report.braked(&mail.sender, until - now);
                    }
                }
                report.handled(id, ending, &self.profile);
                let failure = self.unmarked.add(mail.lease, &self.calls).await;
                self.report_unmarked(failure);
            }
            Handled::OutputClosed => return Err(Stop::Exit(ExitCode::SUCCESS)),
            Handled::CannotRun(fault) => {
                print(&fault.render(Audience::Person));
                return Err(Stop::Exit(ExitCode::FAILURE));
            }
            Handled::Failed(failure, why) => {
                match mail.fail(failure, self.handler.answers()) {
                    Outlook::Retried(wait) => report.retried(id, &why, wait.as_secs()),
                    Outlook::StillRefused => {}
                    Outlook::GivenUp(runs) => {
                        report.given_up(id, &why, runs);
                        self.left.add(mail);
                        return Ok(());
                    }
                }
                self.waiting.add(mail);
                if let Some(oldest) = self.waiting.take_surplus() {
                    let why = "its answer was refused, and newer ones were, too";
                    report.given_up(oldest.lease.id(), why, 0);
                    self.left.add(oldest);
                }
            }
        }
        Ok(())
    }

    /// Reports a failure to mark a mail read, unless the last round failed with the same one.
    fn report_unmarked(&self, failure: Option<Fault>) {
        if let Some(fault) = failure
            && self.reported.as_ref() != Some(&fault)
        {
            self.report.failed(&fault);
        }
    }
}

#[cfg(test)]
#[path = "live/capacity_tests.rs"]
mod capacity_tests;
