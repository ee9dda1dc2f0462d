//! The directory of sealed mails: one file a mail, whose name is the number of the mail.

use super::super::journal::Disk;
use crate::os::{self, files::NextFile};
use std::{
    io::{self, Read as _},
    path::PathBuf,
    sync::Arc,
    time::SystemTime,
};

/// Limit of a file, in bytes: the largest mail, each of whose characters JSON writes as six bytes.
const MAX_FILE: u64 = 64 << 20;

/// The directory of sealed mails. Its mode is 0700, and the mode of each file is 0600.
#[derive(Debug, Clone)]
pub(super) struct Vault {
    dir: PathBuf,
    disk: Arc<dyn Disk>,
}

impl Vault {
    /// Returns the vault of this directory, which need not exist.
    pub(super) fn new(dir: PathBuf, disk: Arc<dyn Disk>) -> Self {
        Self { dir, disk }
    }

    /// Writes the file of a mail, which then survives a power failure. Blocks.
    ///
    /// # Errors
    /// The system's error. No file is left.
    pub(super) fn write(&self, number: u64, bytes: &[u8]) -> io::Result<()> {
        let is_new = !self.dir.exists();
        os::private_dir(&self.dir)?;
        if let Some(parent) = self.dir.parent().filter(|_| is_new) {
            os::files::sync_dir(parent)?;
        }
        let (path, next) = (self.path(number), self.dir.join(format!("{number}.new")));
        let (mut file, next) = NextFile::create_again(next)?;
        let written = self
            .disk
            .write(&mut file, bytes)
            .and_then(|()| self.disk.sync(&file))
            .and_then(|()| next.take_name(&path))
            .and_then(|()| os::files::sync_dir(&self.dir));
        if written.is_err() {
            self.remove(number);
        }
        written
    }

    /// Returns the file of a mail. Blocks.
    ///
    /// # Errors
    /// The system's error, `InvalidData` for a file that is too large, and `PermissionDenied` for
    /// one that other users can access.
    pub(super) fn read(&self, number: u64) -> io::Result<Vec<u8>> {
        let file = os::files::open_no_follow(&self.path(number))?;
        let meta = file.metadata()?;
        tai_auth::private_file::check(&meta)?;
        if !meta.is_file() || meta.len() > MAX_FILE {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
        let mut bytes = Vec::new();
        file.take(MAX_FILE).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Removes the file of a mail, if there is one.
    pub(super) fn remove(&self, number: u64) {
        if let Err(error) = std::fs::remove_file(self.path(number))
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(number, %error, "cannot remove a sealed mail");
        }
    }

    /// Returns the numbers of the mails that have a file, with the time of the file. Blocks.
    pub(super) fn files(&self) -> Vec<(u64, SystemTime)> {
        let entries = std::fs::read_dir(&self.dir).into_iter().flatten().flatten();
        let file = |entry: std::fs::DirEntry| {
            // No mail has a larger number.
            let number: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((u64::from(number), entry.metadata().ok()?.modified().ok()?))
        };
        entries.filter_map(file).collect()
    }

    /// Removes the files of mails that do not wait, which an earlier daemon left, and returns the
    /// number of files that are not of taid. Blocks.
    pub(super) fn retain(&self, is_needed: impl Fn(u64) -> bool) -> u64 {
        let mut unknown = 0;
        for entry in std::fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_str().unwrap_or_default();
            let partial = name.strip_suffix(".new");
            match partial.unwrap_or(name).parse::<u64>() {
                Ok(number) if partial.is_none() && is_needed(number) => {}
                Ok(_) => {
                    let _ = std::fs::remove_file(entry.path());
                }
                Err(_) => unknown += 1,
            }
        }
        unknown
    }

    fn path(&self, number: u64) -> PathBuf {
        self.dir.join(number.to_string())
    }
}
