//! The command line: what a person types, what they read, and the exit code.

mod account;
mod approve;
mod direct;
mod doctor;
mod install;
mod logs;
mod page;
mod setup;
pub(crate) mod status;
mod terminal;
mod units;

use crate::{
    client::{Client, ClientError},
    server::run::{self, Mode},
};
use clap::{CommandFactory as _, Parser, Subcommand};
use std::{future::Future, io::Write as _, path::PathBuf, process::ExitCode, time::Duration};
use tai_proto::{Call, Fault, FaultCode};
use tokio::time::Instant;

/// One login to TAI mail for every MCP client on this machine.
#[derive(Parser)]
#[command(name = "taid", version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Args {
    /// Which of your daemons is meant; also TAI_MCP_PROFILE. One account each.
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Examples:
  taid login alice --save     sign in, and keep the password in the keyring
  taid setup                  put tai-mcp into the configurations of your MCP clients
  taid status --watch         the account, the session, the bridge and the clients
  taid doctor                 when something does not work

Exit codes: 0 ok, 1 failed, 2 usage, 3 not running, 4 not signed in, 5 version mismatch";

#[derive(Subcommand)]
enum Command {
    /// Run the daemon in the foreground
    ///
    /// Logs in with the first password it is configured with (TAI_MCP_PASSWORD, a systemd
    /// credential, password_command, password_file, the keyring), or waits for `taid login`,
    /// and serves tai-mcp until it is stopped with `taid stop`, Ctrl-C or SIGTERM.
    Run {
        /// Started by a client that found no daemon.
        #[arg(long, hide = true)]
        by_client: bool,
    },
    /// Sign in: asks for the password and checks it with the bridge
    Login(account::LoginArgs),
    /// Sign out: forgets the token and the password, in the keyring too
    Logout,
    /// Create an account, and sign in with it
    Register(account::RegisterArgs),
    /// Show the account, the session, the bridge and the connected clients
    Status {
        /// Print it as JSON, in a shape that stays.
        #[arg(long)]
        json: bool,
        /// Every profile that runs, a line each.
        #[arg(long, conflicts_with = "profile")]
        all: bool,
        /// Draw it again every second, in place.
        #[arg(long, conflicts_with_all = ["json", "all"])]
        watch: bool,
    },
    /// Show the mails that wait for your approval, and send or drop one
    ///
    /// With `confirm_send` in the configuration an agent's mail waits here when its MCP client
    /// cannot ask you. Waiting mails are in taid's memory alone, for an hour.
    Approve(approve::ApproveArgs),
    /// Look for what is wrong, and say what to do about it
    ///
    /// Tries the password with the bridge once, unless the daemon is signed in already.
    Doctor {
        /// Print it as JSON, in a shape that stays.
        #[arg(long)]
        json: bool,
    },
    /// Show the end of the log
    Logs {
        /// Go on with every line that is added.
        #[arg(short, long)]
        follow: bool,
        /// How many lines to begin with.
        #[arg(short = 'n', long, value_name = "N", default_value_t = 50)]
        lines: usize,
    },
    /// Put tai-mcp into the configurations of your MCP clients
    ///
    /// Shows each change, keeps what was there beside it, and writes no password.
    Setup(setup::SetupArgs),
    /// Make taid a service of yours: systemd, launchd, or a task on Windows
    ///
    /// Writes what that takes, shows each step, and stops a taid that runs on its own.
    Install {
        /// Only show what would be done.
        #[arg(long)]
        dry_run: bool,
    },
    /// Undo `taid install`
    Uninstall {
        /// Only show what would be done.
        #[arg(long)]
        dry_run: bool,
    },
    /// Ask the daemon to finish what it does and end
    Stop,
}

/// How long a command waits for the daemon.
const PATIENCE: Duration = Duration::from_secs(5);

enum Failure {
    Failed = 1,
    NotRunning = 3,
    NotSignedIn = 4,
    VersionMismatch = 5,
}

impl From<Failure> for ExitCode {
    fn from(failure: Failure) -> Self {
        ExitCode::from(failure as u8)
    }
}

/// The command line, for manual pages and completions.
pub fn command() -> clap::Command {
    Args::command()
}

/// The whole program.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let profile = args
        .profile
        .or_else(|| {
            std::env::var("TAI_MCP_PROFILE")
                .ok()
                .filter(|name| !name.is_empty())
        })
        .unwrap_or_else(|| "default".to_owned());
    let done = match args.command {
        Command::Run { by_client } => {
            let mode = match by_client {
                true => Mode::ByClient,
                false => Mode::Foreground,
            };
            run::run(&profile, mode).map_err(|error| {
                say(&tai_auth::chain(&error), "", error.hint());
                Failure::Failed
            })
        }
        command => in_runtime(dispatch(&profile, command)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.into(),
    }
}

async fn dispatch(profile: &str, command: Command) -> Result<(), Failure> {
    match command {
        // It has a runtime of its own.
        Command::Run { .. } => Ok(()),
        Command::Login(args) => account::login(profile, args).await,
        Command::Logout => account::logout(profile).await,
        Command::Register(args) => account::register(profile, args).await,
        Command::Status { watch: true, .. } => status::watch(profile).await,
        Command::Status {
            json, all: true, ..
        } => status::all(json).await,
        Command::Status { json, .. } => status::status(profile, json).await,
        Command::Approve(args) => approve::approve(profile, args).await,
        Command::Doctor { json } => doctor::doctor(profile, json).await,
        Command::Logs { follow, lines } => logs::logs(profile, lines, follow).await,
        Command::Setup(args) => setup::setup(profile, &args),
        Command::Install { dry_run } => install::install(profile, dry_run).await,
        Command::Uninstall { dry_run } => install::uninstall(profile, dry_run),
        Command::Stop => stop(profile).await,
    }
}

fn in_runtime(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            say("the system gives no event loop", &error.to_string(), "");
            Failure::Failed
        })?;
    let done = runtime.block_on(work);
    // A keyring that waits to be unlocked is not waited for.
    runtime.shutdown_timeout(Duration::ZERO);
    done
}

/// A line on standard output. A reader that went away, as `head` does, is no failure of ours.
fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// This program's own file.
fn executable() -> Result<PathBuf, Failure> {
    std::env::current_exe().map_err(|error| {
        say("taid does not know where it is", &error.to_string(), "");
        Failure::Failed
    })
}

/// `error:`, `caused by:`, `hint:` on standard error.
fn say(what: &str, why: &str, hint: &str) {
    say_fault(&Fault::new(FaultCode::Internal, what, why, hint));
}

/// The same, and the exit code that goes with it.
fn say_fault(fault: &Fault) -> Failure {
    let _ = writeln!(std::io::stderr(), "{fault}");
    match fault.code {
        FaultCode::NotSignedIn | FaultCode::AuthRefused => Failure::NotSignedIn,
        _ => Failure::Failed,
    }
}

/// Says why the daemon could not be asked.
fn said(error: ClientError, profile: &str) -> Failure {
    if let ClientError::Fault(fault) = &error {
        return say_fault(fault);
    }
    let (what, why, hint) = error.words(profile);
    say(&what, &why, &hint);
    match error {
        ClientError::NotRunning { .. } => Failure::NotRunning,
        ClientError::Version { .. } => Failure::VersionMismatch,
        _ => Failure::Failed,
    }
}

async fn stop(profile: &str) -> Result<(), Failure> {
    let work = async {
        let deadline = Instant::now() + PATIENCE;
        let mut client = Client::of_profile(profile, deadline).await?;
        client.call(Call::Stop, deadline).await?;
        let deadline = Instant::now() + Duration::from_secs(20);
        client.until_gone(deadline).await
    };
    work.await.map_err(|error| said(error, profile))?;
    print("taid has stopped");
    Ok(())
}
