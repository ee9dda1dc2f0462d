//! The service manager that started this process, if there is one: the socket that it passes
//! on, and what it is notified of. Only systemd's protocol is implemented.

use std::time::Duration;

/// A socket that the service manager listens on and passes to each daemon it starts. It
/// outlives the daemon, which must not remove it.
#[cfg(unix)]
pub(crate) type InheritedSocket = std::os::unix::net::UnixListener;

/// A pipe cannot be passed on.
#[cfg(not(unix))]
pub(crate) type InheritedSocket = std::convert::Infallible;

/// Takes the socket that the manager listens on (`sd_listen_fds(3)`), if it passed one. Must
/// be called once, before the process has other threads.
#[cfg(target_os = "linux")]
pub(crate) fn inherited_socket() -> Option<InheritedSocket> {
    let mut inherited = listenfd::ListenFd::from_env();
    inherited.take_unix_listener(0).ok().flatten()
}

/// Returns `None`: no manager passes a socket.
#[cfg(not(target_os = "linux"))]
pub(crate) fn inherited_socket() -> Option<InheritedSocket> {
    None
}

/// A message to the manager.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Notification<'a> {
    /// The daemon serves.
    Ready,
    /// The daemon reloads its configuration.
    Reloading,
    /// The daemon stops.
    Stopping,
    /// The daemon's event loop runs.
    Alive,
    /// A line for `systemctl status`.
    Status(&'a str),
}

/// Sends a message to the manager (`sd_notify(3)`). Without a manager it does nothing.
#[cfg(target_os = "linux")]
pub(crate) fn notify(notification: Notification<'_>) {
    use sd_notify::NotifyState as State;
    // The daemon can do nothing about a manager that takes no messages.
    let _ = match notification {
        Notification::Ready => sd_notify::notify(&[State::Ready]),
        Notification::Reloading => match State::monotonic_usec_now() {
            Ok(now) => sd_notify::notify(&[State::Reloading, now]),
            Err(_) => sd_notify::notify(&[State::Reloading]),
        },
        Notification::Stopping => sd_notify::notify(&[State::Stopping]),
        Notification::Alive => sd_notify::notify(&[State::Watchdog]),
        Notification::Status(text) => sd_notify::notify(&[State::Status(text)]),
    };
}

/// Does nothing: there is no manager.
#[cfg(not(target_os = "linux"))]
pub(crate) fn notify(_: Notification<'_>) {}

/// Returns the interval at which the manager expects [`Notification::Alive`], if it does: half
/// of its time limit.
#[cfg(target_os = "linux")]
pub(crate) fn watchdog_interval() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|limit| limit / 2)
}

/// Returns `None`: there is no manager.
#[cfg(not(target_os = "linux"))]
pub(crate) fn watchdog_interval() -> Option<Duration> {
    None
}

/// Returns whether a manager is notified. If so, SIGHUP means reload.
pub(crate) fn is_present() -> bool {
    cfg!(target_os = "linux") && std::env::var_os("NOTIFY_SOCKET").is_some()
}
