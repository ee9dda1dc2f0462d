//! The lock file of a running daemon, its record, and the machine of a record.

use std::{
    fs::{self, File, TryLockError},
    io::Read as _,
    path::Path,
};
use tai_proto::record::{MAX_RECORD, Record};

/// Reads the record of a lock file; `None` if there is none. The daemon may have ended since: a
/// running one [holds](is_held) the file.
pub fn read_record(lock: &Path) -> Option<Record> {
    let mut text = String::new();
    let mut file = open(lock)?.take(MAX_RECORD);
    file.read_to_string(&mut text).ok()?;
    Record::parse(&text)
}

/// Returns whether a process holds a lock file.
pub fn is_held(lock: &Path) -> bool {
    let locked = open(lock).map(|file| file.try_lock_shared());
    matches!(locked, Some(Err(TryLockError::WouldBlock)))
}

/// Opens a lock file. Opening a named pipe would block.
fn open(lock: &Path) -> Option<File> {
    let is_file = fs::symlink_metadata(lock).is_ok_and(|meta| meta.is_file());
    is_file.then(|| File::open(lock).ok()).flatten()
}

/// Returns the name of this machine, which its daemons record.
pub fn host_name() -> String {
    #[cfg(unix)]
    return rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    #[cfg(not(unix))]
    std::env::var("COMPUTERNAME").unwrap_or_default()
}
