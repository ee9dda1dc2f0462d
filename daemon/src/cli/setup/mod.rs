//! `taid setup`, also `tai-mcp setup`: adds tai-mcp to the configurations of MCP clients, or
//! removes it. `registry` has the clients, `asked` the values that the user asks for, `plan` decides
//! what changes, `edit` changes text, `apply` and `replace` change files, `record` remembers the
//! changes, `check` only looks, and `report` and `shown` print.

mod apply;
mod asked;
mod check;
pub(in crate::cli) mod edit;
pub(in crate::cli) mod entry;
pub(in crate::cli) mod leftovers;
mod plan;
mod record;
pub(in crate::cli) mod registry;
mod replace;
mod report;
mod shown;
mod started;
mod starters;
mod wsl;

use super::{
    error::{CliError, Exit},
    executable::{self, Lifetime},
    target::Target,
    terminal::print,
    user_dirs::UserDirs,
};
use asked::Asked;
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use record::Records;
use registry::{CLIENTS, ConfigFile, McpClient};
use std::path::{Path, PathBuf};
use tai_proto::{names::Instance, places::Places};

/// Add tai-mcp to the configurations of your MCP clients
///
/// Prints each changed value, but no secret, and saves a backup next to the file. Writes no password.
/// With --profile or --socket, the entry names that profile or socket. `--remove` restores the
/// original file, unless it was edited since.
#[derive(Args)]
#[command(after_help = "Examples:
  taid setup                         set up every client found
  taid setup cursor --instance desk  set up Cursor as the agent `desk`
  taid setup --dry-run               print the changes alone
  taid setup codex --remove          undo the setup of Codex")]
pub(super) struct Setup {
    /// Clients [default: every client found]
    #[arg(value_name = "CLIENT", value_parser = client_parser(), ignore_case = true)]
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
    #[arg(long, conflicts_with_all = ["print", "check"])]
    remove: bool,
    /// Print the entry of each client without changing a file
    #[arg(long, conflicts_with = "check")]
    print: bool,
    /// Print the changes without writing them
    #[arg(long)]
    dry_run: bool,
    /// Check that each client is set up as the other options say, and change nothing
    ///
    /// Exits with 1 if one is not, or if the program of its entry does not exist.
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
}

fn client_parser() -> impl TypedValueParser<Value = &'static McpClient> {
    PossibleValuesParser::new(CLIENTS.iter().map(|client| client.slug)).try_map(|slug| {
        let mut known = CLIENTS.iter();
        let known = known.find(|client| client.slug.eq_ignore_ascii_case(&slug));
        known.ok_or("unknown client")
    })
}

/// A client and its configuration file.
struct Found {
    client: &'static McpClient,
    file: ConfigFile,
}

impl Setup {
    /// Repairs the entry of one client, which keeps its instance, its profile and its socket.
    pub(super) fn repair(client: &'static McpClient, places: &Places) -> Result<(), CliError> {
        let dirs = UserDirs::of(places).ok_or_else(CliError::no_home)?;
        let file = client.file(&dirs);
        let found = vec![Found { client, file }];
        add(found, &Asked::default(), || Records::lock(places.state())).map(drop)
    }

    pub(super) fn run(self, target: &Target) -> Result<Exit, CliError> {
        if let Some(Err(rule)) = self.instance.as_deref().map(Instance::new) {
            return Err(CliError::new("the instance is not valid")
                .caused_by(rule)
                .hint("correct --instance"));
        }
        let dirs = UserDirs::of(&target.places).ok_or_else(CliError::no_home)?;
        let chosen = match self.clients.is_empty() {
            true => CLIENTS.iter().collect(),
            false => self.clients.clone(),
        };
        if self.approve_tools && !chosen.iter().any(|client| client.has_approval_mode()) {
            return Err(
                CliError::new("--approve-tools has no effect on the named clients")
                    .caused_by("only the entry of Codex has an approval mode")
                    .hint("name codex, or leave --approve-tools out"),
            );
        }
        let asked = Asked {
            instance: self.instance.as_deref(),
            profile: target.names_profile.then_some(&target.profile),
            socket: target.socket.as_deref().map(text_of).transpose()?,
            approves_tools: self.approve_tools,
        };
        if self.print {
            return print_entries(&chosen, &dirs, &asked);
        }
        let found = self.found(chosen, &dirs);
        if self.remove && found.is_empty() {
            print("nothing to remove: no MCP client was found");
            return Ok(Exit::Success);
        }
        if found.is_empty() {
            return Err(CliError::new("no MCP client was found")
                .caused_by("none of the known configuration files exists")
                .hint(
                    "name a client (`--help` lists them), or use --print and add the entry by hand",
                ));
        }
        let state = target.places.state();
        match (self.check, self.remove) {
            (true, _) => Ok(check_all(&found, &asked)),
            (false, true) => remove(found, self.records(state)?),
            (false, false) => add(found, &asked, || self.records(state)),
        }
    }

    /// Opens the records in the state directory.
    fn records(&self, state: &Path) -> Result<Records, CliError> {
        match self.dry_run {
            true => Records::read(state),
            false => Records::lock(state),
        }
    }

    /// Returns the clients that are named, or that are installed or have a configuration.
    fn found(&self, chosen: Vec<&'static McpClient>, dirs: &UserDirs) -> Vec<Found> {
        let named = !self.clients.is_empty();
        let mut found = Vec::new();
        for client in chosen {
            let files = match self.remove {
                true => client.files(dirs),
                false => vec![client.file(dirs)],
            };
            for file in files {
                if named || file.path.exists() || is_installed(client, &file, dirs) {
                    found.push(Found { client, file });
                }
            }
        }
        found
    }
}

/// Prints the entry of each client.
fn print_entries(
    chosen: &[&McpClient],
    dirs: &UserDirs,
    asked: &Asked<'_>,
) -> Result<Exit, CliError> {
    let (path, _) = executable::lasting("tai-mcp")?;
    let command = text_of(&path)?;
    for client in chosen {
        report::example(client, &client.file(dirs), &asked.server(client, command));
    }
    wsl::print_example(command, asked.instance);
    Ok(Exit::Success)
}

/// Says of each client whether it is set up as asked.
fn check_all(found: &[Found], asked: &Asked<'_>) -> Exit {
    let mut all_set_up = true;
    for Found { client, file } in found {
        all_set_up &= check::check(client, file, asked);
    }
    match all_set_up {
        true => Exit::Success,
        false => {
            print("To set them up, run this command without --check.");
            Exit::Failed
        }
    }
}

/// Sets up each client. `open` creates files, so that it follows the search for tai-mcp.
fn add(
    found: Vec<Found>,
    asked: &Asked<'_>,
    open: impl FnOnce() -> Result<Records, CliError>,
) -> Result<Exit, CliError> {
    let (path, lifetime) = executable::lasting("tai-mcp")?;
    let command = text_of(&path)?;
    let mut records = open()?;
    let mut errors = Vec::new();
    for Found { client, file } in found {
        let server = asked.server(client, command);
        match apply::add(client, &file.path, &server, &mut records) {
            Ok(outcome) => report::outcome(client, &file, &outcome, Some(&server)),
            Err(error) => errors.push(report::failed(client, &file, error, Some(&server))),
        }
    }
    if !records.is_dry_run {
        if lifetime == Lifetime::Version {
            print(&format!(
                "note: {command} has a version in its path; run this again after an update"
            ));
        }
        wsl::print_note();
    }
    end(errors, records.is_dry_run)
}

/// Removes tai-mcp from each client.
fn remove(found: Vec<Found>, mut records: Records) -> Result<Exit, CliError> {
    let mut errors = Vec::new();
    for Found { client, file } in found {
        match apply::remove(client, &file.path, &mut records) {
            Ok(outcome) => {
                report::outcome(client, &file, &outcome, None);
                if !records.is_dry_run {
                    let left = leftovers::backups_with_password(client, &file.path);
                    report::backups(client, &left);
                }
            }
            Err(error) => errors.push(report::failed(client, &file, error, None)),
        }
    }
    end(errors, records.is_dry_run)
}

fn end(errors: Vec<CliError>, dry_run: bool) -> Result<Exit, CliError> {
    if dry_run {
        print("Nothing was written (--dry-run).");
    }
    match CliError::combined(errors) {
        Some(error) => Err(error),
        None => Ok(Exit::Success),
    }
}

/// Returns a path as text, which a configuration needs.
fn text_of(path: &Path) -> Result<&str, CliError> {
    path.to_str().ok_or_else(|| {
        CliError::new(format!("{} cannot be in a configuration", path.display()))
            .caused_by("the path is not UTF-8")
            .hint("use a directory whose name is UTF-8")
    })
}

/// Returns the path of the tai-mcp that was installed with this taid.
pub(in crate::cli) fn tai_mcp() -> Result<String, CliError> {
    let path: PathBuf = executable::installed("tai-mcp")?;
    Ok(path.to_string_lossy().into_owned())
}

/// Returns whether the client's own directory or, if it has none, its program exists.
fn is_installed(client: &McpClient, file: &ConfigFile, dirs: &UserDirs) -> bool {
    if client
        .sign
        .is_some_and(|sign| dirs.home.join(sign).is_dir())
    {
        return true;
    }
    let shared: [&Path; 3] = [&dirs.home, &dirs.config, &dirs.dot_config];
    match (file.path.parent(), client.program) {
        (Some(dir), _) if !shared.contains(&dir) => dir.exists(),
        (_, Some(program)) => tai_client::is_on_path(program),
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
    let server = edit::Server {
        command: "/usr/bin/tai-mcp",
        default_instance: "desk",
        instance: None,
        profile: None,
        socket: None,
        approves_tools: false,
    };
    let add = |text: &str| {
        let servers = edit::servers(client, text)?;
        let plan = plan::add(client, &servers, &server)?;
        edit::apply(client, text, &plan.edits)
    };
    if let Ok(once) = add(text) {
        assert_eq!(add(&once).as_ref(), Ok(&once));
        let servers = edit::servers(client, &once).unwrap_or_default();
        let removed = edit::apply(client, &once, &plan::remove(&servers));
        assert_ne!(removed.as_ref(), Ok(&once));
    }
    true
}
