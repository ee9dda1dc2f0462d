//! Files that setup has left next to a configuration: backups, and the copies of a setup that was ended.

use super::{
    edit,
    entry::{Entry, entries},
    registry::{MAX_FILE, McpClient},
    replace::{BACKUP, NEXT},
};
use std::path::{Path, PathBuf};
use tai_auth::regular_file;
use tai_proto::variables;

/// Returns the backups of a configuration in which an entry of tai-mcp or of the Node server has a password.
pub(in crate::cli) fn backups_with_password(client: &McpClient, file: &Path) -> Vec<PathBuf> {
    let mut found = beside(file, is_backup);
    found.retain(|backup| {
        let text = regular_file::read_text(backup, MAX_FILE).unwrap_or_default();
        has_password(&entries(&edit::servers(client, &text).unwrap_or_default()))
    });
    found.sort();
    found
}

/// Returns whether an entry has a password.
pub(in crate::cli) fn has_password(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| {
        let mut names = variables::PASSWORDS.iter();
        names.any(|name| entry.value(name).is_some())
    })
}

/// Removes the copies that a setup was writing for a file, or for a backup of it, when it was ended. They
/// have the whole text of a configuration. No other setup may be running.
pub(super) fn sweep(file: &Path) {
    for copy in beside(file, is_copy) {
        // A file that cannot be removed is found again.
        let _ = std::fs::remove_file(copy);
    }
}

/// Returns the files next to `file` whose names are its own and an ending that `is_it` accepts.
fn beside(file: &Path, is_it: fn(&str) -> bool) -> Vec<PathBuf> {
    let (Some(dir), Some(name)) = (
        file.parent(),
        file.file_name().and_then(|name| name.to_str()),
    ) else {
        return Vec::new();
    };
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let of_file = files.filter(|other| {
        let other = other.file_name();
        let ending = other.to_str().and_then(|other| other.strip_prefix(name));
        ending.is_some_and(is_it)
    });
    of_file.map(|other| other.path()).collect()
}

/// Returns whether this is `.before-tai` or `.before-tai-N`.
fn is_backup(ending: &str) -> bool {
    let number = ending.strip_prefix(BACKUP);
    number.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('-').is_some_and(is_number))
}

/// Returns whether this is `.tai-new-N`, or that of a backup.
fn is_copy(ending: &str) -> bool {
    let parts = ending.rsplit_once(NEXT);
    parts.is_some_and(|(of, number)| is_number(number) && (of.is_empty() || is_backup(of)))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copies_of_an_ended_setup_are_removed_and_no_other_file() {
        let dir = tempfile::tempdir().unwrap();
        let copies = [
            "mcp.json.tai-new-1",
            "mcp.json.before-tai.tai-new-2",
            "mcp.json.before-tai-3.tai-new-10",
        ];
        let others = [
            "mcp.json",
            "mcp.json.before-tai",
            "mcp.json.before-tai-2",
            "mcp.json.tai-new-",
            "mcp.json.tai-new-x",
            "mcp.json.bak.tai-new-1",
            "other.json.tai-new-1",
        ];
        for name in copies.iter().chain(&others) {
            std::fs::write(dir.path().join(name), "text").unwrap();
        }
        sweep(&dir.path().join("mcp.json"));
        let exists = |name: &&str| dir.path().join(name).exists();
        assert!(!copies.iter().any(exists));
        assert!(others.iter().all(exists));
    }

    #[test]
    fn backups_with_a_password_are_found() {
        let client = super::super::registry::CLIENTS
            .iter()
            .find(|client| client.slug == "cursor")
            .unwrap();
        let dir = tempfile::tempdir().unwrap();
        let with = r#"{"mcpServers": {"tai": {"command": "npx", "args": ["tai-mcp"], "env": {"PASSWORD": "p"}}}}"#;
        let without = r#"{"mcpServers": {"tai": {"command": "npx", "args": ["tai-mcp"]}}}"#;
        for (name, text) in [
            ("mcp.json.before-tai", with),
            ("mcp.json.before-tai-2", without),
            ("mcp.json.before-tai-3", with),
            ("mcp.json.before-tai-4", "{"),
            ("mcp.json.before-tail", with),
        ] {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        let file = dir.path().join("mcp.json");
        let found = backups_with_password(client, &file);
        let names = found.iter().map(|path| path.file_name().unwrap());
        assert_eq!(
            names.collect::<Vec<_>>(),
            ["mcp.json.before-tai", "mcp.json.before-tai-3"]
        );
    }
}
