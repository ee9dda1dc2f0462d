//! The entry of tai-mcp in a client's configuration. It has the values as the file has them, with
//! references.

use super::edit::toml::{APPROVAL, APPROVE};
use serde_json::Value;

/// Package runners and interpreters that start the Node server.
const RUNNERS: [&str; 11] = [
    "npx", "npm", "node", "nodejs", "pnpm", "pnpx", "yarn", "bun", "bunx", "deno", "tsx",
];
/// Shells of Windows that start a runner for a client.
const SHELLS: [&str; 2] = ["cmd", "powershell"];

/// Programs that start another one among the same files. Others may start it in a container, on
/// another machine or in another system.
const LOCAL_WRAPPERS: [&str; 10] = [
    "env", "nice", "ionice", "nohup", "setsid", "stdbuf", "timeout", "sh", "bash", "zsh",
];

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
    pub(in crate::cli) server: Server,
    /// Setting that keeps the client from starting the server: `disabled` or `enabled`.
    pub(in crate::cli) off: Option<&'static str>,
    /// Whether the client may run every tool without asking (Codex).
    pub(in crate::cli) approves_tools: bool,
}

/// Server that a command starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Server {
    /// tai-mcp.
    TaiMcp,
    /// tai-mcp through another program, such as `wsl.exe` or `bwrap`.
    Wrapped,
    /// The older Node server, started by a package runner.
    Node,
}

impl Entry {
    /// Reads an entry; `None` for another server. Clients write the command as text with `args`,
    /// as a list, or as an object.
    pub(in crate::cli) fn of(key: &str, value: &Value) -> Option<Self> {
        let argv = argv(value);
        let server = server_of(&argv)?;
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
            off: SWITCHES
                .into_iter()
                .find(|(name, off)| value.get(name) == Some(&Value::Bool(*off)))
                .map(|(name, _)| name),
            approves_tools: value.get(APPROVAL).and_then(Value::as_str) == Some(APPROVE),
        })
    }

    /// Returns the programs that must exist for the server to start: the command, and tai-mcp behind a
    /// wrapper if its path names a file of this system. A text with blanks may be a script.
    pub(in crate::cli) fn programs(&self) -> impl Iterator<Item = &str> {
        let is_path = |word: &str| word.starts_with('/') && !word.contains(char::is_whitespace);
        let is_ours = |word: &&String| stem(word) == "tai-mcp" && is_path(word);
        let behind = match self.server {
            Server::Wrapped if is_local(&self.command) => self.arguments.iter().find(is_ours),
            Server::Wrapped | Server::TaiMcp | Server::Node => None,
        };
        std::iter::once(self.command.as_str()).chain(behind.map(String::as_str))
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

fn server_of(argv: &[String]) -> Option<Server> {
    let mut words = argv.iter().map(String::as_str).peekable();
    if stem(words.peek()?) == "tai-mcp" {
        return Some(Server::TaiMcp);
    }
    let is_shell = |word: &&str| SHELLS.contains(&stem(word));
    if words.next_if(is_shell).is_some() {
        while words.next_if(|word| word.starts_with(['/', '-'])).is_some() {}
    }
    let first = words.next().unwrap_or_default();
    if RUNNERS.contains(&stem(first)) && words.clone().any(is_node_package) {
        return Some(Server::Node);
    }
    words
        .any(|word| stem(word) == "tai-mcp")
        .then_some(Server::Wrapped)
}

/// Returns whether a wrapper starts its program on this system, with the files that are seen here.
fn is_local(wrapper: &str) -> bool {
    LOCAL_WRAPPERS.contains(&stem(wrapper))
}

/// Returns whether a word names the npm package of the Node server, with or without a version, or
/// a file in it.
fn is_node_package(word: &str) -> bool {
    stem(word).starts_with("tai-mcp")
        || word
            .split(['/', '\\'])
            .any(|part| part == "tai-mcp" || part.starts_with("tai-mcp@"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_way_to_start_a_server_is_recognised() {
        for (argv, expected) in [
            (&["tai-mcp"][..], Some(Server::TaiMcp)),
            (&["/opt/bin/tai-mcp", "--home", "/x"], Some(Server::TaiMcp)),
            (&[r"C:\tai\tai-mcp.exe"], Some(Server::TaiMcp)),
            (&["npx", "-y", "tai-mcp"], Some(Server::Node)),
            (&["npx", "tai-mcp@1.2.0"], Some(Server::Node)),
            (&["cmd", "/c", "npx", "-y", "tai-mcp"], Some(Server::Node)),
            (
                &["node", "/srv/node_modules/tai-mcp/dist/index.js"],
                Some(Server::Node),
            ),
            (&["bunx", "tai-mcp"], Some(Server::Node)),
            (
                &["wsl.exe", "-d", "Ubuntu", "--exec", "/usr/bin/tai-mcp"],
                Some(Server::Wrapped),
            ),
            (
                &["bwrap", "--unshare-pid", "tai-mcp"],
                Some(Server::Wrapped),
            ),
            (&["docker", "run", "tai-analysis"], None),
            (&["npx", "-y", "tai"], None),
            (&["tai"], None),
        ] {
            let entry = json!({"command": argv});
            let found = Entry::of("tai", &entry).map(|entry| entry.server);
            assert_eq!(found, expected, "{argv:?}");
            let entry = json!({"command": argv[0], "args": argv[1..]});
            let found = Entry::of("tai", &entry).map(|entry| entry.server);
            assert_eq!(found, expected, "{argv:?}");
        }
        assert_eq!(Entry::of("tai", &json!({"url": "https://x/tai-mcp"})), None);
    }
}
