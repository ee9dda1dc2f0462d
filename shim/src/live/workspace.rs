//! A private directory for one run of an agent that reads its settings from its current directory.

use crate::{os, tools};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A directory that only this user can read. Dropping it removes it.
pub(super) struct Workspace(PathBuf);

impl Workspace {
    /// Creates the directory below the directory of temporary files.
    ///
    /// # Errors
    /// The error of the system. An existing directory is not used.
    pub(super) fn new() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("tai-live-{}", tools::nonce()));
        os::create_private_dir(&path)?;
        Ok(Self(path))
    }

    /// Returns the path of the directory.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file in a new subdirectory.
    ///
    /// # Errors
    /// The error of the system.
    pub(super) fn write(&self, dir: &str, name: &str, text: &str) -> io::Result<()> {
        let dir = self.0.join(dir);
        fs::create_dir(&dir)?;
        fs::write(dir.join(name), text)
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
