//! Standard input and output on Unix systems.
//!
//! Clients pass pipes or, as Node does, socket pairs. The event loop drives both where the
//! system allows it. A thread reads and writes files, terminals and other kinds.

use crate::os::{Input, Output};
// Without the buffers of `std::io`: 9 kB in a process that lasts as long as its client.
use rustix::stdio;
use std::{
    fs::File,
    io::IsTerminal as _,
    os::{
        fd::{BorrowedFd, OwnedFd},
        unix::{fs::FileTypeExt as _, net::UnixStream as StdStream},
    },
};
use tai_client::Socket;
use tokio::net::unix::pipe;

/// Opens standard input and output.
///
/// # Panics
/// Outside a tokio runtime.
pub(crate) fn open_stdio() -> (Input, Output) {
    (
        input().unwrap_or_else(|| Box::new(tokio::io::stdin())),
        output().unwrap_or_else(|| Box::new(tokio::io::stdout())),
    )
}

/// Returns whether standard input is a terminal.
pub(crate) fn reads_terminal() -> bool {
    stdio::stdin().is_terminal()
}

/// A stream that the event loop can drive.
enum Kind {
    Pipe(OwnedFd),
    Socket(OwnedFd),
}

fn input() -> Option<Input> {
    Some(match kind(stdio::stdin(), 0)? {
        Kind::Pipe(fd) => Box::new(pipe::Receiver::from_owned_fd(fd).ok()?),
        Kind::Socket(fd) => Box::new(socket(fd)?),
    })
}

fn output() -> Option<Output> {
    Some(match kind(stdio::stdout(), 1)? {
        Kind::Pipe(fd) => Box::new(pipe::Sender::from_owned_fd(fd).ok()?),
        Kind::Socket(fd) => Box::new(socket(fd)?),
    })
}

fn kind(fd: BorrowedFd<'_>, number: i32) -> Option<Kind> {
    let file = File::from(fd.try_clone_to_owned().ok()?);
    let kind = file.metadata().ok()?.file_type();
    if kind.is_socket() {
        // No other process shares this end of the pair, so non-blocking mode affects this
        // process alone.
        Some(Kind::Socket(file.into()))
    } else if kind.is_fifo() {
        reopened(number).map(Kind::Pipe)
    } else {
        None
    }
}

/// Opens a pipe a second time. Other processes may share the inherited description, as in
/// `(a; b) | c`, and non-blocking mode would affect them. Returns `None` outside Linux, and for a
/// named pipe: the kernel would wait for its other end, or not tell that it has gone.
fn reopened(number: i32) -> Option<OwnedFd> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let path = format!("/proc/self/fd/{number}");
    let name = std::fs::read_link(&path).ok()?;
    if !name.as_os_str().as_encoded_bytes().starts_with(b"pipe:") {
        return None;
    }
    let mut options = std::fs::OpenOptions::new();
    options.read(number == 0).write(number != 0);
    options.open(path).ok().map(OwnedFd::from)
}

fn socket(fd: OwnedFd) -> Option<Socket> {
    let stream = StdStream::from(fd);
    stream.set_nonblocking(true).ok()?;
    Socket::new(stream.into()).ok()
}
