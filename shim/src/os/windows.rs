//! Process control and standard streams on Windows.

use crate::os::{Input, Output};
use std::{
    io::{self, IsTerminal as _},
    path::Path,
    process::ExitCode,
};
use tokio::process::Command;

/// Opens standard input and output, which a thread reads and writes.
pub(crate) fn open_stdio() -> (Input, Output) {
    (Box::new(tokio::io::stdin()), Box::new(tokio::io::stdout()))
}

/// Returns whether standard input is a terminal.
pub(crate) fn reads_terminal() -> bool {
    io::stdin().is_terminal()
}

/// Runs another program and returns its exit code. A code outside 0 to 255 becomes 1.
pub(crate) fn become_program(command: &mut std::process::Command) -> io::Result<ExitCode> {
    let code = command.status()?.code().unwrap_or(1);
    Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Does nothing: a program on Windows finds its own path.
pub(crate) fn name_after_this_program(_: &mut std::process::Command) {}

/// Returns an error: there is no file of random bytes.
pub(crate) fn random() -> io::Result<[u8; 8]> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Creates a directory. Only this user can read the directories of tai.
pub(crate) fn create_private_dir(path: &Path) -> io::Result<()> {
    std::fs::create_dir(path)
}

/// Creates a directory and those above it that do not exist.
pub(crate) fn create_private_dirs(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// Does nothing: the profile directory of a user admits no other user.
pub(crate) fn check_unshared(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Does nothing: Windows has no process groups. The caller ends the program alone.
pub(crate) fn lead_group(_: &mut Command) {}

/// Does nothing, see [`lead_group`].
pub(crate) fn signal_group(_: u32, _: bool) {}

/// Waits for Ctrl-C.
pub(crate) async fn asked_to_stop() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
