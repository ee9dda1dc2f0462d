//! Linux, macOS and the other Unixes.

use crate::{Peer, dial::Streams};
use interprocess::local_socket::tokio::Stream;
use rustix::io::{FdFlags, fcntl_setfd};
use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    os::{
        fd::{AsRawFd as _, OwnedFd},
        unix::{fs::OpenOptionsExt as _, net::UnixStream, process::CommandExt as _},
    },
    pin::Pin,
    task::{Context, Poll},
};
use tokio::{io::AsyncWrite, net::unix::pipe, process::Command};

/// The most bytes that a pipe holds on every system without a reader.
const PIPE: usize = 4096;

/// Asks the system for the process at the other end.
///
/// # Errors
/// The system's error.
pub fn peer(stream: &Stream) -> io::Result<Peer> {
    let Stream::UdSocket(stream) = stream;
    // interprocess fails for a peer in another PID namespace, whose process id is 0.
    let credentials = stream.inner().peer_cred()?;
    let pid = credentials.pid().and_then(|pid| u32::try_from(pid).ok());
    Ok(Peer {
        is_own_user: credentials.uid() == rustix::process::geteuid().as_raw(),
        pid: pid.filter(|pid| *pid != 0),
    })
}

/// Forbids core dumps and, on Linux, debuggers and readers of `/proc/PID/{mem,environ}` of the
/// same user. A sandbox may forbid these calls; the process goes on then.
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

/// Splits the socket into its two directions, each registered for what it needs.
///
/// tokio registers a Unix socket for reading and writing at once, so this process would be
/// woken each time taid reads: with one call in flight about 30 µs of each call.
pub(crate) fn split(stream: Stream) -> io::Result<Streams> {
    let Stream::UdSocket(stream) = stream;
    let writer = UnixStream::from(OwnedFd::try_from(stream)?);
    // A pipe's receiver reads any descriptor.
    let reader = pipe::Receiver::from_owned_fd_unchecked(writer.try_clone()?.into())?;
    Ok(Streams {
        reader: Box::new(reader),
        writer: Box::new(EagerWriter {
            stream: writer,
            blocked: None,
        }),
    })
}

/// A writer that writes at once and registers with the event loop only if there is no room.
struct EagerWriter {
    stream: UnixStream,
    /// The registration, while the peer's buffer is full.
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

/// Prepares a child to outlive this process: it starts in `/`, so that the client's directory
/// can be removed. taid leaves the session itself.
pub(crate) fn detach(command: &mut Command) {
    command.current_dir("/");
}

/// Creates a file without a name, which no other process can open.
pub(crate) fn unnamed_file() -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("tai-{}", std::process::id()));
    let mut options = File::options();
    options.read(true).write(true).create_new(true).mode(0o600);
    let file = options.open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

/// Executes this program again without `withheld` in its environment. `text` waits in a pipe,
/// and `variable` says `DESCRIPTOR:label`. Returns only if that fails.
pub(crate) fn execute_without(
    withheld: &[&str],
    variable: &str,
    label: &str,
    text: &str,
) -> io::Error {
    // The new program finds the pipe by its name there.
    if text.len() > PIPE || !std::path::Path::new("/dev/fd").exists() {
        return io::Error::from(io::ErrorKind::InvalidInput);
    }
    let prepared = io::pipe().and_then(|(reader, mut writer)| {
        writer.write_all(text.as_bytes())?;
        fcntl_setfd(&reader, FdFlags::empty())?;
        // If the file was replaced or removed since, execution fails and the program goes on.
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

/// Reads what [`execute_without`] left: the label and the text.
pub(crate) fn read_handed_over(variable: &str) -> Option<(String, String)> {
    let value = std::env::var(variable).ok()?;
    let (descriptor, label) = value.split_once(':')?;
    let descriptor: u32 = descriptor.parse().ok()?;
    // Opened by name, because safe code cannot take over a number. The number itself stays
    // open: an empty pipe without a writer.
    let pipe = File::open(format!("/dev/fd/{descriptor}")).ok()?;
    // Large enough for the text never to be moved.
    let mut text = String::with_capacity(PIPE);
    pipe.take(PIPE as u64).read_to_string(&mut text).ok()?;
    Some((label.to_owned(), text))
}
