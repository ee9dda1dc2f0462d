//! Adds `tai-mcp` to the text of a client's configuration, and removes it. All other text,
//! including comments, is preserved. No password is written.

mod json;
mod server;
mod toml;
mod yaml;

pub(in crate::cli) use server::{EditError, Server};

use super::registry::{Format, McpClient};

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

/// Returns the entry for adding by hand.
pub(in crate::cli) fn example(client: &McpClient, server: &Server<'_>) -> String {
    match client.format {
        Format::Yaml => yaml::new(client.key, server),
        Format::Json(_) | Format::Toml => add(client, "", server).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
