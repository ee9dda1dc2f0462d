//! Decides which entries of a configuration change, and how. It reads and writes no file.

use super::{
    edit::{Edit, EditError, KEY, Server, toml},
    entry::{Entry, ServerKind, argv, entries, main_of, switches_off},
    registry::{EntryForm, Format, McpClient},
};
use serde_json::{Map, Value, json};
use tai_proto::variables;

/// Variables of the Node server that another entry takes over.
const KEPT: [&str; 8] = [
    variables::USERNAME,
    variables::PLAIN_USERNAME,
    variables::PASSWORD,
    variables::PLAIN_PASSWORD,
    variables::USER_EMAIL[0],
    variables::USER_EMAIL[1],
    variables::BRIDGE[0],
    variables::BRIDGE[1],
];

/// Planned changes of a configuration.
#[derive(Debug, PartialEq)]
pub(super) struct Plan<'s> {
    pub(super) edits: Vec<Edit<'s>>,
    /// Names of the entries that started the Node server and start tai-mcp from now on.
    pub(super) converted: Vec<String>,
    /// Names of the entries of the Node server that are removed, because another entry has the
    /// same address.
    pub(super) dropped: Vec<String>,
    /// Name of the entry that gets the values that the user names.
    pub(super) key: String,
    /// Names of the other entries, which keep their instance, profile and socket.
    pub(super) others: Vec<String>,
}

/// Plans the addition of the server, or the update of its entry.
///
/// The entry is that of [`main_of`]. It keeps its name, its variables and all other values, and is switched
/// on. Each other entry of the Node server is removed if it has the same address, and is converted
/// otherwise.
///
/// # Errors
/// [`EditError::Foreign`] if the entry with the name [`KEY`] starts another program.
pub(super) fn add<'s>(
    client: &McpClient,
    servers: &Map<String, Value>,
    server: &'s Server<'s>,
) -> Result<Plan<'s>, EditError> {
    check_name(servers)?;
    let ours = entries(servers);
    let Some(main) = main_of(&ours) else {
        return Ok(Plan {
            edits: vec![Edit::Insert(server)],
            converted: Vec::new(),
            dropped: Vec::new(),
            key: KEY.to_owned(),
            others: Vec::new(),
        });
    };
    let mut plan = Plan {
        edits: Vec::new(),
        converted: Vec::new(),
        dropped: Vec::new(),
        key: main.key.clone(),
        others: Vec::new(),
    };
    let main_place = Place::new(client, servers, main);
    for entry in &ours {
        let is_main = entry.key == main.key;
        let is_node = entry.server == ServerKind::Node;
        if is_node && !is_main && is_second(main, entry) {
            main_place.take_over(entry, &mut plan.edits);
            plan.dropped.push(entry.key.clone());
            plan.edits.push(Edit::Remove {
                server: entry.key.clone(),
            });
            continue;
        }
        if !is_main {
            plan.others.push(entry.key.clone());
        }
        if is_node {
            plan.converted.push(entry.key.clone());
        }
        let place = Place::new(client, servers, entry);
        if is_node || is_main && entry.server == ServerKind::TaiMcp {
            place.set_command(server, &mut plan.edits);
        }
        if is_main {
            place.set_variables(server, &mut plan.edits);
            place.switch_on(&mut plan.edits);
        }
        if client.format == Format::Toml && (is_main || is_node) {
            place.set_codex(server, &mut plan.edits);
        }
    }
    Ok(plan)
}

/// Plans the removal of each entry that starts tai-mcp. The Node server and every other server
/// stays, also under the name [`KEY`].
pub(super) fn remove(servers: &Map<String, Value>) -> Vec<Edit<'static>> {
    let ours = entries(servers).into_iter();
    ours.filter(|entry| entry.server != ServerKind::Node)
        .map(|entry| Edit::Remove { server: entry.key })
        .collect()
}

/// Checks that no other program has the entry with the name [`KEY`].
///
/// # Errors
/// [`EditError::Foreign`].
pub(super) fn check_name(servers: &Map<String, Value>) -> Result<(), EditError> {
    match servers.get(KEY) {
        Some(value) if Entry::of(KEY, value).is_none() => Err(foreign(KEY, value)),
        Some(_) | None => Ok(()),
    }
}

/// Returns the error for an entry that starts another program.
pub(super) fn foreign(key: &str, value: &Value) -> EditError {
    let program = argv(value).into_iter().next();
    let program = program.map(|program| match program.contains('=') {
        // A command line in one text, which may set a secret.
        true => {
            let words = program.split_whitespace();
            let shown: Vec<&str> = words.take_while(|word| !word.contains('=')).collect();
            format!("{} …", shown.join(" ")).trim_start().to_owned()
        }
        false => program,
    });
    EditError::Foreign {
        key: key.to_owned(),
        program: program.unwrap_or_else(|| match value.get("url") {
            Some(_) => "one at a URL".to_owned(),
            None => "it has no command".to_owned(),
        }),
    }
}

/// Returns whether the entry of the Node server is certainly a second one for the address of `main`:
/// both name the same account, instance and bridge. An entry without an account has that of its
/// taid, which the configuration does not say. Only two entries of the Node server without one have
/// the same, because both get it from the environment of the client.
fn is_second(main: &Entry, node: &Entry) -> bool {
    let same = |names: [&str; 2]| {
        let value = |entry: &Entry| {
            let mut found = names.iter().filter_map(|name| entry.given(name));
            found.next().map(str::to_owned)
        };
        value(main) == value(node)
    };
    // A password that is taken over counts only beside a username of its own kind.
    let account = [variables::USERNAME, variables::PLAIN_USERNAME];
    let is_named = account.iter().any(|name| main.given(name).is_some());
    let same_account = account
        .iter()
        .all(|name| main.given(name) == node.given(name));
    (is_named || main.server == ServerKind::Node)
        && same_account
        && same(variables::INSTANCE)
        && same(variables::BRIDGE)
}

/// An entry in the configuration of a client.
struct Place<'a> {
    client: &'a McpClient,
    entry: &'a Entry,
    value: &'a Value,
}

impl<'a> Place<'a> {
    fn new(client: &'a McpClient, servers: &'a Map<String, Value>, entry: &'a Entry) -> Self {
        let value = servers.get(&entry.key).unwrap_or(&Value::Null);
        Self {
            client,
            entry,
            value,
        }
    }

    fn set(&self, path: Vec<&'static str>, value: Value, edits: &mut Vec<Edit<'_>>) {
        let mut now = Some(self.value);
        for name in &path {
            now = now.and_then(|now| now.get(*name));
        }
        if now != Some(&value) {
            edits.push(Edit::Set {
                server: self.entry.key.clone(),
                path,
                value,
            });
        }
    }

    fn command_key(&self) -> &'static str {
        match self.value.get("cmd") {
            Some(_) => "cmd",
            None => "command",
        }
    }

    /// Sets the program, and removes the arguments of the Node server.
    fn set_command(&self, server: &Server<'_>, edits: &mut Vec<Edit<'_>>) {
        let key = self.command_key();
        let is_node = self.entry.server == ServerKind::Node;
        let none = || Value::Array(Vec::new());
        let outer_args = self.value.get("args").is_some();
        match self.value.get(key) {
            Some(Value::Object(_)) => {
                self.set(vec![key, "path"], json!(server.command), edits);
                if is_node {
                    self.set(vec![key, "args"], none(), edits);
                }
            }
            Some(Value::Array(words)) => {
                let program = std::iter::once(json!(server.command));
                let kept = words.iter().skip(1).filter(|_| !is_node).cloned();
                let words: Vec<Value> = program.chain(kept).collect();
                self.set(vec![key], Value::Array(words), edits);
            }
            _ => self.set(vec![key], json!(server.command), edits),
        }
        if is_node && outer_args {
            self.set(vec!["args"], none(), edits);
        }
    }

    /// Returns the path of a variable.
    fn variable(&self, name: &'static str) -> Vec<&'static str> {
        let present = ["env", "environment", "envs"];
        let present = present.iter().find(|key| self.value.get(**key).is_some());
        let nested = self.value.get("command").and_then(|value| value.get("env"));
        match (present, nested, self.client.format) {
            (Some(key), _, _) => vec![key, name],
            (None, Some(_), _) => vec!["command", "env", name],
            (None, None, Format::Yaml) => vec!["envs", name],
            (None, None, Format::Json(EntryForm::OpenCode)) => vec!["environment", name],
            (None, None, Format::Json(_) | Format::Toml) => vec!["env", name],
        }
    }

    /// Sets the variables that the user names.
    fn set_variables(&self, server: &Server<'_>, edits: &mut Vec<Edit<'_>>) {
        if let Some(instance) = server.instance {
            let [long, short] = variables::INSTANCE;
            let name = match self.entry.has(short) && !self.entry.has(long) {
                true => short,
                false => long,
            };
            self.set(self.variable(name), json!(instance), edits);
        }
        match server.profile {
            Some(profile) if !profile.is_default() => {
                let value = json!(profile.as_str());
                self.set(self.variable(variables::PROFILE), value, edits);
            }
            Some(_) if self.entry.has(variables::PROFILE) => edits.push(Edit::Unset {
                server: self.entry.key.clone(),
                path: self.variable(variables::PROFILE),
            }),
            Some(_) | None => {}
        }
        if let Some(socket) = server.socket {
            self.set(self.variable(variables::SOCKET), json!(socket), edits);
        }
    }

    /// Makes the client start a server that is switched off.
    fn switch_on(&self, edits: &mut Vec<Edit<'_>>) {
        for name in switches_off(self.value) {
            self.set(vec![name], json!(name == "enabled"), edits);
        }
    }

    /// Adds the variables of an entry of the Node server that is removed, except for its instance.
    fn take_over(&self, node: &Entry, edits: &mut Vec<Edit<'_>>) {
        for name in KEPT {
            if let Some(value) = node.given(name)
                && !self.entry.has(name)
            {
                self.set(self.variable(name), json!(value), edits);
            }
        }
    }

    /// Sets the values that only the entry of Codex has.
    fn set_codex(&self, server: &Server<'_>, edits: &mut Vec<Edit<'_>>) {
        if self.value.get("env_vars").is_none() {
            self.set(vec!["env_vars"], json!(toml::PASSED), edits);
        }
        if server.approves_tools {
            self.set(vec![toml::APPROVAL], json!(toml::APPROVE), edits);
        }
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
