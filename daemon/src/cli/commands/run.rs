//! `taid run`: runs the daemon in this process.

use crate::{
    cli::{
        error::{CliError, Exit},
        target::Target,
        terminal::print,
    },
    os,
    server::{
        run::{self, Mode},
        run_error::RunError,
    },
};
use clap::Args;
use std::process::Stdio;
use tai_client::RUNNING;
use tai_proto::names::Username;

/// Run the daemon in the foreground
///
/// Signs in with the first configured password source (TAI_MCP_PASSWORD or PASSWORD, a systemd
/// credential, password_command, password_file, the keyring), or waits for `taid login`. Runs until
/// `taid stop`, Ctrl-C or SIGTERM. Exits with code 7 if its lock files are removed, so that a service
/// manager starts it again.
#[derive(Args)]
#[command(after_help = "Examples:
  taid run                 run the daemon until Ctrl-C
  taid run --profile work  run the daemon of another profile")]
pub(in crate::cli) struct Run {
    /// Start the daemon in the background for a client, and exit
    #[arg(long, hide = true)]
    by_client: bool,
    /// Serve this account of a client: with the default profile if the account is its own,
    /// otherwise with the profile of the account
    #[arg(long, hide = true, value_name = "USERNAME")]
    account: Option<Username>,
    /// Run the daemon that `--by-client` started
    #[arg(long, hide = true, conflicts_with = "by_client")]
    in_background: bool,
}

impl Run {
    /// Runs the daemon. It starts a runtime of its own.
    pub(in crate::cli) fn run(self, target: &Target) -> Result<Exit, CliError> {
        if self.by_client {
            return launch(target, self.account.as_ref());
        }
        let mode = match self.in_background {
            true => Mode::ByClient,
            false => Mode::Foreground,
        };
        let error = match run::run(&target.places, &target.profile, self.account.as_ref(), mode) {
            Ok(()) => return Ok(Exit::Success),
            Err(error) => error,
        };
        if mode == Mode::ByClient
            && let Some(socket) = error.running_here()
        {
            print(&format!("{RUNNING}{}", socket.display()));
            return Ok(Exit::AlreadyRunning);
        }
        let exit = match &error {
            RunError::LocksLost => Exit::LocksLost,
            error if error.is_already_running() => Exit::AlreadyRunning,
            _ => Exit::Failed,
        };
        Err(CliError::new(tai_auth::chain(&error))
            .hint(error.hint())
            .exit_with(exit))
    }
}

/// Starts the daemon as a child that this process leaves behind. Therefore no client is an ancestor
/// of the daemon, and a client that ends all its descendants does not end it.
fn launch(target: &Target, account: Option<&Username>) -> Result<Exit, CliError> {
    let failed = |error| {
        CliError::new("cannot start taid")
            .caused_by(error)
            .hint("check the limits of processes and open files with `ulimit -a`")
    };
    let mut command = std::process::Command::new(std::env::current_exe().map_err(failed)?);
    if let Some(home) = target.places.given_home() {
        command.arg("--home").arg(home);
    }
    command.args(["run", "--in-background"]);
    match account {
        Some(account) => command.args(["--account", account.as_str()]),
        None => command.args(["--profile", target.profile.as_str()]),
    };
    os::detach(&mut command);
    os::pass_on_nothing();
    command.stdin(Stdio::null()).spawn().map_err(failed)?;
    Ok(Exit::Success)
}
