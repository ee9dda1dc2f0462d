//! Paths of executables.

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

/// Returns whether a program of this name is in a directory of PATH.
pub(super) fn on_path(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path).any(|dir| dir.join(&name).is_file())
}
