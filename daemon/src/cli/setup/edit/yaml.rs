//! Edits of YAML, the format of Goose.

use super::server::{EditError, KEY, Server};
use serde_json::{Map, Value};
use yaml_edit::{Document, Mapping, YamlError, YamlNode};

/// Limit of nested values. Deeper ones are read as `null`.
const MAX_DEPTH: usize = 32;

fn parse(text: &str) -> Result<Document, EditError> {
    text.parse()
        .map_err(|error: YamlError| EditError::Syntax(error.to_string()))
}

/// Returns the content as a value. Every scalar is read as text, and aliases as `null`.
pub(super) fn value_of(text: &str) -> Result<Value, EditError> {
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    let root = parse(text)?.as_mapping();
    Ok(root.map_or(Value::Null, |root| object(&root, 0)))
}

fn object(mapping: &Mapping, depth: usize) -> Value {
    let fields = mapping.keys().filter_map(|key| {
        let name = key.as_scalar()?.as_string();
        let value = mapping.get(name.as_str())?;
        Some((name, value_of_node(&value, depth + 1)))
    });
    Value::Object(fields.collect::<Map<_, _>>())
}

fn value_of_node(node: &YamlNode, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return Value::Null;
    }
    match node {
        YamlNode::Scalar(scalar) => Value::String(scalar.as_string()),
        YamlNode::Mapping(mapping) => object(mapping, depth),
        YamlNode::Sequence(sequence) => sequence
            .values()
            .map(|value| value_of_node(&value, depth + 1))
            .collect(),
        YamlNode::Alias(_) | YamlNode::TaggedNode(_) => Value::Null,
    }
}

/// Removes the server.
pub(super) fn remove(key: &'static str, text: &str) -> Result<String, EditError> {
    let document = parse(text)?;
    let servers = document.as_mapping().and_then(|root| root.get_mapping(key));
    if let Some(servers) = servers {
        servers.remove(KEY);
    }
    Ok(document.to_string())
}

/// Returns a file that contains only the server.
pub(super) fn new(key: &'static str, server: &Server<'_>) -> String {
    // In single quotes, only a single quote needs escaping.
    let command = server.command.replace('\'', "''");
    let mut text = format!(
        "{key}:\n  {KEY}:\n    name: {KEY}\n    type: stdio\n    enabled: true\n    cmd: '{command}'\n    args: []\n    envs:\n"
    );
    for (name, value) in server.environment() {
        text.push_str(&format!("      {name}: {value}\n"));
    }
    text + "    timeout: 300\n"
}

/// Adds the server, or updates the existing one. The result is parsed again, because the parser
/// accepts some text that is not YAML.
pub(super) fn add(
    key: &'static str,
    before: &str,
    server: &Server<'_>,
) -> Result<String, EditError> {
    let after = edit(key, before, server)?;
    let root = parse(&after)?.as_mapping();
    let ours = root
        .and_then(|root| root.get_mapping(key))
        .and_then(|servers| servers.get_mapping(KEY));
    let command = ours.as_ref().and_then(command_of);
    match command.as_deref() == Some(server.command) {
        true => Ok(after),
        false => Err(EditError::Syntax("it is not plain YAML".to_owned())),
    }
}

fn command_of(server: &Mapping) -> Option<String> {
    let node = server.get("cmd")?;
    Some(node.as_scalar()?.as_string())
}

fn edit(key: &'static str, before: &str, server: &Server<'_>) -> Result<String, EditError> {
    let new = new(key, server);
    if before.trim().is_empty() {
        return Ok(new);
    }
    let wrong = || EditError::Shape(key);
    let mapping = |parent: &Mapping, key| parent.get_mapping(key).ok_or_else(wrong);
    let (document, new) = (parse(before)?, parse(&new)?);
    let root = document.as_mapping().ok_or_else(wrong)?;
    let new = mapping(&new.as_mapping().ok_or_else(wrong)?, key)?;
    if root.get(key).is_none() {
        root.set(key, &new);
        return Ok(document.to_string());
    }
    let servers = mapping(&root, key)?;
    if servers.get(KEY).is_none() {
        servers.set(KEY, &mapping(&new, KEY)?);
        return Ok(document.to_string());
    }
    let ours = servers.get_mapping(KEY).ok_or(EditError::Shape(KEY))?;
    if command_of(&ours).as_deref() != Some(server.command) {
        ours.set("cmd", server.command);
    }
    // Arguments of the Node server or of another wrapper.
    let args = ours.get_sequence("args");
    if args.is_some_and(|args| !args.is_empty()) {
        let none = mapping(&new, KEY)?.get_sequence("args").ok_or_else(wrong)?;
        ours.set("args", &none);
    }
    Ok(document.to_string())
}
