//! Files of records that outlive the daemon: appended to, and replaced when most of their records
//! are obsolete. They hold ids, addresses, digests and times, never the content of a mail.
//!
//! [`Journal::append`] survives a kill of the daemon. A caller that promises something because of a
//! record first waits for its [`Promise`], which survives a power failure. A line that a power
//! failure or a failing disk changed is skipped and [counted](Journal::skipped); the others are read.

mod disk;
mod error;
pub(super) mod fields;
mod file;
mod line;
mod skipped;
mod store;

#[cfg(test)]
pub(crate) use disk::Work;
pub(crate) use disk::{Disk, SystemDisk};
pub(crate) use error::{JournalError, Remedy};
pub(crate) use skipped::SkippedLines;

use file::LineFile;
use line::{Line, line_of, read_line};
use skipped::Skipped;
use std::{fmt::Display, marker::PhantomData, path::PathBuf, str::FromStr, sync::Arc};
use store::{Store, failure};
use tai_auth::session::stamp::Stamp;
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
    Open(Arc<Store>, Skipped),
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

    /// Opens the file, creates it if it is missing, and calls `each` with its records in order.
    /// Lines that are not records are [skipped](Journal::skipped). An unusable file is logged as a
    /// warning, and no promise of the journal can be kept until [`Journal::reopen`] succeeds.
    pub(super) fn open(path: PathBuf, disk: Arc<dyn Disk>, each: impl FnMut(R)) -> Self {
        let state = match open(path, &disk, each) {
            Ok((store, skipped)) => State::Open(store, skipped),
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
                Ok((store, skipped)) => {
                    tracing::info!(path = %failure.path.display(), "a journal can be opened again");
                    self.state = State::Open(store, skipped);
                }
                Err(error) => *failure = error,
            }
        }
    }

    /// Appends a record. If the file is too long or lacks records, it is replaced by `current`,
    /// the records that are needed now, this one among them.
    pub(super) fn append(&mut self, record: &R, current: impl FnOnce() -> Vec<R>) {
        if let State::Open(store, skipped) = &self.state {
            store.append(&line_of(record), || lines_of(skipped, &current()));
        }
    }

    /// Returns the promise of all records so far.
    pub(super) fn promise(&self) -> Promise {
        Promise(match &self.state {
            State::Nowhere => Records::Nowhere,
            State::Closed { failure, .. } => Records::Lost(failure.clone()),
            State::Open(store, _) => Records::Of(store.clone(), store.last()),
        })
    }

    /// Returns why records cannot be kept; `None` if they can, as far as is known.
    pub(super) fn failing(&self) -> Option<JournalError> {
        match &self.state {
            State::Nowhere => None,
            State::Closed { failure, .. } => Some(failure.clone()),
            State::Open(store, _) => store.failing(),
        }
    }

    /// Returns the lines of the file that are not records, for a day after they were found.
    pub(super) fn skipped(&self) -> Option<SkippedLines> {
        match &self.state {
            State::Nowhere | State::Closed { .. } => None,
            State::Open(store, skipped) => skipped.report(store.path(), Stamp::of_machine()),
        }
    }

    /// Returns whether lines of the file were damaged since an earlier daemon read it.
    pub(super) fn has_damage(&self) -> bool {
        matches!(&self.state, State::Open(_, skipped) if skipped.has_damage())
    }

    /// Returns whether the file has whole lines of an unknown kind.
    pub(super) fn has_unknown(&self) -> bool {
        matches!(&self.state, State::Open(_, skipped) if skipped.unknown() > 0)
    }

    /// Returns whether the file is open.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open(..))
    }

    /// Replaces the file by the needed records if it has more lines than that, or new lines that are
    /// not records. Blocks; for the start of the daemon.
    pub(super) fn shorten(&mut self, current: &[R]) {
        if let State::Open(store, skipped) = &self.state {
            let lines = match skipped.is_new() {
                true => 0,
                false => skipped.lines() + current.len(),
            };
            store.shorten(lines, || lines_of(skipped, current));
        }
    }

    /// Removes all records from the file, because none is needed.
    pub(super) fn clear(&mut self) {
        // What is kept of lines that are no records stays for the next replacement.
        if let State::Open(store, skipped) = &self.state
            && skipped.lines() == 0
        {
            store.clear();
        }
    }
}

fn open<R: FromStr>(
    path: PathBuf,
    disk: &Arc<dyn Disk>,
    mut each: impl FnMut(R),
) -> Result<(Arc<Store>, Skipped), JournalError> {
    let mut skipped = Skipped::default();
    let file = LineFile::open(&path, |line| match read_line(line) {
        Line::Record(record) => each(record),
        Line::Unknown(record) => skipped.add_unknown(record),
        Line::Damaged => skipped.add_damaged(),
        Line::Empty => {}
    });
    let file = file.map_err(|error| JournalError {
        remedy: Remedy::of_opening(&error),
        ..failure(&path, &error)
    })?;
    skipped.settle(Stamp::of_machine());
    if skipped.is_new() {
        let (damaged, unknown) = (skipped.damaged(), skipped.unknown());
        tracing::warn!(path = %path.display(), damaged, unknown, "a journal has lines that are not records");
    }
    Ok((Store::new(path, disk.clone(), file), skipped))
}

/// Returns the lines of a replacement: what is kept of skipped lines, and the records.
fn lines_of<R: Display>(skipped: &Skipped, records: &[R]) -> Vec<u8> {
    let records = records.iter().map(line_of);
    let lines = std::iter::once(skipped.kept()).chain(records);
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
