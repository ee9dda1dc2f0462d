//! The daemon's side of the worker that reads mails (see [`tai_reader::worker`]): starts it on
//! demand, supervises it, and remembers the mails on which it fails. The daemon parses no HTML;
//! of a mail on which the worker fails it shows the text between the tags.
//!
//! Requests wait in a queue in which short ones and long ones have turns: a message of some lines
//! does not wait for all mails of some megabytes. A call asks for one mail at a time, so that a
//! mail waits for at most one mail of each other call: a call for many expensive mails slows
//! another call by at most the limit of one mail, 5 s. A mail that fails costs its limit once.

mod failure;
mod owner;
mod process;
mod record;
mod status;
mod unreadable;

pub(super) use failure::Failure;
pub(crate) use status::Stats;

use super::journal::JournalError;
use owner::{Entrance, Job, Limits, Owner, State, queue};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};
use tai_reader::{
    Reading,
    outgoing::{Format, Parts, Refusal},
    worker::{
        self,
        wire::{Answer, Request},
    },
};
use tokio::{
    sync::oneshot,
    time::{Instant, timeout_at},
};
use unreadable::{MailKey, Unreadable};

/// Limit of requests of each length that wait. Each one holds its mail in memory.
const MAX_WAITING: usize = 16;

/// The worker's handle.
pub(crate) struct Worker {
    unreadable: Arc<Unreadable>,
    stats: Arc<Mutex<Stats>>,
    /// To the task that owns the process.
    jobs: Entrance,
}

impl Worker {
    /// Creates the handle, in a tokio runtime. The process starts with the first mail. `file` is the
    /// journal of the mails on which a worker failed.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        Self::with(worker::command, Limits::default(), file)
    }

    fn with(
        command: fn() -> std::io::Result<std::process::Command>,
        limits: Limits,
        file: Option<PathBuf>,
    ) -> Self {
        let unreadable = Arc::new(Unreadable::open(file));
        let stats = Arc::<Mutex<Stats>>::default();
        let (entrance, jobs) = queue(MAX_WAITING, limits.large);
        let owner = Owner {
            command,
            limits,
            stats: stats.clone(),
            unreadable: unreadable.clone(),
            state: State::Off,
        };
        tokio::spawn(owner.run(jobs));
        Self {
            unreadable,
            stats,
            jobs: entrance,
        }
    }

    /// Returns a handle that converts mails in this process, for tests of other parts.
    #[cfg(test)]
    pub(crate) fn inside() -> Self {
        let (entrance, mut jobs) = queue(MAX_WAITING, Limits::default().large);
        tokio::spawn(async move {
            while let Some(job) = jobs.next().await {
                if job.turn.send(()).is_ok() {
                    let _ = job.reply.send(Ok(inside(&job.request)));
                }
            }
        });
        Self {
            unreadable: Arc::new(Unreadable::open(None)),
            stats: Arc::default(),
            jobs: entrance,
        }
    }

    /// Returns why the mails on which a worker fails cannot be recorded; `None` if they can, as far
    /// as is known.
    pub(super) fn failing(&self) -> Option<JournalError> {
        self.unreadable.failing()
    }

    /// Returns the figures of the worker.
    pub(crate) fn stats(&self) -> Stats {
        let stats = self.stats.lock().unwrap_or_else(PoisonError::into_inner);
        stats.clone()
    }

    /// Reads the body of a mail with this id, which waits for its turn until `deadline`. A mail that
    /// has failed before fails at once.
    ///
    /// # Errors
    /// Any [`Failure`]. The parts are returned with it.
    pub(super) async fn read(
        &self,
        id: u64,
        html: Option<String>,
        text: Option<String>,
        deadline: Instant,
    ) -> Result<Reading, (Arc<Request>, Failure)> {
        let mail = MailKey::new(id, html.as_deref(), text.as_deref());
        let known = self.unreadable.contains(&mail);
        let request = Arc::new(Request::Read { html, text });
        if known {
            let failure = Failure::Request("it failed on this mail before".to_owned());
            return Err((request, failure));
        }
        match self.ask(request.clone(), Some(mail), deadline).await {
            Ok(Answer::Read(reading)) => Ok(reading),
            Ok(Answer::Compose(_) | Answer::Probe(_)) => Err((request, other_answer())),
            Err(failure) => Err((request, failure)),
        }
    }

    /// Converts the content of an outgoing mail, which waits for its turn until `deadline`. The
    /// answer is a refusal if no mail can be made from the content.
    ///
    /// # Errors
    /// Any [`Failure`].
    pub(super) async fn compose(
        &self,
        content: String,
        format: Format,
        deadline: Instant,
    ) -> Result<Result<Parts, Refusal>, Failure> {
        let request = Arc::new(Request::Compose { content, format });
        match self.ask(request, None, deadline).await? {
            Answer::Compose(parts) => Ok(parts),
            Answer::Read(_) | Answer::Probe(_) => Err(other_answer()),
        }
    }

    async fn ask(
        &self,
        request: Arc<Request>,
        mail: Option<MailKey>,
        until: Instant,
    ) -> Result<Answer, Failure> {
        let gone = || Failure::Unavailable("taid is stopping".to_owned());
        let place = timeout_at(until, self.jobs.of(&request).reserve()).await;
        let place = place.map_err(|_| Failure::Busy)?.map_err(|_| gone())?;
        let (turn, has_turn) = oneshot::channel();
        let (reply, answer) = oneshot::channel();
        place.send(Job {
            request,
            mail,
            turn,
            reply,
        });
        let has_turn = timeout_at(until, has_turn).await;
        has_turn.map_err(|_| Failure::Busy)?.map_err(|_| gone())?;
        // From its turn on, the owner answers a request within the limits of one start and one mail.
        answer.await.map_err(|_| gone())?
    }
}

fn other_answer() -> Failure {
    Failure::Request("it answered another request".to_owned())
}

#[cfg(test)]
fn inside(request: &Request) -> Answer {
    match request {
        Request::Read { html, text } => {
            Answer::Read(tai_reader::read(html.as_deref(), text.as_deref()))
        }
        Request::Compose { content, format } => {
            Answer::Compose(tai_reader::outgoing::parts(content, *format))
        }
        Request::Probe => Answer::Probe(Vec::new()),
    }
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;
