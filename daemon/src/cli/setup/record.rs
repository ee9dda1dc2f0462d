//! Records of the changes of configurations, so that `--remove` can restore the original bytes.
//! They are in one file of the state directory and contain paths and checksums.

use super::{
    leftovers,
    replace::{self, Existing, FileError},
};
use crate::{cli::error::CliError, os};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fmt,
    fs::{File, TryLockError},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    time::Duration,
};

/// Name of the file in the state directory.
const FILE: &str = "setup.json";
/// Name of the lock file in the state directory.
const LOCK: &str = "setup-lock";

/// Attempts to take the lock of a setup that runs at the same time, and the time between two.
const ATTEMPTS: u32 = 400;
const PAUSE: Duration = Duration::from_millis(25);

/// Change of one configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// Checksum of the text that setup wrote.
    pub(super) after: String,
    /// Checksum of the original text, which is in the backup; `None` if setup created the file.
    pub(super) before: Option<String>,
    /// Directories that setup created, outermost first.
    pub(super) dirs: Vec<PathBuf>,
    /// Backup with the original text; `None` for the first one.
    #[serde(default)]
    pub(super) backup: Option<PathBuf>,
}

impl Record {
    /// Returns the backup of `file` and its text, if that is the original one.
    pub(super) fn original(&self, file: &Path) -> Option<(PathBuf, String)> {
        let backup = self.backup.clone();
        let backup = backup.unwrap_or_else(|| replace::backup_of(file));
        let text = replace::read(&backup).ok().flatten()?.text;
        (self.before.as_ref() == Some(&checksum(&text))).then_some((backup, text))
    }
}

/// The records of a user.
#[derive(Debug)]
pub(super) struct Records {
    file: PathBuf,
    by_path: BTreeMap<String, Record>,
    /// Whether nothing may be written.
    pub(super) is_dry_run: bool,
    /// Lock against another setup, which would take the file of this one for the original.
    lock: Option<File>,
}

impl Records {
    /// Waits until no other setup of the user changes a configuration, and reads the records. The next setup
    /// waits until the records are dropped.
    ///
    /// # Errors
    /// As [`Records::read`], or another setup keeps the lock for ten seconds.
    pub(super) fn lock(state: &Path) -> Result<Self, CliError> {
        Self::lock_within(state, ATTEMPTS)
    }

    fn lock_within(state: &Path, attempts: u32) -> Result<Self, CliError> {
        // Without a directory for state, no record is written either, and `set` says so.
        let lock = match lock_file(state) {
            Ok(file) => locked(file, attempts).map_err(|Busy| busy(state))?,
            Err(_) => None,
        };
        let records = Self {
            is_dry_run: false,
            lock,
            ..Self::read(state)?
        };
        records.sweep(&records.file, None);
        Ok(records)
    }

    /// Reads the records in the state directory for a dry run, without a lock file; none if there is
    /// no file.
    ///
    /// # Errors
    /// The file cannot be read or understood. It is not replaced, because the records in it lead to
    /// the original text of other configurations.
    pub(super) fn read(state: &Path) -> Result<Self, CliError> {
        let file = state.join(FILE);
        let text = replace::read(&file).map_err(|error| unreadable(&file, error))?;
        let by_path = match text {
            Some(file_of_records) => serde_json::from_str(&file_of_records.text)
                .map_err(|error| unreadable(&file, error))?,
            None => BTreeMap::new(),
        };
        Ok(Self {
            file,
            by_path,
            is_dry_run: true,
            lock: None,
        })
    }

    /// Removes what an earlier setup that was ended has left next to a configuration, which a link may lead
    /// to. Without the lock, it may be that of a setup that still runs.
    pub(super) fn sweep(&self, file: &Path, existing: Option<&Existing>) {
        if self.lock.is_none() {
            return;
        }
        leftovers::sweep(file);
        if let Some(target) = existing.map(Existing::path).filter(|path| *path != file) {
            leftovers::sweep(target);
        }
    }

    /// Returns the record of a configuration, if the text is what setup wrote.
    pub(super) fn of(&self, path: &Path, text: &str) -> Option<&Record> {
        let record = self.by_path.get(path.to_str()?)?;
        (record.after == checksum(text)).then_some(record)
    }

    /// Returns the last record of a configuration, which another program may have changed since.
    pub(super) fn last(&self, path: &Path) -> Option<&Record> {
        self.by_path.get(path.to_str()?)
    }

    /// Replaces or, with `None`, removes the record of a configuration.
    ///
    /// # Errors
    /// The file of the records cannot be written.
    pub(super) fn set(&mut self, path: &Path, record: Option<Record>) -> Result<(), FileError> {
        // A path that is not UTF-8 has no record.
        let Some(key) = path.to_str() else {
            return Ok(());
        };
        let changed = match record {
            Some(record) => self.by_path.insert(key.to_owned(), record.clone()) != Some(record),
            None => self.by_path.remove(key).is_some(),
        };
        if !changed {
            return Ok(());
        }
        if self.by_path.is_empty() {
            return match std::fs::remove_file(&self.file) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
                Ok(()) | Err(_) => Ok(()),
            };
        }
        let text = serde_json::to_string_pretty(&self.by_path).map_err(io::Error::other)?;
        if let Some(dir) = self.file.parent() {
            os::private_dir(dir)?;
        }
        replace::write_private(&self.file, &text)
    }
}

fn lock_file(state: &Path) -> io::Result<File> {
    os::private_dir(state)?;
    os::open_private(state, LOCK)
}

/// Another setup keeps the lock.
struct Busy;

/// Takes the lock; `None` where the file system has no locks.
#[expect(
    clippy::disallowed_methods,
    reason = "the interval between two attempts, whose number has a limit"
)]
fn locked(file: File, attempts: u32) -> Result<Option<File>, Busy> {
    for _ in 0..attempts {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => std::thread::park_timeout(PAUSE),
            Err(TryLockError::Error(_)) => return Ok(None),
        }
    }
    Err(Busy)
}

fn busy(state: &Path) -> CliError {
    CliError::new("another setup is running")
        .caused_by(format!("it holds {}", state.join(LOCK).display()))
        .hint("wait until it has ended, or end it, and run the command again; nothing was changed")
}

fn unreadable(file: &Path, error: impl fmt::Display) -> CliError {
    CliError::new("cannot read the records of earlier changes")
        .caused_by(format!("{}: {error}", file.display()))
        .hint(
            "move this file away and run the command again; then --remove removes the entries, and \
             does not restore the original files",
        )
}

/// Returns the SHA-256 checksum of a text in hexadecimal digits.
pub(super) fn checksum(text: &str) -> String {
    tai_auth::hex(digest(&SHA256, text.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn an_unreadable_file_is_an_error_and_stays() {
        let state = tempfile::tempdir().unwrap();
        let file = state.path().join(FILE);
        for text in ["{\"/a\": {\"after\": \"0\"", "{\"/a\": 1}", "\u{FFFD}"] {
            fs::write(&file, text).unwrap();
            assert!(Records::read(state.path()).is_err(), "{text}");
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
        fs::write(&file, b"\xff").unwrap();
        let error = Records::read(state.path()).unwrap_err();
        let dir = state.path().to_string_lossy();
        insta::assert_snapshot!(error.to_string().replace(&*dir, "STATE"), @"
        error: cannot read the records of earlier changes
        caused by: STATE/setup.json: it is not UTF-8
        hint: move this file away and run the command again; then --remove removes the entries, and does not restore the original files
        ");
    }

    #[test]
    fn a_setup_does_not_go_on_while_another_one_has_the_lock() {
        let state = tempfile::tempdir().unwrap();
        let first = Records::lock(state.path()).unwrap();
        let error = Records::lock_within(state.path(), 2).unwrap_err();
        let dir = state.path().to_string_lossy();
        insta::assert_snapshot!(error.to_string().replace(&*dir, "STATE"), @"
        error: another setup is running
        caused by: it holds STATE/setup-lock
        hint: wait until it has ended, or end it, and run the command again; nothing was changed
        ");
        drop(first);
        Records::lock_within(state.path(), 1).unwrap();
    }

    #[test]
    fn the_last_record_may_be_gone_already() {
        let state = tempfile::tempdir().unwrap();
        let mut records = Records::read(state.path()).unwrap();
        let record = Record {
            after: checksum("after"),
            before: None,
            dirs: Vec::new(),
            backup: None,
        };
        records.set(Path::new("/a"), Some(record)).unwrap();
        fs::remove_file(state.path().join(FILE)).unwrap();
        records.set(Path::new("/a"), None).unwrap();
    }
}
