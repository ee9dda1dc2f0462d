//! The writer of a journal. Lines reach the file at once, so that a kill of the daemon loses none.
//! Syncs and replacements run one at a time outside of the async runtime, and all records that were
//! appended meanwhile share the next sync.

use super::{
    disk::Disk,
    error::{JournalError, Remedy},
    file::{LineFile, Replacement, sync_name},
};
use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout_at},
};

/// Time limit of a sync, for a disk that hangs.
const SYNC_LIMIT: Duration = Duration::from_secs(10);
/// Limit of bytes that wait for room on the disk. Beyond it the file is replaced instead.
const MAX_UNWRITTEN: usize = 1 << 20;
/// Delays between two attempts to write the lines that wait for room.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(30);

/// The file of a journal and its writer.
#[derive(Debug)]
pub(super) struct Store {
    path: PathBuf,
    disk: Arc<dyn Disk>,
    inner: Mutex<Inner>,
    progress: watch::Sender<Progress>,
}

#[derive(Debug)]
struct Inner {
    file: LineFile,
    /// Number of records that were appended. The content at the start counts as one.
    appended: u64,
    /// Number of records whose lines are in the file.
    written: u64,
    /// Number of records of which a caller waits for the sync.
    wanted: u64,
    /// Lines that a failed write left out of the file.
    unwritten: Vec<u8>,
    /// The last failure. It counts while lines are missing.
    failure: Option<JournalError>,
    /// Whether the file may lack records that are not in `unwritten`.
    is_suspect: bool,
    /// Lines that are about to replace the file.
    next: Option<Vec<u8>>,
    /// Lines that were appended since `next` was set, until the file is replaced.
    tail: Option<Vec<u8>>,
    /// Whether a thread syncs or replaces the file.
    is_busy: bool,
    /// Whether a task retries to write `unwritten`.
    is_retrying: bool,
}

/// The outcome of syncs, as numbers of records.
#[derive(Debug, Default)]
struct Progress {
    synced: u64,
    failed: u64,
    failure: Option<JournalError>,
}

/// The next work of the thread.
enum Step {
    Replace(Vec<u8>),
    Sync(io::Result<std::fs::File>, u64),
    Rest,
}

impl Store {
    pub(super) fn new(path: PathBuf, disk: Arc<dyn Disk>, file: LineFile) -> Arc<Self> {
        Arc::new(Self {
            path,
            disk,
            inner: Mutex::new(Inner {
                file,
                // An earlier daemon may have died before it synced what it wrote.
                appended: 1,
                written: 1,
                wanted: 0,
                unwritten: Vec::new(),
                failure: None,
                is_suspect: false,
                next: None,
                tail: None,
                is_busy: false,
                is_retrying: false,
            }),
            progress: watch::Sender::default(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends a line. If the file is long or lacks records, `current` returns all lines that are
    /// needed now, this one among them, and they replace the file.
    pub(super) fn append(self: &Arc<Self>, line: &str, current: impl FnOnce() -> Vec<u8>) {
        let mut inner = self.inner();
        inner.appended += 1;
        if inner.file.is_unlinked() {
            inner.is_suspect = true;
        }
        inner.unwritten.extend_from_slice(line.as_bytes());
        if let Some(tail) = &mut inner.tail {
            tail.extend_from_slice(line.as_bytes());
        }
        self.write(&mut inner);
        if inner.unwritten.len() > MAX_UNWRITTEN {
            inner.unwritten.clear();
            inner.is_suspect = true;
        }
        let is_due = inner.is_suspect || inner.file.is_long();
        let replace = is_due && inner.tail.is_none();
        if replace {
            inner.next = Some(current());
            inner.tail = Some(Vec::new());
        }
        let retry = !inner.unwritten.is_empty() && !inner.is_retrying;
        drop(inner);
        if replace {
            self.work();
        }
        if retry {
            self.retry();
        }
    }

    /// Writes the lines that are not in the file.
    fn write(&self, inner: &mut Inner) {
        let lines = std::mem::take(&mut inner.unwritten);
        match inner.file.append(&*self.disk, &lines) {
            Ok(()) => {
                inner.written = inner.appended;
                if inner.failure.take().is_some() {
                    tracing::info!(path = %self.path.display(), "a journal can be written again");
                }
            }
            Err(error) => {
                inner.unwritten = lines;
                let failure = self.failure(&error);
                if inner.failure.replace(failure).is_none() {
                    tracing::warn!(path = %self.path.display(), %error, "cannot write a journal");
                }
            }
        }
    }

    /// Retries to write in the background until there is room again.
    fn retry(self: &Arc<Self>) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        self.inner().is_retrying = true;
        let store = Arc::downgrade(self);
        runtime.spawn(async move {
            let mut delay = FIRST_RETRY;
            loop {
                sleep(delay).await;
                delay = LAST_RETRY.min(delay * 2);
                let Some(store) = store.upgrade() else { return };
                let mut inner = store.inner();
                if !inner.unwritten.is_empty() {
                    store.write(&mut inner);
                }
                if inner.unwritten.is_empty() {
                    inner.is_retrying = false;
                    return;
                }
            }
        });
    }

    /// Removes all lines, because no record is needed.
    pub(super) fn clear(&self) {
        let mut inner = self.inner();
        if inner.tail.is_some() || inner.file.lines == 0 {
            return;
        }
        inner.unwritten.clear();
        inner.failure = None;
        match inner.file.clear() {
            Ok(()) => inner.written = inner.appended,
            Err(_) => inner.is_suspect = true,
        }
    }

    /// Replaces the file at once by these lines, if it has more than `lines` lines.
    pub(super) fn shorten(&self, lines: usize, current: impl FnOnce() -> Vec<u8>) {
        let mut inner = self.inner();
        if inner.file.lines <= lines {
            return;
        }
        inner.tail = Some(Vec::new());
        drop(inner);
        // A failure is logged, and the longer file is still valid.
        let _ = self.replace(&current());
    }

    /// Waits until all records that were appended so far survive a power failure.
    ///
    /// # Errors
    /// [`JournalError`], also if the disk does not answer until `deadline`, or within 10 s.
    pub(super) async fn synced(
        self: Arc<Self>,
        record: u64,
        deadline: Instant,
    ) -> Result<(), JournalError> {
        let mut progress = self.progress.subscribe();
        {
            let mut inner = self.inner();
            let is_in_next = inner.tail.is_some();
            if let Some(failure) = inner.failure.clone()
                && inner.written < record
                && !is_in_next
            {
                return Err(failure);
            }
            inner.wanted = inner.wanted.max(record);
        }
        self.work();
        let limit = deadline.min(Instant::now() + SYNC_LIMIT);
        let is_done = |progress: &Progress| progress.synced.max(progress.failed) >= record;
        let done = timeout_at(limit, progress.wait_for(is_done)).await;
        let late = || JournalError {
            path: self.path.clone(),
            why: "the disk does not confirm the write".to_owned(),
            remedy: Remedy::Disk,
        };
        match done {
            Ok(Ok(progress)) if progress.synced >= record => Ok(()),
            Ok(Ok(progress)) => Err(progress.failure.clone().unwrap_or_else(late)),
            Ok(Err(_)) | Err(_) => Err(late()),
        }
    }

    /// Returns why lines cannot be written; `None` if none waits for room. Tries again to write
    /// them. After a failed sync or replacement the next record tries again, so it is not known
    /// that records fail.
    pub(super) fn failing(&self) -> Option<JournalError> {
        let mut inner = self.inner();
        if inner.unwritten.is_empty() {
            return None;
        }
        self.write(&mut inner);
        inner.failure.clone()
    }

    /// Returns the number of the last record.
    pub(super) fn last(&self) -> u64 {
        self.inner().appended
    }

    /// Starts the thread if there is work and none runs.
    fn work(self: &Arc<Self>) {
        let mut inner = self.inner();
        if inner.is_busy || !self.has_work(&inner) {
            return;
        }
        inner.is_busy = true;
        drop(inner);
        let store = self.clone();
        self.disk.run(Box::new(move || {
            loop {
                match store.next_step() {
                    Step::Replace(lines) => {
                        let replaced = store.replace(&lines);
                        let inner = store.inner();
                        let (appended, is_suspect) = (inner.appended, inner.is_suspect);
                        drop(inner);
                        if let Err(failure) = replaced
                            && is_suspect
                        {
                            store.fail(appended, failure);
                        }
                    }
                    Step::Sync(file, written) => {
                        match file.and_then(|file| store.disk.sync(&file)) {
                            Ok(()) => store.confirm(written),
                            Err(error) => {
                                tracing::warn!(path = %store.path.display(), %error, "cannot sync a journal");
                                // The system may have dropped what it could not write, and reports
                                // that once.
                                let mut inner = store.inner();
                                inner.is_suspect = true;
                                let appended = inner.appended;
                                drop(inner);
                                store.fail(appended, store.failure(&error));
                            }
                        }
                    }
                    Step::Rest => return,
                }
            }
        }));
    }

    fn has_work(&self, inner: &Inner) -> bool {
        let progress = self.progress.borrow();
        let done = progress.synced.max(progress.failed);
        inner.next.is_some() || done < inner.wanted.min(inner.written)
    }

    fn next_step(&self) -> Step {
        let mut inner = self.inner();
        if !self.has_work(&inner) {
            inner.is_busy = false;
            return Step::Rest;
        }
        match inner.next.take() {
            Some(lines) => Step::Replace(lines),
            None => Step::Sync(inner.file.for_sync(), inner.written),
        }
    }

    /// Replaces the file in one step that a power failure does not divide.
    fn replace(&self, lines: &[u8]) -> Result<(), JournalError> {
        let written = Replacement::write(&self.path, &*self.disk, lines);
        let mut inner = self.inner();
        let tail = inner.tail.take().unwrap_or_default();
        let replaced = written.and_then(|next| next.take_name(&self.path, &*self.disk, &tail));
        let appended = inner.appended;
        match replaced {
            Ok(file) => {
                let tail = (!tail.is_empty()).then(|| file.for_sync());
                inner.file = file;
                inner.unwritten.clear();
                inner.failure = None;
                inner.is_suspect = false;
                inner.written = appended;
                drop(inner);
                let synced =
                    tail.map_or(Ok(()), |file| file.and_then(|file| self.disk.sync(&file)));
                let synced = synced.and_then(|()| sync_name(&self.path));
                match synced {
                    Ok(()) => {
                        self.confirm(appended);
                        Ok(())
                    }
                    Err(error) => {
                        self.inner().is_suspect = true;
                        Err(self.failure(&error))
                    }
                }
            }
            Err(error) => {
                inner.file.postpone();
                tracing::warn!(path = %self.path.display(), %error, "cannot replace a journal");
                Err(self.failure(&error))
            }
        }
    }

    fn confirm(&self, record: u64) {
        self.progress
            .send_modify(|progress| progress.synced = progress.synced.max(record));
    }

    fn fail(&self, record: u64, failure: JournalError) {
        self.progress.send_modify(|progress| {
            progress.failed = progress.failed.max(record);
            progress.failure = Some(failure);
        });
    }

    fn failure(&self, error: &io::Error) -> JournalError {
        failure(&self.path, error)
    }
}

/// Returns the error of a journal.
pub(super) fn failure(path: &Path, error: &io::Error) -> JournalError {
    JournalError {
        path: path.to_owned(),
        why: error.to_string(),
        remedy: Remedy::of(error),
    }
}
