//! Linux, macOS and the other Unixes.

use super::{
    FileAccess,
    manager::{self, InheritedSocket},
};
use interprocess::{
    local_socket::{ListenerOptions, tokio::Listener},
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
            net::UnixStream,
        },
    },
    path::Path,
};
use tokio::signal::unix::{SignalKind, signal};

/// Removes a stale socket. Returns whether the name is free; it is not while a process
/// listens there.
///
/// # Errors
/// The system's error from removing the file.
pub(crate) fn free_name(path: &Path) -> io::Result<bool> {
    if UnixStream::connect(path).is_ok() {
        return Ok(false);
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(true),
    }
}

/// Turns an inherited socket into a listener; `None` if it is not the one at `path`. Must be
/// called in a tokio runtime.
///
/// # Errors
/// The system's error.
pub(crate) fn adopt_socket(socket: InheritedSocket, path: &Path) -> io::Result<Option<Listener>> {
    if socket.local_addr()?.as_pathname() != Some(path) {
        return Ok(None);
    }
    socket.set_nonblocking(true)?;
    let socket = UnixSocket::try_from(OwnedFd::from(socket))
        .map_err(|error| io::Error::other(error.to_string()))?;
    Ok(Some(socket.into()))
}

/// Makes every file that this process creates from here on private to the user: the socket,
/// the lock, the logs.
pub(crate) fn restrict_new_files() {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Starts a session of its own (`setsid(2)`), so that the end of the client's session does not
/// end the daemon.
pub(crate) fn leave_session() {
    // It fails only if the process leads a session already.
    let _ = rustix::process::setsid();
}

/// Creates the socket with mode 0600. Only Linux can do so at creation; elsewhere the directory
/// (0700) and the process's file mask protect the socket.
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

/// Returns the effective user id.
pub(crate) fn uid() -> u32 {
    geteuid().as_raw()
}

/// Returns owner and permissions of a file.
pub(crate) fn file_access(meta: &Metadata) -> Option<FileAccess> {
    Some(FileAccess {
        own: meta.uid() == uid(),
        mode: meta.mode() & 0o777,
    })
}

/// Returns whether a file is a Unix socket.
pub(crate) fn is_socket(meta: &Metadata) -> bool {
    meta.file_type().is_socket()
}

/// Creates a directory that only the user can enter. An existing one must be a directory of the
/// user's own, not a link; its mode is set to 0700.
///
/// # Errors
/// The system's error, or `PermissionDenied` with the rule that is broken.
pub(crate) fn private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    let meta = std::fs::symlink_metadata(path)?;
    let refuse = |rule| Err(io::Error::new(io::ErrorKind::PermissionDenied, rule));
    if !meta.is_dir() {
        return refuse("it is a link or a file instead of a directory");
    }
    if meta.uid() != uid() {
        return refuse("it belongs to another user");
    }
    if meta.mode() & 0o077 != 0 {
        std::fs::set_permissions(path, Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Returns the columns of the terminal on standard output, if it is one.
pub(crate) fn terminal_width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|width| *width > 0)
}

/// Waits for a signal that asks the process to stop, and returns its name. Under a service
/// manager SIGHUP is none of them: see [`reload_signal`].
///
/// # Errors
/// The system's error from installing a signal handler.
pub(crate) async fn stop_signal() -> io::Result<&'static str> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
        _ = hangup.recv(), if !manager::is_present() => "SIGHUP",
    })
}

/// Waits for the signal that asks for a reload: SIGHUP under a service manager. Without one it
/// never returns.
pub(crate) async fn reload_signal() {
    match signal(SignalKind::hangup()) {
        Ok(mut hangup) if manager::is_present() => {
            hangup.recv().await;
        }
        _ => std::future::pending().await,
    }
}
