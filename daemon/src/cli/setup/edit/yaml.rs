//! Edits of YAML, the format of Goose.

use super::{
    server::{Edit, EditError, KEY, Server},
    text::Plain,
    yaml_value,
};
use serde_json::Value;
use yaml_edit::{Document, Mapping, YamlError};

fn parse(text: &str) -> Result<Document, EditError> {
    text.parse().map_err(|_: YamlError| EditError::Unsupported)
}

/// Returns a file that contains only the server.
pub(super) fn new(key: &'static str, server: &Server<'_>) -> String {
    let mut text = format!(
        "{key}:\n  {KEY}:\n    name: {KEY}\n    type: stdio\n    enabled: true\n    cmd: {}\n    args: []\n    envs:\n",
        quoted(server.command)
    );
    for (name, value) in server.environment() {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let starts_plain = value.starts_with(|c: char| c.is_ascii_alphabetic());
        match starts_plain && value.chars().all(is_plain) {
            true => text.push_str(&format!("      {name}: {value}\n")),
            false => text.push_str(&format!("      {name}: {}\n", quoted(value))),
        }
    }
    text + "    timeout: 300\n"
}

/// Returns a text in single quotes, in which only a single quote needs escaping.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Applies the edits.
pub(super) fn apply(
    key: &'static str,
    before: &str,
    server: &Server<'_>,
    edits: &[Edit],
) -> Result<String, EditError> {
    let plain = Plain::of(before);
    let mut text = plain.text.clone();
    for edit in edits {
        text = match edit {
            Edit::Insert => insert(key, &text, server)?,
            _ => change(key, &text, edit)?,
        };
    }
    Ok(plain.restore(&text))
}

/// Removes the mapping of the servers, if it is empty.
pub(super) fn remove_empty(key: &'static str, before: &str) -> Result<String, EditError> {
    let plain = Plain::of(before);
    let value = yaml_value::value_of(&plain.text)?;
    let servers = value.get(key).and_then(Value::as_object);
    if !servers.is_some_and(serde_json::Map::is_empty) {
        return Ok(before.to_owned());
    }
    let document = parse(&plain.text)?;
    let root = document.as_mapping().ok_or(EditError::Shape(key))?;
    root.remove(key);
    Ok(plain.restore(&document.to_string()))
}

fn insert(key: &'static str, before: &str, server: &Server<'_>) -> Result<String, EditError> {
    let new = new(key, server);
    let value = yaml_value::value_of(before)?;
    let separator = match before.is_empty() || before.ends_with('\n') {
        true => "",
        false => "\n",
    };
    let servers = match &value {
        // No document, or one without content.
        Value::Null => return Ok(format!("{before}{separator}{new}")),
        Value::Object(root) => root.get(key),
        _ => return Err(EditError::Shape(key)),
    };
    let wrong = || EditError::Shape(key);
    let mapping = |parent: &Mapping, key| parent.get_mapping(key).ok_or_else(wrong);
    let (document, new) = (parse(before)?, parse(&new)?);
    let root = document.as_mapping().ok_or_else(wrong)?;
    let new = mapping(&new.as_mapping().ok_or_else(wrong)?, key)?;
    match servers {
        None => root.set(key, &new),
        Some(Value::Null) => {
            root.remove(key);
            root.set(key, &new);
        }
        Some(_) => mapping(&root, key)?.set(KEY, &mapping(&new, KEY)?),
    }
    Ok(document.to_string())
}

fn change(key: &'static str, before: &str, edit: &Edit) -> Result<String, EditError> {
    let wrong = || EditError::Shape(key);
    let document = parse(before)?;
    let root = document.as_mapping().ok_or_else(wrong)?;
    let servers = root.get_mapping(key).ok_or_else(wrong)?;
    let place = |server: &str, path: &[&'static str]| {
        let entry = servers.get_mapping(server).ok_or_else(wrong)?;
        match path {
            [name] => Ok((Some(entry), *name)),
            [outer, name] => Ok((entry.get_mapping(*outer), *name)),
            _ => Err(EditError::Unsupported),
        }
    };
    match edit {
        Edit::Insert => return Err(EditError::Unsupported),
        Edit::Remove { server } => {
            servers.remove(server.as_str());
        }
        Edit::Set {
            server,
            path,
            value,
        } => {
            let (Some(mapping), name) = place(server, path)? else {
                return Err(EditError::Unsupported);
            };
            match value {
                Value::String(text) => mapping.set(name, text.as_str()),
                Value::Array(words) if words.is_empty() => {
                    let none = parse("none: []\n")?;
                    let none = none.as_mapping().and_then(|root| root.get_sequence("none"));
                    mapping.set(name, &none.ok_or(EditError::Unsupported)?);
                }
                _ => return Err(EditError::Unsupported),
            }
        }
        Edit::Unset { server, path } => {
            if let (Some(mapping), name) = place(server, path)? {
                mapping.remove(name);
            }
        }
    }
    Ok(document.to_string())
}
