//! The entry of tai-mcp in a client's configuration. It has the values as the file has them, with
//! references.

pub(in crate::cli) use super::started::ServerKind;
use super::{
    edit::{
        KEY,
        toml::{APPROVAL, APPROVE},
    },
    started::{Started, started},
};
use serde_json::{Map, Value};

/// Settings of an entry that keep a client from starting the server, with the value that does so.
const SWITCHES: [(&str, bool); 2] = [("disabled", true), ("enabled", false)];

/// An entry of tai-mcp, or of the Node server that it replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Entry {
    /// Name of the server in the file.
    pub(in crate::cli) key: String,
    /// Program.
    pub(in crate::cli) command: String,
    /// Arguments.
    pub(in crate::cli) arguments: Vec<String>,
    /// Variables with their values. A value may be a password.
    pub(in crate::cli) env: Vec<(String, String)>,
    /// Further variables that the client passes from its own environment (Codex: `env_vars`).
    pub(in crate::cli) env_vars: Vec<String>,
    /// Server that the command starts.
    pub(in crate::cli) server: ServerKind,
    /// tai-mcp behind a wrapper, if it is among the files of this system.
    pub(in crate::cli) behind: Option<String>,
    /// Setting that keeps the client from starting the server: `disabled` or `enabled`.
    pub(in crate::cli) off: Option<&'static str>,
    /// Whether the client may run every tool without asking (Codex).
    pub(in crate::cli) approves_tools: bool,
}

impl Entry {
    /// Reads an entry; `None` for another server. Clients write the command as text with `args`,
    /// as a list, or as an object.
    pub(in crate::cli) fn of(key: &str, value: &Value) -> Option<Self> {
        let argv = argv(value);
        let Started { server, behind } = started(&argv)?;
        let field = |names: &[&str]| names.iter().find_map(|name| value.get(name));
        let command = field(&["command", "cmd"])?;
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
            behind,
            off: switches_off(value).next(),
            approves_tools: value.get(APPROVAL).and_then(Value::as_str) == Some(APPROVE),
        })
    }

    /// Returns the programs that must exist for the server to start: the command, and the path of
    /// tai-mcp behind a wrapper.
    pub(in crate::cli) fn programs(&self) -> impl Iterator<Item = &str> {
        let behind = self.behind.as_deref();
        let behind = behind.filter(|program| program.starts_with('/'));
        std::iter::once(self.command.as_str()).chain(behind)
    }

    /// Returns the value of a variable, if it is not empty and has no reference.
    pub(in crate::cli) fn value(&self, name: &str) -> Option<&str> {
        let (_, value) = self.env.iter().find(|(key, _)| key == name)?;
        (!value.is_empty() && !value.contains("${")).then_some(value)
    }

    /// Returns the value of a variable as the file has it, if it is not empty.
    pub(in crate::cli) fn given(&self, name: &str) -> Option<&str> {
        let (_, value) = self.env.iter().find(|(key, _)| key == name)?;
        (!value.is_empty()).then_some(value)
    }

    /// Returns whether the entry has a variable, with any value.
    pub(in crate::cli) fn has(&self, name: &str) -> bool {
        self.env.iter().any(|(key, _)| key == name)
    }
}

/// Returns the settings of an entry that keep the client from starting the server.
pub(super) fn switches_off(value: &Value) -> impl Iterator<Item = &'static str> {
    let is_off = |(name, off): &(&str, bool)| value.get(name) == Some(&Value::Bool(*off));
    SWITCHES.into_iter().filter(is_off).map(|(name, _)| name)
}

/// Returns the entries of tai-mcp and of the Node server.
pub(in crate::cli) fn entries(servers: &Map<String, Value>) -> Vec<Entry> {
    let servers = servers.iter();
    servers
        .filter_map(|(key, value)| Entry::of(key, value))
        .collect()
}

/// Returns the entry that setup updates and the checks are about: the one with the name [`KEY`],
/// else the first of tai-mcp, else the first of the Node server. One that the client starts comes
/// before one of tai-mcp that is switched off.
pub(in crate::cli) fn main_of(entries: &[Entry]) -> Option<&Entry> {
    let first = |is_it: fn(&Entry) -> bool| entries.iter().find(|entry| is_it(entry));
    first(|entry| entry.key == KEY && entry.off.is_none())
        .or_else(|| first(|entry| entry.server != ServerKind::Node && entry.off.is_none()))
        .or_else(|| first(|entry| entry.key == KEY))
        .or_else(|| first(|entry| entry.server != ServerKind::Node))
        .or_else(|| first(|_| true))
}

/// Returns the program of an entry and its arguments; empty for a server at a URL.
pub(in crate::cli) fn argv(value: &Value) -> Vec<String> {
    let field = |names: &[&str]| names.iter().find_map(|name| value.get(name));
    let Some(command) = field(&["command", "cmd"]) else {
        return Vec::new();
    };
    let mut argv = match command {
        Value::Object(object) => object.get("path").and_then(text).into_iter().collect(),
        Value::Array(_) => texts(Some(command)),
        other => text(other).into_iter().collect(),
    };
    argv.extend(texts(field(&["args"]).or_else(|| command.get("args"))));
    argv
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_form_of_a_command_is_read() {
        for argv in [
            &["tai-mcp"][..],
            &["/opt/bin/tai-mcp", "--home", "/x"],
            &["bwrap", "--unshare-pid", "tai-mcp"],
            &["cmd", "/c", "npx", "-y", "tai-mcp"],
        ] {
            for entry in [
                json!({"command": argv}),
                json!({"command": argv[0], "args": argv[1..]}),
                json!({"cmd": argv[0], "args": argv[1..]}),
                json!({"command": {"path": argv[0], "args": argv[1..]}}),
            ] {
                let entry = Entry::of("tai", &entry).unwrap();
                assert_eq!(entry.command, argv[0]);
                assert_eq!(entry.arguments, argv[1..]);
            }
        }
        assert_eq!(Entry::of("tai", &json!({"url": "https://x/tai-mcp"})), None);
    }

    #[test]
    fn one_of_several_entries_is_meant() {
        let ours = json!({"command": "tai-mcp"});
        let off = json!({"command": "tai-mcp", "disabled": true});
        let node = json!({"command": "npx", "args": ["tai-mcp"]});
        for (servers, expected) in [
            (json!({}), None),
            (
                json!({"a": node, "b": off, "c": ours, "tai": ours}),
                Some("tai"),
            ),
            (
                json!({"a": node, "b": off, "c": ours, "tai": off}),
                Some("c"),
            ),
            (json!({"a": node, "b": off, "c": ours}), Some("c")),
            (json!({"a": node, "b": off, "tai": off}), Some("tai")),
            (json!({"a": ours, "tai": node}), Some("tai")),
            (json!({"a": node, "b": off}), Some("b")),
            (json!({"a": {"command": "x"}, "b": node}), Some("b")),
        ] {
            let entries = entries(servers.as_object().unwrap());
            let main = main_of(&entries).map(|entry| entry.key.as_str());
            assert_eq!(main, expected, "{servers}");
        }
    }
}
