//! Linux, macOS and the other Unixes.

mod stdio;

pub(crate) use stdio::open_stdio;

use rustix::process::{Pid, Signal, kill_process_group};
use std::{io, os::unix::process::CommandExt as _, process::ExitCode};
use tokio::process::Command;

/// Becomes the other program.
pub(crate) fn become_program(command: &mut std::process::Command) -> io::Result<ExitCode> {
    Err(command.exec())
}

/// Puts a program into a group of its own, so that what it starts itself ends with it.
pub(crate) fn lead_group(command: &mut Command) {
    command.process_group(0);
}

/// Asks the group that a program leads to end, or kills it.
pub(crate) fn signal_group(leader: u32, kill: bool) {
    if let Some(group) = i32::try_from(leader).ok().and_then(Pid::from_raw) {
        let signal = if kill { Signal::KILL } else { Signal::TERM };
        let _ = kill_process_group(group, signal);
    }
}

/// Returns when this process is asked to stop.
pub(crate) async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ];
    let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = kinds.map(signal) else {
        // The system's own way of ending it stays as it is.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
}
