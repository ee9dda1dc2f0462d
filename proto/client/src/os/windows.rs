//! Windows.

use crate::{Peer, dial::Streams};
use interprocess::local_socket::tokio::Stream;
use std::{fs::File, io};
use tokio::process::Command;

/// Trusts the peer: the pipe's access list admits the user alone.
///
/// # Errors
/// Never.
pub fn peer(_: &Stream) -> io::Result<Peer> {
    Ok(Peer {
        is_own_user: true,
        pid: None,
    })
}

/// Does nothing: a process's memory is open to its user there.
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

/// Fails: an open file keeps its name there.
pub(crate) fn unnamed_file() -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Fails: a running program cannot be replaced there, and its environment is open to its user
/// like its memory.
pub(crate) fn execute_without(_: &[&str], _: &str, _: &str, _: &str) -> io::Error {
    io::ErrorKind::Unsupported.into()
}

/// Returns nothing, see [`execute_without`].
pub(crate) fn read_handed_over(_: &str) -> Option<(String, String)> {
    None
}
