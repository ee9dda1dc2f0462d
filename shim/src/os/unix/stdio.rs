//! Standard input and output without threads where the system allows it. Clients pass pipes
//! or socket pairs (Node does); both are driven by the event loop. Anything else, a file or a
//! terminal, is read on a thread.

use crate::os::{Input, Output};
use std::{
    fs::File,
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::{fs::FileTypeExt as _, net::UnixStream as StdStream},
    },
};
use tokio::net::{UnixStream, unix::pipe};

/// Both streams. Needs a tokio runtime.
pub(crate) fn open_stdio() -> (Input, Output) {
    (
        input().unwrap_or_else(|| Box::new(tokio::io::stdin())),
        output().unwrap_or_else(|| Box::new(tokio::io::stdout())),
    )
}

enum Kind {
    Pipe(OwnedFd),
    Socket(OwnedFd),
}

fn input() -> Option<Input> {
    Some(match kind(io::stdin().as_fd(), 0)? {
        Kind::Pipe(fd) => Box::new(pipe::Receiver::from_owned_fd(fd).ok()?),
        Kind::Socket(fd) => Box::new(socket(fd)?),
    })
}

fn output() -> Option<Output> {
    Some(match kind(io::stdout().as_fd(), 1)? {
        Kind::Pipe(fd) => Box::new(pipe::Sender::from_owned_fd(fd).ok()?),
        Kind::Socket(fd) => Box::new(socket(fd)?),
    })
}

fn kind(fd: impl AsFd, number: i32) -> Option<Kind> {
    let file = File::from(fd.as_fd().try_clone_to_owned().ok()?);
    let kind = file.metadata().ok()?.file_type();
    if kind.is_socket() {
        // Only this process has this end of the pair, so that not blocking on it is its
        // own business.
        Some(Kind::Socket(file.into()))
    } else if kind.is_fifo() {
        reopened(number).map(Kind::Pipe)
    } else {
        None
    }
}

/// A description of its own for a pipe, which other processes may share: `(a; b) | c`.
/// Only Linux can make one; elsewhere pipes are read on a thread.
fn reopened(number: i32) -> Option<OwnedFd> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let path = format!("/proc/self/fd/{number}");
    let mut options = std::fs::OpenOptions::new();
    options.read(number == 0).write(number != 0);
    options.open(path).ok().map(OwnedFd::from)
}

fn socket(fd: OwnedFd) -> Option<UnixStream> {
    let stream = StdStream::from(fd);
    stream.set_nonblocking(true).ok()?;
    UnixStream::from_std(stream).ok()
}
