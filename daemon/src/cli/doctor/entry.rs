//! The entry of tai-mcp in a client's configuration. It has the values as the file has them, with
//! references.

use serde_json::Value;

/// An entry of tai-mcp, or of the Node server that it replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Name of the server in the file.
    pub(super) key: String,
    /// Program.
    pub(super) command: String,
    /// Arguments.
    pub(super) arguments: Vec<String>,
    /// Variables with their values. A value may be a password.
    pub(super) env: Vec<(String, String)>,
    /// Further variables that the client passes from its own environment (Codex: `env_vars`).
    pub(super) env_vars: Vec<String>,
    /// Server that the command starts.
    pub(super) server: Server,
}

/// Server that a command starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    /// tai-mcp.
    TaiMcp,
    /// The older Node server, started by a package runner.
    Node,
}

impl Entry {
    /// Reads an entry; `None` for another server. Clients write the command as text with `args`,
    /// as a list, or as an object.
    pub(super) fn of(key: &str, value: &Value) -> Option<Self> {
        let field = |names: &[&str]| names.iter().find_map(|name| value.get(name));
        let command = field(&["command", "cmd"])?;
        let mut argv = match command {
            Value::Object(object) => object.get("path").and_then(text).into_iter().collect(),
            Value::Array(_) => texts(Some(command)),
            other => text(other).into_iter().collect(),
        };
        argv.extend(texts(field(&["args"]).or_else(|| command.get("args"))));
        let names: Vec<&str> = argv.iter().map(|word| stem(word)).collect();
        let (first, rest) = names.split_first()?;
        let server = if *first == "tai-mcp" {
            Server::TaiMcp
        } else if rest.iter().any(|word| word.starts_with("tai-mcp")) {
            Server::Node
        } else {
            return None;
        };
        let env = field(&["env", "environment", "envs"]).or_else(|| command.get("env"));
        let env = env.and_then(Value::as_object).into_iter().flatten();
        let mut argv = argv.into_iter();
        Some(Self {
            key: key.to_owned(),
            command: argv.next()?,
            arguments: argv.collect(),
            env: env
                .filter_map(|(name, value)| Some((name.clone(), scalar(value)?)))
                .collect(),
            env_vars: texts(value.get("env_vars")),
            server,
        })
    }

    /// Returns the value of a variable, if it is not empty and has no reference.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let (_, value) = self.env.iter().find(|(key, _)| key == name)?;
        (!value.is_empty() && !value.contains("${")).then_some(value)
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let words = value.and_then(Value::as_array).into_iter().flatten();
    words.filter_map(text).collect()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Returns the name of a program without its directory and the endings of Windows.
fn stem(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.strip_suffix(".exe").unwrap_or(name);
    name.strip_suffix(".cmd").unwrap_or(name)
}
