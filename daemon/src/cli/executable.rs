//! The path of this executable.

use super::error::CliError;
use std::path::PathBuf;

/// Returns the path of this executable.
///
/// # Errors
/// The system does not provide the path.
pub(super) fn path() -> Result<PathBuf, CliError> {
    std::env::current_exe()
        .map_err(|error| CliError::new("cannot find the path of taid").caused_by(error))
}
