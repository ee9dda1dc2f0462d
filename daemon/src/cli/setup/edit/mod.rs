//! Adds `tai-mcp` to the text of a client's configuration, and removes it. All other text,
//! including comments, is preserved. No password is written.

mod json;
mod server;
mod toml;
mod yaml;

pub(in crate::cli) use server::{EditError, KEY, Server};

use super::registry::{Format, McpClient};
use serde_json::{Map, Value};

/// Returns the configuration with the server. An existing server keeps its environment and
/// its other keys.
///
/// # Errors
/// Any [`EditError`].
pub(in crate::cli) fn add(
    client: &McpClient,
    text: &str,
    server: &Server<'_>,
) -> Result<String, EditError> {
    match client.format {
        Format::Json(form) => json::add(client.key, form, text, server),
        Format::Toml => toml::add(client.key, text, server),
        Format::Yaml => yaml::add(client.key, text, server),
    }
}

/// Returns the configuration without the server.
///
/// # Errors
/// Any [`EditError`].
pub(in crate::cli) fn remove(client: &McpClient, text: &str) -> Result<String, EditError> {
    match client.format {
        Format::Json(_) => json::remove(client.key, text),
        Format::Toml => toml::remove(client.key, text),
        Format::Yaml => yaml::remove(client.key, text),
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
    let mut root = match client.format {
        Format::Json(_) => json::value_of(text),
        Format::Toml => toml::value_of(text),
        Format::Yaml => yaml::value_of(text),
    }?;
    match root.get_mut(client.key).map(Value::take) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(servers)) => Ok(servers),
        Some(_) => Err(EditError::Shape(client.key)),
    }
}

/// Returns the entry for adding by hand.
pub(in crate::cli) fn example(client: &McpClient, server: &Server<'_>) -> String {
    match client.format {
        Format::Yaml => yaml::new(client.key, server),
        Format::Json(_) | Format::Toml => add(client, "", server).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
