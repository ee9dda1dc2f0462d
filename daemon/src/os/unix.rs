//! Functions for Linux, macOS and other Unix systems.

use super::{
    FileAccess,
    manager::{self, InheritedSocket},
};
use interprocess::{
    local_socket::{ListenerOptions, tokio::Listener},
    os::unix::uds_local_socket::tokio::Listener as UnixSocket,
};
use rustix::{
    io::{FdFlags, fcntl_setfd, ioctl_fionbio},
    net::{self, AddressFamily, SocketAddrUnix, SocketType},
    process::geteuid,
};
use std::{
    fs::Metadata,
    io,
    os::{
        fd::OwnedFd,
        unix::fs::{FileTypeExt as _, MetadataExt as _},
    },
    path::{Path, PathBuf},
    sync::OnceLock,
};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Removes a stale socket. Returns `false` if a process listens there.
///
/// # Errors
/// The system's error from connecting, if it does not tell whether a process listens, or from removing
/// the file.
pub(crate) fn free_name(path: &Path) -> io::Result<bool> {
    use io::ErrorKind::{ConnectionRefused, NotFound, WouldBlock};
    match connect_at_once(path) {
        Ok(_) => return Ok(false),
        Err(error) => match error.kind() {
            // A process listens, and its backlog is full.
            WouldBlock => return Ok(false),
            ConnectionRefused | NotFound => {}
            _ => return Err(error),
        },
    }
    let removed = match std::fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir()) {
        // A container engine makes an empty directory where the socket of a mount is missing.
        true => std::fs::remove_dir(path),
        false => std::fs::remove_file(path),
    };
    match removed {
        Err(error) if error.kind() != NotFound => Err(error),
        _ => Ok(true),
    }
}

/// Connects to a socket, without waiting for room in the backlog of its listener.
///
/// # Errors
/// The system's error; [`io::ErrorKind::WouldBlock`] if the backlog is full.
fn connect_at_once(path: &Path) -> io::Result<OwnedFd> {
    let address = SocketAddrUnix::new(path)?;
    let socket = net::socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
    fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
    ioctl_fionbio(&socket, true)?;
    net::connect(&socket, &address)?;
    Ok(socket)
}

/// Returns the path of an inherited socket.
pub(crate) fn path_of(socket: &InheritedSocket) -> Option<PathBuf> {
    socket.local_addr().ok()?.as_pathname().map(Path::to_owned)
}

/// Converts an inherited socket to a listener; `None` if its path is not `path`. Must be called in
/// a tokio runtime.
///
/// # Errors
/// The system's error.
pub(crate) fn adopt_socket(socket: InheritedSocket, path: &Path) -> io::Result<Option<Listener>> {
    if socket.local_addr()?.as_pathname() != Some(path) {
        return Ok(None);
    }
    // A socket that is only bound would accept no connection, and no error would say so.
    if !listens(&socket)? {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "the service manager passed a socket that does not listen",
        ));
    }
    socket.set_nonblocking(true)?;
    let socket = UnixSocket::try_from(OwnedFd::from(socket))
        .map_err(|error| io::Error::other(error.to_string()))?;
    Ok(Some(socket.into()))
}

#[cfg(not(target_os = "macos"))]
fn listens(socket: &InheritedSocket) -> io::Result<bool> {
    Ok(net::sockopt::socket_acceptconn(socket)?)
}

/// Returns `true`: macOS does not say whether a socket listens, and launchd passes none.
#[cfg(target_os = "macos")]
fn listens(_: &InheritedSocket) -> io::Result<bool> {
    Ok(true)
}

/// Makes all files that this process creates later private to the user: socket, lock, logs.
pub(crate) fn restrict_new_files() {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Sets mode 0600 for the new socket on Linux. On other systems, the directory (0700) and the
/// process's umask protect the socket.
///
/// # Errors
/// Never.
pub(crate) fn private_socket(options: ListenerOptions<'_>) -> io::Result<ListenerOptions<'_>> {
    use interprocess::os::unix::local_socket::ListenerOptionsExt as _;
    Ok(match cfg!(target_os = "linux") {
        true => options.mode(0o600),
        false => options,
    })
}

/// Returns the effective user id, which does not change.
pub(crate) fn uid() -> u32 {
    static UID: OnceLock<u32> = OnceLock::new();
    *UID.get_or_init(|| geteuid().as_raw())
}

/// Returns owner and permissions of a file.
pub(crate) fn file_access(meta: &Metadata) -> Option<FileAccess> {
    Some(FileAccess {
        own: meta.uid() == uid(),
        mode: meta.mode() & 0o777,
        names: meta.nlink(),
    })
}

/// A file, whatever its name: its device, its number, and the time of its last change, because the number
/// of a removed file is used again.
pub(crate) type FileId = (u64, u64, (i64, i64));

/// Returns the file with a name; `None` if there is none.
pub(crate) fn file_id(path: &Path) -> Option<FileId> {
    let meta = std::fs::symlink_metadata(path).ok()?;
    Some((meta.dev(), meta.ino(), (meta.mtime(), meta.mtime_nsec())))
}

/// Returns whether a file is a Unix socket.
pub(crate) fn is_socket(meta: &Metadata) -> bool {
    meta.file_type().is_socket()
}

/// Returns the numbers of columns and rows of standard output; `None` if it is not a terminal.
pub(crate) fn terminal_size() -> Option<(usize, usize)> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    let (columns, rows) = (usize::from(size.ws_col), usize::from(size.ws_row));
    (columns > 0).then_some((columns, rows))
}

/// Returns why nothing can be written to the file system of a directory, or of the nearest one above it
/// that exists.
pub(crate) fn unwritable(dir: &Path) -> Option<&'static str> {
    use rustix::fs::{StatVfsMountFlags, statvfs};
    let exists = dir.ancestors().find(|above| above.exists())?;
    let found = statvfs(exists).ok()?;
    if found.f_flag.contains(StatVfsMountFlags::RDONLY) {
        return Some("is read-only");
    }
    (found.f_blocks > 0 && found.f_bavail == 0).then_some("is full")
}

/// Returns whether this user may create a directory and those that it is in.
pub(crate) fn can_create(dir: &Path) -> bool {
    use rustix::fs::{Access, access};
    let exists = dir.ancestors().find(|above| above.exists());
    exists.is_some_and(|above| access(above, Access::WRITE_OK | Access::EXEC_OK).is_ok())
}

/// Discards the input of the terminal that no program has read.
pub(crate) fn discard_typed() {
    // Only a terminal has such input.
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
}

/// Waits for SIGTERM, SIGINT or SIGHUP, and returns the signal's name. Under a service manager
/// SIGHUP requests a reload instead; see [`Reloads`].
///
/// # Errors
/// The system's error from installing a signal handler.
pub(crate) async fn stop_signal() -> io::Result<&'static str> {
    let ignores_hangup = ignores_hangup();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
        _ = hangup.recv(), if !manager::is_present() && !ignores_hangup => "SIGHUP",
    })
}

/// Returns whether this process was started with SIGHUP ignored, as `nohup` does. Must be called
/// before a handler for SIGHUP is installed.
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 != 0)
}

/// Replaces standard output and standard error by `/dev/null`: the client that started this daemon
/// waits for the end of the pipe.
pub(crate) fn close_output() {
    if let Ok(null) = std::fs::File::options().write(true).open("/dev/null") {
        let _ = rustix::stdio::dup2_stdout(&null);
        let _ = rustix::stdio::dup2_stderr(&null);
    }
}

/// Does nothing: the daemon starts a session of its own.
pub(crate) fn detach(_: &mut std::process::Command) {}

/// The requests for a reload: SIGHUP under a service manager. A request that comes while another one is
/// served is kept.
pub(crate) struct Reloads(Option<Signal>);

impl Reloads {
    /// Returns the requests from now on. There are none without a manager.
    pub(crate) fn new() -> Self {
        Self(
            signal(SignalKind::hangup())
                .ok()
                .filter(|_| manager::is_present()),
        )
    }

    /// Waits for the next request.
    pub(crate) async fn next(&mut self) {
        let next = match &mut self.0 {
            Some(hangup) => hangup.recv().await,
            None => None,
        };
        if next.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

/// Returns the address of the D-Bus session bus that this process's libraries find: the one of
/// `DBUS_SESSION_BUS_ADDRESS`, else the socket `bus` in `XDG_RUNTIME_DIR`.
pub(crate) fn session_bus() -> Option<String> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    set("DBUS_SESSION_BUS_ADDRESS").or_else(|| {
        let socket = Path::new(&set("XDG_RUNTIME_DIR")?).join("bus");
        socket
            .exists()
            .then(|| format!("unix:path={}", socket.display()))
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_listener_with_a_full_backlog_keeps_its_name_and_delays_no_start() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.sock");
        let listener = net::socket(AddressFamily::UNIX, SocketType::STREAM, None).unwrap();
        net::bind(&listener, &SocketAddrUnix::new(&path).unwrap()).unwrap();
        net::listen(&listener, 1).unwrap();
        let mut waiting = Vec::new();
        let full = loop {
            match connect_at_once(&path) {
                Ok(socket) => waiting.push(socket),
                Err(error) => break error,
            }
        };
        assert_eq!(full.kind(), io::ErrorKind::WouldBlock);
        assert!(!free_name(&path).unwrap());
        drop(listener);
        assert!(free_name(&path).unwrap());
        assert!(!path.exists());
    }
}
