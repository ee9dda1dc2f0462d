//! The state of the configuration files with the rules, and when they are read again.
//!
//! Each call looks at the files, which costs one system call each. A changed file is read on another
//! thread, within a limit.

use crate::config::{Config, ConfigError, Stamp};
use std::{
    sync::{Arc, Mutex as SyncMutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Mutex, MutexGuard},
    task::spawn_blocking,
    time::{sleep, timeout},
};

/// Time for which a changed file must stay as it is before it is read: a program may be writing it.
const SETTLED: Duration = Duration::from_millis(250);
/// Limit of the waits for a file that changes again and again.
const MAX_WAITS: usize = 4;
/// Time for which a call waits for the files.
const LIMIT: Duration = Duration::from_secs(2);
/// Problem of a file that is not read in time.
const NO_ANSWER: &str =
    "the configuration file could not be looked at in time, and may have changed";

/// The state of the configuration files whose rules are in force.
pub(crate) struct FileRules {
    last: Mutex<Last>,
    /// Reason for which the files cannot be used.
    problem: SyncMutex<Option<String>>,
    /// Held by the thread that waits for the disk, of which there is one.
    disk: Arc<Mutex<()>>,
}

/// The last reading.
struct Last {
    stamp: Stamp,
    /// Whether the rules in force are those of the files in the state `stamp`.
    is_in_force: bool,
}

impl FileRules {
    /// Returns the state of files that were read at the start.
    pub(crate) fn new(stamp: Stamp) -> Self {
        let is_in_force = true;
        Self {
            last: Mutex::new(Last { stamp, is_in_force }),
            problem: SyncMutex::default(),
            disk: Arc::default(),
        }
    }

    /// Returns the reason for which the files cannot be used.
    pub(crate) fn problem(&self) -> Option<String> {
        let problem = self.problem.lock();
        problem.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the configuration with what `reader` returns if its files changed since it was used,
    /// and passes it to `apply`.
    ///
    /// A file that is deleted or emptied keeps its rules: a home directory may be unmounted, and a
    /// program that writes a file may empty it first.
    ///
    /// # Errors
    /// The reason for which it cannot be used.
    pub(super) async fn refresh<R>(
        &self,
        reader: impl FnOnce() -> R,
        apply: impl FnOnce(Config),
    ) -> Result<(), String>
    where
        R: FnOnce() -> Result<Config, ConfigError> + Send + 'static,
    {
        self.within_limit(self.look(reader, apply)).await
    }

    /// Reads the configuration with `read`, and passes it to `apply`, also if there is no file any
    /// more.
    ///
    /// # Errors
    /// As [`FileRules::refresh`].
    pub(super) async fn reload(
        &self,
        read: impl FnOnce() -> Result<Config, ConfigError> + Send + 'static,
        apply: impl FnOnce(Config),
    ) -> Result<(), String> {
        let reload = async {
            let mut last = self.last.lock().await;
            let found = last.stamp.again();
            if let Some(config) = self.read(&mut last, found, read).await {
                self.take(last, config.stamp.clone());
                apply(config);
            }
        };
        self.within_limit(reload).await
    }

    /// Waits for `look`. A look that does not end in time has not seen that the files are as they
    /// were.
    async fn within_limit(&self, look: impl Future<Output = ()>) -> Result<(), String> {
        let is_late = timeout(LIMIT, look).await.is_err();
        let late = is_late.then(|| NO_ANSWER.to_owned());
        self.problem().or(late).map_or(Ok(()), Err)
    }

    async fn look<R>(&self, reader: impl FnOnce() -> R, apply: impl FnOnce(Config))
    where
        R: FnOnce() -> Result<Config, ConfigError> + Send + 'static,
    {
        let mut last = self.last.lock().await;
        if last.stamp.is_empty() {
            return;
        }
        let found = settled(&last.stamp).await;
        if found.has_lost_file_of(&last.stamp) {
            return self.keep(&mut last);
        }
        if found == last.stamp && last.is_in_force {
            return;
        }
        let Some(config) = self.read(&mut last, found, reader()).await else {
            return;
        };
        if config.stamp.has_lost_file_of(&last.stamp) {
            return self.keep(&mut last);
        }
        self.take(last, config.stamp.clone());
        if config.has_text {
            apply(config);
        }
    }

    /// Keeps the rules in force, until the files are there again.
    fn keep(&self, last: &mut Last) {
        last.is_in_force = false;
        self.set_problem(None);
    }

    /// Notes that the rules in force are those of the files in the state `stamp`.
    fn take(&self, mut last: MutexGuard<'_, Last>, stamp: Stamp) {
        let is_in_force = true;
        *last = Last { stamp, is_in_force };
        self.set_problem(None);
    }

    /// Reads the configuration, whose files are in the state `found`. Returns `None` after a problem.
    async fn read(
        &self,
        last: &mut Last,
        found: Stamp,
        read: impl FnOnce() -> Result<Config, ConfigError> + Send + 'static,
    ) -> Option<Config> {
        let before = self.problem();
        // Stays if the reading does not end in time.
        self.set_problem(before.clone().or_else(|| Some(NO_ANSWER.to_owned())));
        last.is_in_force = false;
        let error = match self.on_disk(read).await? {
            Ok(config) => return Some(config),
            Err(error) => tai_auth::chain(&error),
        };
        // Each call reads again, and one line is enough.
        if before.as_ref() != Some(&error) {
            tracing::error!(
                error,
                "the configuration cannot be used; agents get no tool until it is valid"
            );
        }
        last.stamp = found;
        self.set_problem(Some(error));
        None
    }

    fn set_problem(&self, problem: Option<String>) {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = problem;
    }

    /// Does `work` on a thread that may wait for a disk. Earlier work ends first, so that a disk
    /// that does not answer holds one thread.
    async fn on_disk<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Option<R> {
        let turn = self.disk.clone().lock_owned().await;
        let work = move || {
            let _turn = turn;
            work()
        };
        spawn_blocking(work).await.ok()
    }
}

/// Returns the state of the files once they stay as they are.
async fn settled(last: &Stamp) -> Stamp {
    let mut found = last.again();
    for _ in 0..MAX_WAITS {
        if found == *last || found.has_lost_file_of(last) {
            break;
        }
        sleep(SETTLED).await;
        let later = last.again();
        let is_settled = later == found;
        found = later;
        if is_settled {
            break;
        }
    }
    found
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
