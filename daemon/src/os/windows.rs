//! Windows.

use super::Access;
use crate::config::password_in;
use interprocess::{
    local_socket::{ListenerOptions, PeerCreds, tokio::Listener},
    os::windows::{local_socket::ListenerOptionsExt as _, security_descriptor::SecurityDescriptor},
};
use secrecy::SecretString;
use std::{convert::Infallible, fs::Metadata, io, path::Path};

/// Who may open the pipe, in the security descriptor string format: nobody but whoever owns
/// it (OW), and whatever its directory would add is left out (P).
const OWNER_ONLY: &widestring::U16CStr = widestring::u16cstr!("D:P(A;;GA;;;OW)");

/// Nobody hands a pipe over.
pub type GivenSocket = Infallible;

/// A pipe's name is gone with its process.
///
/// # Errors
/// Never.
pub fn clear_name(_: &Path) -> io::Result<bool> {
    Ok(true)
}

/// There is none to take over.
///
/// # Errors
/// Never.
pub fn take_over(socket: GivenSocket, _: &Path) -> io::Result<Option<Listener>> {
    match socket {}
}

/// The user's own directories already are private.
pub fn keep_new_files_private() {}

/// Whoever starts it detaches it.
pub fn leave_session() {}

/// There are no core files, and the same user may debug.
pub fn harden() {}

/// A process's environment is for its user to read anyway, like its memory.
pub fn take_password() -> Option<(&'static str, SecretString)> {
    password_in(&|name| std::env::var(name).ok())
}

/// Lets nobody but the user open the pipe.
///
/// # Errors
/// What the system says of the access list.
pub fn private_socket(options: ListenerOptions<'_>) -> io::Result<ListenerOptions<'_>> {
    Ok(options.security_descriptor(SecurityDescriptor::deserialize(OWNER_ONLY)?))
}

/// The pipe's own access list decides who connects.
pub fn is_own(_: &PeerCreds) -> bool {
    true
}

/// Users have no numbers.
pub fn uid() -> u32 {
    0
}

/// The peer's process id; 0 where the system does not tell.
pub fn pid(peer: &PeerCreds) -> u32 {
    peer.pid().unwrap_or_default()
}

/// Files have access lists there, which are not read.
pub fn access(_: &Metadata) -> Option<Access> {
    None
}

/// Files are none.
pub fn is_socket(_: &Metadata) -> bool {
    false
}

/// Makes the directory, which inherits the user's own access list.
///
/// # Errors
/// What the system says.
pub fn private_dir(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// Not asked for.
pub fn terminal_width() -> Option<usize> {
    None
}

/// Waits until the user asks the process to end.
///
/// # Errors
/// When the system gives no signal handling.
pub async fn asked_to_stop() -> io::Result<&'static str> {
    tokio::signal::ctrl_c().await?;
    Ok("Ctrl-C")
}

/// Nobody asks.
pub async fn asked_to_reload() {
    std::future::pending::<()>().await;
}
