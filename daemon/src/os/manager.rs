//! Interface to the service manager: inherited socket and notifications. Only systemd's protocol
//! is implemented.

use std::time::Duration;

/// Listening socket of the service manager. It outlives the daemon, which must not remove it.
#[cfg(unix)]
pub(crate) type InheritedSocket = std::os::unix::net::UnixListener;

/// Uninhabited: named pipes are not inherited.
#[cfg(not(unix))]
pub(crate) type InheritedSocket = std::convert::Infallible;

/// Takes the manager's listening sockets (`sd_listen_fds(3)`). Must be called once, before the
/// process has other threads.
#[cfg(target_os = "linux")]
pub(crate) fn inherited_sockets() -> Vec<InheritedSocket> {
    let mut inherited = listenfd::ListenFd::from_env();
    (0..inherited.len())
        .filter_map(|index| inherited.take_unix_listener(index).ok().flatten())
        .collect()
}

/// Returns none: no manager passes a socket.
#[cfg(not(target_os = "linux"))]
pub(crate) fn inherited_sockets() -> Vec<InheritedSocket> {
    Vec::new()
}

/// A message to the manager.
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "only systemd is notified")
)]
#[derive(Debug, Clone, Copy)]
pub(crate) enum Notification<'a> {
    /// The daemon accepts calls.
    Ready,
    /// The daemon begins a reload of its configuration.
    Reloading,
    /// The daemon begins to stop.
    Stopping,
    /// The daemon's event loop is running.
    Alive,
    /// A line for `systemctl status`.
    Status(&'a str),
}

/// Sends a message to the manager (`sd_notify(3)`). Without a manager it does nothing.
#[cfg(target_os = "linux")]
pub(crate) fn notify(notification: Notification<'_>) {
    use sd_notify::NotifyState as State;
    // The daemon works without notifications, so a failed one is ignored.
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

/// Returns the interval for [`Notification::Alive`], half of the manager's time limit; `None`
/// without a watchdog.
#[cfg(target_os = "linux")]
pub(crate) fn watchdog_interval() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|limit| limit / 2)
}

/// Returns `None`: there is no manager.
#[cfg(not(target_os = "linux"))]
pub(crate) fn watchdog_interval() -> Option<Duration> {
    None
}

/// Returns whether a manager receives notifications. If so, SIGHUP means reload.
pub(crate) fn is_present() -> bool {
    cfg!(target_os = "linux") && std::env::var_os("NOTIFY_SOCKET").is_some()
}
