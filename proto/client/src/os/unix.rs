//! Sockets, children and memory protection on Linux, macOS and other Unix systems.

use crate::{Peer, dial::Streams};
use interprocess::local_socket::tokio::Stream;
use rustix::io::{FdFlags, fcntl_setfd};
use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    os::{
        fd::{AsRawFd as _, OwnedFd},
        unix::{net::UnixStream, process::CommandExt as _},
    },
    pin::Pin,
    task::{Context, Poll},
};
use tokio::{io::AsyncWrite, net::unix::pipe, process::Command};

/// Returns the process at the other end of the socket.
///
/// # Errors
/// The error of the system.
pub fn peer(stream: &Stream) -> io::Result<Peer> {
    let Stream::UdSocket(stream) = stream;
    // Not through interprocess, which fails for a process id of 0 (another PID namespace).
    let credentials = stream.inner().peer_cred()?;
    let pid = credentials.pid().and_then(|pid| u32::try_from(pid).ok());
    Ok(Peer {
        is_own_user: credentials.uid() == rustix::process::geteuid().as_raw(),
        pid: pid.filter(|pid| *pid != 0),
    })
}

/// Disables core dumps. On Linux, also denies processes of the same user to debug this process
/// and to read `/proc/PID/{mem,environ}`. Errors are ignored, because a sandbox may forbid the
/// calls.
pub fn harden() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Splits the socket into its two directions, with one registration for reading alone.
///
/// tokio registers a Unix socket for reading and writing, which wakes this process each time
/// taid reads. That costs about 30 µs of each call.
pub(crate) fn split(stream: Stream) -> io::Result<Streams> {
    let Stream::UdSocket(stream) = stream;
    let writer = UnixStream::from(OwnedFd::try_from(stream)?);
    // A pipe receiver accepts any descriptor.
    let reader = pipe::Receiver::from_owned_fd_unchecked(writer.try_clone()?.into())?;
    Ok(Streams {
        reader: Box::new(reader),
        writer: Box::new(EagerWriter {
            stream: writer,
            blocked: None,
        }),
    })
}

/// Writer that registers with the event loop only while the peer's buffer is full.
struct EagerWriter {
    stream: UnixStream,
    /// Registration while the peer's buffer is full.
    blocked: Option<pipe::Sender>,
}

impl AsyncWrite for EagerWriter {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            if let Some(blocked) = &mut self.blocked {
                let written = Pin::new(blocked).poll_write(context, bytes);
                if written.is_ready() {
                    self.blocked = None;
                }
                return written;
            }
            match (&self.stream).write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let fd = OwnedFd::from(self.stream.try_clone()?);
                    self.blocked = Some(pipe::Sender::from_owned_fd_unchecked(fd)?);
                }
                written => return Poll::Ready(written),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.stream.shutdown(std::net::Shutdown::Write))
    }
}

/// Prepares a child to outlive this process. It starts in `/`, so that the current directory can
/// be removed; taid leaves the terminal session, and the child that it starts has no parent here.
pub(crate) fn detach(command: &mut Command) {
    command.current_dir("/");
}

/// Executes this program again without the variables `withheld`. Passes `value`, at most 4096
/// bytes, in a pipe, and `DESCRIPTOR:label` in `variable`. Returns only on failure.
pub(crate) fn execute_without(
    withheld: &[&str],
    variable: &str,
    label: &str,
    value: &[u8],
) -> io::Error {
    // The executed program opens the pipe by its name in /dev/fd.
    if !std::path::Path::new("/dev/fd").exists() {
        return io::Error::from(io::ErrorKind::InvalidInput);
    }
    let prepared = io::pipe().and_then(|(reader, mut writer)| {
        // A pipe without a reader accepts 4096 bytes on every system.
        writer.write_all(value)?;
        fcntl_setfd(&reader, FdFlags::empty())?;
        // If the executable was removed, the execution fails and the program continues.
        Ok((reader, std::env::current_exe()?))
    });
    let (reader, program) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return error,
    };
    let mut args = std::env::args_os();
    let mut command = std::process::Command::new(program);
    if let Some(name) = args.next() {
        command.arg0(name);
    }
    let place = format!("{}:{label}", reader.as_raw_fd());
    command.args(args).env(variable, place);
    for name in withheld {
        command.env_remove(name);
    }
    command.exec()
}

/// Returns the label and the value, up to `max` bytes, that [`execute_without`] passed; `None` if
/// there is none.
pub(crate) fn read_handed_over(variable: &str, max: usize) -> Option<(String, Vec<u8>)> {
    let place = std::env::var(variable).ok()?;
    let (descriptor, label) = place.split_once(':')?;
    let descriptor: u32 = descriptor.parse().ok()?;
    // Safe code cannot own an inherited descriptor, so the pipe is opened by name. The inherited
    // descriptor stays open, as an empty pipe without a writer.
    let pipe = File::open(format!("/dev/fd/{descriptor}")).ok()?;
    // The capacity keeps the password from being moved.
    let mut value = Vec::with_capacity(max);
    pipe.take(max as u64).read_to_end(&mut value).ok()?;
    Some((label.to_owned(), value))
}
