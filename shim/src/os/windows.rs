//! Windows.

use crate::os::{Input, Output};
use std::{io, process::ExitCode};
use tokio::process::Command;

/// Both standard streams, which a thread reads and writes.
pub(crate) fn open_stdio() -> (Input, Output) {
    (Box::new(tokio::io::stdin()), Box::new(tokio::io::stdout()))
}

/// Runs the other program and ends as it does.
pub(crate) fn become_program(command: &mut std::process::Command) -> io::Result<ExitCode> {
    let code = command.status()?.code().unwrap_or(1);
    Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// There are no groups; only the program itself can be ended, which the caller does.
pub(crate) fn lead_group(_: &mut Command) {}

/// See [`lead_group`].
pub(crate) fn signal_group(_: u32, _: bool) {}

/// Returns when this process is asked to stop.
pub(crate) async fn asked_to_stop() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
