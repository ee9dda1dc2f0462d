//! Edits of JSON with comments. The syntax tree preserves all text outside of the edit.

use super::server::{EditError, KEY, Server};
use crate::cli::setup::registry::Entry;
use jsonc_parser::{
    ParseOptions,
    cst::{CstInputValue as Value, CstObject, CstRootNode},
};

fn parse(text: &str) -> Result<CstRootNode, EditError> {
    CstRootNode::parse(text, &ParseOptions::default())
        .map_err(|error| EditError::Syntax(error.to_string()))
}

/// Returns the content as a value; `null` for an empty file.
pub(super) fn value_of(text: &str) -> Result<serde_json::Value, EditError> {
    let value = jsonc_parser::parse_to_serde_value::<Option<_>>(text, &ParseOptions::default());
    value
        .map(Option::unwrap_or_default)
        .map_err(|error| EditError::Syntax(error.to_string()))
}

/// Removes the server.
pub(super) fn remove(key: &'static str, text: &str) -> Result<String, EditError> {
    let root = parse(text)?;
    let servers = root.object_value().and_then(|root| root.object_value(key));
    if let Some(ours) = servers.and_then(|servers| servers.get(KEY)) {
        ours.remove();
    }
    Ok(root.to_string())
}

/// Adds the server, or updates the existing one.
pub(super) fn add(
    key: &'static str,
    form: Entry,
    before: &str,
    server: &Server<'_>,
) -> Result<String, EditError> {
    let root = parse(before)?;
    let servers = root
        .object_value_or_create()
        .and_then(|root| root.object_value_or_create(key))
        .ok_or(EditError::Shape(key))?;
    match servers.get(KEY) {
        Some(ours) => {
            let ours = ours.object_value().ok_or(EditError::Shape(KEY))?;
            update(&ours, form, server);
        }
        None => {
            servers.append(KEY, entry(form, server));
        }
    }
    let after = root.to_string();
    // Some clients save their file without a final newline, which must not count as a change.
    Ok(match before.is_empty() && !after.ends_with('\n') {
        true => after + "\n",
        false => after,
    })
}

fn string(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn object(fields: Vec<(&str, Value)>) -> Value {
    let fields = fields.into_iter();
    Value::Object(
        fields
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

fn entry(form: Entry, server: &Server<'_>) -> Value {
    let variables = server.environment().into_iter();
    let env = object(
        variables
            .map(|(name, value)| (name, string(value)))
            .collect(),
    );
    let command = string(server.command);
    let no_args = Value::Array(Vec::new());
    object(match form {
        Entry::Plain => vec![("command", command), ("args", no_args), ("env", env)],
        Entry::VsCode => vec![
            ("type", string("stdio")),
            ("command", command),
            ("env", env),
        ],
        Entry::Copilot => vec![
            ("type", string("local")),
            ("command", command),
            ("args", no_args),
            ("env", env),
            ("tools", Value::Array(vec![string("*")])),
        ],
        Entry::Zed => vec![
            ("source", string("custom")),
            ("command", command),
            ("args", no_args),
            ("env", env),
        ],
        Entry::OpenCode => vec![
            ("type", string("local")),
            ("command", Value::Array(vec![command])),
            ("enabled", Value::Bool(true)),
            ("environment", env),
        ],
    })
}

/// Replaces command and arguments if they differ, and keeps all other keys.
fn update(ours: &CstObject, form: Entry, server: &Server<'_>) {
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
    let command = string(server.command);
    let quoted = serde_json::Value::from(server.command).to_string();
    match form {
        Entry::OpenCode => set(
            "command",
            Value::Array(vec![command]),
            &format!("[{quoted}]"),
        ),
        Entry::Plain | Entry::VsCode | Entry::Copilot | Entry::Zed => {
            set("command", command, &quoted);
        }
    }
    // Arguments of the Node server or of another wrapper.
    if ours.get("args").is_some() {
        set("args", Value::Array(Vec::new()), "[]");
    }
}
