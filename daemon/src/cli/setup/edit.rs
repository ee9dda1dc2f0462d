//! Putting `tai-mcp` into a client's configuration, and taking it out: text in, text out, with
//! everything else in it as it was, comments too. No password is ever written.

use crate::cli::setup::clients::{Client, Format};
use jsonc_parser::{
    ParseOptions,
    cst::{CstInputValue as Value, CstObject, CstRootNode},
};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, value};
use yaml_edit::{Document, Mapping, YamlError};

/// The name of our server in a client's configuration.
const KEY: &str = "tai";

/// What a client is to start.
#[derive(Debug, Clone)]
pub(crate) struct Server<'a> {
    /// The full path of tai-mcp: clients have a PATH of their own.
    pub(crate) command: &'a str,
    pub(crate) instance: &'a str,
    pub(crate) profile: &'a str,
}

impl Server<'_> {
    /// What is set for it. The default profile needs no word.
    fn environment(&self) -> Vec<(&'static str, &str)> {
        let mut variables = vec![("TAI_MCP_INSTANCE", self.instance)];
        if self.profile != "default" {
            variables.push(("TAI_MCP_PROFILE", self.profile));
        }
        variables
    }
}

/// Why a configuration is left as it is.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SetupError {
    #[error("it cannot be read: {0}")]
    Syntax(String),
    #[error("\"{0}\" in it is not what the client expects there")]
    Shape(&'static str),
}

/// The configuration with the server in it. One that is there keeps its environment, and
/// everything else that somebody added to it.
///
/// # Errors
/// Any [`SetupError`].
pub(crate) fn add(client: &Client, text: &str, server: &Server<'_>) -> Result<String, SetupError> {
    match client.format {
        Format::Toml => add_toml(client, text, server),
        Format::Yaml => add_yaml(client, text, server),
        format => add_json(client, format, text, server),
    }
}

/// The configuration without the server.
///
/// # Errors
/// Any [`SetupError`].
pub(crate) fn remove(client: &Client, text: &str) -> Result<String, SetupError> {
    match client.format {
        Format::Toml => {
            let mut document = parse_toml(text)?;
            if let Some(servers) = document
                .get_mut(client.key)
                .and_then(Item::as_table_like_mut)
            {
                servers.remove(KEY);
                if servers.is_empty() {
                    document.remove(client.key);
                }
            }
            Ok(document.to_string())
        }
        Format::Yaml => {
            let document = parse_yaml(text)?;
            let servers = document
                .as_mapping()
                .and_then(|root| root.get_mapping(client.key));
            if let Some(servers) = servers {
                servers.remove(KEY);
            }
            Ok(document.to_string())
        }
        _ => {
            let root = parse_json(text)?;
            let servers = root
                .object_value()
                .and_then(|root| root.object_value(client.key));
            if let Some(ours) = servers.and_then(|servers| servers.get(KEY)) {
                ours.remove();
            }
            Ok(root.to_string())
        }
    }
}

/// What a person would have to write themselves.
pub(crate) fn example(client: &Client, server: &Server<'_>) -> String {
    match client.format {
        Format::Yaml => new_yaml(client, server),
        _ => add(client, "", server).unwrap_or_default(),
    }
}

fn parse_json(text: &str) -> Result<CstRootNode, SetupError> {
    CstRootNode::parse(text, &ParseOptions::default())
        .map_err(|error| SetupError::Syntax(error.to_string()))
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn add_json(
    client: &Client,
    format: Format,
    before: &str,
    server: &Server<'_>,
) -> Result<String, SetupError> {
    let root = parse_json(before)?;
    let servers = root
        .object_value_or_create()
        .and_then(|root| root.object_value_or_create(client.key))
        .ok_or(SetupError::Shape(client.key))?;
    match servers.get(KEY) {
        Some(ours) => {
            let ours = ours.object_value().ok_or(SetupError::Shape(KEY))?;
            update_json(&ours, format, server);
        }
        None => {
            servers.append(KEY, new_json(format, server));
        }
    }
    let after = root.to_string();
    Ok(match after.ends_with('\n') {
        true => after,
        false => after + "\n",
    })
}

fn new_json(format: Format, server: &Server<'_>) -> Value {
    let variables = server.environment().into_iter();
    let env = Value::Object(
        variables
            .map(|(name, value)| (name.to_owned(), text(value)))
            .collect(),
    );
    let command = text(server.command);
    let fields = match format {
        Format::OpenCode => vec![
            ("type", text("local")),
            ("command", Value::Array(vec![command])),
            ("enabled", Value::Bool(true)),
            ("environment", env),
        ],
        Format::VsCode => vec![("type", text("stdio")), ("command", command), ("env", env)],
        Format::Zed => vec![
            ("source", text("custom")),
            ("command", command),
            ("args", Value::Array(Vec::new())),
            ("env", env),
        ],
        _ => vec![
            ("command", command),
            ("args", Value::Array(Vec::new())),
            ("env", env),
        ],
    };
    let fields = fields.into_iter();
    Value::Object(
        fields
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// Replaces what is started, where it is another program, and leaves the rest.
fn update_json(ours: &CstObject, format: Format, server: &Server<'_>) {
    let command = match format {
        Format::OpenCode => Value::Array(vec![text(server.command)]),
        _ => text(server.command),
    };
    let set = |name: &str, value: Value, same: &str| match ours.get(name) {
        Some(property) => {
            let now = property.value().map(|value| value.to_string());
            let now: String = now.unwrap_or_default().split_whitespace().collect();
            if now != same {
                property.set_value(value);
            }
        }
        None => {
            ours.append(name, value);
        }
    };
    let quoted = serde_json::Value::from(server.command).to_string();
    match format {
        Format::OpenCode => set("command", command, &format!("[{quoted}]")),
        _ => set("command", command, &quoted),
    }
    // The Node server's, or another wrapper's.
    if ours.get("args").is_some() {
        set("args", Value::Array(Vec::new()), "[]");
    }
}

fn parse_toml(text: &str) -> Result<DocumentMut, SetupError> {
    text.parse()
        .map_err(|error: toml_edit::TomlError| SetupError::Syntax(error.message().to_owned()))
}

fn add_toml(client: &Client, text: &str, server: &Server<'_>) -> Result<String, SetupError> {
    let mut document = parse_toml(text)?;
    let servers = document.entry(client.key).or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let servers = servers
        .as_table_like_mut()
        .ok_or(SetupError::Shape(client.key))?;
    let new = servers.get(KEY).is_none();
    let ours = servers
        .entry(KEY)
        .or_insert_with(|| Item::Table(Table::new()));
    let ours = ours.as_table_like_mut().ok_or(SetupError::Shape(KEY))?;
    if ours.get("command").and_then(Item::as_str) != Some(server.command) {
        ours.insert("command", value(server.command));
    }
    let args = ours.get("args").and_then(Item::as_array).map(Array::len);
    if args.is_some_and(|args| args > 0) {
        ours.insert("args", value(Array::new()));
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

fn parse_yaml(text: &str) -> Result<Document, SetupError> {
    text.parse()
        .map_err(|error: YamlError| SetupError::Syntax(error.to_string()))
}

/// The configuration with nothing but the server in it.
fn new_yaml(client: &Client, server: &Server<'_>) -> String {
    // In single quotes a path is what it is, but for single quotes.
    let command = server.command.replace('\'', "''");
    let mut text = format!(
        "{}:\n  {KEY}:\n    name: {KEY}\n    type: stdio\n    enabled: true\n    cmd: '{command}'\n    args: []\n    envs:\n",
        client.key
    );
    for (name, value) in server.environment() {
        text.push_str(&format!("      {name}: {value}\n"));
    }
    text + "    timeout: 300\n"
}

/// The editor is lenient with what is no YAML: what it made has to read as it was meant.
fn add_yaml(client: &Client, before: &str, server: &Server<'_>) -> Result<String, SetupError> {
    let after = edit_yaml(client, before, server)?;
    let root = parse_yaml(&after)?.as_mapping();
    let ours = root
        .and_then(|root| root.get_mapping(client.key))
        .and_then(|servers| servers.get_mapping(KEY));
    let command = ours.as_ref().and_then(command_of);
    match command.as_deref() == Some(server.command) {
        true => Ok(after),
        false => Err(SetupError::Syntax("it is not plain YAML".to_owned())),
    }
}

fn command_of(server: &Mapping) -> Option<String> {
    let node = server.get("cmd")?;
    Some(node.as_scalar()?.as_string())
}

fn edit_yaml(client: &Client, before: &str, server: &Server<'_>) -> Result<String, SetupError> {
    let new = new_yaml(client, server);
    if before.trim().is_empty() {
        return Ok(new);
    }
    let wrong = || SetupError::Shape(client.key);
    let mapping = |parent: &Mapping, key| parent.get_mapping(key).ok_or_else(wrong);
    let (document, new) = (parse_yaml(before)?, parse_yaml(&new)?);
    let root = document.as_mapping().ok_or_else(wrong)?;
    let new = mapping(&new.as_mapping().ok_or_else(wrong)?, client.key)?;
    if root.get(client.key).is_none() {
        root.set(client.key, &new);
        return Ok(document.to_string());
    }
    let servers = mapping(&root, client.key)?;
    if servers.get(KEY).is_none() {
        servers.set(KEY, &mapping(&new, KEY)?);
        return Ok(document.to_string());
    }
    let ours = servers.get_mapping(KEY).ok_or(SetupError::Shape(KEY))?;
    if command_of(&ours).as_deref() != Some(server.command) {
        ours.set("cmd", server.command);
    }
    // The Node server's, or another wrapper's.
    if ours
        .get_sequence("args")
        .is_some_and(|args| !args.is_empty())
    {
        ours.set(
            "args",
            &mapping(&new, KEY)?.get_sequence("args").ok_or_else(wrong)?,
        );
    }
    Ok(document.to_string())
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
