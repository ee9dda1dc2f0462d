//! Differences between operating systems: sockets, the check of the peer, detached children and
//! the protection of memory.

#[cfg(unix)]
mod surroundings;
#[cfg(unix)]
mod unix;
#[cfg(not(unix))]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(not(unix))]
use windows as system;

#[cfg(unix)]
pub(crate) use surroundings::{is_sandboxed, is_socket_enabled, session_environment};
pub use system::{Socket, harden, is_output_lost, peer, quiet};
pub(crate) use system::{detach, execute_without, is_hidden, read_handed_over};
#[cfg(not(unix))]
pub(crate) use system::{is_sandboxed, is_socket_enabled, session_environment};

/// Process at the other end of a local socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Whether the peer runs as the user of this process. Only this decides whether the peer is
    /// trusted.
    pub is_own_user: bool,
    /// Process id; `None` if the system does not report it, as for another PID namespace.
    pub pid: Option<u32>,
}
