//! Linux, macOS and the other Unixes.

mod password;
mod socket;
mod stdio;

pub(crate) use password::{HANDED_OVER, take_password};
pub(crate) use socket::{Reader, Writer, split};
pub(crate) use stdio::open_stdio;

use interprocess::local_socket::PeerCreds;
use rustix::process::{Pid, Signal, kill_process_group};
use std::{
    fs::File,
    io,
    os::unix::{fs::OpenOptionsExt as _, process::CommandExt as _},
    process::ExitCode,
};
use tokio::process::Command;

/// Whether the process at the other end runs as this user.
pub(crate) fn is_own(peer: &PeerCreds) -> bool {
    tai_proto::endpoint::is_own_user(peer.euid())
}

/// Becomes the other program.
pub(crate) fn become_program(command: &mut std::process::Command) -> io::Result<ExitCode> {
    Err(command.exec())
}

/// Lets a program outlive this one: taid leaves the session by itself, and whatever directory
/// the client is in can be removed.
pub(crate) fn detach(command: &mut Command) {
    command.current_dir("/");
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

/// A file that nobody else can open: it has no name.
///
/// # Errors
/// What the system says.
pub(crate) fn nameless_file() -> io::Result<File> {
    let name = format!("tai-mcp-{}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let mut options = File::options();
    options.read(true).write(true).create_new(true).mode(0o600);
    let file = options.open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
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
