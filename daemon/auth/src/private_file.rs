//! The permission rule for files that hold secrets or mail data, as ssh applies it to keys.

use std::{fs::Metadata, io};

/// Refuses a file that is another user's, or that others may read or write.
///
/// # Errors
/// `PermissionDenied` with the rule that is broken and the command that corrects it.
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
            "its mode is {mode:04o}, so others may read it: `chmod 600` it"
        ));
    }
    Ok(())
}

/// Windows has no permission bits: a file is as private as its directory.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn check(_: &Metadata) -> io::Result<()> {
    Ok(())
}
