//! What differs between operating systems: the socket, the peer's identity, detached children,
//! and the protection of the process's memory.

#[cfg(unix)]
mod unix;
#[cfg(not(unix))]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(not(unix))]
use windows as system;

pub(crate) use system::{detach, execute_without, read_handed_over, split, unnamed_file};
pub use system::{harden, peer};

/// The process at the other end of a local socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Whether it runs as this process's user. The user alone decides whether it is trusted.
    pub is_own_user: bool,
    /// Its process id; `None` if the system does not tell, as for a peer in another PID
    /// namespace.
    pub pid: Option<u32>,
}
