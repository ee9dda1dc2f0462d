//! The permission rule for files with secrets or mail data, as ssh applies it to keys.

use std::{fs::Metadata, io};

/// Checks that a file belongs to the user, and that no other user can read or write it.
///
/// # Errors
/// [`io::ErrorKind::PermissionDenied`] with the broken rule and the command that corrects it.
#[cfg(unix)]
pub fn check(meta: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let refuse = |rule| Err(io::Error::new(io::ErrorKind::PermissionDenied, rule));
    if meta.uid() != rustix::process::geteuid().as_raw() {
        return refuse("it belongs to another user".to_owned());
    }
    let mode = meta.mode() & 0o777;
    if mode & 0o077 != 0 {
        return refuse(format!(
            "its mode {mode:04o} gives other users access; run `chmod 600` on it"
        ));
    }
    Ok(())
}

/// Accepts every file: Windows has no permission bits, and a file is as private as its
/// directory.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn check(_: &Metadata) -> io::Result<()> {
    Ok(())
}
