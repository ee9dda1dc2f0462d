//! What differs between systems, as two modules that offer the same: whose process this is,
//! what new files may be read by, whose process the other end of a connection is, and what the
//! terminal and the service manager are.

pub mod manager;
#[cfg(unix)]
mod unix;
#[cfg(not(unix))]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(not(unix))]
use windows as system;

pub use system::{
    GivenSocket, access, asked_to_reload, asked_to_stop, clear_name, harden, is_own, is_socket,
    keep_new_files_private, leave_session, pid, private_dir, private_socket, take_over,
    take_password, terminal_width, uid,
};

/// Whose a file is, and who else may use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    pub own: bool,
    /// The nine bits of its permissions.
    pub mode: u32,
}

impl Access {
    /// Whether others may read, write or enter it.
    pub fn is_open(self) -> bool {
        self.mode & 0o077 != 0
    }
}
