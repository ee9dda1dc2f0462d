//! Lock files of running daemons, in every directory that some environment of this user may name.
//! A daemon holds its lock file, which has its process id and, on further lines, the path of its
//! socket and the name of its host.

use crate::{cli::user_dirs::UserDirs, os};
use std::{
    collections::BTreeSet,
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};
use tai_proto::{endpoint::state_dir, names::Profile};

/// A running daemon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// Process id; empty if the file does not have it.
    pub(super) pid: String,
    /// Path of the socket.
    pub(super) socket: PathBuf,
    /// Directory of the lock file.
    pub(super) dir: PathBuf,
}

/// Returns the running daemons of `profile`. `own` is the directory of this shell's daemon.
pub(super) fn running(profile: &Profile, own: &Path) -> Vec<Record> {
    let mut dirs = BTreeSet::from([own.to_owned()]);
    let of_user = UserDirs::of_this_user();
    let home = of_user.map(|dirs| dirs.home.join(".local/state/tai"));
    for state in state_dir().into_iter().chain(home) {
        dirs.insert(state.join("run"));
        dirs.insert(state);
    }
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let system = PathBuf::from(format!("/run/user/{}", os::uid()));
    for runtime in runtime.into_iter().chain([system]) {
        // Snap gives programs a runtime directory inside of the user's.
        let entries = std::fs::read_dir(&runtime).into_iter().flatten().flatten();
        dirs.extend(entries.map(|entry| entry.path().join("tai")));
        dirs.insert(runtime.join("tai"));
    }
    let locks = dirs
        .iter()
        .map(|dir| dir.join(format!("{profile}.lock")))
        .filter_map(|lock| held(&lock));
    let mut found: Vec<Record> = locks.collect();
    // Two paths may lead to one directory.
    let mut seen = BTreeSet::new();
    found.retain(|record| record.pid.is_empty() || seen.insert(record.pid.clone()));
    found
}

/// Reads a lock file that a process holds.
fn held(lock: &Path) -> Option<Record> {
    match File::open(lock).ok()?.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {
            let text = std::fs::read_to_string(lock).unwrap_or_default();
            let mut lines = text.lines();
            let pid = lines.next().unwrap_or_default().trim().to_owned();
            let socket = lines.next().map(PathBuf::from);
            Some(Record {
                pid,
                socket: socket.unwrap_or_else(|| lock.with_extension("sock")),
                dir: lock.parent()?.to_owned(),
            })
        }
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_held_lock_is_a_running_daemon_and_a_free_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let profile = Profile::default();
        let mine = || {
            let found = running(&profile, dir.path());
            found.into_iter().find(|record| record.dir == dir.path())
        };
        assert_eq!(mine(), None);
        let mut lock = File::create(dir.path().join("default.lock")).unwrap();
        writeln!(lock, "4242").unwrap();
        assert_eq!(mine(), None, "not held");
        lock.lock().unwrap();
        let record = mine().unwrap();
        assert_eq!(record.pid, "4242");
        assert_eq!(record.socket, dir.path().join("default.sock"));
        writeln!(lock, "/elsewhere/default.sock\nhost").unwrap();
        let record = mine().unwrap();
        assert_eq!(record.socket, Path::new("/elsewhere/default.sock"));
    }
}
