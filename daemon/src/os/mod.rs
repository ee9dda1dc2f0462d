//! What differs between systems, behind one interface: whose process this is, what new files
//! may be read by, and whose process the other end of a connection is.

pub mod manager;
mod secrets;

pub use secrets::{harden, take_password};

use interprocess::local_socket::{ListenerOptions, PeerCreds};
use std::{io, path::Path};

/// Lets nobody but the user read or enter what this process creates from here on: the
/// socket, the lock, the logs.
#[cfg(unix)]
pub fn keep_new_files_private() {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// On Windows the user's own directories already are private.
#[cfg(not(unix))]
pub fn keep_new_files_private() {}

/// Makes a session of this process's own, so that what ends a client's does not end it too.
#[cfg(unix)]
pub fn leave_session() {
    // The one way for this to fail is that it has one.
    let _ = rustix::process::setsid();
}

/// On Windows whoever starts it detaches it.
#[cfg(not(unix))]
pub fn leave_session() {}

/// Refuses a file that is another user's, or that others may read or write.
///
/// # Errors
/// `PermissionDenied` with the rule that is broken and the command that mends it.
#[cfg(unix)]
pub fn check_private_file(meta: &std::fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let refuse = |rule| Err(io::Error::new(io::ErrorKind::PermissionDenied, rule));
    if meta.uid() != rustix::process::geteuid().as_raw() {
        return refuse("it belongs to another user".to_owned());
    }
    let mode = meta.mode() & 0o777;
    if mode & 0o077 != 0 {
        return refuse(format!(
            "its mode is {mode:04o}, so others may read it: `chmod 600` it"
        ));
    }
    Ok(())
}

/// On Windows a file is as private as the directory it is in.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn check_private_file(_meta: &std::fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// Makes the socket the user's alone from its first moment.
#[cfg(target_os = "linux")]
pub fn private_socket(options: ListenerOptions<'_>) -> ListenerOptions<'_> {
    use interprocess::os::unix::local_socket::ListenerOptionsExt as _;
    options.mode(0o600)
}

/// Elsewhere the directory (0700) and the process's file mask do that.
#[cfg(not(target_os = "linux"))]
pub fn private_socket(options: ListenerOptions<'_>) -> ListenerOptions<'_> {
    options
}

/// Whether the process at the other end runs as this user.
#[cfg(unix)]
pub fn is_own(peer: &PeerCreds) -> bool {
    tai_proto::endpoint::is_own_user(peer.euid())
}

/// On Windows the pipe's own access list decides who connects.
#[cfg(not(unix))]
pub fn is_own(_peer: &PeerCreds) -> bool {
    true
}

/// The user's number; 0 where users have none.
pub fn uid() -> u32 {
    #[cfg(unix)]
    let uid = rustix::process::geteuid().as_raw();
    #[cfg(not(unix))]
    let uid = 0;
    uid
}

/// The peer's process id; 0 where the system does not tell.
pub fn pid(peer: &PeerCreds) -> u32 {
    #[cfg(unix)]
    let pid = peer.pid().and_then(|pid| u32::try_from(pid).ok());
    #[cfg(not(unix))]
    let pid = peer.pid();
    pid.unwrap_or_default()
}

/// Makes a directory that only the user can enter, and checks that an existing one is that:
/// the user's own, not a link, closed to others.
///
/// # Errors
/// What the system says, or `PermissionDenied` with the rule that is broken.
#[cfg(unix)]
pub fn private_dir(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)?;
    let meta = std::fs::symlink_metadata(path)?;
    let refuse = |rule: &str| {
        Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            rule.to_owned(),
        ))
    };
    if !meta.is_dir() {
        return refuse("it is a link or a file, not a directory");
    }
    if meta.uid() != rustix::process::geteuid().as_raw() {
        return refuse("it belongs to another user");
    }
    if meta.mode() & 0o077 != 0 {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Makes the directory; on Windows it inherits the user's own access list.
///
/// # Errors
/// What the system says.
#[cfg(not(unix))]
pub fn private_dir(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// Waits until the user or the system asks the process to end, and says how. Where there is a
/// service manager, SIGHUP is not among the ways: see [`asked_to_reload`].
///
/// # Errors
/// When the system gives no signal handling.
#[cfg(unix)]
pub async fn asked_to_stop() -> io::Result<&'static str> {
    use tokio::signal::unix::{SignalKind, signal};
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
#[cfg(unix)]
pub async fn asked_to_reload() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::hangup()) {
        Ok(mut hangup) if manager::is_there() => {
            hangup.recv().await;
        }
        _ => std::future::pending().await,
    }
}

/// Nobody asks.
#[cfg(not(unix))]
pub async fn asked_to_reload() {
    std::future::pending::<()>().await;
}

/// Waits until the user asks the process to end.
///
/// # Errors
/// When the system gives no signal handling.
#[cfg(not(unix))]
pub async fn asked_to_stop() -> io::Result<&'static str> {
    tokio::signal::ctrl_c().await?;
    Ok("Ctrl-C")
}
