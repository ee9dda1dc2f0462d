//! Files of records that outlive the daemon: appended to, and replaced when most of their records
//! are obsolete. They hold ids, addresses, digests and times, never the content of a mail.
//!
//! [`Journal::append`] survives a kill of the daemon. A caller that promises something because of a
//! record first waits for its [`Promise`], which survives a power failure. A line that a power
//! failure or a failing disk changed is skipped; the others are read.

mod disk;
mod error;
pub(super) mod fields;
mod file;
mod line;
mod store;

#[cfg(test)]
pub(crate) use disk::Work;
pub(crate) use disk::{Disk, SystemDisk};
pub(crate) use error::{JournalError, Remedy};

use file::LineFile;
use line::{line_of, record_of};
use std::{fmt::Display, marker::PhantomData, path::PathBuf, str::FromStr, sync::Arc};
use store::{Store, failure};
use tokio::time::Instant;

/// A journal of records `R`.
#[derive(Debug)]
pub(super) struct Journal<R> {
    state: State,
    records: PhantomData<fn(R)>,
}

#[derive(Debug)]
enum State {
    /// Nothing outlives the daemon.
    Nowhere,
    /// The file cannot be opened.
    Closed {
        disk: Arc<dyn Disk>,
        failure: JournalError,
    },
    Open(Arc<Store>),
}

/// The records that were appended to a journal so far.
#[derive(Debug, Clone)]
#[must_use = "nothing waits for the disk otherwise"]
pub(super) struct Promise(Records);

#[derive(Debug, Clone)]
enum Records {
    Nowhere,
    Lost(JournalError),
    Of(Arc<Store>, u64),
}

impl Promise {
    /// Waits until the records survive a power failure. Concurrent callers share a sync.
    ///
    /// # Errors
    /// [`JournalError`] if a record is not on the disk at `deadline`, or after 10 s.
    pub(super) async fn kept(self, deadline: Instant) -> Result<(), JournalError> {
        match self.0 {
            Records::Nowhere => Ok(()),
            Records::Lost(failure) => Err(failure),
            Records::Of(store, record) => store.synced(record, deadline).await,
        }
    }
}

impl<R: Display + FromStr> Journal<R> {
    /// Returns a journal that keeps nothing.
    pub(super) fn nowhere() -> Self {
        Self {
            state: State::Nowhere,
            records: PhantomData,
        }
    }

    /// Opens the file, creates it if it is missing, and calls `each` with its records in order. Lines
    /// that are not records are skipped. An unusable file is logged as a warning, and no promise of
    /// the journal can be kept until [`Journal::reopen`] succeeds.
    pub(super) fn open(path: PathBuf, disk: Arc<dyn Disk>, each: impl FnMut(R)) -> Self {
        let state = match open(path, &disk, each) {
            Ok(store) => State::Open(store),
            Err(failure) => {
                let JournalError { path, why, .. } = &failure;
                tracing::warn!(path = %path.display(), error = why, "cannot open a journal");
                State::Closed { disk, failure }
            }
        };
        Self {
            state,
            records: PhantomData,
        }
    }

    /// Opens a file that could not be opened before, and calls `each` with its records in order.
    pub(super) fn reopen(&mut self, each: impl FnMut(R)) {
        if let State::Closed { disk, failure } = &mut self.state {
            match open(failure.path.clone(), disk, each) {
                Ok(store) => {
                    tracing::info!(path = %failure.path.display(), "a journal can be opened again");
                    self.state = State::Open(store);
                }
                Err(error) => *failure = error,
            }
        }
    }

    /// Appends a record. If the file is too long or lacks records, it is replaced by `current`,
    /// the records that are needed now, this one among them.
    pub(super) fn append(&mut self, record: &R, current: impl FnOnce() -> Vec<R>) {
        if let State::Open(store) = &self.state {
            store.append(&line_of(record), || lines_of(&current()));
        }
    }

    /// Returns the promise of all records so far.
    pub(super) fn promise(&self) -> Promise {
        Promise(match &self.state {
            State::Nowhere => Records::Nowhere,
            State::Closed { failure, .. } => Records::Lost(failure.clone()),
            State::Open(store) => Records::Of(store.clone(), store.last()),
        })
    }

    /// Returns why records cannot be kept; `None` if they can, as far as is known.
    pub(super) fn failing(&self) -> Option<JournalError> {
        match &self.state {
            State::Nowhere => None,
            State::Closed { failure, .. } => Some(failure.clone()),
            State::Open(store) => store.failing(),
        }
    }

    /// Returns whether the file is open.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    /// Replaces the file by the needed records if it has more lines than that. Blocks; for the
    /// start of the daemon.
    pub(super) fn shorten(&mut self, current: &[R]) {
        if let State::Open(store) = &self.state {
            store.shorten(current.len(), || lines_of(current));
        }
    }

    /// Removes all records from the file, because none is needed.
    pub(super) fn clear(&mut self) {
        if let State::Open(store) = &self.state {
            store.clear();
        }
    }
}

fn open<R: FromStr>(
    path: PathBuf,
    disk: &Arc<dyn Disk>,
    mut each: impl FnMut(R),
) -> Result<Arc<Store>, JournalError> {
    let mut skipped = 0_u64;
    let file = LineFile::open(&path, |line| match record_of(line) {
        Some(record) => each(record),
        None => skipped += 1,
    });
    let file = file.map_err(|error| JournalError {
        remedy: Remedy::of_opening(&error),
        ..failure(&path, &error)
    })?;
    if skipped > 0 {
        tracing::warn!(path = %path.display(), skipped, "a journal has lines that are not records");
    }
    Ok(Store::new(path, disk.clone(), file))
}

fn lines_of<R: Display>(records: &[R]) -> Vec<u8> {
    let lines = records.iter().map(line_of);
    lines.collect::<String>().into_bytes()
}

/// Returns the line of a record.
#[cfg(test)]
pub(super) fn line_for_test(record: &impl Display) -> String {
    line_of(record)
}

#[cfg(test)]
mod journal_tests;
#[cfg(test)]
mod torn_tests;
