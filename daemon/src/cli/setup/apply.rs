//! Changes the configuration file of one client.
//!
//! The first change saves the original next to the file and records what setup wrote. While the
//! file is what setup wrote, a removal restores the original bytes. After an edit by another
//! program, it removes the entries alone.

use super::{
    edit::{self, EditError, Server},
    entry::{self, Entry, ServerKind},
    plan::{self, Plan},
    record::{Record, Records, checksum},
    registry::McpClient,
    replace::{self, Existing, FileError},
    shown,
};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use tai_proto::variables;

/// Outcome of a change.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The file needs no change. The notes are about its entries.
    Unchanged(Vec<String>),
    /// The file has no entry of tai-mcp to remove, but one that stays; the text says which.
    Kept(String),
    /// Dry run: the change was not written.
    Planned(Changes),
    /// The file was written.
    Written {
        changes: Changes,
        /// New backup of the previous file.
        backup: Option<PathBuf>,
    },
    /// The file has its original content, or is gone because setup had created it.
    Restored(Changes),
}

/// Changed entries of a file.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Name of each changed entry, and its changed values, one per line.
    pub(super) entries: Vec<(String, String)>,
    /// Notes about the entries of the Node server.
    pub(super) notes: Vec<String>,
    /// Instance of the entry that was added or updated.
    pub(super) instance: Option<String>,
    /// Whether that entry lets the client run every tool without asking.
    pub(super) approves_tools: bool,
}

/// Reason for which a file was not changed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApplyError {
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error(transparent)]
    File(#[from] FileError),
}

/// Adds the server to a file or updates its entry. A dry run only computes the change.
///
/// # Errors
/// The file has a syntax error or an unexpected structure, belongs to another user, has an entry
/// of another server with the same name, or cannot be read or written. On an error the file is
/// unchanged.
pub(super) fn add(
    client: &McpClient,
    file: &Path,
    server: &Server<'_>,
    records: &mut Records,
) -> Result<Outcome, ApplyError> {
    let existing = replace::read(file)?;
    records.sweep(file, existing.as_ref());
    let text = existing
        .as_ref()
        .map_or("", |existing| existing.text.as_str());
    let servers = edit::servers(client, text)?;
    let plan = plan::add(client, &servers, server)?;
    if plan.edits.is_empty() {
        return Ok(Outcome::Unchanged(notes(&plan, server)));
    }
    let after = edit::apply(client, text, &plan.edits)?;
    let now = edit::servers(client, &after)?;
    let mut changes = changes(&servers, &now);
    changes.notes = notes(&plan, server);
    let entry = now
        .get(&plan.key)
        .and_then(|value| Entry::of(&plan.key, value));
    if let Some(entry) = entry {
        let mut names = variables::INSTANCE.iter();
        let instance = names.find_map(|name| entry.given(name));
        changes.instance = instance.map(str::to_owned);
        changes.approves_tools = entry.approves_tools;
    }
    match &existing {
        Some(existing) => existing.check_writable()?,
        None => replace::check_place(file)?,
    }
    if records.is_dry_run {
        return Ok(Outcome::Planned(changes));
    }
    let backup = match &existing {
        None => create(file, &after, records).map(|()| None)?,
        Some(existing) => update(existing, file, &servers, &after, records)?,
    };
    Ok(Outcome::Written { changes, backup })
}

/// Creates a file, and records that there was none.
fn create(file: &Path, after: &str, records: &mut Records) -> Result<(), FileError> {
    let record = Record {
        after: checksum(after),
        before: None,
        dirs: replace::missing_dirs(file),
        backup: None,
    };
    records.set(file, Some(record))?;
    replace::create(file, after)
}

/// Replaces the text of a file that has these servers. Returns the new backup, which a file that setup
/// wrote does not need.
fn update(
    existing: &Existing,
    file: &Path,
    servers: &Map<String, Value>,
    after: &str,
    records: &mut Records,
) -> Result<Option<PathBuf>, FileError> {
    let after_sum = checksum(after);
    if let Some(record) = records.of(file, &existing.text).cloned() {
        let record = Record {
            after: after_sum,
            ..record
        };
        records.set(file, Some(record))?;
        existing.replace(after)?;
        return Ok(None);
    }
    let backup = existing.back_up(file)?;
    // A file that was edited since setup still has the entry of setup, and is no original.
    let mut entries = entry::entries(servers).into_iter();
    let is_original =
        records.last(file).is_none() || entries.all(|entry| entry.server == ServerKind::Node);
    let recorded = match is_original {
        true => records.set(
            file,
            Some(Record {
                after: after_sum,
                before: Some(checksum(&existing.text)),
                dirs: Vec::new(),
                backup: Some(backup.path.clone()),
            }),
        ),
        false => Ok(()),
    };
    recorded
        .and_then(|()| existing.replace(after))
        .inspect_err(|_| existing.withdraw(&backup))?;
    Ok(Some(backup.path))
}

/// Removes the server from a file. A dry run only computes the change.
///
/// # Errors
/// As [`add`]; an entry of another server is not an error and stays.
pub(super) fn remove(
    client: &McpClient,
    file: &Path,
    records: &mut Records,
) -> Result<Outcome, ApplyError> {
    let Some(existing) = replace::read(file)? else {
        records.sweep(file, None);
        return Ok(Outcome::Unchanged(Vec::new()));
    };
    records.sweep(file, Some(&existing));
    let text = existing.text.as_str();
    let servers = edit::servers(client, text)?;
    if let Some(original) = Original::of(&existing, file, records) {
        let before = edit::servers(client, original.text())?;
        let mut changes = changes(&servers, &before);
        let entries = entry::entries(&before).into_iter();
        changes.notes = entries.map(|entry| as_before(&entry)).collect();
        existing.check_writable()?;
        if records.is_dry_run {
            return Ok(Outcome::Planned(changes));
        }
        original.restore(&existing)?;
        forget(file, records);
        return Ok(Outcome::Restored(changes));
    }
    let edits = plan::remove(&servers);
    if edits.is_empty() {
        return Ok(kept(&servers));
    }
    let mut after = edit::apply(client, text, &edits)?;
    if made_servers(client, file, records) {
        after = edit::remove_empty(client, &after)?;
    }
    let changes = changes(&servers, &edit::servers(client, &after)?);
    existing.check_writable()?;
    if records.is_dry_run {
        return Ok(Outcome::Planned(changes));
    }
    let backup = existing.back_up(file)?;
    existing
        .replace(&after)
        .inspect_err(|_| existing.withdraw(&backup))?;
    forget(file, records);
    Ok(Outcome::Written {
        changes,
        backup: Some(backup.path),
    })
}

/// Returns the note about an entry that a restored file has.
fn as_before(entry: &Entry) -> String {
    let key = &entry.key;
    match entry.server {
        ServerKind::Node => format!("\"{key}\" starts the npm package, as before setup"),
        ServerKind::TaiMcp | ServerKind::Wrapped => {
            format!("\"{key}\" starts tai-mcp, as before setup; run this again to remove it")
        }
    }
}

/// Returns the outcome of a removal from a file without tai-mcp.
fn kept(servers: &Map<String, Value>) -> Outcome {
    if let Some(node) = entry::entries(servers).first() {
        return Outcome::Kept(format!("\"{}\" starts the npm package", node.key));
    }
    match servers.get(edit::KEY) {
        None => Outcome::Unchanged(Vec::new()),
        Some(value) => Outcome::Kept(plan::foreign(edit::KEY, value).to_string()),
    }
}

/// Original of a file that is still as setup wrote it.
enum Original {
    /// There was no file. The directories were created with it, outermost first.
    Absent(Vec<PathBuf>),
    /// The backup and its text.
    Text(PathBuf, String),
}

impl Original {
    fn of(existing: &Existing, file: &Path, records: &Records) -> Option<Self> {
        let record = records.of(file, &existing.text)?;
        if record.before.is_none() {
            // A link was made after setup had created the file.
            let is_link = existing.path() != file;
            return (!is_link).then(|| Original::Absent(record.dirs.clone()));
        }
        let (backup, text) = record.original(file)?;
        Some(Original::Text(backup, text))
    }

    fn text(&self) -> &str {
        match self {
            Original::Absent(_) => "",
            Original::Text(_, text) => text,
        }
    }

    fn restore(&self, existing: &Existing) -> Result<(), FileError> {
        match self {
            Original::Absent(dirs) => {
                existing.delete()?;
                for dir in dirs.iter().rev() {
                    // A directory that another program uses is not empty.
                    let _ = std::fs::remove_dir(dir);
                }
            }
            Original::Text(backup, text) => {
                existing.replace(text)?;
                // A backup that stays is not used again.
                let _ = std::fs::remove_file(backup);
            }
        }
        Ok(())
    }
}

/// Removes the record of a file that was changed back. One that cannot be removed does no harm: it
/// describes another text.
fn forget(file: &Path, records: &mut Records) {
    let _ = records.set(file, None);
}

/// Returns whether setup created the object of the servers in a file that was edited since.
fn made_servers(client: &McpClient, file: &Path, records: &Records) -> bool {
    let Some(record) = records.last(file) else {
        return false;
    };
    let original = record.original(file);
    record.before.is_none() || original.is_some_and(|(_, text)| !edit::has_servers(client, &text))
}

fn changes(before: &Map<String, Value>, after: &Map<String, Value>) -> Changes {
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    let keys = gone.chain(after.keys());
    let entries = keys.filter_map(|key| {
        let lines = shown::changes(before.get(key), after.get(key));
        (!lines.is_empty()).then(|| (key.clone(), lines))
    });
    Changes {
        entries: entries.collect(),
        ..Changes::default()
    }
}

fn notes(plan: &Plan<'_>, server: &Server<'_>) -> Vec<String> {
    let converted = plan.converted.iter().map(|key| {
        format!("\"{key}\" started the npm package; it starts tai-mcp now and keeps its variables")
    });
    let dropped = plan.dropped.iter().map(|key| {
        format!(
            "\"{key}\" started the npm package for the same account and instance; it is removed"
        )
    });
    converted
        .chain(dropped)
        .chain(others(plan, server))
        .collect()
}

/// Returns the note about entries that do not get the values that the user names.
fn others(plan: &Plan<'_>, server: &Server<'_>) -> Option<String> {
    let named = [
        ("--instance", server.instance.is_some()),
        ("--profile", server.profile.is_some()),
        ("--socket", server.socket.is_some()),
    ];
    let named = named.into_iter().filter(|(_, is_named)| *is_named);
    let named: Vec<&str> = named.map(|(option, _)| option).collect();
    if named.is_empty() || plan.others.is_empty() {
        return None;
    }
    let others = plan.others.iter().map(|key| format!("\"{key}\""));
    Some(format!(
        "only \"{}\" is changed by {}; not changed: {}",
        plan.key,
        named.join(", "),
        others.collect::<Vec<_>>().join(", ")
    ))
}

#[cfg(test)]
#[cfg(unix)]
#[path = "inverse_tests.rs"]
mod tests;
