//! Functions for Windows.

use super::{FileAccess, manager::InheritedSocket};
use interprocess::{
    local_socket::{ListenerOptions, tokio::Listener},
    os::windows::{local_socket::ListenerOptionsExt as _, security_descriptor::SecurityDescriptor},
};
use std::{
    fs::Metadata,
    io,
    path::{Path, PathBuf},
};

/// Access list of the pipe in the security descriptor string format: full access for the owner
/// (OW) and no other entry, inherited ones excluded (P).
const OWNER_ONLY: &widestring::U16CStr = widestring::u16cstr!("D:P(A;;GA;;;OW)");

/// Returns `true`: the system removes a pipe with its process.
///
/// # Errors
/// Never.
pub(crate) fn free_name(_: &Path) -> io::Result<bool> {
    Ok(true)
}

/// Cannot be called, because no socket is inherited.
///
/// # Errors
/// Never.
pub(crate) fn adopt_socket(socket: InheritedSocket, _: &Path) -> io::Result<Option<Listener>> {
    match socket {}
}

/// Does nothing: the user's own directories are private.
pub(crate) fn restrict_new_files() {}

/// Does nothing: the client that starts the daemon detaches it.
pub(crate) fn leave_client() {}

/// Does nothing: the client that starts the daemon passes on no handle.
pub(crate) fn pass_on_nothing() {}

/// Does nothing: there is no such limit.
pub(crate) fn survive_file_limit() {}

/// Does nothing: a child always has an exit status.
pub(crate) fn notice_children() {}

/// Restricts the pipe to the user.
///
/// # Errors
/// The system's error for the access list.
pub(crate) fn private_socket(options: ListenerOptions<'_>) -> io::Result<ListenerOptions<'_>> {
    Ok(options.security_descriptor(SecurityDescriptor::deserialize(OWNER_ONLY)?))
}

/// Returns `None`: named pipes are not inherited.
pub(crate) fn path_of(socket: &InheritedSocket) -> Option<PathBuf> {
    match *socket {}
}

/// Returns 0: Windows has no numeric user ids.
pub(crate) fn uid() -> u32 {
    0
}

/// Returns `None`: access lists are not read.
pub(crate) fn file_access(_: &Metadata) -> Option<FileAccess> {
    None
}

/// Returns `false`: pipes are not files.
pub(crate) fn is_socket(_: &Metadata) -> bool {
    false
}

/// Creates a directory. It inherits the access list of the user's own directories.
///
/// # Errors
/// The system's error.
pub(crate) fn private_dir(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// Does nothing: owners are not read.
///
/// # Errors
/// None.
pub(crate) fn check_place_of(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Opens a file for reading and writing, and creates it if it does not exist.
///
/// # Errors
/// The system's error.
pub(crate) fn open_private(dir: &Path, name: &str) -> io::Result<std::fs::File> {
    let mut options = std::fs::File::options();
    options.create(true).truncate(false).read(true).write(true);
    options.open(dir.join(name))
}

/// As [`open_private`], for a file that is only appended to.
///
/// # Errors
/// The system's error.
pub(crate) fn append_private(dir: &Path, name: &str) -> io::Result<std::fs::File> {
    let mut options = std::fs::File::options();
    options.create(true).append(true).read(true);
    options.open(dir.join(name))
}

/// Does nothing: the client reads the daemon's report and no further output.
pub(crate) fn close_output() {}

/// Starts a program without a console, which would be visible.
pub(crate) fn detach(command: &mut std::process::Command) {
    use std::os::windows::process::CommandExt as _;
    const DETACHED_PROCESS: u32 = 0x8;
    command.creation_flags(DETACHED_PROCESS);
}

/// Returns `None`: the size is not determined.
pub(crate) fn terminal_size() -> Option<(usize, usize)> {
    None
}

/// Does nothing: no thread receives a signal in the place of another one.
pub(crate) fn receive_no_ending() {}

/// Runs a prompt, which restores the console itself.
pub(crate) fn restoring_terminal<T>(prompt: impl FnOnce() -> T) -> T {
    prompt()
}

/// Does nothing: typed lines are not discarded.
pub(crate) fn discard_typed() {}

/// Returns `None`: the state of a drive is not examined.
pub(crate) fn unwritable(_: &Path) -> Option<&'static str> {
    None
}

/// Returns `true`: the directories are those of the user.
pub(crate) fn can_create(_: &Path) -> bool {
    true
}

/// Waits for Ctrl-C.
///
/// # Errors
/// The system's error from installing a handler.
pub(crate) async fn stop_signal() -> io::Result<&'static str> {
    tokio::signal::ctrl_c().await?;
    Ok("Ctrl-C")
}

/// A file, whatever its name.
pub(crate) type FileId = (u64, u64, (i64, i64));

/// Returns `None`: the name of a pipe is no file.
pub(crate) fn file_id(_: &Path) -> Option<FileId> {
    None
}

/// The requests for a reload: there are none.
pub(crate) struct Reloads;

impl Reloads {
    /// Returns no requests.
    pub(crate) fn new() -> Self {
        Self
    }

    /// Never returns.
    pub(crate) async fn next(&mut self) {
        std::future::pending::<()>().await;
    }
}

/// Returns `None`: the keyring of Windows needs no bus.
pub(crate) fn session_bus() -> Option<String> {
    None
}
