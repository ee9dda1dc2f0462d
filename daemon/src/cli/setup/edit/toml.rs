//! Edits of TOML, the format of Codex. The document preserves all text outside of the edit.

use super::server::{EditError, KEY, Server};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, value};

/// Names of the variables that Codex passes to the server beside the few that it always passes.
/// Codex leaves a name out if the variable is not set.
///
/// tai-mcp finds the socket of a service manager by `XDG_RUNTIME_DIR`. It needs no other variable:
/// taid gets its environment from the user's session and not from the client that starts it. A
/// name, other than a value, stays correct in the next session.
const PASSED: [&str; 1] = ["XDG_RUNTIME_DIR"];
/// Key for the approval of the tools without an approval mode of their own.
const APPROVAL: &str = "default_tools_approval_mode";
/// Value of [`APPROVAL`] with which Codex runs every tool without asking.
const APPROVE: &str = "approve";

fn parse(text: &str) -> Result<DocumentMut, EditError> {
    text.parse()
        .map_err(|error: toml_edit::TomlError| EditError::Syntax(error.message().to_owned()))
}

/// Returns the content as a value.
pub(super) fn value_of(text: &str) -> Result<serde_json::Value, EditError> {
    ::toml::from_str(text)
        .map_err(|error: ::toml::de::Error| EditError::Syntax(error.message().to_owned()))
}

/// Removes the server, and the table of servers if it was the only one.
pub(super) fn remove(key: &'static str, text: &str) -> Result<String, EditError> {
    let mut document = parse(text)?;
    let servers = document.get_mut(key).and_then(Item::as_table_like_mut);
    if let Some(servers) = servers {
        servers.remove(KEY);
        if servers.is_empty() {
            document.remove(key);
        }
    }
    Ok(document.to_string())
}

/// Adds the server, or updates the existing one.
pub(super) fn add(key: &'static str, text: &str, server: &Server<'_>) -> Result<String, EditError> {
    let mut document = parse(text)?;
    let servers = document.entry(key).or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let servers = servers.as_table_like_mut().ok_or(EditError::Shape(key))?;
    let new = servers.get(KEY).is_none();
    let ours = servers
        .entry(KEY)
        .or_insert_with(|| Item::Table(Table::new()));
    let ours = ours.as_table_like_mut().ok_or(EditError::Shape(KEY))?;
    if ours.get("command").and_then(Item::as_str) != Some(server.command) {
        ours.insert("command", value(server.command));
    }
    let args = ours.get("args").and_then(Item::as_array).map(Array::len);
    if args.is_some_and(|args| args > 0) {
        ours.insert("args", value(Array::new()));
    }
    if ours.get("env_vars").is_none() {
        ours.insert("env_vars", value(Array::from_iter(PASSED)));
    }
    let approval = ours.get(APPROVAL).and_then(Item::as_str);
    if server.approves_tools && approval != Some(APPROVE) {
        ours.insert(APPROVAL, value(APPROVE));
    }
    if new {
        let mut env = InlineTable::new();
        for (name, value) in server.environment() {
            env.insert(name, value.into());
        }
        ours.insert("env", value(env));
    }
    Ok(document.to_string())
}
