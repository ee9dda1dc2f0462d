//! Reads and replaces the configuration file of another program.
//!
//! The new text is written to a new file of mode 0600 in the same directory, which gets the old
//! file's group and mode and then its name. No other user can read the text in between, and a
//! reader gets the old file or the new one. A link stays, and its target is replaced.

use super::registry::MAX_FILE;
use crate::os::{
    self,
    files::{self, NextFile},
};
use std::{
    ffi::OsString,
    fs::{self, File, Metadata},
    io::{self, Write as _},
    path::{Path, PathBuf},
};
use tai_auth::regular_file;

/// Limit of links in a chain, as Linux has it.
const MAX_LINKS: usize = 40;
/// Ending of the name of a backup. A number follows from the second one on.
pub(super) const BACKUP: &str = ".before-tai";
/// Ending of the name of a file before it takes its name, without its number.
pub(super) const NEXT: &str = ".tai-new-";
/// Number of names that are tried for a new file.
const MAX_NAMES: u32 = 10_000;

/// Reason for which a file is not read or replaced.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli::setup) enum FileError {
    /// The file is not text in UTF-8.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// The file or a link to it belongs to another user.
    #[error("{0} belongs to another user")]
    Foreign(PathBuf),
    /// The link has no target.
    #[error("it is a link to {0}, which does not exist")]
    Dangling(PathBuf),
    /// The path is a directory or a device.
    #[error("{0} is not a regular file")]
    NotAFile(PathBuf),
    /// The mode of the file permits no change.
    #[error("it is read-only; to permit the change: chmod u+w")]
    ReadOnly,
    /// The file exists since the previous look at it.
    #[error("another program changed the file at the same time")]
    Changed,
    /// The system's error.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Backup of a file.
#[derive(Debug)]
pub(in crate::cli::setup) struct Backup {
    pub(in crate::cli::setup) path: PathBuf,
    /// Whether no earlier backup had this text.
    is_new: bool,
}

/// An existing configuration file of this user.
pub(in crate::cli::setup) struct Existing {
    /// The file, or the target of the link.
    path: PathBuf,
    meta: Metadata,
    /// Content.
    pub(in crate::cli::setup) text: String,
}

/// Reads a file; `None` if there is none.
///
/// # Errors
/// [`FileError`].
pub(in crate::cli::setup) fn read(path: &Path) -> Result<Option<Existing>, FileError> {
    let Some(path) = target(path)? else {
        return Ok(None);
    };
    let file = files::open_no_follow(&path)?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(FileError::NotAFile(path));
    }
    check_owner(&path, &meta)?;
    let text = match regular_file::rest_as_text(file, MAX_FILE) {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(FileError::NotUtf8),
        text => text?,
    };
    Ok(Some(Existing { path, meta, text }))
}

/// Follows the links at `path`, each of which must belong to this user. Returns `None` if there
/// is no file.
fn target(path: &Path) -> Result<Option<PathBuf>, FileError> {
    let mut path = path.to_owned();
    for links in 0..=MAX_LINKS {
        let meta = match fs::symlink_metadata(&path) {
            Ok(meta) => meta,
            Err(error) if error.kind() == io::ErrorKind::NotFound && links == 0 => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(FileError::Dangling(path));
            }
            Err(error) => return Err(error.into()),
        };
        if !meta.is_symlink() {
            return Ok(Some(path));
        }
        check_owner(&path, &meta)?;
        let next = fs::read_link(&path)?;
        path = path.parent().unwrap_or(Path::new("")).join(next);
    }
    Err(io::Error::other("too many links").into())
}

fn check_owner(path: &Path, meta: &Metadata) -> Result<(), FileError> {
    match os::file_access(meta) {
        Some(access) if !access.own => Err(FileError::Foreign(path.to_owned())),
        Some(_) | None => Ok(()),
    }
}

/// Checks that a missing file may be created, which root can do in the home of another user.
///
/// # Errors
/// The system's error, or the broken rule.
pub(in crate::cli::setup) fn check_place(path: &Path) -> Result<(), FileError> {
    Ok(os::check_place_of(path)?)
}

/// Creates a file of mode 0600 and its directory, of mode 0700.
///
/// # Errors
/// [`FileError::Changed`] if the file exists.
pub(in crate::cli::setup) fn create(path: &Path, text: &str) -> Result<(), FileError> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
    }
    let mut file = match files::create_private(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(FileError::Changed);
        }
        created => created?,
    };
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all());
    if let Err(error) = written {
        // A part of the text is no configuration.
        let _ = fs::remove_file(path);
        return Err(error.into());
    }
    sync_dir_of(path)
}

/// Writes a file of mode 0600 atomically. An earlier file or link of that name is replaced.
///
/// # Errors
/// The system's error.
pub(in crate::cli::setup) fn write_private(path: &Path, text: &str) -> Result<(), FileError> {
    let (mut file, next) = next_file(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    next.take_name(path)?;
    sync_dir_of(path)
}

/// Returns the path of the first backup of a configuration.
pub(in crate::cli::setup) fn backup_of(path: &Path) -> PathBuf {
    numbered_backup(path, 1)
}

fn numbered_backup(path: &Path, number: u32) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(match number {
        1 => BACKUP.to_owned(),
        _ => format!("{BACKUP}-{number}"),
    });
    PathBuf::from(name)
}

/// Returns the directories that [`create`] would create for a file, outermost first.
pub(in crate::cli::setup) fn missing_dirs(path: &Path) -> Vec<PathBuf> {
    let dirs = path.ancestors().skip(1);
    let mut missing: Vec<PathBuf> = dirs
        .take_while(|dir| !dir.as_os_str().is_empty() && !dir.exists())
        .map(Path::to_owned)
        .collect();
    missing.reverse();
    missing
}

impl Existing {
    /// Returns the path of the file, or of the target of the link.
    pub(in crate::cli::setup) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether this user may write to the file, which a rename in its directory would
    /// ignore.
    ///
    /// # Errors
    /// [`FileError::ReadOnly`].
    pub(in crate::cli::setup) fn check_writable(&self) -> Result<(), FileError> {
        match self.meta.permissions().readonly() {
            true => Err(FileError::ReadOnly),
            false => Ok(()),
        }
    }

    /// Saves a copy of the file, of mode 0600, next to `path`. An earlier backup stays, and is used if it
    /// has the same text.
    ///
    /// # Errors
    /// The system's error, and [`FileError::Changed`] as [`Existing::replace`] has it: a change that is
    /// certain to be refused leaves no backup.
    pub(in crate::cli::setup) fn back_up(&self, path: &Path) -> Result<Backup, FileError> {
        self.check_unchanged()?;
        for number in 1..=MAX_NAMES {
            let backup = numbered_backup(path, number);
            if fs::symlink_metadata(&backup).is_err() {
                write_private(&backup, &self.text)?;
                return Ok(Backup {
                    path: backup,
                    is_new: true,
                });
            }
            let is_file = fs::symlink_metadata(&backup)?.is_file();
            let earlier = read(&backup).ok().flatten();
            if is_file && earlier.is_some_and(|earlier| earlier.text == self.text) {
                // An earlier backup may have another mode.
                write_private(&backup, &self.text)?;
                return Ok(Backup {
                    path: backup,
                    is_new: false,
                });
            }
        }
        Err(io::Error::from(io::ErrorKind::AlreadyExists).into())
    }

    /// Removes a new backup after a change that failed, unless the file was replaced.
    pub(in crate::cli::setup) fn withdraw(&self, backup: &Backup) {
        if backup.is_new && self.check_unchanged().is_ok() {
            let _ = fs::remove_file(&backup.path);
        }
    }

    /// Deletes the file.
    ///
    /// # Errors
    /// [`FileError::Changed`] if another program has changed the file since [`read`].
    pub(in crate::cli::setup) fn delete(&self) -> Result<(), FileError> {
        self.check_unchanged()?;
        fs::remove_file(&self.path)?;
        sync_dir_of(&self.path)
    }

    fn check_unchanged(&self) -> Result<(), FileError> {
        let now = fs::symlink_metadata(&self.path)?;
        match now.len() == self.meta.len() && now.modified()? == self.meta.modified()? {
            true => Ok(()),
            false => Err(FileError::Changed),
        }
    }

    /// Replaces the file atomically. The new file has the old one's mode and, if possible, its
    /// group.
    ///
    /// # Errors
    /// [`FileError::Changed`] if another program has changed the file since [`read`].
    pub(in crate::cli::setup) fn replace(&self, text: &str) -> Result<(), FileError> {
        let (mut file, next) = next_file(&self.path)?;
        file.write_all(text.as_bytes())?;
        files::copy_access(&file, &self.meta)?;
        file.sync_all()?;
        self.check_unchanged()?;
        next.take_name(&self.path)?;
        sync_dir_of(&self.path)
    }
}

/// Creates a file with the name `PATH.tai-new-N` and the first free number.
fn next_file(path: &Path) -> io::Result<(File, NextFile)> {
    for number in 1..=MAX_NAMES {
        let mut name: OsString = path.as_os_str().to_owned();
        name.push(format!("{NEXT}{number}"));
        match NextFile::create(PathBuf::from(name)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return created,
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn sync_dir_of(path: &Path) -> Result<(), FileError> {
    Ok(path.parent().map_or(Ok(()), files::sync_dir)?)
}

#[cfg(test)]
#[cfg(unix)]
#[path = "replace_tests.rs"]
mod tests;
