//! `tai-mcp live`: waits for mail of one instance and hands each to whoever reads standard
//! output, or to a program. A mail is marked read only once it was handled, so that one that
//! was not, because of a crash or a failure, is handled again: at least once, never not.

mod handler;

use crate::{
    cli::LiveArgs,
    link::{Link, Peer, Receipt},
    os,
    pause::Pause,
    settings::Settings,
    text,
};
use handler::{Handled, Handler};
use std::{collections::BTreeMap, io::Write as _, process::ExitCode, time::Duration};
use tai_proto::{Answer, Call, Fault, FaultCode, reading::News};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// How long a mail that was not handled waits; doubled each time.
const FIRST_RETRY: Duration = Duration::from_secs(10);
const LONGEST_RETRY: Duration = Duration::from_secs(10 * 60);
/// Mail is looked for so often without being told of any.
const LOOK_EVERY: Duration = Duration::from_secs(10 * 60);
/// Mails that may wait to be handled again; more are left for later.
const MAX_WAITING: usize = 100;

/// Runs until it is told to stop, or until nobody reads any more.
pub(crate) async fn live(mut settings: Settings, args: LiveArgs) -> ExitCode {
    if args.instance.is_some() {
        settings.instance = args.instance;
    }
    let mut live = Live {
        link: Link::new(&settings),
        peer: Peer {
            name: "tai-mcp live".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        handler: Handler::new(args.exec, Duration::from_secs(args.time_limit)),
        waiting: BTreeMap::new(),
    };
    tokio::select! {
        code = live.run() => code,
        // What is lent comes back when the connection ends.
        () = os::asked_to_stop() => ExitCode::SUCCESS,
    }
}

struct Live {
    link: Link,
    peer: Peer,
    handler: Handler,
    /// Mails that were not handled, by id. They stay lent.
    waiting: BTreeMap<u64, Waiting>,
}

struct Waiting {
    line: String,
    tries: u32,
    due: Instant,
}

/// Why a round ended early.
enum Stop {
    /// taid cannot do it now.
    Fault(Fault),
    /// It is over.
    Over(ExitCode),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Stop::Fault(fault)
    }
}

impl Live {
    async fn run(&mut self) -> ExitCode {
        let (mut mark, mut pause) = (None, Pause::new());
        let mut said = None;
        loop {
            match self.round(&mut mark).await {
                Ok(()) => {
                    pause = Pause::new();
                    said = None;
                }
                Err(Stop::Over(code)) => return code,
                Err(Stop::Fault(fault)) => {
                    // The same trouble is told once.
                    if said.as_ref() != Some(&fault) {
                        tell(&format!("{fault}\nIt is tried again."));
                        said = Some(fault);
                    }
                    pause.wait().await;
                }
            }
        }
    }

    /// Handles what there is, and waits for more.
    async fn round(&mut self, mark: &mut Option<u64>) -> Result<(), Stop> {
        // Before the mailbox is looked at, so that nothing comes in between unheard.
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

    async fn watch(&self, since: Option<u64>) -> Result<News, Stop> {
        match self.call(&Call::Watch { since }).await? {
            Answer::News(news) => Ok(news),
            _ => Err(Stop::Fault(confused())),
        }
    }

    async fn call(&self, call: &Call) -> Result<Answer, Fault> {
        let never = CancellationToken::new();
        self.link.call(&self.peer, call, None, &never).await
    }

    /// Handles what is due again and all that is unread, one at a time.
    async fn handle_all(&mut self) -> Result<(), Stop> {
        let now = Instant::now();
        let due = self
            .waiting
            .iter()
            .filter(|(_, waiting)| waiting.due <= now);
        let due: Vec<u64> = due.map(|(id, _)| *id).collect();
        for id in due {
            if let Some(Waiting { line, tries, .. }) = self.waiting.remove(&id) {
                self.handle(id, line, tries).await?;
            }
        }
        while self.waiting.len() < MAX_WAITING {
            let read = match self.link.lend(&self.peer).await? {
                Answer::Read(read) => read,
                _ => return Err(Stop::Fault(confused())),
            };
            let Some(mail) = read.mail else {
                return Ok(());
            };
            let id = mail.id;
            // After a restart of taid it is lent a second time; it waits all the same.
            if self.waiting.contains_key(&id) {
                continue;
            }
            let line = text::json(mail, &read.removed).map_err(|_| Stop::Fault(confused()))?;
            self.handle(id, line, 0).await?;
        }
        Ok(())
    }

    async fn handle(&mut self, id: u64, line: String, tries: u32) -> Result<(), Stop> {
        match self.handler.handle(&line).await {
            Handled::Done => self.settle(id).await,
            Handled::NobodyReads => return Err(Stop::Over(ExitCode::SUCCESS)),
            Handled::CannotRun(fault) => {
                tell(&fault.to_string());
                return Err(Stop::Over(ExitCode::FAILURE));
            }
            Handled::Failed(why) => {
                let pause = FIRST_RETRY * 2u32.saturating_pow(tries);
                let pause = pause.min(LONGEST_RETRY);
                tell(&format!(
                    "email {id} was not handled: {why}; again in {} s",
                    pause.as_secs()
                ));
                let waiting = Waiting {
                    line,
                    tries: tries.saturating_add(1),
                    due: Instant::now() + pause,
                };
                self.waiting.insert(id, waiting);
            }
        }
        Ok(())
    }

    /// Marks a mail read that was handled, however long that takes: it would be handled again.
    async fn settle(&self, id: u64) {
        let mut pause = Pause::new();
        loop {
            match self.call(&Call::Settle { mail: id }).await {
                Ok(Answer::Settled { marked_read: true }) => break,
                // taid was restarted in the meantime and does not know that it is lent.
                Err(fault) if fault.code == FaultCode::NotFound => {
                    match self.call(&Call::MarkRead { mail: id }).await {
                        Err(fault) if is_passing(fault.code) => {}
                        _ => return,
                    }
                }
                Ok(_) | Err(_) => {}
            }
            pause.wait().await;
        }
        self.link.handed_over(Receipt::Written(id)).await;
    }
}

/// Whether the same may succeed later.
fn is_passing(code: FaultCode) -> bool {
    !matches!(
        code,
        FaultCode::NotFound | FaultCode::NotYours | FaultCode::NotPermitted | FaultCode::BadRequest
    )
}

fn confused() -> Fault {
    let what = "taid answered another question than was asked";
    let hint = "Install taid and tai-mcp from one release, and restart taid.";
    Fault::new(FaultCode::Internal, what, "", hint)
}

fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
