//! Edits of the text of a client's configuration. All other text, including comments, is
//! preserved. No password is written.

mod halves;
mod json;
mod server;
mod text;
pub(in crate::cli::setup) mod toml;
mod yaml;
mod yaml_value;

pub(in crate::cli::setup) use server::Edit;
pub(in crate::cli) use server::{EditError, KEY, Server};

use super::registry::{Format, McpClient};
use serde_json::{Map, Value};

/// Applies edits. The result is parsed again and has exactly the intended content.
///
/// # Errors
/// Any [`EditError`].
pub(in crate::cli::setup) fn apply(
    client: &McpClient,
    text: &str,
    edits: &[Edit<'_>],
) -> Result<String, EditError> {
    if edits.is_empty() {
        return Ok(text.to_owned());
    }
    let key = client.key;
    let after = match client.format {
        Format::Json(form) => json::apply(key, form, text, edits),
        Format::Toml => toml::apply(key, text, edits),
        Format::Yaml => yaml::apply(key, text, edits),
    }?;
    let expected = expected(client, value_of(client, text)?, edits)?;
    match comparable(client, value_of(client, &after)?) == comparable(client, expected) {
        true => Ok(after),
        false => Err(EditError::Unsupported),
    }
}

/// Removes the object of the servers, if it is empty.
///
/// # Errors
/// Any [`EditError`].
pub(in crate::cli::setup) fn remove_empty(
    client: &McpClient,
    text: &str,
) -> Result<String, EditError> {
    let after = match client.format {
        Format::Json(_) => json::remove_empty(client.key, text),
        Format::Toml => toml::remove_empty(client.key, text),
        Format::Yaml => yaml::remove_empty(client.key, text),
    }?;
    let same = comparable(client, value_of(client, text)?)
        == comparable(client, value_of(client, &after)?);
    match same {
        true => Ok(after),
        false => Err(EditError::Unsupported),
    }
}

/// Returns the entry of each server in the configuration, by its name.
///
/// # Errors
/// Any [`EditError`].
pub(in crate::cli) fn servers(
    client: &McpClient,
    text: &str,
) -> Result<Map<String, Value>, EditError> {
    let mut root = value_of(client, text)?;
    if !root.is_object() && !root.is_null() {
        return Err(EditError::NoObject(client.key));
    }
    match root.get_mut(client.key).map(Value::take) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(servers)) => Ok(servers),
        Some(_) => Err(EditError::Shape(client.key)),
    }
}

/// Returns the servers that a configuration has for single folders, each with its folder. Claude Code
/// prefers them to those for all folders, and `claude mcp add` writes one for the present folder.
pub(in crate::cli) fn servers_of_folders(
    client: &McpClient,
    text: &str,
) -> Vec<(String, Map<String, Value>)> {
    let root = match client.slug {
        "claude-code" => value_of(client, text).unwrap_or_default(),
        _ => Value::Null,
    };
    let folders = root.get("projects").and_then(Value::as_object);
    let servers = |(folder, project): (&String, &Value)| {
        let servers = project.get(client.key)?.as_object()?;
        Some((folder.clone(), servers.clone()))
    };
    folders.into_iter().flatten().filter_map(servers).collect()
}

/// Returns whether the configuration has an object of servers.
pub(in crate::cli::setup) fn has_servers(client: &McpClient, text: &str) -> bool {
    value_of(client, text).is_ok_and(|root| root.get(client.key).is_some())
}

/// Returns the entry for adding by hand.
pub(in crate::cli) fn example(client: &McpClient, server: &Server<'_>) -> String {
    let insert = &[Edit::Insert(server)];
    let text = match client.format {
        Format::Json(form) => json::apply(client.key, form, "", insert),
        Format::Toml => toml::apply(client.key, "", insert),
        Format::Yaml => Ok(yaml::new(client.key, server)),
    };
    text.unwrap_or_default()
}

fn value_of(client: &McpClient, text: &str) -> Result<Value, EditError> {
    match client.format {
        Format::Json(_) => json::value_of(text),
        Format::Toml => toml::value_of(text),
        Format::Yaml => yaml_value::value_of(text),
    }
}

/// Returns the content without an empty object of servers, which means the same as none.
fn comparable(client: &McpClient, mut root: Value) -> Value {
    if let Some(fields) = root.as_object_mut() {
        let servers = fields.get(client.key);
        let is_empty =
            |value: &Value| value.is_null() || value.as_object().is_some_and(Map::is_empty);
        if servers.is_some_and(is_empty) {
            fields.remove(client.key);
        }
    }
    match root {
        Value::Null => Value::Object(Map::new()),
        root => root,
    }
}

/// Returns the content after the edits.
fn expected(client: &McpClient, root: Value, edits: &[Edit<'_>]) -> Result<Value, EditError> {
    let wrong = || EditError::Shape(client.key);
    let mut root = match root {
        Value::Null => Map::new(),
        Value::Object(root) => root,
        _ => return Err(EditError::NoObject(client.key)),
    };
    let servers = root.entry(client.key).or_insert(Value::Null);
    if servers.is_null() {
        *servers = Value::Object(Map::new());
    }
    let servers = servers.as_object_mut().ok_or_else(wrong)?;
    for edit in edits {
        match edit {
            Edit::Insert(server) => {
                let new = self::servers(client, &example(client, server))?.remove(KEY);
                servers.insert(KEY.to_owned(), new.ok_or_else(wrong)?);
            }
            Edit::Remove { server } => {
                servers.shift_remove(server);
            }
            Edit::Set {
                server,
                path,
                value,
            } => {
                let mut place = servers.get_mut(server).ok_or_else(wrong)?;
                for name in path {
                    if place.is_null() {
                        *place = Value::Object(Map::new());
                    }
                    let fields = place.as_object_mut().ok_or_else(wrong)?;
                    place = fields
                        .entry(*name)
                        .or_insert_with(|| Value::Object(Map::new()));
                }
                *place = value.clone();
            }
            Edit::Unset { server, path } => {
                let (last, outer) = path.split_last().ok_or_else(wrong)?;
                let mut place = servers.get_mut(server);
                for name in outer {
                    place = place.and_then(|value| value.get_mut(*name));
                }
                if let Some(fields) = place.and_then(Value::as_object_mut) {
                    fields.shift_remove(*last);
                }
            }
        }
    }
    Ok(Value::Object(root))
}

#[cfg(test)]
mod form_tests;
#[cfg(test)]
mod tests;
