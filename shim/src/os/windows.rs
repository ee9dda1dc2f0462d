//! Windows.

use crate::{
    os::{Input, Output},
    secrets::{self, Given},
};
use interprocess::local_socket::{PeerCreds, tokio::Stream};
use std::{fs::File, io, process::ExitCode};
use tokio::{
    io::{ReadHalf, WriteHalf},
    process::Command,
};

pub(crate) type Reader = ReadHalf<Stream>;
pub(crate) type Writer = WriteHalf<Stream>;

/// No variable: the password stays where it is.
pub(crate) const HANDED_OVER: Option<&str> = None;

/// Both standard streams, which a thread reads and writes.
pub(crate) fn open_stdio() -> (Input, Output) {
    (Box::new(tokio::io::stdin()), Box::new(tokio::io::stdout()))
}

/// The two directions of the pipe.
pub(crate) fn split(stream: Stream) -> io::Result<(Reader, Writer)> {
    Ok(tokio::io::split(stream))
}

/// The pipe's own access list decides whose it can be.
pub(crate) fn is_own(_: &PeerCreds) -> bool {
    true
}

/// The environment of a process is for its user to read anyway, like its memory.
pub(crate) fn take_password() -> Option<Given> {
    secrets::in_environment()
}

/// Runs the other program and ends as it does.
pub(crate) fn become_program(command: &mut std::process::Command) -> io::Result<ExitCode> {
    let code = command.status()?.code().unwrap_or(1);
    Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Lets a program outlive this one, and its console.
pub(crate) fn detach(command: &mut Command) {
    const DETACHED_PROCESS: u32 = 0x8;
    command.creation_flags(DETACHED_PROCESS);
}

/// There are no groups; only the program itself can be ended, which the caller does.
pub(crate) fn lead_group(_: &mut Command) {}

/// See [`lead_group`].
pub(crate) fn signal_group(_: u32, _: bool) {}

/// An open file keeps its name there.
pub(crate) fn nameless_file() -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Returns when this process is asked to stop.
pub(crate) async fn asked_to_stop() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
