//! `taid setup`, also `tai-mcp setup`: adds tai-mcp to the configurations of MCP clients, or
//! removes it. `registry` has the clients, `edit` changes text, `replace` changes files, and
//! `shown` prints changes.

mod apply;
pub(in crate::cli) mod edit;
pub(in crate::cli) mod registry;
mod replace;
mod shown;

use super::{
    error::{CliError, Exit},
    executable,
    target::Target,
    terminal::{print, printable},
    user_dirs::UserDirs,
};
use apply::{Change, Outcome};
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use edit::{KEY, Server};
use registry::{CLIENTS, ConfigFile, McpClient};
use std::path::Path;
use tai_proto::names::Instance;

/// Add tai-mcp to the configurations of your MCP clients
///
/// Prints each changed value, but no secret, and saves a backup next to the file. Writes no
/// password.
#[derive(Args)]
pub(super) struct Setup {
    /// Clients [default: every client found]
    #[arg(value_name = "CLIENT", value_parser = client_parser())]
    clients: Vec<&'static McpClient>,
    /// Instance of the clients [default: the name of each client]
    #[arg(long, value_name = "NAME")]
    instance: Option<String>,
    /// Let Codex run every tool of tai without asking, which `codex exec` needs to send mail
    ///
    /// Codex then asks for no approval, even if the text of a mail leads the agent to send or
    /// delete. `confirm_send` of taid still asks you before a mail is sent. Without this option
    /// the entry keeps the approval mode that it has.
    #[arg(long, conflicts_with = "remove")]
    approve_tools: bool,
    /// Remove tai-mcp from the configurations
    #[arg(long, conflicts_with = "print")]
    remove: bool,
    /// Print the entry of each client without changing a file
    #[arg(long)]
    print: bool,
    /// Print the changes without writing them
    #[arg(long)]
    dry_run: bool,
}

fn client_parser() -> impl TypedValueParser<Value = &'static McpClient> {
    PossibleValuesParser::new(CLIENTS.iter().map(|client| client.slug)).try_map(|slug| {
        let known = CLIENTS.iter().find(|client| client.slug == slug);
        known.ok_or("unknown client")
    })
}

impl Setup {
    pub(super) fn run(self, target: &Target) -> Result<Exit, CliError> {
        if let Some(Err(rule)) = self.instance.as_deref().map(Instance::new) {
            return Err(CliError::new("the instance is not valid")
                .caused_by(rule)
                .hint("correct --instance"));
        }
        let dirs = UserDirs::of_this_user().ok_or_else(CliError::no_home)?;
        let command = tai_mcp()?;
        let server = |client: &'static McpClient| Server {
            command: &command,
            instance: self.instance.as_deref().unwrap_or(client.slug),
            profile: target.profile.as_str(),
            approves_tools: self.approve_tools,
        };
        let named = !self.clients.is_empty();
        let chosen = match named {
            true => self.clients.clone(),
            false => CLIENTS.iter().collect(),
        };
        if self.approve_tools && !chosen.iter().any(|client| client.has_approval_mode()) {
            return Err(
                CliError::new("--approve-tools has no effect on the named clients")
                    .caused_by("only the entry of Codex has an approval mode")
                    .hint("name codex, or leave --approve-tools out"),
            );
        }
        if self.print {
            for client in chosen {
                let file = described(&client.file(&dirs));
                print(&format!("# {}: {file}", client.name));
                print(edit::example(client, &server(client)).trim_end_matches('\n'));
            }
            return Ok(Exit::Success);
        }
        let mut found = false;
        let mut errors = Vec::new();
        for client in chosen {
            let file = client.file(&dirs);
            if !named && !file.path.exists() && !is_installed(client, &file, &dirs) {
                continue;
            }
            found = true;
            if let Err(error) = self.change(client, &file, &server(client)) {
                errors.push(error);
            }
        }
        if !found {
            return Err(CliError::new("no MCP client was found")
                .caused_by("none of the known configuration files exists")
                .hint(
                    "name a client (`--help` lists them), or use --print and add the entry by hand",
                ));
        }
        match CliError::combined(errors) {
            Some(error) => Err(error),
            None => Ok(Exit::Success),
        }
    }

    fn change(
        &self,
        client: &McpClient,
        file: &ConfigFile,
        server: &Server<'_>,
    ) -> Result<(), CliError> {
        let change = match self.remove {
            true => Change::Remove,
            false => Change::Add(server),
        };
        let name = client.name;
        let place = described(file);
        let failed = |error: apply::ApplyError| {
            CliError::new(format!("{name} is not set up: {place}"))
                .caused_by(error)
                .hint("nothing was changed; fix the file and run this again, or add the entry by hand (`--print`)")
        };
        match apply::apply(client, &file.path, &change, self.dry_run).map_err(failed)? {
            Outcome::Unchanged if self.remove => {
                print(&format!("{name}: nothing to remove ({place})"));
            }
            Outcome::Unchanged => print(&format!("{name}: already set up ({place})")),
            Outcome::Planned { lines } => {
                print(&format!("{name}: would change \"{KEY}\" in {place}"));
                print(&printable_lines(&lines));
            }
            Outcome::Changed { lines, backup } => {
                print(&format!("{name}: changed \"{KEY}\" in {place}"));
                print(&printable_lines(&lines));
                if let Some(backup) = backup {
                    print(&format!("{name}: backup in {}", backup.display()));
                }
                print(&match self.remove {
                    true => format!("{name}: removed. Restart {name} to apply this."),
                    false => format!(
                        "{name}: set up as \"{}\". Restart {name} to use it.",
                        server.instance
                    ),
                });
                if !self.remove {
                    for note in client.notes {
                        print(&format!("{name}: note: {note}"));
                    }
                }
            }
        }
        Ok(())
    }
}

/// Returns the path of a file, and the variable that decides it.
pub(in crate::cli) fn described(file: &ConfigFile) -> String {
    let path = file.path.display();
    match file.variable {
        Some(variable) => format!("{path}, from {variable}"),
        None => path.to_string(),
    }
}

/// Returns lines indented and without control characters.
fn printable_lines(lines: &str) -> String {
    let lines = lines.lines().map(|line| format!("  {}", printable(line)));
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the path of the tai-mcp that was installed with this taid.
pub(in crate::cli) fn tai_mcp() -> Result<String, CliError> {
    let name = format!("tai-mcp{}", std::env::consts::EXE_SUFFIX);
    let path = executable::path()?.with_file_name(name);
    match path.is_file() {
        true => Ok(path.to_string_lossy().into_owned()),
        false => Err(CliError::new("tai-mcp is not installed next to taid")
            .caused_by(format!("{} does not exist", path.display()))
            .hint("install both from the same release into the same directory")),
    }
}

/// Returns whether the client's own directory or, if it has none, its program exists.
fn is_installed(client: &McpClient, file: &ConfigFile, dirs: &UserDirs) -> bool {
    let shared: [&Path; 3] = [&dirs.home, &dirs.config, &dirs.dot_config];
    match (file.path.parent(), client.program) {
        (Some(dir), _) if !shared.contains(&dir) => dir.exists(),
        (_, Some(program)) => executable::on_path(program),
        (_, None) => false,
    }
}

/// Entry point of tests/fuzz: edits the configuration of client number `kind`. Returns whether
/// there is such a client.
#[cfg(fuzzing)]
pub(crate) fn fuzz(kind: u8, text: &str) -> bool {
    let Some(client) = CLIENTS.get(usize::from(kind)) else {
        return false;
    };
    let server = Server {
        command: "/usr/bin/tai-mcp",
        instance: "desk",
        profile: "default",
        approves_tools: false,
    };
    if let Ok(once) = edit::add(client, text, &server) {
        assert_eq!(edit::add(client, &once, &server).as_ref(), Ok(&once));
        assert!(edit::remove(client, &once).is_ok());
    }
    true
}
