//! New mail for the clients that watch for it. While at least one client watches, one task polls
//! the whole account's mailbox once per interval for all of them. The task starts with the first
//! watcher and ends with the last.

mod log;
mod poll;

pub(super) use log::Arrival;

use super::error::MailError;
use log::Log;
use poll::{Change, Mailbox, poll};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};
use tai_auth::{bridge::Bridge, session::Session};
use tai_proto::text::HeaderText;
use tai_timing::poll::interval;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

/// The arrivals of an account, and the task that polls for them.
pub(super) struct Arrivals<B>(Arc<Poller<B>>);

struct Poller<B> {
    bridge: Arc<B>,
    session: Session,
    interval: Duration,
    /// The log; `None` until the first poll. Its receivers are the watchers.
    log: watch::Sender<Option<Log>>,
    /// The time of the latest mail or call.
    active: watch::Sender<Instant>,
    /// How the last poll ended.
    last_poll: Mutex<LastPoll>,
    task: Mutex<Task>,
}

/// How the last poll ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LastPoll {
    /// There was none.
    None,
    /// It succeeded, so that what it did not find did not arrive.
    Succeeded,
    /// It failed.
    Failed(MailError),
}

/// The polling task.
enum Task {
    /// The task has ended and left its memory to the next one.
    Ended(Memory),
    /// The task runs and owns the memory.
    Running,
}

/// Announcement of a free mail, made when it is dropped.
pub(super) struct Announcement<'a, B: Bridge> {
    arrivals: &'a Arrivals<B>,
    address: Option<String>,
}

impl<B: Bridge> Announcement<'_, B> {
    /// Drops the announcement without making it.
    pub(super) fn cancel(mut self) {
        self.address = None;
    }
}

impl<B: Bridge> Drop for Announcement<'_, B> {
    fn drop(&mut self) {
        if let Some(address) = self.address.take() {
            self.arrivals.give_back(address);
        }
    }
}

/// State of the task between two polls.
#[derive(Debug, Default)]
struct Memory {
    last_look: Option<Instant>,
    /// Number of failed polls since the last successful one.
    failures: u32,
    mailbox: Option<Mailbox>,
}

impl<B: Bridge> Arrivals<B> {
    /// Returns the arrivals of an account, polled at `interval`.
    pub(super) fn new(bridge: Arc<B>, session: Session, interval: Duration) -> Self {
        Self(Arc::new(Poller {
            bridge,
            session,
            interval,
            log: watch::Sender::new(None),
            active: watch::Sender::new(Instant::now()),
            last_poll: Mutex::new(LastPoll::None),
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

    /// Returns how the last poll ended.
    pub(super) fn last_poll(&self) -> LastPoll {
        self.0.last_poll().clone()
    }

    /// Records that a client is active, which keeps the poll interval short.
    pub(super) fn touch(&self) {
        self.0.touch();
    }

    /// Returns a guard that adds an arrival for this address when it is dropped: a mail that was
    /// taken from other clients' looks is free again.
    pub(super) fn announce_at_end(&self, address: &str) -> Announcement<'_, B> {
        Announcement {
            arrivals: self,
            address: Some(address.to_ascii_lowercase()),
        }
    }

    /// Adds an arrival for this address: a mail that another client gave back.
    pub(super) fn give_back(&self, address: String) {
        self.0.log.send_if_modified(|log| match log {
            Some(log) => {
                log.add(Some(Arrival {
                    to: address,
                    from: None,
                    subject: HeaderText::default(),
                }));
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

    fn last_poll(&self) -> MutexGuard<'_, LastPoll> {
        self.last_poll
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Polls until there are no watchers.
    async fn run(self: Arc<Self>, mut memory: Memory) {
        loop {
            tokio::select! {
                biased;
                () = self.log.closed() => {
                    // A new watcher waits for this lock and then starts a task.
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
        // A cancelled poll counts, so that the next task does not poll too early.
        memory.last_look = Some(Instant::now());
        let before = memory.mailbox.as_ref();
        let looked = poll(&*self.bridge, &self.session, before).await;
        *self.last_poll() = match &looked {
            Ok(_) => LastPoll::Succeeded,
            Err(error) => LastPoll::Failed(error.clone()),
        };
        match looked {
            Ok(change) => self.looked(memory, change),
            Err(error) => {
                memory.failures = memory.failures.saturating_add(1);
                let (error, failures) = (tai_auth::chain(&error), memory.failures);
                match failures {
                    1 => tracing::warn!(error, "polling for new mail failed"),
                    _ => tracing::debug!(error, failures, "polling for new mail failed"),
                }
            }
        }
    }

    /// Waits until the next poll is due.
    async fn wait(&self, memory: &Memory) {
        let mut active = self.active.subscribe();
        while let Some(last_look) = memory.last_look {
            let quiet = active.borrow_and_update().elapsed();
            let jitter = fastrand::f64();
            let interval = interval(self.interval, quiet, memory.failures, jitter);
            tokio::select! {
                biased;
                () = sleep_until(last_look + interval) => return,
                // Activity shortens the interval.
                _ = active.changed() => {}
            }
        }
    }

    /// Stores the result of a poll and notifies the watchers.
    fn looked(&self, memory: &mut Memory, change: Change) {
        let Change { mailbox, arrived } = change;
        if std::mem::take(&mut memory.failures) > 0 {
            tracing::info!("polling for new mail works again");
        }
        let is_first = memory.mailbox.replace(mailbox).is_none();
        if !arrived.is_empty() {
            tracing::debug!(arrivals = arrived.len(), "new mail arrived");
            self.touch();
        }
        self.log.send_if_modified(|log| {
            let log = log.get_or_insert_with(|| Log::new(SystemTime::now()));
            let is_news = is_first || !arrived.is_empty();
            arrived.into_iter().for_each(|arrival| log.add(arrival));
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
