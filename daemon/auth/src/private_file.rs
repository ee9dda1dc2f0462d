//! The permission rules for files, as ssh has them: for files with secrets or mail data, as for its
//! keys; for files that taid obeys, as for its configuration.

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

/// Checks that a file or directory belongs to the user or to root, and that no other user can write
/// to it. Root may be unmapped, see [`is_unmapped_root`].
///
/// # Errors
/// The broken rule, as a verb and its object.
#[cfg(unix)]
pub fn check_unshared(meta: &Metadata) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt as _;
    let (owner, mode) = (meta.uid(), meta.mode() & 0o7777);
    let is_own = owner == rustix::process::geteuid().as_raw();
    if owner != 0 && !is_own && !is_unmapped_root(owner) {
        return Err(format!("belongs to another user (uid {owner})"));
    }
    match mode & 0o022 {
        0 => Ok(()),
        _ => Err(format!("has mode {mode:04o}, so other users can change it")),
    }
}

/// Returns whether this may be root in a user namespace that does not map root, as in a unit with
/// `PrivateUsers=yes`. Other users are not mapped there either, and look the same.
#[cfg(unix)]
pub fn is_unmapped_root(uid: u32) -> bool {
    const OVERFLOW: u32 = 65_534;
    uid == OVERFLOW
        && std::fs::read_to_string("/proc/self/uid_map").is_ok_and(|map| !maps_root(&map))
}

/// Returns whether a user map has root of the parent namespace. Its fields are the first user here,
/// the first user there, and the number of users.
#[cfg(unix)]
fn maps_root(map: &str) -> bool {
    map.lines()
        .any(|line| line.split_ascii_whitespace().nth(1) == Some("0"))
}

/// Accepts every file, as [`check`].
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn check_unshared(_: &Metadata) -> Result<(), String> {
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

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::maps_root;

    #[test]
    fn root_of_the_parent_namespace_is_told_from_a_user_that_is_mapped_to_root() {
        assert!(maps_root("         0          0 4294967295\n"));
        assert!(!maps_root("         0       1000          1\n"));
        assert!(!maps_root("      1000       1000          1\n"));
    }
}
