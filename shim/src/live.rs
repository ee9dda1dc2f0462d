//! `tai-mcp live`: waits for mail to one instance and hands each mail to the [`handler`].
//!
//! Delivery is at-least-once: a mail is marked read only after its handling succeeded. A mail
//! whose handling failed is retried with a backoff and does not delay other mails.

mod handler;

use crate::{backoff::after_failure, daemon, os, settings::Settings, tools};
use handler::{Handled, Handler};
use std::{
    collections::BTreeMap, ffi::OsString, io::Write as _, process::ExitCode, time::Duration,
};
use tai_client::{CallContext, Lease};
use tai_proto::{
    Audience, Fault, FaultCode, Hint, Method,
    call::{MarkRead, Settle, Watch},
    mail::MailboxUpdate,
    message::Identity,
    names::{Instance, MailId},
};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// Time limit for the last lease reports before the process exits.
const LAST_REPORTS: Duration = Duration::from_millis(500);
/// Backoff after the first failure of a mail. It doubles with each further failure.
const FIRST_RETRY: Duration = Duration::from_secs(10);
/// Upper limit of the backoff.
const LONGEST_RETRY: Duration = Duration::from_secs(10 * 60);
/// Interval of checks of the mailbox while taid reports no arrival.
const CHECK_EVERY: Duration = Duration::from_secs(10 * 60);
/// Limit of mails that wait for a retry. Further mails stay unread in the mailbox.
const MAX_WAITING: usize = 100;

/// Options of the command.
pub(crate) struct Options {
    /// Instance whose mail is handled; `None` takes the configured one.
    pub(crate) instance: Option<String>,
    /// Time limit of the program for one mail.
    pub(crate) time_limit: Duration,
    /// Program and its arguments; empty to print the mails.
    pub(crate) exec: Vec<OsString>,
}

/// Runs until a signal asks the process to stop, or until standard output is closed.
///
/// Exit codes: 0 after a signal or a closed output, 1 if the program cannot be run, 2 if the
/// instance is invalid.
pub(crate) async fn live(mut settings: Settings, options: Options) -> ExitCode {
    match options.instance.map(Instance::new).transpose() {
        Ok(Some(instance)) => settings.instance = Some(instance),
        Ok(None) => {}
        Err(rule) => {
            let fault = Fault::new(FaultCode::BadRequest, "the instance is not valid")
                .because(rule.to_string())
                .hint(Hint::reader("correct --instance"));
            print_error(&fault.render(Audience::Person));
            return ExitCode::from(2);
        }
    }
    let (taid, endings) = daemon::client(&settings);
    let reports = tokio::spawn(endings.report());
    let mut live = Live {
        taid,
        identity: Identity {
            name: "tai-mcp live".into(),
            version: env!("CARGO_PKG_VERSION").into(),
        },
        handler: Handler::new(options.exec, options.time_limit),
        waiting: BTreeMap::new(),
    };
    let code = tokio::select! {
        code = live.run() => code,
        () = os::asked_to_stop() => ExitCode::SUCCESS,
    };
    // Returns the open leases.
    drop(live);
    let _ = tokio::time::timeout(LAST_REPORTS, reports).await;
    code
}

/// State of the command.
struct Live {
    taid: daemon::Taid,
    identity: Identity,
    handler: Handler,
    /// Mails that wait for a retry. They stay leased.
    waiting: BTreeMap<MailId, Waiting>,
}

/// A leased mail that is not handled yet.
struct Waiting {
    lease: Lease,
    /// The mail as one line of JSON, without the line break.
    line: String,
    /// Failed attempts.
    failures: u32,
    /// Time of the next attempt.
    due: Instant,
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
        let mut reported = None;
        loop {
            match self.round(&mut mark).await {
                Ok(()) => {
                    backoff = after_failure();
                    reported = None;
                }
                Err(Stop::Exit(code)) => return code,
                Err(Stop::Fault(fault)) => {
                    // A failure that repeats is reported once.
                    if reported.as_ref() != Some(&fault) {
                        print_error(&format!("{}\nRetrying.", fault.render(Audience::Person)));
                        reported = Some(fault);
                    }
                    backoff.wait().await;
                }
            }
        }
    }

    /// Handles the unread mails, then waits for an arrival or for the next retry.
    async fn round(&mut self, mark: &mut Option<u64>) -> Result<(), Stop> {
        // The mark is older than the mailbox's list, so that an arrival in between counts.
        if mark.is_none() {
            *mark = Some(self.watch(None).await?.mark);
        }
        self.handle_all().await?;
        let check = Instant::now() + CHECK_EVERY;
        let due = self.waiting.values().map(|waiting| waiting.due).min();
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
        self.call(Watch { since }).await
    }

    async fn call<M: Method>(&self, method: M) -> Result<M::Answer, Fault> {
        let cancelled = CancellationToken::new();
        self.taid.call(method, self.context(&cancelled)).await
    }

    fn context<'a>(&'a self, cancelled: &'a CancellationToken) -> CallContext<'a> {
        CallContext {
            identity: &self.identity,
            progress: None,
            cancelled,
        }
    }

    /// Handles the mails whose retry is due, then all unread mails, one at a time.
    async fn handle_all(&mut self) -> Result<(), Stop> {
        let now = Instant::now();
        let due = self
            .waiting
            .iter()
            .filter(|(_, waiting)| waiting.due <= now);
        let due: Vec<MailId> = due.map(|(id, _)| *id).collect();
        for id in due {
            if let Some(waiting) = self.waiting.remove(&id) {
                self.handle(waiting).await?;
            }
        }
        let mut not_examined = u64::MAX;
        while self.waiting.len() < MAX_WAITING {
            let cancelled = CancellationToken::new();
            let leased = self.taid.lease_oldest(self.context(&cancelled)).await?;
            let left = leased.0.left_out.not_examined;
            let (Some(mail), Some(lease)) = (leased.0.mail, leased.1) else {
                // The next call examines a large mailbox further, until it has seen every mail.
                if left > 0 && left < not_examined {
                    not_examined = left;
                    continue;
                }
                return Ok(());
            };
            // A restarted taid leases a waiting mail a second time. The mail keeps its backoff.
            if let Some(waiting) = self.waiting.get_mut(&lease.id()) {
                std::mem::replace(&mut waiting.lease, lease).forget();
                continue;
            }
            let line = tools::json_line(*mail).map_err(|error| {
                Fault::new(FaultCode::Internal, "cannot write an email as JSON")
                    .because(error.to_string())
            })?;
            self.handle(Waiting {
                lease,
                line,
                failures: 0,
                due: Instant::now(),
            })
            .await?;
        }
        Ok(())
    }

    /// Handles one mail. A mail that fails waits for its retry.
    async fn handle(&mut self, mut mail: Waiting) -> Result<(), Stop> {
        match self.handler.handle(&mail.line).await {
            Handled::Done => self.settle(mail.lease).await,
            Handled::OutputClosed => return Err(Stop::Exit(ExitCode::SUCCESS)),
            Handled::CannotRun(fault) => {
                print_error(&fault.render(Audience::Person));
                return Err(Stop::Exit(ExitCode::FAILURE));
            }
            Handled::Failed(why) => {
                let backoff = FIRST_RETRY * 2u32.saturating_pow(mail.failures);
                let backoff = backoff.min(LONGEST_RETRY);
                let id = mail.lease.id();
                print_error(&format!(
                    "email {id} was not handled: {why}; retrying in {} s",
                    backoff.as_secs()
                ));
                mail.failures = mail.failures.saturating_add(1);
                mail.due = Instant::now() + backoff;
                self.waiting.insert(id, mail);
            }
        }
        Ok(())
    }

    /// Marks a handled mail read and ends its lease. Retries without a time limit, because an
    /// unread mail is handled a second time.
    async fn settle(&self, lease: Lease) {
        let id = lease.id();
        let mut backoff = after_failure();
        loop {
            match self.call(Settle { id }).await {
                Ok(settled) if settled.marked_read => break,
                // A restarted taid does not know the lease.
                Err(fault) if fault.code == FaultCode::NotFound => {
                    match self.call(MarkRead { id }).await {
                        Err(fault) if is_transient(fault.code) => {}
                        Ok(_) | Err(_) => break,
                    }
                }
                Ok(_) | Err(_) => {}
            }
            backoff.wait().await;
        }
        lease.delivered();
    }
}

/// Returns whether the same call can succeed later.
fn is_transient(code: FaultCode) -> bool {
    !matches!(
        code,
        FaultCode::NotFound | FaultCode::NotYours | FaultCode::NotPermitted | FaultCode::BadRequest
    )
}

fn print_error(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
