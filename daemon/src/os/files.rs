//! Files of other programs, opened and created so that no other user can read or exchange them.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io,
    path::{Path, PathBuf},
};

/// Reason of a disk or a limit, and not of the file, for which a file cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DiskRefusal {
    /// No room, or the quota of the user is used up.
    Full,
    ReadOnly,
    /// The process may not write a file of this size.
    FileSize,
}

impl DiskRefusal {
    /// Returns the reason; `None` for an error of another kind.
    pub(crate) fn of(error: &io::Error) -> Option<Self> {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(Self::Full),
            io::ErrorKind::ReadOnlyFilesystem => Some(Self::ReadOnly),
            io::ErrorKind::FileTooLarge => Some(Self::FileSize),
            _ => None,
        }
    }
}

/// A file that is about to take the name of another one in its directory. A reader finds the old
/// content or the new one. Dropping it before that removes it, because a partial file would occupy a
/// full disk.
#[derive(Debug)]
pub(crate) struct NextFile(Option<PathBuf>);

impl NextFile {
    /// Creates the file for writing, with mode 0600 from its creation on.
    ///
    /// # Errors
    /// The system's error; `AlreadyExists` also for a link.
    pub(crate) fn create(path: PathBuf) -> io::Result<(File, Self)> {
        Ok((create_private(&path)?, Self(Some(path))))
    }

    /// Creates the file in the place of one that an earlier process left.
    ///
    /// # Errors
    /// The system's error.
    pub(crate) fn create_again(path: PathBuf) -> io::Result<(File, Self)> {
        let _ = fs::remove_file(&path);
        Self::create(path)
    }

    /// Gives the file the name of `path`. The name survives a power failure after [`sync_dir`].
    ///
    /// # Errors
    /// The system's error.
    pub(crate) fn take_name(mut self, path: &Path) -> io::Result<()> {
        if let Some(own) = &self.0 {
            fs::rename(own, path)?;
        }
        // The earlier name no longer belongs to this file.
        self.0 = None;
        Ok(())
    }
}

impl Drop for NextFile {
    fn drop(&mut self) {
        if let Some(own) = &self.0 {
            let _ = fs::remove_file(own);
        }
    }
}

/// Opens a file for reading. A link in the last component is an error, and the open of a FIFO
/// does not block.
///
/// # Errors
/// The system's error; on Unix `FilesystemLoop` or its like for a link.
pub(crate) fn open_no_follow(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
    options.open(path)
}

/// Creates a file for writing, with mode 0600 from its creation on.
///
/// # Errors
/// The system's error; `AlreadyExists` also for a link.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        options
            .mode(0o600)
            .custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
    }
    options.open(path)
}

/// Gives `file` the mode and the group of another file of this user. If the group cannot be
/// set, the new file has no permissions for its group.
///
/// # Errors
/// The system's error for the mode.
#[cfg(unix)]
pub(crate) fn copy_access(file: &File, original: &Metadata) -> io::Result<()> {
    use rustix::fs::{Gid, fchown};
    use std::{
        fs::Permissions,
        os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    };
    let mut mode = original.mode() & 0o777;
    if file.metadata()?.gid() != original.gid()
        && fchown(file, None, Some(Gid::from_raw(original.gid()))).is_err()
    {
        mode &= !0o070;
    }
    file.set_permissions(Permissions::from_mode(mode))
}

/// Does nothing: a new file inherits the access list of its directory.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub(crate) fn copy_access(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Writes the entries of a directory to the disk, so that a rename in it survives a power failure.
///
/// # Errors
/// The system's error.
#[cfg(unix)]
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Does nothing: Windows has no such operation.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub(crate) fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Returns whether the path leads to this open file; `true` if the system does not say it.
#[cfg(unix)]
pub(crate) fn has_name(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |meta: Metadata| (meta.dev(), meta.ino());
    let named = match fs::symlink_metadata(path) {
        Ok(meta) => id(meta),
        Err(error) => {
            return !matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            );
        }
    };
    file.metadata().is_ok_and(|meta| id(meta) == named)
}

/// Returns `true`: Windows keeps the name of an open file.
#[cfg(not(unix))]
pub(crate) fn has_name(_: &File, _: &Path) -> bool {
    true
}

/// Returns whether an open file has no name any more.
#[cfg(unix)]
pub(crate) fn is_unlinked(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    file.metadata().is_ok_and(|meta| meta.nlink() == 0)
}

/// Returns `false`: Windows keeps the name of an open file.
#[cfg(not(unix))]
pub(crate) fn is_unlinked(_: &File) -> bool {
    false
}
