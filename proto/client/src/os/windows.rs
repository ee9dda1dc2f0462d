//! Pipes and children on Windows.

use crate::{Peer, dial::Streams};
use interprocess::local_socket::tokio::Stream;
use std::{fs::File, io};
use tokio::process::Command;

/// Trusts any peer, because the access list of the pipe admits the user alone.
///
/// # Errors
/// None.
pub fn peer(_: &Stream) -> io::Result<Peer> {
    Ok(Peer {
        is_own_user: true,
        pid: None,
    })
}

/// Does nothing: on Windows a user can read the memory of the user's own processes.
pub fn harden() {}

/// Splits the pipe into its two directions.
pub(crate) fn split(stream: Stream) -> io::Result<Streams> {
    let (reader, writer) = tokio::io::split(stream);
    Ok(Streams {
        reader: Box::new(reader),
        writer: Box::new(writer),
    })
}

/// Prepares a child to outlive this process and its console.
pub(crate) fn detach(command: &mut Command) {
    const DETACHED_PROCESS: u32 = 0x8;
    command.creation_flags(DETACHED_PROCESS);
}

/// Fails: an open file keeps its name on Windows.
pub(crate) fn unnamed_file() -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Fails: Windows cannot replace a running program.
pub(crate) fn execute_without(_: &[&str], _: &str, _: &str, _: &str) -> io::Error {
    io::ErrorKind::Unsupported.into()
}

/// Returns `None`, see [`execute_without`].
pub(crate) fn read_handed_over(_: &str) -> Option<(String, String)> {
    None
}
