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
/// to it. Root may be unmapped, see [`is_unmapped_root`]. The group may write if it is the private
/// group of the user: with the umask of Debian, Ubuntu and Fedora, each new file has such a mode.
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
    match Ids::of_process().others_write(mode, meta.gid()) {
        false => Ok(()),
        true => Err(format!("has mode {mode:04o}, so other users can change it")),
    }
}

/// The user and the group of this process.
#[cfg(unix)]
struct Ids {
    user: u32,
    group: u32,
}

/// Returns whether a group is the private group of the user, which has the user's number.
#[cfg(unix)]
pub fn is_private_group(group: u32) -> bool {
    Ids::of_process().has_private(group)
}

#[cfg(unix)]
impl Ids {
    fn of_process() -> Self {
        Self {
            user: rustix::process::geteuid().as_raw(),
            group: rustix::process::getegid().as_raw(),
        }
    }

    fn has_private(&self, group: u32) -> bool {
        group == self.group && group == self.user
    }

    /// Returns whether other users can write to a file with this mode and group.
    fn others_write(&self, mode: u32, group: u32) -> bool {
        mode & 0o002 != 0 || (mode & 0o020 != 0 && !self.has_private(group))
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
    use super::{Ids, maps_root};

    #[test]
    fn the_private_group_of_the_user_may_write() {
        let user = Ids {
            user: 1_000,
            group: 1_000,
        };
        assert!(!user.others_write(0o664, 1_000));
        assert!(user.others_write(0o664, 100));
        assert!(user.others_write(0o666, 1_000));
        assert!(user.others_write(0o1777, 1_000));
        let of_staff = Ids {
            user: 1_000,
            group: 100,
        };
        assert!(of_staff.others_write(0o664, 100));
        assert!(!of_staff.others_write(0o644, 100));
    }

    #[test]
    fn root_of_the_parent_namespace_is_told_from_a_user_that_is_mapped_to_root() {
        assert!(maps_root("         0          0 4294967295\n"));
        assert!(!maps_root("         0       1000          1\n"));
        assert!(!maps_root("      1000       1000          1\n"));
    }
}
