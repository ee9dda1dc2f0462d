//! New mail for the clients that watch for it. While at least one client watches, one task
//! polls the mailbox of the whole account for all of them, once an interval. The task starts
//! with the first watcher and ends with the last.

mod log;
mod look;

use log::Log;
use look::{Change, Mailbox, look};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};
use tai_auth::{bridge::Bridge, session::Session};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

/// Time without new mail and without a call after which looks become rare.
const IDLE_AFTER: Duration = Duration::from_secs(10 * 60);
/// The longest time between two looks: while idle, and after failures.
const MAX_PAUSE: Duration = Duration::from_secs(60);
/// Time limit of one look, retries of its requests included.
const LOOK_TIMEOUT: Duration = Duration::from_secs(30);

/// The arrivals of an account, and the task that polls for them.
pub(super) struct Arrivals<B>(Arc<Poller<B>>);

struct Poller<B> {
    bridge: Arc<B>,
    session: Session,
    interval: Duration,
    /// `None` until the first look. Its receivers are the watchers.
    log: watch::Sender<Option<Log>>,
    /// The time of the latest mail or call.
    active: watch::Sender<Instant>,
    task: Mutex<Task>,
}

/// The polling task.
enum Task {
    /// It has ended, and left what it knows for the next one.
    Ended(Memory),
    /// It runs, and owns what it knows.
    Running,
}

/// What the task knows from one look to the next.
#[derive(Debug, Default)]
struct Memory {
    last_look: Option<Instant>,
    /// Looks that failed since the last one that succeeded.
    failures: u32,
    mailbox: Option<Mailbox>,
}

impl<B: Bridge> Arrivals<B> {
    /// Returns the arrivals of an account whose mailbox is looked at every `interval`.
    pub(super) fn new(bridge: Arc<B>, session: Session, interval: Duration) -> Self {
        Self(Arc::new(Poller {
            bridge,
            session,
            interval,
            log: watch::Sender::new(None),
            active: watch::Sender::new(Instant::now()),
            task: Mutex::new(Task::Ended(Memory::default())),
        }))
    }

    /// Adds a watcher, and starts the task if it does not run. The watcher is removed when the
    /// receiver is dropped.
    pub(super) fn watch(&self) -> watch::Receiver<Option<Log>> {
        let watcher = self.0.log.subscribe();
        let mut task = self.0.task();
        match std::mem::replace(&mut *task, Task::Running) {
            Task::Ended(memory) => {
                tokio::spawn(self.0.clone().run(memory));
            }
            Task::Running => {}
        }
        watcher
    }

    /// Notes that a client is active: looks are frequent for a while.
    pub(super) fn touch(&self) {
        self.0.touch();
    }

    /// Adds an arrival: mail for this address that another client gave back.
    pub(super) fn give_back(&self, address: String) {
        self.0.log.send_if_modified(|log| match log {
            Some(log) => {
                log.add(Some(address));
                true
            }
            None => false,
        });
    }
}

impl<B: Bridge> Poller<B> {
    fn task(&self) -> MutexGuard<'_, Task> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks until there are no watchers.
    async fn run(self: Arc<Self>, mut memory: Memory) {
        loop {
            tokio::select! {
                biased;
                () = self.log.closed() => {
                    // A watcher that comes now waits for this lock, and starts a task.
                    let mut task = self.task();
                    if self.log.receiver_count() == 0 {
                        *task = Task::Ended(memory);
                        return;
                    }
                }
                () = self.next_look(&mut memory) => {}
            }
        }
    }

    async fn next_look(&self, memory: &mut Memory) {
        self.wait(memory).await;
        // A look that is cancelled counts.
        memory.last_look = Some(Instant::now());
        let deadline = Instant::now() + LOOK_TIMEOUT;
        let before = memory.mailbox.as_ref();
        match look(&*self.bridge, &self.session, before, deadline).await {
            Ok(change) => self.looked(memory, change),
            Err(error) => {
                memory.failures = memory.failures.saturating_add(1);
                let (error, failures) = (tai_auth::chain(&error), memory.failures);
                match failures {
                    1 => tracing::warn!(error, "cannot look for new mail"),
                    _ => tracing::debug!(error, failures, "cannot look for new mail"),
                }
            }
        }
    }

    /// Waits until the next look is due.
    async fn wait(&self, memory: &Memory) {
        let mut active = self.active.subscribe();
        while let Some(last_look) = memory.last_look {
            let idle = active.borrow_and_update().elapsed() > IDLE_AFTER;
            let pause = match idle {
                true => MAX_PAUSE,
                false => self.interval * 2u32.saturating_pow(memory.failures),
            };
            tokio::select! {
                biased;
                () = sleep_until(last_look + pause.min(MAX_PAUSE)) => return,
                // The look may be due sooner now.
                _ = active.changed() => {}
            }
        }
    }

    /// Takes the result of a look and tells the watchers.
    fn looked(&self, memory: &mut Memory, change: Change) {
        let Change { mailbox, arrived } = change;
        if std::mem::take(&mut memory.failures) > 0 {
            tracing::info!("can look for new mail again");
        }
        let is_first = memory.mailbox.replace(mailbox).is_none();
        if !arrived.is_empty() {
            tracing::debug!(addresses = arrived.len(), "new mail arrived");
            self.touch();
        }
        self.log.send_if_modified(|log| {
            let log = log.get_or_insert_with(|| Log::new(SystemTime::now()));
            let is_news = is_first || !arrived.is_empty();
            arrived.into_iter().for_each(|address| log.add(address));
            is_news
        });
    }

    fn touch(&self) {
        let now = Instant::now();
        self.active.send_if_modified(|active| {
            let is_later = now.duration_since(*active) > Duration::from_secs(1);
            if is_later {
                *active = now;
            }
            is_later
        });
    }
}

#[cfg(test)]
impl<B> Arrivals<B> {
    /// Returns whether the task runs.
    pub(super) fn is_polling(&self) -> bool {
        let task = self.0.task.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(*task, Task::Running)
    }
}
