//! Changes the configuration file of one client.

use super::{
    edit::{self, EditError, Server},
    registry::McpClient,
};
use similar::TextDiff;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Change of a configuration.
pub(super) enum Change<'a> {
    /// Add the server, or update it.
    Add(&'a Server<'a>),
    /// Remove the server.
    Remove,
}

/// Outcome of a change.
pub(super) enum Outcome {
    /// The file needs no change.
    Unchanged,
    /// Dry run: the change was not written.
    Shown {
        /// The change.
        diff: String,
    },
    /// The file was written.
    Changed {
        /// The change.
        diff: String,
        /// Backup of the previous file; `None` for a new file.
        backup: Option<PathBuf>,
    },
}

/// Reason for which a file was not changed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApplyError {
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Changes the file and saves a backup next to it. With `dry_run` it only computes the change.
///
/// # Errors
/// The file has a syntax error or an unexpected structure, or cannot be read or written. On an
/// error the file is unchanged.
pub(super) fn apply(
    client: &McpClient,
    file: &Path,
    change: &Change<'_>,
    dry_run: bool,
) -> Result<Outcome, ApplyError> {
    let before = match fs::read_to_string(file) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let text = before.as_deref().unwrap_or_default();
    let after = match (change, &before) {
        (Change::Remove, None) => String::new(),
        (Change::Remove, Some(_)) => edit::remove(client, text)?,
        (Change::Add(server), _) => edit::add(client, text, server)?,
    };
    if after == text {
        return Ok(Outcome::Unchanged);
    }
    let path = file.to_string_lossy();
    let diff = TextDiff::from_lines(text, &after);
    let diff = diff.unified_diff().header(&path, &path).to_string();
    let diff = diff.trim_end_matches('\n').to_owned();
    if dry_run {
        return Ok(Outcome::Shown { diff });
    }
    let backup = before.is_some().then(|| back_up(file)).transpose()?;
    replace(file, &after)?;
    Ok(Outcome::Changed { diff, backup })
}

/// Copies the file to a free name next to it, and returns that name.
fn back_up(file: &Path) -> io::Result<PathBuf> {
    for number in 1.. {
        let mut name = file.as_os_str().to_owned();
        name.push(format!(".before-tai-{number}"));
        let path = PathBuf::from(name);
        if !path.exists() {
            fs::copy(file, &path)?;
            return Ok(path);
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Replaces the file atomically and keeps its permissions. A link stays, and its target is
/// replaced.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let target = match fs::canonicalize(file) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(dir) = file.parent() {
                fs::create_dir_all(dir)?;
            }
            file.to_owned()
        }
        Err(error) => return Err(error),
    };
    let mut name = target.as_os_str().to_owned();
    name.push(".tai-new");
    let new = PathBuf::from(name);
    fs::write(&new, text)?;
    if let Ok(meta) = fs::metadata(&target) {
        fs::set_permissions(&new, meta.permissions())?;
    }
    fs::rename(&new, &target)
}
