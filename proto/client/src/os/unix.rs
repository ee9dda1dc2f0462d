//! Sockets, children and memory protection on Linux, macOS and other Unix systems.

use crate::Peer;
use interprocess::local_socket::tokio::Stream;
use rustix::io::{Errno, FdFlags, fcntl_setfd};
use std::{
    fs::File,
    io::{self, IoSlice, Read as _, Write as _},
    os::{
        fd::{AsFd as _, AsRawFd as _, OwnedFd},
        unix::process::CommandExt as _,
    },
    pin::Pin,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::unix::pipe,
    process::Command,
};

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

/// Returns whether all that this process writes to standard output is lost without an error.
/// Without an output, Rust opens `/dev/null` for reading and writing in its place (a shell opens it
/// for writing alone), and it takes a failure to write to an output that is open for reading alone
/// for success.
pub fn is_output_lost() -> bool {
    use rustix::fs::{OFlags, fcntl_getfl, fstat, stat};
    let output = rustix::stdio::stdout();
    let Ok(flags) = fcntl_getfl(output) else {
        return true;
    };
    match flags & OFlags::ACCMODE {
        OFlags::WRONLY => false,
        OFlags::RDWR => {
            let nothing = stat("/dev/null").map(|null| null.st_rdev);
            fstat(output).is_ok_and(|output| nothing.is_ok_and(|null| output.st_rdev == null))
        }
        _ => true,
    }
}

/// Returns whether [`harden`] hides this process's environment from other programs of the user.
pub(crate) fn is_hidden() -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, dumpable_behavior};
        dumpable_behavior() == Ok(DumpableBehavior::NotDumpable)
    }
    #[cfg(not(target_os = "linux"))]
    false
}

/// Socket that the event loop watches for reading alone.
///
/// tokio registers a Unix socket for reading and writing, which wakes this process each time the peer
/// reads. That costs about 30 µs of each call.
pub struct Socket {
    /// A pipe receiver accepts any descriptor.
    reader: pipe::Receiver,
    /// Registration for writing while the peer's buffer is full.
    blocked: Option<pipe::Sender>,
}

/// Returns a connected socket that wakes its owner for bytes to read, and for room to write only
/// while a write waits.
///
/// # Errors
/// The error of the system.
pub fn quiet(stream: Stream) -> io::Result<Socket> {
    let Stream::UdSocket(stream) = stream;
    Socket::new(OwnedFd::try_from(stream)?)
}

impl Socket {
    /// Wraps the descriptor of a socket in non-blocking mode.
    ///
    /// # Errors
    /// The error of the system.
    pub fn new(fd: OwnedFd) -> io::Result<Self> {
        let reader = pipe::Receiver::from_owned_fd_unchecked(fd)?;
        let blocked = None;
        Ok(Self { reader, blocked })
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.reader).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[IoSlice::new(bytes)])
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        loop {
            if let Some(blocked) = &mut self.blocked {
                let written = Pin::new(blocked).poll_write_vectored(context, pieces);
                if written.is_ready() {
                    self.blocked = None;
                }
                return written;
            }
            match rustix::io::writev(&self.reader, pieces) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    let fd = self.reader.as_fd().try_clone_to_owned()?;
                    self.blocked = Some(pipe::Sender::from_owned_fd_unchecked(fd)?);
                }
                written => return Poll::Ready(written.map_err(io::Error::from)),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = rustix::net::shutdown(&self.reader, rustix::net::Shutdown::Write);
        Poll::Ready(done.map_err(io::Error::from))
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
