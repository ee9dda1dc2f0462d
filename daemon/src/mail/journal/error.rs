//! The error of a record that is not on the disk.

use std::path::PathBuf;

/// Reason for which a record is not on the disk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot write {}: {why}", path.display())]
pub(crate) struct JournalError {
    /// The file.
    pub(crate) path: PathBuf,
    /// The system's error.
    pub(crate) why: String,
    /// Whether no file descriptor was left.
    pub(crate) lacks_descriptors: bool,
}
