//! The service manager, where one started this process: the socket it hands over, and what it
//! is told. Elsewhere there is none, and nothing is told.

use super::GivenSocket;
use std::time::Duration;

/// The socket that the manager listens on (`sd_listen_fds(3)`); `None` where it hands over
/// none. To be asked once, before there are other threads.
#[cfg(target_os = "linux")]
pub fn given_socket() -> Option<GivenSocket> {
    let mut given = listenfd::ListenFd::from_env();
    given.take_unix_listener(0).ok().flatten()
}

/// Only systemd's way of it is known here.
#[cfg(not(target_os = "linux"))]
pub fn given_socket() -> Option<GivenSocket> {
    None
}

/// What a manager can be told.
#[derive(Debug, Clone, Copy)]
pub enum Told<'a> {
    /// It serves.
    Ready,
    /// It reads its configuration anew.
    Reloading,
    /// It ends.
    Stopping,
    /// It is alive.
    Alive,
    /// What it does, in words.
    Status(&'a str),
}

/// Tells the manager (`sd_notify(3)`).
#[cfg(target_os = "linux")]
pub fn tell(what: Told<'_>) {
    use sd_notify::NotifyState as State;
    // A manager that cannot be told will find out.
    let _ = match what {
        Told::Ready => sd_notify::notify(&[State::Ready]),
        Told::Reloading => match State::monotonic_usec_now() {
            Ok(now) => sd_notify::notify(&[State::Reloading, now]),
            Err(_) => sd_notify::notify(&[State::Reloading]),
        },
        Told::Stopping => sd_notify::notify(&[State::Stopping]),
        Told::Alive => sd_notify::notify(&[State::Watchdog]),
        Told::Status(words) => sd_notify::notify(&[State::Status(words)]),
    };
}

/// There is nobody to tell.
#[cfg(not(target_os = "linux"))]
pub fn tell(_: Told<'_>) {}

/// How often the manager wants to hear that this process is alive, if it does: twice as often
/// as it would give up.
#[cfg(target_os = "linux")]
pub fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|limit| limit / 2)
}

/// Nobody wants to hear it.
#[cfg(not(target_os = "linux"))]
pub fn watchdog() -> Option<Duration> {
    None
}

/// Whether a manager is told, and so SIGHUP means to read the configuration anew.
pub fn is_there() -> bool {
    cfg!(target_os = "linux") && std::env::var_os("NOTIFY_SOCKET").is_some()
}
