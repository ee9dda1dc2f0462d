//! Directories and files that no other user can replace, as ssh and the XDG specification demand.
//!
//! A private directory belongs to the user and has mode 0700. Each directory above it belongs to
//! the user or to root, and no other user can rename its entries. Therefore a path in a private
//! directory leads to the same file for each later call.

use rustix::{
    fs::{Mode, OFlags, open, openat},
    process::geteuid,
};
use std::{
    fs::{DirBuilder, File, Metadata, Permissions},
    io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _},
    path::Path,
};
use tai_auth::private_file::{is_private_group, is_unmapped_root};

/// Bit of a directory whose entries only their owners can rename.
const STICKY: u32 = 0o1000;

/// Creates a directory with mode 0700. An existing one must belong to the user and must not be a
/// link; its mode is set to 0700. No other user may be able to replace it.
///
/// # Errors
/// The system's error, or `PermissionDenied` with the broken rule.
pub(crate) fn private_dir(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        // A refusal leaves no directory in the home of another user.
        if let Some(exists) = nearest(parent) {
            check_above(exists)?;
        }
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(parent)?;
        check_above(parent)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let meta = std::fs::symlink_metadata(path)?;
    if !meta.is_dir() {
        return Err(refused("it is a link or a file instead of a directory"));
    }
    let dir = File::from(open(
        path,
        OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC,
        Mode::empty(),
    )?);
    let meta = dir.metadata()?;
    if meta.uid() != geteuid().as_raw() {
        return Err(refused("it belongs to another user"));
    }
    if meta.mode() & 0o077 != 0 {
        dir.set_permissions(Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Opens a file in a private directory for reading and writing, and creates it with mode 0600. An
/// existing one must be a regular file of the user with one name, so that no link leads to another
/// file.
///
/// # Errors
/// The system's error, or `PermissionDenied` with the broken rule.
pub(crate) fn open_private(dir: &Path, name: &str) -> io::Result<File> {
    open_with(dir, name, OFlags::empty())
}

/// As [`open_private`], for a file that is only appended to.
///
/// # Errors
/// As [`open_private`].
pub(crate) fn append_private(dir: &Path, name: &str) -> io::Result<File> {
    open_with(dir, name, OFlags::APPEND)
}

fn open_with(dir: &Path, name: &str, more: OFlags) -> io::Result<File> {
    let dir = open(
        dir,
        OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    // A named pipe without a reader would block the call.
    let flags =
        OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(openat(&dir, name, flags | more, Mode::RUSR | Mode::WUSR)?);
    let meta = file.metadata()?;
    if !meta.is_file() || meta.nlink() != 1 {
        return Err(refused("it is not a regular file with one name"));
    }
    if meta.uid() != geteuid().as_raw() {
        return Err(refused("it belongs to another user"));
    }
    Ok(file)
}

/// Checks that no other user can rename an entry on the way to a directory.
fn check_above(dir: &Path) -> io::Result<()> {
    for dir in std::fs::canonicalize(dir)?.ancestors() {
        let meta = std::fs::symlink_metadata(dir)?;
        if !is_trusted(&meta) {
            return Err(foreign(dir));
        }
        if !is_safe(&meta) {
            let rule = format!(
                "another user can replace {}: `chmod go-w` it, or use another directory",
                dir.display()
            );
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, rule));
        }
    }
    Ok(())
}

/// Checks that the nearest existing directory above a new file belongs to this user or to root:
/// root can create files in the home of another user, who could then not use them.
///
/// # Errors
/// The system's error, or `PermissionDenied` with the broken rule.
pub(crate) fn check_place_of(file: &Path) -> io::Result<()> {
    let Some(dir) = file.parent().and_then(nearest) else {
        return Ok(());
    };
    match is_trusted(&std::fs::metadata(dir)?) {
        true => Ok(()),
        false => Err(foreign(dir)),
    }
}

/// Returns the directory, or the nearest one above it that exists.
fn nearest(dir: &Path) -> Option<&Path> {
    dir.ancestors().find(|dir| dir.exists())
}

fn foreign(dir: &Path) -> io::Error {
    let rule = format!(
        "{} belongs to another user: run this as that user, or with your own HOME",
        dir.display()
    );
    io::Error::new(io::ErrorKind::PermissionDenied, rule)
}

/// Returns whether a directory belongs to this user or to root.
fn is_trusted(meta: &Metadata) -> bool {
    let uid = meta.uid();
    uid == geteuid().as_raw() || uid == 0 || is_unmapped_root(uid)
}

/// Returns whether only its owner can rename entries of a directory. Write access of the
/// [private group](is_private_group) of the user is permitted.
fn is_safe(meta: &Metadata) -> bool {
    let (mode, group) = (meta.mode(), meta.gid());
    let is_trusted_group = group == 0 || is_private_group(group);
    let is_open = mode & 0o002 != 0 || (mode & 0o020 != 0 && !is_trusted_group);
    !is_open || mode & STICKY != 0
}

fn refused(rule: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_private_directory_is_made_private_and_a_link_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("a/b");
        private_dir(&dir).unwrap();
        mode(&dir, 0o755);
        private_dir(&dir).unwrap();
        assert_eq!(std::fs::metadata(&dir).unwrap().mode() & 0o777, 0o700);
        let link = root.path().join("link");
        symlink(&dir, &link).unwrap();
        assert!(private_dir(&link).is_err());
    }

    #[test]
    fn a_directory_below_one_that_others_can_write_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let above = root.path().join("above");
        std::fs::create_dir(&above).unwrap();
        mode(&above, 0o777);
        let error = private_dir(&above.join("tai")).unwrap_err();
        assert!(error.to_string().contains("chmod go-w"), "{error}");
        mode(&above, 0o1777);
        private_dir(&above.join("tai")).unwrap();
    }

    #[test]
    fn a_directory_that_is_refused_leaves_no_part_of_its_way() {
        let root = tempfile::tempdir().unwrap();
        let above = root.path().join("above");
        std::fs::create_dir(&above).unwrap();
        mode(&above, 0o777);
        private_dir(&above.join(".local/state/tai")).unwrap_err();
        assert_eq!(std::fs::read_dir(&above).unwrap().count(), 0);
        if !geteuid().is_root() {
            return;
        }
        // Root can write in the home of another user.
        mode(&above, 0o755);
        std::os::unix::fs::chown(&above, Some(12_345), None).unwrap();
        let error = private_dir(&above.join(".local/state/tai")).unwrap_err();
        assert!(
            error.to_string().contains("belongs to another user"),
            "{error}"
        );
        check_place_of(&above.join(".cursor/mcp.json")).unwrap_err();
        assert_eq!(std::fs::read_dir(&above).unwrap().count(), 0);
    }

    #[test]
    fn a_private_file_is_never_another_file_by_a_link() {
        let root = tempfile::tempdir().unwrap();
        let (dir, precious) = (root.path(), root.path().join("precious"));
        std::fs::write(&precious, "keep").unwrap();
        symlink(&precious, dir.join("soft")).unwrap();
        std::fs::hard_link(&precious, dir.join("hard")).unwrap();
        assert!(open_private(dir, "soft").is_err());
        assert!(open_private(dir, "hard").is_err());
        assert!(open_private(dir, "new").is_ok());
        assert_eq!(std::fs::read(&precious).unwrap(), b"keep");
    }
}
