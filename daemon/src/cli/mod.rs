//! The command line: arguments, printed text, and exit codes.
//!
//! `commands` has one file per command; `doctor` and `setup` are commands with several files;
//! `pages` renders the daemon's answers. A command returns an exit code or an error, and [`main`]
//! prints the error. Commands call the daemon and use neither `mail` nor the session.

mod commands;
mod daemon;
mod direct;
mod doctor;
mod error;
mod executable;
mod pages;
mod prompt;
mod service;
mod setup;
mod terminal;
mod units;
mod user_dirs;

use clap::{CommandFactory as _, Parser, Subcommand};
use commands::{
    approve::Approve, audit::Audit, install::Install, login::Login, logout::Logout, logs::Logs,
    register::Register, run::Run, status::Status, stop::Stop, uninstall::Uninstall,
};
use doctor::Doctor;
use error::{CliError, Exit};
use setup::Setup;
use std::{future::Future, io::Write as _, process::ExitCode, time::Duration};
use tai_proto::{names::Profile, variables};

#[cfg(fuzzing)]
pub(crate) use setup::fuzz;

/// One login to TAI mail for every MCP client on this machine
#[derive(Parser)]
#[command(name = "taid", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Args {
    /// Profile to use (one account each) [env: TAI_MCP_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  taid login alice --save     sign in, and save the password in the keyring
  taid setup                  add tai-mcp to the configurations of your MCP clients
  taid status --watch         show the account, the session, the bridge and the clients
  taid doctor                 check the setup and suggest fixes

Exit codes: 0 ok, 1 failed, 2 usage, 3 not running, 4 not signed in, 5 version mismatch,
6 already running";

#[derive(Subcommand)]
enum Command {
    Run(Run),
    Login(Login),
    Logout(Logout),
    Register(Register),
    Status(Status),
    Approve(Approve),
    Audit(Audit),
    Doctor(Doctor),
    Logs(Logs),
    Setup(Setup),
    Install(Install),
    Uninstall(Uninstall),
    Stop(Stop),
}

/// Returns the definition of the command line. Manual pages and completions come from it.
pub fn command() -> clap::Command {
    Args::command()
}

/// Runs the command of this process's arguments, prints its error, and returns its exit code.
pub fn main() -> ExitCode {
    crate::os::restrict_new_files();
    match run(Args::parse()) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            error.exit().into()
        }
    }
}

fn run(args: Args) -> Result<Exit, CliError> {
    let profile = args.profile.or_else(|| {
        let profile = std::env::var(variables::PROFILE).ok();
        profile.filter(|name| !name.is_empty())
    });
    let profile = profile.map(Profile::new).transpose().map_err(|rule| {
        CliError::new("the profile is not valid")
            .caused_by(rule)
            .hint("correct --profile or TAI_MCP_PROFILE")
    })?;
    let profile = &profile.unwrap_or_default();
    match args.command {
        Command::Run(command) => command.run(profile),
        Command::Login(command) => in_runtime(command.run(profile)),
        Command::Logout(command) => in_runtime(command.run(profile)),
        Command::Register(command) => in_runtime(command.run(profile)),
        Command::Status(command) => in_runtime(command.run(profile)),
        Command::Approve(command) => in_runtime(command.run(profile)),
        Command::Audit(command) => in_runtime(command.run(profile)),
        Command::Doctor(command) => in_runtime(command.run(profile)),
        Command::Logs(command) => in_runtime(command.run(profile)),
        Command::Setup(command) => command.run(profile),
        Command::Install(command) => in_runtime(command.run(profile)),
        Command::Uninstall(command) => command.run(profile),
        Command::Stop(command) => in_runtime(command.run(profile)),
    }
}

fn in_runtime(work: impl Future<Output = Result<Exit, CliError>>) -> Result<Exit, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::new("cannot start the async runtime").caused_by(error))?;
    let done = runtime.block_on(work);
    // Without this, the exit would wait for a keyring that waits to be unlocked.
    runtime.shutdown_timeout(Duration::ZERO);
    done
}
