//! Process control on Linux, macOS and other Unix systems.

mod stdio;

pub(crate) use stdio::{open_stdio, reads_terminal};

use rustix::process::{Pid, Signal, kill_process_group};
use std::{
    fs::{DirBuilder, File},
    io::{self, Read as _},
    os::unix::{fs::DirBuilderExt as _, process::CommandExt as _},
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
