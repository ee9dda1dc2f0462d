//! `taid doctor`: checks everything from a client's configuration to the bridge, in order of
//! dependency, so that the first problem causes the later ones. Without `--fix` it changes nothing,
//! but a login that waits for its time is tried.

mod as_client;
mod check;
mod differences;
mod files;
mod lingering;
mod machine;
pub(super) mod mcp_clients;
mod network;
mod password;
mod reader;
mod repair;
mod report;
mod running;
mod session;
mod unread;

use super::{
    daemon::without_auto_start,
    error::{CliError, Exit},
    json::in_json,
    target::Target,
    terminal::{Terminal, print},
    user_dirs::UserDirs,
};
use crate::{config::Config, os::check_threads, server::run_error::SHORTER_PATH};
use check::{Check, State, ok, skipped, wrong};
use clap::Args;
use differences::Shell;
use repair::Repair;
use report::Report;
use running::Daemon;
use std::time::{Duration, SystemTime};
use tai_proto::{
    endpoint::Endpoint,
    places::Places,
    status::{SessionState, SettingStatus, Status},
};

/// Time limit of a request to the bridge of a running daemon.
const API_TIMEOUT: Duration = Duration::from_secs(10);

/// Check the whole setup and suggest fixes
///
/// If taid is not running, doctor tries the password at the bridge once. If taid waits before its next
/// login, doctor makes it try now.
///
/// `--fix` rewrites the entry of an MCP client that starts the older Node server or a program that
/// does not exist, or that is switched off. It stops a taid of another version or without its sockets,
/// and the next call starts a new one. It makes taid's directories private. It backs up each
/// configuration. It never signs in, and never stops a taid whose password was typed.
#[derive(Args)]
#[command(after_help = "Examples:
  taid doctor                check the whole setup
  taid doctor --fix          repair what can be repaired, and check again
  taid doctor --as cursor    check what Cursor gets
  taid doctor --json | jq .  check it for a program")]
pub(super) struct Doctor {
    /// Print JSON in a stable format
    #[arg(long)]
    json: bool,
    /// Repair the problems that need no decision of yours, and check again
    #[arg(long, conflicts_with_all = ["json", "as_client"])]
    fix: bool,
    /// Start tai-mcp as this MCP client does, and check what it can do
    #[arg(long = "as", value_name = "CLIENT", value_parser = as_client::parser())]
    as_client: Option<&'static as_client::rules::Rule>,
}

impl Doctor {
    pub(super) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        check_threads().map_err(|error| {
            CliError::new("the system starts no further thread of this user")
                .caused_by(error)
                .hint("check the limits of processes with `ulimit -a`, and RUST_MIN_STACK if it is set")
        })?;
        let first = match self.as_client {
            Some(client) => Examined {
                checks: as_client::examine(client, target).await?,
                login: None,
            },
            None => examine(target, None).await,
        };
        let mut report = Report::new(first.checks.clone());
        if self.fix {
            let repairs = report.repairs();
            if !repairs.is_empty() {
                repair_all(repairs, target).await;
                let checks = examine(target, Some(&first)).await.checks.into_iter();
                report = Report::new(checks.map(|check| check.repaired_by(None)).collect());
            }
        }
        let report = report.for_profile(&target.profile);
        print(&match self.json {
            true => in_json(&report)?,
            false => report.page(Terminal::of_stdout()),
        });
        Ok(match report.ok {
            true => Exit::Success,
            false => Exit::Failed,
        })
    }
}

/// Makes each repair, and prints why one failed.
async fn repair_all(repairs: Vec<Repair>, target: &Target) {
    for repair in repairs {
        if let Err(error) = repair.make(target).await {
            error.for_profile(&target.profile).show();
        }
    }
    print("");
}

/// Returns the name and the result of each check, without the texts.
pub(super) async fn outcomes(target: &Target) -> Vec<(String, &'static str)> {
    let outcome = |check: Check| {
        let state = match check.state {
            State::Ok => "ok",
            State::Wrong => "wrong",
            State::Skipped => "skipped",
        };
        (check.name, state)
    };
    let checks = examine(target, None).await.checks.into_iter();
    checks.map(outcome).collect()
}

/// Checks of one run.
struct Examined {
    checks: Vec<Check>,
    /// Verdict of the bridge on the password, if this run tried it.
    login: Option<Check>,
}

/// Runs every check for `target`. If the daemon runs, its own view of the configuration, the
/// account and the session counts. A run after an `earlier` one does not try the password again.
async fn examine(target: &Target, earlier: Option<&Examined>) -> Examined {
    let config = Config::of_this_process(&target.profile, target.places.config());
    let daemon = match earlier {
        None => Daemon::ask(target).await,
        Some(_) => Daemon::look(target).await,
    };
    let start = match &config {
        Err(_) => "it does not start with this configuration".to_owned(),
        Ok(_) => without_auto_start(&target.profile).unwrap_or_else(|| {
            "it starts with the first call of a client, or with `taid login`".to_owned()
        }),
    };
    let mut checks = vec![
        machine::environment(),
        running::running(&daemon, &start),
        running::version(&daemon),
    ];
    if let Some(status) = daemon.status().filter(|status| status.confined) {
        checks.push(ok(
            "socket",
            "it is that of an instance, which tells nothing of settings and files: run `taid doctor` \
             where taid runs",
        ));
        checks.extend(session::of_instance(status, SystemTime::now()));
        checks.extend(files::of_status(status));
        let login = None;
        return Examined { checks, login };
    }
    if let Err(error) = &config {
        checks.push(wrong("configuration", tai_auth::chain(error), error.hint()));
    }
    let config = config.ok();
    let ignored = config.iter().flat_map(|config| &config.ignored);
    checks.extend(ignored.map(|note| ok("ignored", note)));
    checks.extend(match daemon.status() {
        Some(status) => settings_of(status, config.as_ref(), &target.places),
        None => settings_here(config.as_ref(), &target.places),
    });
    match Endpoint::of_profile(&target.places, &target.profile) {
        Ok(endpoint) => checks.extend(machine::places(&endpoint, target, &daemon).await),
        Err(error) => {
            checks.push(wrong("directory", error.to_string(), SHORTER_PATH));
        }
    }
    let login = earlier.and_then(|earlier| earlier.login.as_ref());
    let account = account(config.as_ref(), &daemon, login).await;
    checks.extend(account.checks);
    let login = account.login;
    checks.push(reader::examine().await);
    checks.push(machine::log(target, &daemon));
    checks.extend(files::examine(target, daemon.status()));
    checks.push(lingering::examine(target));
    checks.extend(mcp_clients::examine(&daemon, target));
    if daemon
        .status()
        .is_some_and(|status| status.session.state == SessionState::Live)
    {
        checks.extend(unread::examine(target).await);
    }
    Examined { checks, login }
}

/// Returns the settings of the daemon, and their differences from those of this shell.
fn settings_of(status: &Status, config: Option<&Config>, places: &Places) -> Vec<Check> {
    let environment = &status.environment;
    let mut checks = configuration(environment.settings.iter().map(|setting| {
        let SettingStatus { key, value, origin } = setting;
        (key.as_str(), value.as_str(), origin.as_str())
    }));
    let shell = Shell::of_this_process(places);
    let signed_in = status.session.state == SessionState::Live;
    checks.extend(differences::examine(environment, &shell, config, signed_in));
    checks
}

/// Returns the settings that a daemon would have.
fn settings_here(config: Option<&Config>, places: &Places) -> Vec<Check> {
    let dirs = UserDirs::of(places);
    let directory = dirs.and_then(|dirs| differences::of_absent_daemon(&dirs));
    let mut checks = Vec::from_iter(directory);
    if let Some(config) = config {
        let changed = config.changed.iter();
        checks.extend(configuration(changed.map(|setting| {
            (
                &*setting.key,
                setting.value.as_str(),
                setting.origin.as_str(),
            )
        })));
    }
    checks
}

/// Checks the account, the password, and the path to the bridge: those of the daemon, or, if it
/// does not run, those that it would have. `tried` is the verdict of an earlier run.
async fn account(config: Option<&Config>, daemon: &Daemon, tried: Option<&Check>) -> Examined {
    let mut checks = Vec::new();
    let mut login = None;
    let mut credentials = None;
    let now = SystemTime::now();
    let (bridge, limit) = match (daemon.status(), config) {
        (Some(status), _) => {
            checks.extend(session::examine(status, now));
            if status.session.state == SessionState::Waiting {
                login = Some(session::login(status, now));
            }
            (status.bridge.url.parse().ok(), API_TIMEOUT)
        }
        (None, Some(config)) => {
            let (check, found) = password::examine(config).await;
            checks.push(check);
            credentials = found;
            let settings = &config.settings;
            (Some(settings.api_base_url.clone()), settings.api_timeout)
        }
        (None, None) => (None, API_TIMEOUT),
    };
    let Some(bridge) = bridge else {
        checks.push(skipped("network", "not checked: no valid configuration"));
        return Examined { checks, login };
    };
    let options = config.map(Config::network).unwrap_or_default();
    let (network, reached) = network::examine(&bridge, limit, &options, now).await;
    checks.extend(network);
    if daemon.status().is_none() {
        let check = match tried {
            Some(tried) => tried.clone(),
            None => network::login(reached.as_ref(), credentials).await,
        };
        login = (check.state != State::Skipped).then(|| check.clone());
        checks.push(check);
    }
    Examined { checks, login }
}

/// Returns a check of the configuration, and one for each value that is not a default: key,
/// value and origin.
fn configuration<'a>(
    changed: impl ExactSizeIterator<Item = (&'a str, &'a str, &'a str)>,
) -> Vec<Check> {
    let mut checks = vec![ok(
        "configuration",
        match changed.len() {
            0 => "all values are defaults".to_owned(),
            1 => "1 value is set".to_owned(),
            n => format!("{n} values are set"),
        },
    )];
    checks.extend(changed.map(|(key, value, origin)| ok(key, format!("{value} (from {origin})"))));
    checks
}
