//! The error of a record that is not on the disk.

use crate::os::{self, files::DiskRefusal};
use std::{io, path::PathBuf};

/// Reason for which a record is not on the disk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot write {}: {why}", path.display())]
pub(crate) struct JournalError {
    /// The file.
    pub(crate) path: PathBuf,
    /// The system's error.
    pub(crate) why: String,
    /// What helps.
    pub(crate) remedy: Remedy,
}

/// What helps against a failure of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Room on the disk.
    Room,
    /// A higher limit on the size of files.
    Limit,
    /// File descriptors.
    Descriptors,
    /// A regular file of this user at the path, in a directory that is writable.
    OwnFile,
    /// A disk that works.
    Disk,
}

impl Remedy {
    /// Returns what helps against an error of a journal that is open.
    pub(super) fn of(error: &io::Error) -> Self {
        match DiskRefusal::of(error) {
            Some(DiskRefusal::Full) => Self::Room,
            Some(DiskRefusal::FileSize) => Self::Limit,
            Some(DiskRefusal::ReadOnly) => Self::OwnFile,
            None if error.kind() == io::ErrorKind::PermissionDenied => Self::OwnFile,
            None if os::lacks_descriptors(error) => Self::Descriptors,
            None => Self::Disk,
        }
    }

    /// Returns what helps against an error at the opening of a journal.
    pub(super) fn of_opening(error: &io::Error) -> Self {
        let is_of_disk = error.raw_os_error() == os::disk_error();
        match Self::of(error) {
            Self::Disk if !is_of_disk => Self::OwnFile,
            remedy => remedy,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use rustix::io::Errno;

    #[test]
    fn the_remedy_depends_on_the_error_and_on_what_failed() {
        let remedies = |errno: Errno| {
            let error = io::Error::from(errno);
            (Remedy::of(&error), Remedy::of_opening(&error))
        };
        for (errno, open, opening) in [
            (Errno::NOSPC, Remedy::Room, Remedy::Room),
            (Errno::DQUOT, Remedy::Room, Remedy::Room),
            (Errno::FBIG, Remedy::Limit, Remedy::Limit),
            (Errno::MFILE, Remedy::Descriptors, Remedy::Descriptors),
            (Errno::ROFS, Remedy::OwnFile, Remedy::OwnFile),
            (Errno::ISDIR, Remedy::Disk, Remedy::OwnFile),
            (Errno::IO, Remedy::Disk, Remedy::Disk),
        ] {
            assert_eq!(remedies(errno), (open, opening), "{errno:?}");
        }
    }
}
