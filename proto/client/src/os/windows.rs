//! Pipes and children on Windows.

use crate::Peer;
use interprocess::local_socket::tokio::Stream;
use std::{ffi::OsString, io};
use tai_proto::places::Places;
use tokio::process::Command;

/// Trusts any peer, because the access list of the pipe admits the user alone.
///
/// # Errors
/// None.
pub fn peer(_: &Stream) -> io::Result<Peer> {
    Ok(Peer {
        is_own_user: true,
        pid: None,
    })
}

/// Does nothing: on Windows a user can read the memory of the user's own processes.
pub fn harden() {}

/// Returns `false`: a write to a closed output fails.
pub fn is_output_lost() -> bool {
    false
}

/// Returns `false`: nothing is hidden from programs of the user.
pub(crate) fn is_hidden() -> bool {
    false
}

/// Connected pipe.
pub type Socket = Stream;

/// Returns the pipe, which wakes its owner only for what it waits for.
///
/// # Errors
/// None.
pub fn quiet(stream: Stream) -> io::Result<Socket> {
    Ok(stream)
}

/// Prepares a child to outlive this process and its console.
pub(crate) fn detach(command: &mut Command) {
    const DETACHED_PROCESS: u32 = 0x8;
    command.creation_flags(DETACHED_PROCESS);
}

/// Returns `false`: no sandbox of Windows is recognised.
pub(crate) fn is_sandboxed() -> bool {
    false
}

/// Returns `false`: there is no systemd.
pub(crate) fn is_socket_enabled(_: &Places, _: &str) -> bool {
    false
}

/// Returns the variables that programs on Windows need.
pub(crate) fn session_environment(_: bool) -> Vec<(OsString, OsString)> {
    const NEEDED: [&str; 8] = [
        "SystemDrive",
        "USERNAME",
        "USERPROFILE",
        "APPDATA",
        "LOCALAPPDATA",
        "TEMP",
        "TMP",
        "PATHEXT",
    ];
    let needed = NEEDED.into_iter().filter_map(|name| {
        let value = std::env::var_os(name)?;
        Some((OsString::from(name), value))
    });
    let root = std::env::var_os("SystemRoot").unwrap_or_else(|| r"C:\Windows".into());
    let mut path = std::path::Path::new(&root)
        .join("System32")
        .into_os_string();
    path.push(";");
    path.push(root);
    needed.chain([(OsString::from("PATH"), path)]).collect()
}

/// Fails: Windows cannot replace a running program.
pub(crate) fn execute_without(_: &[&str], _: &str, _: &str, _: &[u8]) -> io::Error {
    io::ErrorKind::Unsupported.into()
}

/// Returns `None`, see [`execute_without`].
pub(crate) fn read_handed_over(_: &str, _: usize) -> Option<(String, Vec<u8>)> {
    None
}
