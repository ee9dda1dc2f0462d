//! The task that owns the worker: starts it on demand, passes one request at a time to it, and ends
//! it after the idle timeout. Short requests and long ones are served by turns, each in the order of
//! their arrival.

use super::{
    failure::{Cause, Failure},
    process::Process,
    status::Stats,
    unreadable::{MailKey, Unreadable},
};
use std::{
    io,
    process::Command,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tai_reader::worker::wire::{Answer, Request};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep, timeout},
};

/// Number of attempts for a request whose worker is ended by another process.
const ATTEMPTS: u32 = 2;

/// The limits of a worker.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Wall-clock limit of a request. It is longer than the CPU time, because other processes may
    /// occupy the machine.
    pub(super) request: Duration,
    /// Limit of a start. A start takes about 5 ms.
    pub(super) start: Duration,
    /// Idle timeout. A series of calls by an agent uses one worker.
    pub(super) idle: Duration,
    /// Time after a failed start before the next start.
    pub(super) pause: Duration,
    /// Size in bytes above which a mail gets a new worker, and thus all of the CPU time and memory.
    pub(super) large: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(5),
            start: Duration::from_secs(5),
            idle: Duration::from_secs(60),
            pause: Duration::from_secs(10),
            large: 128 << 10,
        }
    }
}

/// A request that waits for its turn.
pub(super) struct Job {
    pub(super) request: Arc<Request>,
    /// The mail of the request; `None` for a request that is not remembered if it fails.
    pub(super) mail: Option<MailKey>,
    /// Told when its turn comes. The receiver of a request that no longer waits is gone.
    pub(super) turn: oneshot::Sender<()>,
    pub(super) reply: oneshot::Sender<Result<Answer, Failure>>,
}

/// The requests that wait for their turn.
pub(super) struct Queue {
    short: mpsc::Receiver<Job>,
    long: mpsc::Receiver<Job>,
    /// Length of the request that had the last turn.
    last: Length,
}

/// Place of callers in a [`Queue`].
pub(super) struct Entrance {
    short: mpsc::Sender<Job>,
    long: mpsc::Sender<Job>,
    /// Size in bytes above which a request is long.
    large: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Short,
    Long,
}

/// Returns a queue with room for `most` requests of each length.
pub(super) fn queue(most: usize, large: usize) -> (Entrance, Queue) {
    let (short, shorts) = mpsc::channel(most);
    let (long, longs) = mpsc::channel(most);
    let entrance = Entrance { short, long, large };
    let queue = Queue {
        short: shorts,
        long: longs,
        last: Length::Long,
    };
    (entrance, queue)
}

impl Entrance {
    /// Returns the senders of requests as long as this one.
    pub(super) fn of(&self, request: &Request) -> &mpsc::Sender<Job> {
        match request.size() > self.large {
            true => &self.long,
            false => &self.short,
        }
    }
}

impl Queue {
    /// Returns the next request; `None` if every sender is gone. Neither length waits for more than
    /// one request of the other.
    pub(super) async fn next(&mut self) -> Option<Job> {
        let (job, length) = match self.last {
            Length::Long => tokio::select! {
                biased;
                Some(job) = self.short.recv() => (job, Length::Short),
                Some(job) = self.long.recv() => (job, Length::Long),
                else => return None,
            },
            Length::Short => tokio::select! {
                biased;
                Some(job) = self.long.recv() => (job, Length::Long),
                Some(job) = self.short.recv() => (job, Length::Short),
                else => return None,
            },
        };
        self.last = length;
        Some(job)
    }
}

/// The owner of the worker.
pub(super) struct Owner {
    pub(super) command: fn() -> io::Result<Command>,
    pub(super) limits: Limits,
    pub(super) stats: Arc<Mutex<Stats>>,
    pub(super) unreadable: Arc<Unreadable>,
    pub(super) state: State,
}

/// State of the worker between two requests.
pub(super) enum State {
    /// No worker runs.
    Off,
    /// A worker is idle.
    Idle(Box<Process>),
    /// A start failed. The next one is due at `until`.
    Broken { until: Instant, why: String },
}

impl Owner {
    /// Serves requests until every sender is gone.
    pub(super) async fn run(mut self, mut jobs: Queue) {
        while let Some(job) = self.next(&mut jobs).await {
            let Job {
                request,
                mail,
                turn,
                reply,
            } = job;
            if turn.send(()).is_ok() {
                let _ = reply.send(self.serve(&request, mail.as_ref()).await);
            }
        }
        self.stop().await;
    }

    /// Returns the next request. Meanwhile an idle worker may end.
    async fn next(&mut self, jobs: &mut Queue) -> Option<Job> {
        if let State::Idle(process) = &mut self.state {
            let idle = sleep(self.limits.idle);
            tokio::select! {
                biased;
                job = jobs.next() => return job,
                cause = process.ended() => {
                    tracing::warn!(%cause, "the idle mail reader ended");
                    self.set(State::Off);
                }
                () = idle => self.stop().await,
            }
        }
        jobs.next().await
    }

    /// Passes a request to the worker. A mail that fails is remembered, even if the client has
    /// cancelled the call meanwhile.
    async fn serve(
        &mut self,
        request: &Request,
        mail: Option<&MailKey>,
    ) -> Result<Answer, Failure> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let process = self.ready(request).await?;
            let cause = match self.ask(process, request).await {
                Ok(answer) => return Ok(answer),
                Err(cause) => cause,
            };
            self.set(State::Off);
            let mail_id = mail.map(MailKey::id);
            match cause {
                // The worker did not fail because of the mail.
                Cause::Outside(_) if attempt < ATTEMPTS => {
                    tracing::warn!(mail_id, %cause, "the mail reader ended; starting another one");
                }
                Cause::CpuTime | Cause::Time | Cause::Crash(_) | Cause::Outside(_) => {
                    tracing::warn!(mail_id, %cause, "the mail reader cannot convert a mail");
                    self.stats().failed += 1;
                    if let Some(mail) = mail {
                        self.remember(mail.clone(), &cause);
                    }
                    return Err(Failure::Request(cause.to_string()));
                }
            }
        }
    }

    fn remember(&self, mail: MailKey, cause: &Cause) {
        match cause {
            Cause::CpuTime | Cause::Crash(_) => self.unreadable.add(mail),
            // A busy machine may be the reason.
            Cause::Time | Cause::Outside(_) => self.unreadable.pause(mail),
        }
    }

    /// Passes a request to a worker, which is idle again if it answers in time.
    async fn ask(&mut self, mut process: Box<Process>, request: &Request) -> Result<Answer, Cause> {
        match timeout(self.limits.request, process.ask(request)).await {
            Ok(Ok(answer)) => {
                self.stats().answered += 1;
                self.set(State::Idle(process));
                Ok(answer)
            }
            Ok(Err(error)) => Err(process.autopsy(&error).await),
            Err(_) => {
                process.kill().await;
                Err(Cause::Time)
            }
        }
    }

    /// Returns a worker for this request and leaves the state `Off`.
    async fn ready(&mut self, request: &Request) -> Result<Box<Process>, Failure> {
        match std::mem::replace(&mut self.state, State::Off) {
            State::Idle(process) if process.used && request.size() > self.limits.large => {
                process.end().await;
            }
            State::Idle(process) => return Ok(process),
            State::Broken { until, why } if Instant::now() < until => {
                let failure = Failure::Unavailable(why.clone());
                self.state = State::Broken { until, why };
                return Err(failure);
            }
            State::Off | State::Broken { .. } => {}
        }
        self.start().await
    }

    async fn start(&mut self) -> Result<Box<Process>, Failure> {
        let started = match (self.command)() {
            Ok(command) => Process::start(command, self.limits.start).await,
            Err(error) => Err(error),
        };
        match started {
            Ok(process) => {
                let mut stats = self.stats();
                stats.starts += 1;
                stats.pid = process.pid();
                stats.broken = None;
                let first = stats.confinement.replace(process.confinement).is_none();
                drop(stats);
                let missing = process.confinement.missing();
                if first && !missing.is_empty() {
                    let missing = missing.join(", ");
                    tracing::warn!(missing, "the mail reader is not fully confined");
                }
                Ok(Box::new(process))
            }
            Err(error) => {
                let why = error.to_string();
                tracing::warn!(
                    error = why,
                    "cannot start the mail reader; mails are shown as plain text"
                );
                let until = Instant::now() + self.limits.pause;
                self.set(State::Broken {
                    until,
                    why: why.clone(),
                });
                Err(Failure::Unavailable(why))
            }
        }
    }

    async fn stop(&mut self) {
        if let State::Idle(process) = std::mem::replace(&mut self.state, State::Off) {
            process.end().await;
        }
        self.set(State::Off);
    }

    fn set(&mut self, state: State) {
        let mut stats = self.stats();
        match &state {
            State::Off => stats.pid = None,
            State::Idle(process) => stats.pid = process.pid(),
            State::Broken { why, .. } => {
                stats.pid = None;
                stats.broken = Some(why.clone());
            }
        }
        drop(stats);
        self.state = state;
    }

    fn stats(&self) -> std::sync::MutexGuard<'_, Stats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
