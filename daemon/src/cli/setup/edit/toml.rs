//! Edits of TOML, the format of Codex. The document preserves all text outside of the edit.

use super::{
    server::{Edit, EditError, KEY, Server},
    text::{Plain, position, without_bom},
};
use serde_json::Value as Json;
use toml_edit::{Array, Decor, DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

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
    edits: &[Edit<'_>],
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
            Edit::Insert(server) => insert(servers, server),
            Edit::Remove { server } => {
                if let Some(Item::Table(removed)) = servers.remove(server) {
                    let above = comments(removed.decor());
                    keep_comments(&mut document, removed.position(), above);
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
                let position = header_of(servers, server, path);
                if let Some((table, name)) = place(servers, key, server, path, false)? {
                    let above = remove(table, name);
                    keep_comments(&mut document, position, above);
                }
            }
        }
    }
    Ok(plain.restore(&document.to_string()))
}

/// Returns the comments above a key or a header, without its indentation.
fn comments(decor: &Decor) -> Option<String> {
    let above = decor.prefix()?.as_str()?;
    let above = above.trim_end_matches([' ', '\t']);
    above.contains('#').then(|| above.to_owned())
}

/// Adds comments before those that a key or a header has.
fn prepend(decor: &mut Decor, above: &str) {
    let own = decor.prefix().and_then(|text| text.as_str());
    let prefix = format!("{above}{}", own.unwrap_or_default());
    decor.set_prefix(prefix);
}

/// Removes a value, and moves the comments above it to the next value of the table. Returns them
/// if there is none.
fn remove(table: &mut dyn TableLike, name: &str) -> Option<String> {
    let above = table.key(name).and_then(|key| comments(key.leaf_decor()));
    let values = table.iter().filter(|(_, item)| item.is_value());
    let names: Vec<String> = values.map(|(key, _)| key.to_owned()).collect();
    let next = names.into_iter().skip_while(|key| key != name).nth(1);
    table.remove(name);
    match next.and_then(|next| table.key_mut(&next)) {
        Some(mut next) => {
            prepend(next.leaf_decor_mut(), &above?);
            None
        }
        None => above,
    }
}

/// Returns the position of the header above a value.
fn header_of(servers: &dyn TableLike, server: &str, path: &[&str]) -> Option<isize> {
    let entry = servers.get(server)?.as_table()?;
    let outer = path.first().and_then(|outer| entry.get(outer));
    let outer = outer.and_then(Item::as_table);
    outer.and_then(Table::position).or_else(|| entry.position())
}

/// Puts the comments above something that was removed before the next table.
fn keep_comments(document: &mut DocumentMut, position: Option<isize>, above: Option<String>) {
    let (Some(above), Some(position)) = (above, position) else {
        return;
    };
    let mut others = Vec::new();
    positions(document.as_table(), &mut others);
    let next = others.into_iter().filter(|other| *other > position).min();
    let next = next.and_then(|next| at(document.as_table_mut(), next));
    match next {
        Some(next) => prepend(next.decor_mut(), &above),
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
