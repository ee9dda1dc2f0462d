//! Differences between operating systems: file permissions, sockets, signals, the terminal, and the
//! service manager. `unix` and `windows` have the same functions. This module uses no other module
//! of the daemon.

mod descriptors;
pub(crate) mod desktop;
pub(crate) mod files;
#[cfg(unix)]
mod inherited;
pub(crate) mod manager;
mod peer;
#[cfg(unix)]
mod private;
#[cfg(unix)]
mod prompting;
#[cfg(unix)]
mod unix;
#[cfg(not(unix))]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(not(unix))]
use windows as system;

pub(crate) use descriptors::{
    descriptor_limit, disk_error, lacks_descriptors, raise_descriptor_limit,
};
#[cfg(unix)]
pub(crate) use inherited::{leave_client, notice_children, pass_on_nothing, survive_file_limit};
pub(crate) use manager::InheritedSocket;
pub(crate) use peer::is_own_peer;
#[cfg(unix)]
pub(crate) use private::{append_private, check_place_of, open_private, private_dir};
#[cfg(unix)]
pub(crate) use prompting::{receive_no_ending, restoring_terminal};
pub(crate) use system::{
    FileId, Reloads, adopt_socket, can_create, close_output, detach, discard_typed, file_access,
    file_id, free_name, is_socket, path_of, private_socket, restrict_new_files, session_bus,
    stop_signal, terminal_size, uid, unwritable,
};
#[cfg(not(unix))]
pub(crate) use system::{
    append_private, check_place_of, leave_client, notice_children, open_private, pass_on_nothing,
    private_dir, receive_no_ending, restoring_terminal, survive_file_limit,
};

/// Checks that the system starts threads for this process: the async runtime panics where it needs
/// one that it does not get.
///
/// # Errors
/// The system's error.
pub(crate) fn check_threads() -> std::io::Result<()> {
    std::thread::Builder::new().spawn(|| ()).map(drop)
}

/// Owner and permissions of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileAccess {
    /// Whether the file belongs to this user.
    pub(crate) own: bool,
    /// The nine permission bits.
    pub(crate) mode: u32,
    /// Number of names, more than 1 with hard links.
    pub(crate) names: u64,
}

impl FileAccess {
    /// Returns whether other users can read, write or enter the file.
    pub(crate) fn is_open(self) -> bool {
        self.mode & 0o077 != 0
    }
}
