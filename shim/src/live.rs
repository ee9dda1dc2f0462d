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
mod handler;
mod options;
mod program;
mod prompt;
mod report;
mod server;
mod unmarked;
mod workspace;

pub(crate) use agent::Agent;
pub(crate) use options::Options;

use crate::{backoff::after_failure, daemon, os, settings::Settings};
use brake::Brake;
use calls::Calls;
use handler::{Handled, Handler};
use report::{Report, print};
use std::{collections::BTreeMap, process::ExitCode, time::Duration};
use tai_client::{Lease, MAX_LEASES};
use tai_proto::{
    Audience, Fault, FaultCode, Hint,
    call::{GetInfo, Watch},
    mail::{Mail, MailboxUpdate},
    names::{Address, Instance, MailId, Profile},
};
use tokio::time::{Instant, sleep_until};
use unmarked::{MAX_UNMARKED, Unmarked};

/// Time limit for the last lease reports before the process exits.
const LAST_REPORTS: Duration = Duration::from_millis(500);
/// Backoff after the first failure of a mail. It doubles with each further failure.
const FIRST_RETRY: Duration = Duration::from_secs(10);
/// Upper limit of the backoff.
const LONGEST_RETRY: Duration = Duration::from_secs(10 * 60);
/// Interval of checks of the mailbox while taid reports no arrival.
const CHECK_EVERY: Duration = Duration::from_secs(10 * 60);
/// Limit of mails whose handling failed. Further mails stay unread in the mailbox.
const MAX_FAILED: usize = 100;
/// Limit of the mails that wait for any reason. They and the unmarked mails have leases, and a few
/// leases are left for the mail in hand and for copies from a restarted taid.
const MAX_WAITING: usize = MAX_LEASES - MAX_UNMARKED - 6;
/// Limit of the text of the bodies of these mails, in bytes.
const MAX_WAITING_TEXT: usize = 32 << 20;
/// Limit of the attempts of an agent, or of a program whose output is sent.
const MAX_ATTEMPTS: u32 = 5;

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
        waiting: BTreeMap::new(),
        unmarked: Unmarked::new(),
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
    /// Mails that are not handled. They stay leased.
    waiting: BTreeMap<MailId, Waiting>,
    unmarked: Unmarked,
    /// Failure of the last round that was reported.
    reported: Option<Fault>,
    /// Profile of taid.
    profile: Profile,
}

/// A leased mail that is not handled yet.
struct Waiting {
    lease: Lease,
    /// Address of the instance.
    address: Address,
    mail: Box<Mail>,
    /// Failed attempts.
    failures: u32,
    /// Time of the next attempt; `None` if no attempt is left.
    due: Option<Instant>,
}

impl Waiting {
    /// Returns whether the mail waits because its sender got many answers.
    fn is_braked(&self, sender: &str) -> bool {
        self.failures == 0 && self.mail.envelope.from.as_str() == sender
    }
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
        if is_first {
            *mark = Some(self.watch(None).await?.mark);
            let info = self.calls.call(GetInfo).await?;
            self.report.ready(info.address.as_ref());
        }
        self.profile = self.calls.profile().await;
        let handled = self.handle_all().await?;
        if is_first || handled > 0 {
            self.report.waiting();
        }
        let check = Instant::now() + CHECK_EVERY;
        let retries = self.waiting.values().filter_map(|waiting| waiting.due);
        let due = retries.chain(self.unmarked.due()).min();
        let until = due.map_or(check, |due| due.min(check));
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
        let now = Instant::now();
        let is_due = |waiting: &Waiting| waiting.due.is_some_and(|due| due <= now);
        let due = self.waiting.iter().filter(|(_, waiting)| is_due(waiting));
        let due: Vec<MailId> = due.map(|(id, _)| *id).collect();
        let mut attempts = due.len();
        for id in due {
            if let Some(waiting) = self.waiting.remove(&id) {
                self.handle(waiting).await?;
            }
        }
        let mut not_examined = u64::MAX;
        loop {
            let failure = self.unmarked.mark_due(&self.calls).await;
            self.report_unmarked(failure);
            if self.is_full() {
                break;
            }
            let (fetched, lease) = self.calls.lease_oldest().await?;
            let left = fetched.left_out.not_examined;
            let (Some(mail), Some(lease)) = (fetched.mail, lease) else {
                // The next call examines a large mailbox further, until it has seen every mail.
                if left > 0 && left < not_examined {
                    not_examined = left;
                    continue;
                }
                return Ok(attempts);
            };
            // A restarted taid leases a waiting mail a second time. The mail keeps its backoff.
            if let Some(waiting) = self.waiting.get_mut(&lease.id()) {
                std::mem::replace(&mut waiting.lease, lease).forget();
                continue;
            }
            let Some(lease) = self.unmarked.renew(lease) else {
                continue;
            };
            if self.handler.is_reported() {
                self.report.arrived(lease.id());
            }
            attempts += 1;
            self.handle(Waiting {
                lease,
                address: fetched.address,
                mail,
                failures: 0,
                due: Some(now),
            })
            .await?;
        }
        match self.unmarked.full() {
            _ if attempts == 0 => {}
            Some(unmarked) => self.report.full_of_unmarked(unmarked),
            None => self.report.full(self.waiting.len()),
        }
        Ok(attempts)
    }

    /// Returns whether no further mail is taken.
    fn is_full(&self) -> bool {
        let waiting = || self.waiting.values();
        self.unmarked.full().is_some()
            || waiting().filter(|mail| mail.failures > 0).count() >= MAX_FAILED
            || self.waiting.len() >= MAX_WAITING
            || waiting().map(|mail| mail.mail.body.len()).sum::<usize>() >= MAX_WAITING_TEXT
    }

    /// Handles one mail. A mail that fails waits for its retry, and one from a sender that got many answers
    /// for the time of the next.
    async fn handle(&mut self, mut mail: Waiting) -> Result<(), Stop> {
        let id = mail.lease.id();
        let sender = &mail.mail.envelope.from;
        if self.handler.answers()
            && let Some(until) = self.brake.until(sender, Instant::now())
        {
            // One line for each sender and hour.
            if !self.waiting.values().any(|other| other.is_braked(sender)) {
                self.report.braked(id, sender, until - Instant::now());
            }
            mail.due = Some(until);
            self.waiting.insert(id, mail);
            return Ok(());
        }
        let (handler, report) = (&self.handler, self.report);
        let handled = handler.handle(&self.calls, &mail.address, &mail.mail, report);
        match handled.await {
            Handled::Done(ending) => {
                if ending.is_answer() {
                    self.brake.count(&mail.mail.envelope.from, Instant::now());
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
            Handled::Failed(why) => {
                mail.failures = mail.failures.saturating_add(1);
                let backoff = backoff_after(mail.failures, handler.answers());
                match backoff {
                    Some(backoff) => report.retried(id, &why, backoff.as_secs()),
                    None => report.given_up(id, &why, mail.failures),
                }
                mail.due = backoff.map(|backoff| Instant::now() + backoff);
                self.waiting.insert(id, mail);
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

/// Returns the backoff after this number of failed attempts; `None` if no attempt is left.
fn backoff_after(failures: u32, is_limited: bool) -> Option<Duration> {
    if is_limited && failures >= MAX_ATTEMPTS {
        return None;
    }
    let doubled = 2u32.saturating_pow(failures.saturating_sub(1));
    Some(FIRST_RETRY.saturating_mul(doubled).min(LONGEST_RETRY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backoff_doubles_and_an_agent_has_five_attempts() {
        let seconds = |is_limited: bool| {
            let backoff = |failures| backoff_after(failures, is_limited).map(|time| time.as_secs());
            [1, 2, 3, 4, 5, 6, 7, 100].map(backoff)
        };
        let unlimited = [10, 20, 40, 80, 160, 320, 600, 600].map(Some);
        assert_eq!(seconds(false), unlimited);
        let limited = [
            Some(10),
            Some(20),
            Some(40),
            Some(80),
            None,
            None,
            None,
            None,
        ];
        assert_eq!(seconds(true), limited);
    }
}

#[cfg(test)]
#[path = "live/capacity_tests.rs"]
mod capacity_tests;
