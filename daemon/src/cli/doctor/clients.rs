//! The configurations of the MCP clients we know: whether each can be read, starts the
//! tai-mcp that is there, and is meant for the account that is signed in. Nothing of them is
//! shown but names and paths.

use super::{Check, State, check, local::Daemon, ok, skipped, wrong};
use crate::cli::setup::clients::{Bases, CLIENTS, Client, Format};
use serde_json::Value;
use std::{ffi::OsStr, path::Path};

/// Looks at every client whose configuration is there.
pub(super) fn examine(daemon: &Daemon<'_>) -> Vec<Check> {
    let Some(bases) = Bases::of_this_user() else {
        return vec![skipped("clients", "no home directory is known")];
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut checks = Vec::new();
    for client in CLIENTS {
        let file = client.file(&bases);
        if let Ok(text) = std::fs::read_to_string(&file) {
            checks.push(look(client, &file, &text, daemon.account(), &path));
        }
    }
    if checks.is_empty() {
        checks.push(skipped(
            "clients",
            "no configuration of a client we know is here",
        ));
    }
    checks
}

fn look(client: &Client, file: &Path, text: &str, account: Option<&str>, path: &OsStr) -> Check {
    let name = format!("client {}", client.name);
    let shown = file.display();
    let parsed = match client.format {
        Format::Toml => toml::from_str::<Value>(text).ok(),
        // Not read here: nothing else in the tree reads YAML.
        Format::Yaml => return skipped(&name, format!("{shown} is not looked into")),
        _ => jsonc_parser::parse_to_serde_value::<Value>(text, &Default::default()).ok(),
    };
    let Some(parsed) = parsed else {
        let found = format!("{shown} is not valid, so {} reads none of it", client.name);
        return wrong(&name, found, "Correct its syntax.");
    };
    let servers = parsed.get(client.key).and_then(Value::as_object);
    let ours: Vec<Entry> = servers
        .into_iter()
        .flatten()
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
        true => check(
            &name,
            State::Ok,
            format!(
                "{found}, and has a password in it, which taid does not need once you use `taid login --save`"
            ),
            "",
        ),
        false => ok(&name, found),
    }
}

/// A server in a client's configuration that is ours.
struct Entry {
    key: String,
    command: String,
    node: bool,
    username: Option<String>,
    has_password: bool,
}

impl Entry {
    /// Clients write the command as text with `args`, as a list, or as an object.
    fn of(key: &str, server: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let command = server.get("command")?;
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
            let env = server.get("env").or_else(|| server.get("environment"));
            let env = env.or_else(|| command.get("env"));
            let value = env?.get(name)?.as_str()?;
            // A reference that the client resolves says nothing here.
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

    fn problem(&self, account: Option<&str>, path: &OsStr) -> Option<(String, String)> {
        if self.node {
            return Some((
                format!("starts the older Node server with {:?}", self.command),
                "Replace the command with tai-mcp, without arguments.".to_owned(),
            ));
        }
        let command = Path::new(&self.command);
        let there = if command.components().count() > 1 {
            command.exists()
        } else {
            std::env::split_paths(path).any(|dir| dir.join(command).exists())
        };
        if !there {
            return Some((
                format!("starts {:?}, which is not there", self.command),
                "Put the full path of tai-mcp there: `command -v tai-mcp` tells it.".to_owned(),
            ));
        }
        match (account, &self.username) {
            (Some(ours), Some(theirs)) if ours != theirs => Some((
                format!("is configured for {theirs}, and taid is {ours}'s"),
                "Correct the username there, or give the other account a profile of its own (TAI_MCP_PROFILE).".to_owned(),
            )),
            _ => None,
        }
    }
}

#[cfg(test)]
#[path = "clients_tests.rs"]
mod tests;
