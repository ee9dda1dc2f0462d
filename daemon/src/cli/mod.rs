//! The command line: arguments, printed text, and exit codes.
//!
//! `commands` has one file per command; `doctor` and `setup` are commands with several files;
//! `pages` renders the daemon's answers. A command returns an exit code or an error, and [`main`]
//! prints the error. Commands call the daemon and use neither `mail` nor the session.

mod columns;
mod commands;
mod daemon;
mod direct;
mod doctor;
mod error;
mod executable;
mod json;
mod number;
mod others;
mod pages;
mod person;
mod prompt;
mod service;
mod setup;
mod table;
mod target;
mod terminal;
mod unattended;
mod units;
mod user_dirs;
mod web;
mod whole;
mod whose;

use crate::server::run_error::RunError;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, builder::StyledStr};
use commands::{
    approve::Approve, audit::Audit, bugreport::BugReport, complete::Complete, delete::Delete,
    inbox::InboxList, install::Install, login::Login, logout::Logout, logs::Logs,
    mark_read::MarkRead, open::Open, read::Read, register::Register, run::Run, search::SearchQuery,
    send::Send, socket::Socket, status::Status, stop::Stop, uninstall::Uninstall,
};
use doctor::Doctor;
use error::{CliError, Exit};
use setup::Setup;
use std::{
    future::Future,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use target::Target;

#[cfg(fuzzing)]
pub(crate) use setup::fuzz;

/// Daemon and commands of TAI mail: one login for every MCP client of a user
#[derive(Parser)]
#[command(name = "taid", version = tai_proto::release::VERSION, arg_required_else_help = true, max_term_width = 80, after_help = after_help())]
struct Args {
    /// Profile to use (one account each) [env: TAI_MCP_PROFILE]
    #[arg(long, global = true, value_name = "NAME", help_heading = GLOBAL)]
    profile: Option<String>,
    /// Socket of a running taid, such as a mounted one [env: TAI_MCP_SOCKET]
    #[arg(long, global = true, value_name = "PATH", help_heading = GLOBAL)]
    socket: Option<PathBuf>,
    /// Directory to use as the home directory, for tests and trials
    #[arg(long, global = true, value_name = "DIR", help_heading = GLOBAL)]
    home: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  taid login alice --save  sign in, and save the password in the keyring
  taid setup               set up your MCP clients
  taid status --watch      show the account, the session and the clients
  taid inbox               list the unread mail of all your addresses
  taid doctor              check the setup and suggest fixes";
/// Heading of the options that every command has.
const GLOBAL: &str = "Global options";

#[derive(Subcommand)]
enum Command {
    Run(Run),
    Login(Login),
    Logout(Logout),
    Register(Register),
    Status(Status),
    Inbox(InboxList),
    Read(Read),
    Send(Send),
    Search(SearchQuery),
    MarkRead(MarkRead),
    Delete(Delete),
    Approve(Approve),
    Open(Open),
    Audit(Audit),
    Doctor(Doctor),
    #[command(name = "bugreport")]
    BugReport(BugReport),
    Logs(Logs),
    Socket(Socket),
    Setup(Setup),
    Install(Install),
    Uninstall(Uninstall),
    Stop(Stop),
    #[command(hide = true)]
    Complete(Complete),
}

/// Returns the last part of `taid --help`.
fn after_help() -> String {
    let mut text = format!("{EXAMPLES}\n\nExit codes:");
    for (code, meaning) in exit_codes() {
        text.push_str(&format!("\n  {code}  {meaning}"));
    }
    text
}

/// Returns each exit code and its meaning.
pub fn exit_codes() -> impl Iterator<Item = (u8, &'static str)> {
    Exit::ALL
        .map(|exit| (exit as u8, exit.meaning()))
        .into_iter()
}

/// Returns the definition of the command line. Manual pages and completions come from it.
pub fn command() -> clap::Command {
    Args::command()
}

/// Returns the command line with the name by which the person called it: `tai-mcp setup` runs taid, and
/// there may be no `taid` on PATH.
fn command_as_called() -> clap::Command {
    let called = std::env::args_os().next().unwrap_or_default();
    let stem = Path::new(&called).file_stem();
    match stem.is_some_and(|stem| stem == "tai-mcp") {
        true => of_tai_mcp(command()),
        false => command(),
    }
}

/// Returns a command whose texts name tai-mcp in place of taid.
fn of_tai_mcp(command: clap::Command) -> clap::Command {
    let renamed = |text: &StyledStr| {
        let mut text = text.to_string();
        for start in ["\n  ", "| ", "$(", "`"] {
            text = text.replace(&format!("{start}taid "), &format!("{start}tai-mcp "));
        }
        text
    };
    let [about, long, last] = [
        command.get_about(),
        command.get_long_about(),
        command.get_after_help(),
    ]
    .map(|text| text.map(renamed));
    let mut command = command.mut_args(|argument| {
        let [help, long] =
            [argument.get_help(), argument.get_long_help()].map(|text| text.map(renamed));
        let argument = match help {
            Some(text) => argument.help(text),
            None => argument,
        };
        match long {
            Some(text) => argument.long_help(text),
            None => argument,
        }
    });
    if let Some(text) = about {
        command = command.about(text);
    }
    if let Some(text) = long {
        command = command.long_about(text);
    }
    if let Some(text) = last {
        command = command.after_help(text);
    }
    command.mut_subcommands(of_tai_mcp)
}

/// Parses the arguments of this process. Exits if they are not valid.
fn arguments() -> Args {
    let mut matches = command_as_called().get_matches();
    Args::from_arg_matches_mut(&mut matches)
        .unwrap_or_else(|error| error.format(&mut command_as_called()).exit())
}

/// Runs the command of this process's arguments, prints its error, and returns its exit code.
pub fn main() -> ExitCode {
    crate::os::restrict_new_files();
    let written = |exit| match terminal::failure() {
        None => Ok(exit),
        Some(error) => Err(CliError::new("cannot write the output")
            .caused_by(error)
            .hint("the command was carried out; its output is incomplete")),
    };
    match run(arguments()).and_then(written) {
        Ok(exit) => exit.into(),
        Err(error) => {
            error.show();
            error.exit().into()
        }
    }
}

fn run(args: Args) -> Result<Exit, CliError> {
    let is_of_profile = matches!(
        args.command,
        Command::Run(_)
            | Command::Install(_)
            | Command::Uninstall(_)
            | Command::Logs(_)
            | Command::Audit(_)
    );
    if is_of_profile && args.socket.is_some() {
        return Err(CliError::new("--socket names a taid that runs")
            .caused_by("this command is about the taid of a profile")
            .hint("run it without --socket")
            .exit_with(Exit::Usage));
    }
    let target = &Target::new(args.profile, args.home.as_deref(), args.socket)?;
    if let Some(home) = target.places.given_home() {
        tai_client::repeat_home(home);
    }
    let ended = carry_out(args.command, target);
    ended.map_err(|error| error.for_profile(&target.profile))
}

fn carry_out(command: Command, target: &Target) -> Result<Exit, CliError> {
    match command {
        Command::Run(command) => command.run(target),
        Command::Login(command) => in_runtime(command.run(target)),
        Command::Logout(command) => in_runtime(command.run(target)),
        Command::Register(command) => in_runtime(command.run(target)),
        Command::Status(command) => in_runtime(command.run(target)),
        Command::Inbox(command) => in_runtime(command.run(target)),
        Command::Read(command) => in_runtime(command.run(target)),
        Command::Send(command) => in_runtime(command.run(target)),
        Command::Search(command) => in_runtime(command.run(target)),
        Command::MarkRead(command) => in_runtime(command.run(target)),
        Command::Delete(command) => in_runtime(command.run(target)),
        Command::Approve(command) => in_runtime(command.run(target)),
        Command::Open(command) => in_runtime(command.run(target)),
        Command::Audit(command) => in_runtime(command.run(target)),
        Command::BugReport(command) => in_runtime(command.run(target)),
        Command::Doctor(command) => in_runtime(command.run(target)),
        Command::Logs(command) => in_runtime(command.run(target)),
        Command::Setup(command) => command.run(target),
        Command::Install(command) => in_runtime(command.run(target)),
        Command::Uninstall(command) => command.run(target),
        Command::Socket(command) => command.run(target),
        Command::Stop(command) => in_runtime(command.run(target)),
        Command::Complete(command) => in_runtime(command.run()),
    }
}

fn in_runtime(work: impl Future<Output = Result<Exit, CliError>>) -> Result<Exit, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .on_thread_start(crate::os::receive_no_ending)
        .build()
        .map_err(|error| {
            let error = RunError::Runtime(error);
            CliError::new(tai_auth::chain(&error)).hint(error.hint())
        })?;
    let done = runtime.block_on(work);
    // Without this, the exit would wait for a keyring that waits to be unlocked.
    runtime.shutdown_timeout(Duration::ZERO);
    done
}
