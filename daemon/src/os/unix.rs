//! Linux, macOS and the other Unixes.

mod secrets;

pub use secrets::{harden, take_password};

use super::{Access, manager};
use interprocess::{
    local_socket::{ListenerOptions, PeerCreds, tokio::Listener},
    os::unix::uds_local_socket::tokio::Listener as UnixSocket,
};
use rustix::process::geteuid;
use std::{
    fs::{DirBuilder, Metadata, Permissions},
    io,
    os::{
        fd::OwnedFd,
        unix::{
            fs::{DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, PermissionsExt as _},
            net::{UnixListener, UnixStream},
        },
    },
    path::Path,
};
use tokio::signal::unix::{SignalKind, signal};

/// A socket that the service manager listens on, and hands to each daemon it starts. It is
/// there before the daemon and after it, and never the daemon's to remove.
pub type GivenSocket = UnixListener;

/// Removes a socket that nobody listens on any more. Says whether the name is free.
///
/// # Errors
/// What the system says.
pub fn clear_name(path: &Path) -> io::Result<bool> {
    if UnixStream::connect(path).is_ok() {
        return Ok(false);
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(true),
    }
}

/// Makes a given socket one that is accepted from, where it is the one at `path`; `None`
/// where it is another. Needs a tokio runtime.
///
/// # Errors
/// What the system says.
pub fn take_over(socket: GivenSocket, path: &Path) -> io::Result<Option<Listener>> {
    if socket.local_addr()?.as_pathname() != Some(path) {
        return Ok(None);
    }
    socket.set_nonblocking(true)?;
    let socket = UnixSocket::try_from(OwnedFd::from(socket))
        .map_err(|error| io::Error::other(error.to_string()))?;
    Ok(Some(socket.into()))
}

/// Lets nobody but the user read or enter what this process creates from here on: the
/// socket, the lock, the logs.
pub fn keep_new_files_private() {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Makes a session of this process's own, so that what ends a client's does not end it too.
pub fn leave_session() {
    // The one way for this to fail is that it has one.
    let _ = rustix::process::setsid();
}

/// Makes the socket the user's alone from its first moment. Only Linux can; elsewhere the
/// directory (0700) and the process's file mask do that.
///
/// # Errors
/// Never.
pub fn private_socket(options: ListenerOptions<'_>) -> io::Result<ListenerOptions<'_>> {
    use interprocess::os::unix::local_socket::ListenerOptionsExt as _;
    Ok(match cfg!(target_os = "linux") {
        true => options.mode(0o600),
        false => options,
    })
}

/// Whether the process at the other end runs as this user.
pub fn is_own(peer: &PeerCreds) -> bool {
    tai_proto::endpoint::is_own_user(peer.euid())
}

/// The user's number.
pub fn uid() -> u32 {
    geteuid().as_raw()
}

/// The peer's process id; 0 where the system does not tell.
pub fn pid(peer: &PeerCreds) -> u32 {
    let pid = peer.pid().and_then(|pid| u32::try_from(pid).ok());
    pid.unwrap_or_default()
}

/// Whose a file is, and who else may use it.
pub fn access(meta: &Metadata) -> Option<Access> {
    Some(Access {
        own: meta.uid() == uid(),
        mode: meta.mode() & 0o777,
    })
}

/// Whether it is a Unix socket.
pub fn is_socket(meta: &Metadata) -> bool {
    meta.file_type().is_socket()
}

/// Makes a directory that only the user can enter, and checks that an existing one is that:
/// the user's own, not a link, closed to others.
///
/// # Errors
/// What the system says, or `PermissionDenied` with the rule that is broken.
pub fn private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    let meta = std::fs::symlink_metadata(path)?;
    let refuse = |rule| Err(io::Error::new(io::ErrorKind::PermissionDenied, rule));
    if !meta.is_dir() {
        return refuse("it is a link or a file, not a directory");
    }
    if meta.uid() != uid() {
        return refuse("it belongs to another user");
    }
    if meta.mode() & 0o077 != 0 {
        std::fs::set_permissions(path, Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// How many columns the terminal on standard output has, where it is one.
pub fn terminal_width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|width| *width > 0)
}

/// Waits until the user or the system asks the process to end, and says how. Where there is a
/// service manager, SIGHUP is not among the ways: see [`asked_to_reload`].
///
/// # Errors
/// When the system gives no signal handling.
pub async fn asked_to_stop() -> io::Result<&'static str> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
        _ = hangup.recv(), if !manager::is_there() => "SIGHUP",
    })
}

/// Waits until the service manager asks for the configuration to be read anew (SIGHUP).
pub async fn asked_to_reload() {
    match signal(SignalKind::hangup()) {
        Ok(mut hangup) if manager::is_there() => {
            hangup.recv().await;
        }
        _ => std::future::pending().await,
    }
}
