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
        text.push_str(&format!("      {name}: {}\n", scalar(value)));
    }
    text + "    timeout: 300\n"
}

/// Returns a text as a scalar, with quotation marks unless it is a plain word.
fn scalar(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let starts_plain = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_word = starts_plain && text.chars().all(is_plain);
    // A word that YAML 1.1 or the core schema takes for another value.
    let is_value = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    match is_word && !is_value {
        true => text.to_owned(),
        false => quoted(text),
    }
}

/// Returns a text in single quotes, in which only a single quote needs escaping.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Applies the edits.
pub(super) fn apply(
    key: &'static str,
    before: &str,
    edits: &[Edit<'_>],
) -> Result<String, EditError> {
    let plain = Plain::of(before);
    let mut text = plain.text.clone();
    for edit in edits {
        text = match edit {
            Edit::Insert(server) => insert(key, &text, server)?,
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
    let (document, new) = (parse(before)?, parse(&new)?);
    let root = document.as_mapping().ok_or(EditError::Shape(key))?;
    let new = mapping(&new.as_mapping().ok_or(EditError::Shape(key))?, key)?;
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

/// Returns the mapping at a key. An alias is none, because an edit would change its anchor too.
fn mapping(parent: &Mapping, key: &str) -> Result<Mapping, EditError> {
    parent.get_mapping(key).ok_or(EditError::Unsupported)
}

fn change(key: &'static str, before: &str, edit: &Edit<'_>) -> Result<String, EditError> {
    let document = parse(before)?;
    let root = document.as_mapping().ok_or(EditError::Shape(key))?;
    let servers = mapping(&root, key)?;
    match edit {
        Edit::Insert(_) => return Err(EditError::Unsupported),
        Edit::Remove { server } => {
            servers.remove(server.as_str());
        }
        Edit::Set {
            server,
            path,
            value,
        } => set(&mapping(&servers, server)?, path, value)?,
        Edit::Unset { server, path } => {
            let (name, outer) = path.split_last().ok_or(EditError::Unsupported)?;
            let mut place = Some(mapping(&servers, server)?);
            for outer in outer {
                place = place.and_then(|place| place.get_mapping(*outer));
            }
            if let Some(place) = place {
                place.remove(*name);
            }
        }
    }
    Ok(document.to_string())
}

fn set(place: &Mapping, path: &[&str], value: &Value) -> Result<(), EditError> {
    match (path, value) {
        ([outer, name], Value::String(text)) => match place.get_mapping(*outer) {
            Some(inner) => inner.set(*name, text.as_str()),
            None => {
                let new = parse(&format!("{outer}:\n  {name}: {}\n", scalar(text)))?;
                let new = new.as_mapping().ok_or(EditError::Unsupported)?;
                place.set(*outer, &mapping(&new, outer)?);
            }
        },
        ([name], Value::String(text)) => place.set(*name, text.as_str()),
        ([name], Value::Bool(value)) => place.set(*name, *value),
        ([name], Value::Array(words)) if words.is_empty() => {
            let none = parse("none: []\n")?;
            let none = none.as_mapping().and_then(|root| root.get_sequence("none"));
            place.set(*name, &none.ok_or(EditError::Unsupported)?);
        }
        _ => return Err(EditError::Unsupported),
    }
    Ok(())
}
