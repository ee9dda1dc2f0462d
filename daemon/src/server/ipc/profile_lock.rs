//! The lock of a profile: one daemon of the user holds it, and its file says where that daemon
//! listens.

use super::bind_error::BindError;
use crate::os;
use std::{
    fs::{File, TryLockError},
    io::{self, Seek as _, Write as _},
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tai_proto::{
    endpoint::Endpoint,
    record::{Record, STOPPING},
};

/// Attempts to lock after the first one. A client that checks the lock holds it for a moment.
const LOCK_ATTEMPTS: u32 = 5;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// Lock of a profile. While it is held, no other daemon of the profile runs.
#[derive(Debug)]
pub(crate) struct ProfileLock {
    held: Mutex<Held>,
    endpoint: Endpoint,
}

#[derive(Debug)]
struct Held {
    /// The lock file, which ends with the record.
    file: File,
    /// Whether the last attempt to lock a file in place of a removed one failed.
    has_failed: bool,
}

impl ProfileLock {
    /// Creates the directories, takes the lock, and writes the record into the lock file.
    ///
    /// # Errors
    /// [`BindError::Directory`], [`BindError::Lock`], or [`BindError::AlreadyRunning`] with the
    /// holder's record.
    pub(crate) fn take(endpoint: Endpoint) -> Result<Self, BindError> {
        let file = lock(&endpoint, LOCK_ATTEMPTS)?;
        let held = Mutex::new(Held {
            file,
            has_failed: false,
        });
        Ok(Self { held, endpoint })
    }

    /// Returns whether no other daemon of the profile can run. If the file was removed, perhaps
    /// with its directory, locks a new one. A disk that takes no file leaves the lock as it is.
    /// Most requests ask, so that it waits only before the answer is `false`.
    pub(crate) fn is_kept(&self) -> bool {
        let mut held = self.held();
        if os::files::has_name(&held.file, &self.endpoint.lock()) {
            held.has_failed = false;
            return true;
        }
        // Without its socket, this daemon would keep each new client waiting.
        if !self.socket().exists() {
            tracing::warn!("the lock and the socket of taid were removed");
            return false;
        }
        let attempt = match lock(&self.endpoint, 0) {
            Err(BindError::AlreadyRunning { first, .. }) if !first.as_ref().is_some_and(is_own) => {
                lock(&self.endpoint, LOCK_ATTEMPTS)
            }
            attempt => attempt,
        };
        match attempt {
            Ok(new) => {
                tracing::warn!("the lock file of taid was removed; a new one is locked");
                *held = Held {
                    file: new,
                    has_failed: false,
                };
                true
            }
            // Some network file systems give a file another number, and it is locked already.
            Err(BindError::AlreadyRunning { first, .. }) if first.as_ref().is_some_and(is_own) => {
                true
            }
            Err(BindError::AlreadyRunning { .. }) => {
                tracing::warn!("the lock file of taid was removed, and another taid has a new one");
                false
            }
            Err(error) => {
                if !std::mem::replace(&mut held.has_failed, true) {
                    tracing::warn!(%error, "the lock file of taid was removed");
                }
                true
            }
        }
    }

    /// Returns the socket for agents.
    pub(super) fn socket(&self) -> PathBuf {
        self.endpoint.socket()
    }

    /// Records that the daemon stops, so that a client does not take it for one that does not run.
    /// Appends the line, so that a full disk or a client that reads now does not miss the rest of
    /// the record.
    pub(super) fn stopping(&self) {
        if let Err(error) = self.held().file.write_all(STOPPING.as_bytes()) {
            tracing::warn!(%error, "cannot record that taid stops");
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns whether a record is of this process.
fn is_own(record: &Record) -> bool {
    record.pid == std::process::id() && record.host == tai_client::host_name()
}

/// Locks the file of a profile. A file that is locked is tried again `attempts` times.
#[expect(
    clippy::disallowed_methods,
    reason = "the interval between two attempts, whose number has a limit"
)]
fn lock(endpoint: &Endpoint, attempts: u32) -> Result<File, BindError> {
    for dir in [endpoint.state(), endpoint.dir()] {
        os::private_dir(dir).map_err(|source| BindError::Directory {
            path: dir.to_owned(),
            source,
        })?;
    }
    let path = endpoint.lock();
    let failed = |source| BindError::Lock {
        path: path.clone(),
        source,
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut file = os::open_private(endpoint.state(), &name).map_err(failed)?;
    let mut locked = file.try_lock();
    for _ in 0..attempts {
        if matches!(locked, Err(TryLockError::WouldBlock)) {
            std::thread::park_timeout(LOCK_PAUSE);
            locked = file.try_lock();
        }
    }
    match locked {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(BindError::AlreadyRunning {
                profile: endpoint.profile().to_string(),
                first: tai_client::read_record(&path),
            });
        }
        Err(TryLockError::Error(source)) => return Err(failed(source)),
    }
    let record = Record {
        pid: std::process::id(),
        socket: endpoint.socket(),
        host: tai_client::host_name(),
        is_stopping: false,
    };
    write(&mut file, &record).map_err(failed)?;
    Ok(file)
}

/// Replaces the content of a lock file.
fn write(file: &mut File, record: &Record) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(record.text().as_bytes())
}
