//! `taid doctor`: checks everything from a client's configuration to the bridge, in order of
//! dependency, so that the first problem causes the later ones. It changes nothing.

mod as_client;
mod check;
mod entry;
mod lingering;
mod machine;
mod mcp_clients;
mod network;
mod password;
mod report;
mod running;

use super::{
    error::{CliError, Exit},
    terminal::{Terminal, print},
};
use crate::config::Config;
use check::{Check, ok, skipped, wrong};
use clap::Args;
use report::Report;
use running::Daemon;
use tai_proto::{endpoint::Endpoint, names::Profile};

/// Check the whole setup and suggest fixes
///
/// Verifies the password with the bridge once, unless the daemon is signed in.
#[derive(Args)]
pub(super) struct Doctor {
    /// Print JSON in a stable format
    #[arg(long)]
    json: bool,
    /// Start tai-mcp as this MCP client does, and check what it can do
    #[arg(long = "as", value_name = "CLIENT", value_parser = as_client::parser())]
    as_client: Option<&'static as_client::rules::Rule>,
}

impl Doctor {
    pub(super) async fn run(self, profile: &Profile) -> Result<Exit, CliError> {
        let report = Report::new(match self.as_client {
            Some(client) => as_client::examine(client, profile).await?,
            None => examine(profile).await,
        });
        print(&match self.json {
            true => serde_json::to_string_pretty(&report).map_err(|error| {
                CliError::new("cannot print the report as JSON").caused_by(error)
            })?,
            false => report.page(Terminal::of_stdout()),
        });
        Ok(match report.ok {
            true => Exit::Success,
            false => Exit::Failed,
        })
    }
}

/// Runs every check for `profile`.
async fn examine(profile: &Profile) -> Vec<Check> {
    let mut checks = vec![machine::environment()];
    let config = Config::of_this_process(profile.as_str());
    match &config {
        Ok(config) => checks.extend(configuration(config)),
        Err(error) => checks.push(wrong("configuration", tai_auth::chain(error), error.hint())),
    }
    // The account of a signed-in daemon takes precedence over this shell's configuration.
    let daemon = Daemon::ask(profile).await;
    let mut credentials = None;
    if let Ok(config) = &config {
        let (check, found) = password::examine(config, &daemon).await;
        checks.push(check);
        credentials = found;
    }
    match Endpoint::of_profile(profile) {
        Ok(endpoint) => checks.extend(machine::places(&endpoint, &daemon)),
        Err(error) => {
            let remedy =
                "set HOME, or XDG_RUNTIME_DIR to a directory of your own with a short path";
            checks.push(wrong("directory", error.to_string(), remedy));
        }
    }
    match &config {
        Ok(config) => checks.extend(network::examine(config, credentials, &daemon).await),
        Err(_) => checks.push(skipped("network", "not checked: no valid configuration")),
    }
    checks.push(running::running(&daemon));
    checks.push(running::version(&daemon));
    checks.push(machine::log(profile, &daemon));
    checks.push(lingering::examine());
    checks.extend(mcp_clients::examine(&daemon));
    checks
}

/// Returns a check of the configuration, and one for each value that is not a default.
fn configuration(config: &Config) -> Vec<Check> {
    let mut checks = vec![ok(
        "configuration",
        match config.changed.len() {
            0 => "all values are defaults".to_owned(),
            1 => "1 value is set".to_owned(),
            n => format!("{n} values are set"),
        },
    )];
    checks.extend(config.changed.iter().map(|setting| {
        let found = format!("{} (from {})", setting.value, setting.origin);
        ok(setting.key, found)
    }));
    checks
}
