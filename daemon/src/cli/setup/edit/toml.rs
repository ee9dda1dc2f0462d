//! Edits of TOML, the format of Codex. The document preserves all text outside of the edit.

use super::{
    server::{Edit, EditError, KEY, Server},
    text::{Plain, position, without_bom},
};
use serde_json::Value as Json;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

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
                let removed = servers.remove(server);
                if let Some(Item::Table(removed)) = removed {
                    keep_comments(&mut document, &removed);
                }
            }
            Edit::Set {
                server,
                path,
                value,
            } => {
                if let Some((table, name)) = place(servers, key, server, path, true)? {
                    put(table, name, new_value(value)?);
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

/// Moves the comments above a removed table to what follows it.
fn keep_comments(document: &mut DocumentMut, removed: &Table) {
    let above = removed.decor().prefix().and_then(|text| text.as_str());
    let above = above.filter(|text| text.contains('#'));
    // Without the indentation of the header.
    let above = above.map(|text| text.trim_end_matches([' ', '\t']));
    let (Some(above), Some(position)) = (above, removed.position()) else {
        return;
    };
    let mut others = Vec::new();
    positions(document.as_table(), &mut others);
    let next = others.into_iter().filter(|other| *other > position).min();
    let next = next.and_then(|next| at(document.as_table_mut(), next));
    match next {
        Some(next) => {
            let own = next.decor().prefix().and_then(|text| text.as_str());
            let prefix = format!("{above}{}", own.unwrap_or_default());
            next.decor_mut().set_prefix(prefix);
        }
        None => {
            let own = document.trailing().as_str().unwrap_or_default();
            let trailing = format!("{above}{own}");
            document.set_trailing(trailing);
        }
    }
}

/// Adds the position of each table that has a header.
fn positions(table: &Table, found: &mut Vec<isize>) {
    if !table.is_implicit() && !table.is_dotted() {
        found.extend(table.position());
    }
    for (_, item) in table {
        match item {
            Item::Table(table) => positions(table, found),
            Item::ArrayOfTables(tables) => tables.iter().for_each(|table| positions(table, found)),
            Item::None | Item::Value(_) => {}
        }
    }
}

/// Returns the table at a position.
fn at(table: &mut Table, position: isize) -> Option<&mut Table> {
    let is_it = |table: &Table| {
        table.position() == Some(position) && !table.is_implicit() && !table.is_dotted()
    };
    if is_it(table) {
        return Some(table);
    }
    let mut items = table.iter_mut().map(|(_, item)| item);
    items.find_map(|item| match item {
        Item::Table(table) => at(table, position),
        Item::ArrayOfTables(tables) => tables.iter_mut().find_map(|table| at(table, position)),
        Item::None | Item::Value(_) => None,
    })
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

fn new_value(new: &Json) -> Result<Value, EditError> {
    match new {
        Json::String(text) => Ok(text.into()),
        Json::Bool(value) => Ok((*value).into()),
        Json::Array(words) => Ok(words.iter().filter_map(Json::as_str).collect()),
        Json::Null | Json::Number(_) | Json::Object(_) => Err(EditError::Unsupported),
    }
}

/// Sets a value. The comments above and behind the previous value are preserved.
fn put(table: &mut dyn TableLike, name: &str, mut new: Value) {
    match table.get_mut(name) {
        Some(Item::Value(old)) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        Some(_) | None => {
            table.insert(name, Item::Value(new));
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
