//! Changes the configuration file of one client.

use super::{
    edit::{self, EditError, Server},
    registry::McpClient,
    replace::{self, FileError},
    shown,
};
use std::path::{Path, PathBuf};

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
    Planned {
        /// Changed values of the entry, one per line.
        lines: String,
    },
    /// The file was written.
    Changed {
        /// Changed values of the entry, one per line.
        lines: String,
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
    File(#[from] FileError),
}

/// Changes the file and saves a backup next to it. With `dry_run` it only computes the change.
///
/// # Errors
/// The file has a syntax error or an unexpected structure, belongs to another user, or cannot be
/// read or written. On an error the file is unchanged.
pub(super) fn apply(
    client: &McpClient,
    file: &Path,
    change: &Change<'_>,
    dry_run: bool,
) -> Result<Outcome, ApplyError> {
    let before = replace::read(file)?;
    let text = before.as_ref().map_or("", |before| before.text.as_str());
    let after = match (change, &before) {
        (Change::Remove, None) => return Ok(Outcome::Unchanged),
        (Change::Remove, Some(_)) => edit::remove(client, text)?,
        (Change::Add(server), _) => edit::add(client, text, server)?,
    };
    if after == text {
        return Ok(Outcome::Unchanged);
    }
    let entry = |text| edit::servers(client, text).map(|mut servers| servers.remove(edit::KEY));
    let lines = shown::changes(entry(text)?.as_ref(), entry(&after)?.as_ref());
    if dry_run {
        return Ok(Outcome::Planned { lines });
    }
    let Some(before) = before else {
        replace::create(file, &after)?;
        return Ok(Outcome::Changed {
            lines,
            backup: None,
        });
    };
    let backup = before.back_up(file)?;
    match before.replace(&after) {
        Ok(()) => Ok(Outcome::Changed {
            lines,
            backup: Some(backup),
        }),
        Err(error) => {
            let _ = std::fs::remove_file(backup);
            Err(error.into())
        }
    }
}
