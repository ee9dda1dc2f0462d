//! Process control on Linux, macOS and other Unix systems.

mod stdio;

pub(crate) use stdio::{open_stdio, reads_terminal};

use rustix::process::{Pid, Signal, getegid, geteuid, kill_process_group};
use std::{
    fs::{DirBuilder, File},
    io::{self, Read as _},
    os::unix::{
        fs::{DirBuilderExt as _, MetadataExt as _},
        process::CommandExt as _,
    },
    path::Path,
    process::ExitCode,
};
use tokio::process::Command;

/// Replaces this process with another program. Returns only on failure.
pub(crate) fn become_program(command: &mut std::process::Command) -> io::Result<ExitCode> {
    Err(command.exec())
}

/// Gives a program the name and path by which this program was called.
pub(crate) fn name_after_this_program(command: &mut std::process::Command) {
    if let Some(name) = std::env::args_os().next() {
        command.arg0(name);
    }
}

/// Returns bytes of the system's random generator.
///
/// # Errors
/// The system has no `/dev/urandom`, as in a container without `/dev`.
pub(crate) fn random() -> io::Result<[u8; 8]> {
    let mut bytes = [0; 8];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Creates a directory that only this user can read.
pub(crate) fn create_private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

/// Creates a directory and those above it that do not exist. Only this user can read them.
pub(crate) fn create_private_dirs(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Checks that only this user and root can create entries in a directory and in those above it. A
/// sticky bit does not help: other users can create entries there.
///
/// # Errors
/// The error of the system, or `PermissionDenied` with the rule that is broken.
pub(crate) fn check_unshared(dir: &Path) -> io::Result<()> {
    let (uid, group) = (geteuid().as_raw(), getegid().as_raw());
    for dir in std::fs::canonicalize(dir)?.ancestors() {
        let meta = std::fs::symlink_metadata(dir)?;
        // Distributions create a private group with the user's own number.
        let has_private_group = meta.gid() == group && group == uid;
        let is_trusted_group = has_private_group || meta.gid() == 0;
        let is_shared = meta.mode() & 0o002 != 0 || (meta.mode() & 0o020 != 0 && !is_trusted_group);
        if is_shared || ![0, uid].contains(&meta.uid()) {
            let rule = format!("other users can create files in {}", dir.display());
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, rule));
        }
    }
    Ok(())
}

/// Makes a program the leader of its own process group, so that a signal reaches its descendants.
pub(crate) fn lead_group(command: &mut Command) {
    command.process_group(0);
}

/// Sends SIGTERM to the process group of a leader; SIGKILL if `kill` is set.
pub(crate) fn signal_group(leader: u32, kill: bool) {
    if let Some(group) = i32::try_from(leader).ok().and_then(Pid::from_raw) {
        let signal = if kill { Signal::KILL } else { Signal::TERM };
        let _ = kill_process_group(group, signal);
    }
}

/// Waits for SIGINT, SIGTERM or SIGHUP.
pub(crate) async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ];
    let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = kinds.map(signal) else {
        // Without handlers the signals end the process.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_bytes_come_from_the_system() {
        let drawn = [random().unwrap(), random().unwrap(), random().unwrap()];
        assert!(drawn[0] != drawn[1] && drawn[1] != drawn[2]);
    }
}
