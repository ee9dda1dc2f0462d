//! `tai-mcp live`: waits for mail of one instance and hands each mail to the reader of standard
//! output, or to a program. A mail is marked read only after it was handled, so that a mail
//! whose handling failed or crashed is handled again: at least once.

mod handler;

use crate::{cli::LiveArgs, daemon, os, retry_pause::RetryPause, settings::Settings, tools};
use handler::{Handled, Handler};
use std::{collections::BTreeMap, io::Write as _, process::ExitCode, time::Duration};
use tai_client::{CallContext, Lease};
use tai_proto::{
    Audience, Fault, FaultCode, Method,
    call::{MarkRead, Settle, Watch},
    mail::MailboxUpdate,
    message::Identity,
    names::{Instance, MailId},
};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// The time for which the ends of the last leases are reported at the end.
const LAST_REPORTS: Duration = Duration::from_millis(500);
/// The pause before a mail that was not handled is handled again; it doubles each time.
const FIRST_RETRY: Duration = Duration::from_secs(10);
const LONGEST_RETRY: Duration = Duration::from_secs(10 * 60);
/// The interval of looks at the mailbox without news of mail.
const LOOK_EVERY: Duration = Duration::from_secs(10 * 60);
/// The most mails that wait to be handled again; more are left in the mailbox.
const MAX_WAITING: usize = 100;

/// Runs until it is told to stop, or until standard output is closed.
pub(crate) async fn live(mut settings: Settings, args: LiveArgs) -> ExitCode {
    match args.instance.map(Instance::new).transpose() {
        Ok(Some(instance)) => settings.instance = Some(instance),
        Ok(None) => {}
        Err(rule) => {
            let fault = Fault::new(FaultCode::BadRequest, "--instance cannot be used")
                .because(rule.to_string());
            tell(&fault.render(Audience::Person));
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
        handler: Handler::new(args.exec, Duration::from_secs(args.time_limit)),
        waiting: BTreeMap::new(),
    };
    let code = tokio::select! {
        code = live.run() => code,
        // Leases go back when the connection ends.
        () = os::asked_to_stop() => ExitCode::SUCCESS,
    };
    drop(live);
    let _ = tokio::time::timeout(LAST_REPORTS, reports).await;
    code
}

struct Live {
    taid: daemon::Taid,
    identity: Identity,
    handler: Handler,
    /// The mails that were not handled. They stay leased.
    waiting: BTreeMap<MailId, Waiting>,
}

struct Waiting {
    lease: Lease,
    line: String,
    tries: u32,
    due: Instant,
}

/// The reason why a round ended early.
enum Stop {
    /// taid cannot do it now.
    Fault(Fault),
    /// The command ends.
    Over(ExitCode),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Stop::Fault(fault)
    }
}

impl Live {
    async fn run(&mut self) -> ExitCode {
        let (mut mark, mut pause) = (None, RetryPause::new());
        let mut said = None;
        loop {
            match self.round(&mut mark).await {
                Ok(()) => {
                    pause = RetryPause::new();
                    said = None;
                }
                Err(Stop::Over(code)) => return code,
                Err(Stop::Fault(fault)) => {
                    // The same failure is reported once.
                    if said.as_ref() != Some(&fault) {
                        tell(&format!("{}\nRetrying.", fault.render(Audience::Person)));
                        said = Some(fault);
                    }
                    pause.wait().await;
                }
            }
        }
    }

    /// Handles the mails that exist, and waits for more.
    async fn round(&mut self, mark: &mut Option<u64>) -> Result<(), Stop> {
        // Before the mailbox is read, so that no arrival in between is missed.
        if mark.is_none() {
            *mark = Some(self.watch(None).await?.mark);
        }
        self.handle_all().await?;
        let look = Instant::now() + LOOK_EVERY;
        let due = self.waiting.values().map(|waiting| waiting.due).min();
        let until = due.map_or(look, |due| due.min(look));
        loop {
            tokio::select! {
                news = self.watch(*mark) => {
                    let news = news?;
                    *mark = Some(news.mark);
                    if news.arrived {
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

    /// Handles the mails that are due again and all unread ones, one at a time.
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
        while self.waiting.len() < MAX_WAITING {
            let cancelled = CancellationToken::new();
            let leased = self.taid.lease_oldest(self.context(&cancelled)).await?;
            let (Some(mail), Some(lease)) = (leased.0.mail, leased.1) else {
                return Ok(());
            };
            // After a restart of taid a waiting mail is leased a second time; it keeps waiting.
            if let Some(waiting) = self.waiting.get_mut(&lease.id()) {
                std::mem::replace(&mut waiting.lease, lease).forget();
                continue;
            }
            let line = tools::json_line(mail).map_err(|error| {
                Fault::new(FaultCode::Internal, "an email cannot be written as JSON")
                    .because(error.to_string())
            })?;
            self.handle(Waiting {
                lease,
                line,
                tries: 0,
                due: Instant::now(),
            })
            .await?;
        }
        Ok(())
    }

    async fn handle(&mut self, mut mail: Waiting) -> Result<(), Stop> {
        match self.handler.handle(&mail.line).await {
            Handled::Done => self.settle(mail.lease).await,
            Handled::OutputClosed => return Err(Stop::Over(ExitCode::SUCCESS)),
            Handled::CannotRun(fault) => {
                tell(&fault.render(Audience::Person));
                return Err(Stop::Over(ExitCode::FAILURE));
            }
            Handled::Failed(why) => {
                let pause = FIRST_RETRY * 2u32.saturating_pow(mail.tries);
                let pause = pause.min(LONGEST_RETRY);
                let id = mail.lease.id();
                tell(&format!(
                    "email {id} was not handled: {why}; retrying in {} s",
                    pause.as_secs()
                ));
                mail.tries = mail.tries.saturating_add(1);
                mail.due = Instant::now() + pause;
                self.waiting.insert(id, mail);
            }
        }
        Ok(())
    }

    /// Marks a handled mail read, for as long as it takes: it would be handled again otherwise.
    async fn settle(&self, lease: Lease) {
        let id = lease.id();
        let mut pause = RetryPause::new();
        loop {
            match self.call(Settle { id }).await {
                Ok(settled) if settled.marked_read => break,
                // taid was restarted since and does not know of the lease.
                Err(fault) if fault.code == FaultCode::NotFound => {
                    match self.call(MarkRead { id }).await {
                        Err(fault) if may_pass(fault.code) => {}
                        Ok(_) | Err(_) => break,
                    }
                }
                Ok(_) | Err(_) => {}
            }
            pause.wait().await;
        }
        lease.delivered();
    }
}

/// Whether the same call may succeed later.
fn may_pass(code: FaultCode) -> bool {
    !matches!(
        code,
        FaultCode::NotFound | FaultCode::NotYours | FaultCode::NotPermitted | FaultCode::BadRequest
    )
}

fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
