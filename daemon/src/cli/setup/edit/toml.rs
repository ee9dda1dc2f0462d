//! Edits of TOML, the format of Codex. The document preserves all text outside of the edit.

use super::{
    server::{Edit, EditError, KEY, Server},
    text::{Plain, position, without_bom},
};
use serde_json::Value as Json;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, value};

/// Names of the variables that Codex passes to the server beside the few that it always passes.
/// Codex leaves a name out if the variable is not set.
///
/// tai-mcp finds the socket of a service manager by `XDG_RUNTIME_DIR`. It needs no other variable:
/// taid gets its environment from the user's session and not from the client that starts it. A
/// name, other than a value, stays correct in the next session.
pub(in crate::cli::setup) const PASSED: [&str; 1] = ["XDG_RUNTIME_DIR"];
/// Key for the approval of the tools without an approval mode of their own.
pub(in crate::cli::setup) const APPROVAL: &str = "default_tools_approval_mode";
/// Value of [`APPROVAL`] with which Codex runs every tool without asking.
pub(in crate::cli::setup) const APPROVE: &str = "approve";

fn parse(text: &str) -> Result<DocumentMut, EditError> {
    text.parse()
        .map_err(|error: toml_edit::TomlError| syntax(text, error.span()))
}

fn syntax(text: &str, span: Option<std::ops::Range<usize>>) -> EditError {
    let (line, column) = position(text, span.unwrap_or_default().start);
    EditError::Syntax {
        format: "TOML",
        line,
        column,
    }
}

/// Returns the content as a value.
pub(super) fn value_of(text: &str) -> Result<Json, EditError> {
    let text = without_bom(text);
    ::toml::from_str(text).map_err(|error: ::toml::de::Error| syntax(text, error.span()))
}

/// Applies the edits.
pub(super) fn apply(
    key: &'static str,
    before: &str,
    server: &Server<'_>,
    edits: &[Edit],
) -> Result<String, EditError> {
    let plain = Plain::of(before);
    let mut document = parse(&plain.text)?;
    for edit in edits {
        let servers = document.entry(key).or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        let servers = servers.as_table_like_mut().ok_or(EditError::Shape(key))?;
        match edit {
            Edit::Insert => insert(servers, server),
            Edit::Remove { server } => {
                servers.remove(server);
            }
            Edit::Set {
                server,
                path,
                value,
            } => {
                if let Some((table, name)) = place(servers, key, server, path, true)? {
                    table.insert(name, item(value)?);
                }
            }
            Edit::Unset { server, path } => {
                if let Some((table, name)) = place(servers, key, server, path, false)? {
                    table.remove(name);
                }
            }
        }
    }
    Ok(plain.restore(&document.to_string()))
}

/// Removes the table of the servers, if it is empty.
pub(super) fn remove_empty(key: &'static str, before: &str) -> Result<String, EditError> {
    let plain = Plain::of(before);
    let mut document = parse(&plain.text)?;
    let servers = document.get(key).and_then(Item::as_table_like);
    if servers.is_some_and(TableLike::is_empty) {
        document.remove(key);
    }
    Ok(plain.restore(&document.to_string()))
}

/// Returns the table of a value, and the value's name in it.
fn place<'a>(
    servers: &'a mut dyn TableLike,
    key: &'static str,
    server: &str,
    path: &[&'static str],
    create: bool,
) -> Result<Option<(&'a mut dyn TableLike, &'static str)>, EditError> {
    let entry = servers.get_mut(server).and_then(Item::as_table_like_mut);
    let entry = entry.ok_or(EditError::Shape(key))?;
    match path {
        [name] => Ok(Some((entry, *name))),
        [outer, name] => {
            if create && entry.get(outer).is_none() {
                entry.insert(outer, value(InlineTable::new()));
            }
            let Some(table) = entry.get_mut(outer) else {
                return Ok(None);
            };
            let table = table.as_table_like_mut().ok_or(EditError::Shape(outer))?;
            Ok(Some((table, *name)))
        }
        _ => Err(EditError::Unsupported),
    }
}

fn item(new: &Json) -> Result<Item, EditError> {
    match new {
        Json::String(text) => Ok(value(text)),
        Json::Array(words) => {
            let words = words.iter().filter_map(Json::as_str);
            Ok(value(Array::from_iter(words)))
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => {
            Err(EditError::Unsupported)
        }
    }
}

fn insert(servers: &mut dyn TableLike, server: &Server<'_>) {
    let mut ours = Table::new();
    ours.insert("command", value(server.command));
    ours.insert("env_vars", value(Array::from_iter(PASSED)));
    if server.approves_tools {
        ours.insert(APPROVAL, value(APPROVE));
    }
    let mut env = InlineTable::new();
    for (name, value) in server.environment() {
        env.insert(name, value.into());
    }
    ours.insert("env", value(env));
    servers.insert(KEY, Item::Table(ours));
}
