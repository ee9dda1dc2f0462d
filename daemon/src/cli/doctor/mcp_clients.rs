//! Checks of the configurations of known MCP clients: each must be valid, start an existing
//! tai-mcp, and name the daemon's account. Findings show only names and paths.

use super::{
    check::{Check, ok, skipped, wrong},
    repair::Repair,
    running::Daemon,
};
use crate::cli::{
    executable,
    setup::{
        edit::{self, EditError},
        entry::{Entry, ServerKind, entries},
        leftovers,
        registry::{CLIENTS, MAX_FILE, McpClient},
    },
    target::Target,
    user_dirs::UserDirs,
};
use std::{
    ffi::OsStr,
    io::{self, ErrorKind},
    path::Path,
};
use tai_auth::regular_file;
use tai_proto::{
    names::{Instance, Profile},
    variables,
};

/// Checks every client that has a configuration.
pub(super) fn examine(daemon: &Daemon, target: &Target) -> Vec<Check> {
    let Some(dirs) = UserDirs::of(&target.places) else {
        return vec![skipped("clients", "cannot find the home directory")];
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut checks = Vec::new();
    for client in CLIENTS {
        let file = client.file(&dirs).path;
        match configuration(&file) {
            Ok(None) => {}
            Ok(Some(text)) => {
                let read = Read {
                    client,
                    file: &file,
                    text: &text,
                    remedy: setup_of(client, target),
                };
                checks.extend(of_folder(&read, daemon.account(), &path));
                checks.push(check(read, daemon.account(), &path));
            }
            Err(error) => {
                let found = format!("{} cannot be read: {error}", file.display());
                checks.push(wrong(&format!("client {}", client.name), found, UNREADABLE));
            }
        }
    }
    if checks.is_empty() {
        let none = skipped("clients", "no configuration of a known client was found");
        checks.push(Check {
            remedy: "`taid setup CLIENT`".to_owned(),
            ..none
        });
    }
    checks
}

/// Action for the person whose client has a configuration that cannot be read.
pub(super) const UNREADABLE: &str = "make it a readable text file in UTF-8, or move it away";

/// Reads the configuration of a client; `None` if there is none.
///
/// # Errors
/// The system's, or the file is not a regular file of text.
pub(super) fn configuration(file: &Path) -> io::Result<Option<String>> {
    match regular_file::read_text(file, MAX_FILE) {
        Ok(text) => Ok(Some(text)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Returns the instances that the configurations of MCP clients name for the profile of `target`;
/// `None` is an entry without one. A configuration that cannot be read has none.
pub(in crate::cli) fn instances_of_clients(target: &Target) -> Vec<Option<Instance>> {
    let Some(dirs) = UserDirs::of(&target.places) else {
        return Vec::new();
    };
    let mut instances = Vec::new();
    for client in CLIENTS {
        let text = regular_file::read_text(&client.file(&dirs).path, MAX_FILE).unwrap_or_default();
        let servers = edit::servers(client, &text).unwrap_or_default();
        let entries = entries(&servers).into_iter();
        instances.extend(entries.filter_map(|entry| instance(&entry, &target.profile)));
    }
    instances
}

/// Returns the instance of an entry; `None` if it is for another profile.
fn instance(entry: &Entry, profile: &Profile) -> Option<Option<Instance>> {
    let of_entry = entry.value(variables::PROFILE);
    let of_entry = of_entry.map_or_else(|| Ok(Profile::default()), Profile::new);
    if of_entry.as_ref() != Ok(profile) {
        return None;
    }
    let name = variables::INSTANCE
        .iter()
        .find_map(|name| entry.value(name));
    name.map(Instance::new).transpose().ok()
}

/// Returns the command that repairs the entry of a client and keeps its profile and its socket.
/// `taid setup` would give it those of this shell or of the arguments.
pub(super) fn setup_of(client: &McpClient, target: &Target) -> String {
    match target.names_profile || target.socket.is_some() {
        true => "`taid doctor --fix`".to_owned(),
        false => format!("`taid setup {}`", client.slug),
    }
}

/// Configuration of a client.
struct Read<'a> {
    client: &'static McpClient,
    file: &'a Path,
    text: &'a str,
    /// Command that repairs an entry.
    remedy: String,
}

fn check(read: Read<'_>, account: Option<&str>, path: &OsStr) -> Check {
    let Read {
        client,
        file,
        text,
        remedy,
    } = read;
    let name = format!("client {}", client.name);
    let shown = file.display();
    let servers = match edit::servers(client, text) {
        Ok(servers) => servers,
        Err(EditError::Syntax { .. }) => {
            let found = format!("{shown} has a syntax error, so {} ignores it", client.name);
            return wrong(&name, found, "correct its syntax");
        }
        Err(error) => {
            let found = format!("{shown}: {error}, so {} ignores it", client.name);
            return wrong(&name, found, "correct its structure");
        }
    };
    let ours = entries(&servers);
    let backups = leftovers::backups_with_password(client, file);
    let delete = backups.iter().map(|backup| {
        format!(
            "; {} still contains a password: delete it",
            backup.display()
        )
    });
    if ours.is_empty() {
        let delete = delete.collect::<String>();
        return skipped(&name, format!("{shown} has no entry of tai-mcp{delete}"));
    }
    // An entry that is switched off matters only if there is no other.
    let starts_one = ours.iter().any(|entry| entry.off.is_none());
    for entry in ours
        .iter()
        .filter(|entry| !starts_one || entry.off.is_none())
    {
        if let Some(problem) = Problem::of(entry, account, path) {
            let found = format!("\"{}\" in {shown} {}", entry.key, problem.found(entry));
            return wrong(&name, found, problem.remedy(remedy)).repaired_by(
                problem
                    .is_solved_by_setup()
                    .then_some(Repair::SetUp(client)),
            );
        }
    }
    let found = format!("{shown} starts tai-mcp");
    match leftovers::has_password(&ours) {
        true => ok(
            &name,
            format!("{found} and contains a password; with `taid login --save` it needs none"),
        ),
        false => ok(&name, found + &delete.collect::<String>()),
    }
}

/// Checks the entries of single folders, which this client prefers there and setup does not change. Returns
/// the first problem.
fn of_folder(read: &Read<'_>, account: Option<&str>, path: &OsStr) -> Option<Check> {
    let folders = edit::servers_of_folders(read.client, read.text);
    folders.iter().find_map(|(folder, servers)| {
        let entries = entries(servers);
        let mut started = entries.iter().filter(|entry| entry.off.is_none());
        started.find_map(|entry| {
            let problem = Problem::of(entry, account, path)?;
            let found = format!(
                "\"{}\" of the folder {folder} in {} {}",
                entry.key,
                read.file.display(),
                problem.found(entry)
            );
            let remedy = format!("`claude mcp remove {} -s local` in that folder", entry.key);
            Some(wrong(
                &format!("client {}", read.client.name),
                found,
                remedy,
            ))
        })
    })
}

/// Problem of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    /// It starts the older Node server.
    NodeServer,
    /// Its program does not exist.
    NoProgram(String),
    /// Its wrapper, or tai-mcp behind it, does not exist. `taid setup` keeps such a command.
    NoWrapped(String),
    /// The client does not start it, because of this setting.
    SwitchedOff(&'static str),
    /// It is for another account than the daemon's, without a profile.
    OtherAccount { ours: String, theirs: String },
}

impl Problem {
    fn of(entry: &Entry, account: Option<&str>, path: &OsStr) -> Option<Self> {
        match entry.server {
            ServerKind::Node => Some(Problem::NodeServer),
            ServerKind::TaiMcp | ServerKind::Wrapped => {
                let missing = entry
                    .programs()
                    .find(|program| executable::find(program, path).is_none());
                if let Some(program) = missing.map(str::to_owned) {
                    return Some(match entry.server {
                        ServerKind::Wrapped => Problem::NoWrapped(program),
                        ServerKind::TaiMcp | ServerKind::Node => Problem::NoProgram(program),
                    });
                }
                if let Some(setting) = entry.off {
                    return Some(Problem::SwitchedOff(setting));
                }
                match (account, username(entry), entry.value(variables::PROFILE)) {
                    (Some(ours), Some(theirs), None) if ours != theirs => {
                        Some(Problem::OtherAccount {
                            ours: ours.to_owned(),
                            theirs: theirs.to_owned(),
                        })
                    }
                    _ => None,
                }
            }
        }
    }

    /// Returns whether `taid setup` solves the problem.
    fn is_solved_by_setup(&self) -> bool {
        match self {
            Problem::NodeServer | Problem::NoProgram(_) | Problem::SwitchedOff(_) => true,
            Problem::NoWrapped(_) | Problem::OtherAccount { .. } => false,
        }
    }

    fn found(&self, entry: &Entry) -> String {
        match self {
            Problem::NodeServer => format!(
                "starts tai-mcp through {:?}, as the older Node server",
                entry.command
            ),
            Problem::NoProgram(program) | Problem::NoWrapped(program) => {
                format!("starts {program:?}, which does not exist")
            }
            Problem::SwitchedOff(setting) => format!("is switched off with \"{setting}\""),
            Problem::OtherAccount { ours, theirs } => {
                format!("is configured for {theirs}, but taid is signed in as {ours}")
            }
        }
    }

    /// Returns what the person does; `setup` repairs an entry.
    fn remedy(&self, setup: String) -> String {
        match self {
            Problem::NodeServer | Problem::NoProgram(_) | Problem::SwitchedOff(_) => setup,
            Problem::NoWrapped(_) => "correct the path".to_owned(),
            Problem::OtherAccount { .. } => "correct the username, or set TAI_MCP_PROFILE to \
                another profile for the other account"
                .to_owned(),
        }
    }
}

/// Returns the username of an entry. `NAME` counts only together with `PASSWORD`.
fn username(entry: &Entry) -> Option<&str> {
    entry.value(variables::USERNAME).or_else(|| {
        let username = entry.value(variables::PLAIN_USERNAME)?;
        entry.value(variables::PLAIN_PASSWORD).map(|_| username)
    })
}

#[cfg(test)]
#[path = "mcp_clients_tests.rs"]
mod tests;
