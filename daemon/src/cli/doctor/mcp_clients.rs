//! Checks of the configurations of known MCP clients: each must be valid, start an existing
//! tai-mcp, and name the daemon's account. Findings show only names and paths.

use super::{
    check::{Check, ok, skipped, wrong},
    running::Daemon,
};
use crate::cli::{
    setup::{
        edit::{self, EditError},
        registry::{CLIENTS, McpClient},
    },
    user_dirs::UserDirs,
};
use serde_json::Value;
use std::{ffi::OsStr, path::Path};

/// Checks every client that has a configuration.
pub(super) fn examine(daemon: &Daemon) -> Vec<Check> {
    let Some(dirs) = UserDirs::of_this_user() else {
        return vec![skipped("clients", "cannot find the home directory")];
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut checks = Vec::new();
    for client in CLIENTS {
        let file = client.file(&dirs).path;
        if let Ok(text) = std::fs::read_to_string(&file) {
            checks.push(check(client, &file, &text, daemon.account(), &path));
        }
    }
    if checks.is_empty() {
        checks.push(skipped(
            "clients",
            "no configuration of a known client was found",
        ));
    }
    checks
}

fn check(
    client: &McpClient,
    file: &Path,
    text: &str,
    account: Option<&str>,
    path: &OsStr,
) -> Check {
    let name = format!("client {}", client.name);
    let shown = file.display();
    let servers = match edit::servers(client, text) {
        Ok(servers) => servers,
        Err(EditError::Syntax(_)) => {
            let found = format!("{shown} has a syntax error, so {} ignores it", client.name);
            return wrong(&name, found, "correct its syntax");
        }
        Err(error @ EditError::Shape(_)) => {
            let found = format!("{shown}: {error}, so {} ignores it", client.name);
            return wrong(&name, found, "correct its structure");
        }
    };
    let servers = servers.iter();
    let ours: Vec<Entry> = servers
        .filter_map(|(key, server)| Entry::of(key, server))
        .collect();
    if ours.is_empty() {
        return skipped(&name, format!("{shown} does not mention tai-mcp"));
    }
    for entry in &ours {
        if let Some((found, remedy)) = entry.problem(account, path) {
            return wrong(
                &name,
                format!("\"{}\" in {shown} {found}", entry.key),
                remedy,
            );
        }
    }
    let with_password = ours.iter().any(|entry| entry.has_password);
    let found = format!("{shown} starts tai-mcp");
    match with_password {
        true => ok(
            &name,
            format!("{found} and contains a password; with `taid login --save` it needs none"),
        ),
        false => ok(&name, found),
    }
}

/// An entry of tai-mcp, or of the Node server that it replaces.
struct Entry {
    key: String,
    command: String,
    node: bool,
    username: Option<String>,
    has_password: bool,
}

impl Entry {
    /// Reads an entry; `None` for another server. Clients write the command as text with `args`,
    /// as a list, or as an object.
    fn of(key: &str, server: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let command = server.get("command").or_else(|| server.get("cmd"))?;
        let mut argv: Vec<String> = match command {
            Value::Array(list) => list.iter().filter_map(text).collect(),
            Value::Object(object) => object.get("path").and_then(text).into_iter().collect(),
            other => text(other).into_iter().collect(),
        };
        let args = server.get("args").or_else(|| command.get("args"));
        argv.extend(
            args.and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(text),
        );
        let stem = |word: &String| {
            let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
            name.trim_end_matches(".exe")
                .trim_end_matches(".cmd")
                .to_owned()
        };
        let names: Vec<String> = argv.iter().map(stem).collect();
        let (first, rest) = names.split_first()?;
        let ours = first == "tai-mcp";
        let node = !ours && rest.iter().any(|word| word.starts_with("tai-mcp"));
        let env = |name: &str| {
            let env = ["env", "environment", "envs"]
                .into_iter()
                .find_map(|key| server.get(key));
            let env = env.or_else(|| command.get("env"));
            let value = env?.get(name)?.as_str()?;
            // The client resolves references; their value is not known here.
            (!value.is_empty() && !value.contains("${")).then(|| value.to_owned())
        };
        (ours || node).then(|| Self {
            key: key.to_owned(),
            command: argv.first().cloned().unwrap_or_default(),
            node,
            username: env("TAI_MCP_USERNAME").or_else(|| env("PASSWORD").and(env("NAME"))),
            has_password: env("TAI_MCP_PASSWORD")
                .or_else(|| env("PASSWORD"))
                .is_some(),
        })
    }

    /// Returns a problem of the entry and its remedy.
    fn problem(&self, account: Option<&str>, path: &OsStr) -> Option<(String, String)> {
        if self.node {
            return Some((
                format!("starts the older Node server with {:?}", self.command),
                "replace the command with tai-mcp, without arguments".to_owned(),
            ));
        }
        let command = Path::new(&self.command);
        let exists = if command.components().count() > 1 {
            command.exists()
        } else {
            std::env::split_paths(path).any(|dir| dir.join(command).exists())
        };
        if !exists {
            return Some((
                format!("starts {:?}, which does not exist", self.command),
                "use the full path of tai-mcp (`command -v tai-mcp`)".to_owned(),
            ));
        }
        match (account, &self.username) {
            (Some(ours), Some(theirs)) if ours != theirs => Some((
                format!("is configured for {theirs}, but taid is signed in as {ours}"),
                "correct the username, or set TAI_MCP_PROFILE to another profile for the other account".to_owned(),
            )),
            _ => None,
        }
    }
}

#[cfg(test)]
#[path = "mcp_clients_tests.rs"]
mod tests;
