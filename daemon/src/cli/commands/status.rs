//! `taid status`: shows the daemon of one profile, or of every profile.

use crate::cli::{
    daemon::{Daemon, profiles},
    error::{CliError, Exit},
    pages::status as page,
    target::Target,
    terminal::{self, Mood, Terminal, print},
};
use clap::Args;
use std::{
    io::{self, IsTerminal as _},
    time::{Duration, SystemTime},
};
use tai_proto::{
    Fault, FaultCode,
    status::{SessionState, Status as Facts},
};

/// Interval of `--watch`.
const REDRAW: Duration = Duration::from_secs(1);

/// Show the account, the session, the bridge and the connected clients
#[derive(Args)]
pub(in crate::cli) struct Status {
    /// Print JSON in a stable format
    #[arg(long)]
    json: bool,
    /// Show every running profile, one per line
    #[arg(long, conflicts_with = "profile")]
    all: bool,
    /// Redraw the page every second
    #[arg(long, conflicts_with_all = ["json", "all"])]
    watch: bool,
}

impl Status {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        match (self.watch, self.all) {
            (true, _) => watch(target).await,
            (false, true) => all(target, self.json).await,
            (false, false) => one(target, self.json).await,
        }
    }
}

async fn ask(target: &Target) -> Result<Facts, Fault> {
    Daemon::running(target)?.status().await
}

async fn one(target: &Target, json: bool) -> Result<Exit, CliError> {
    let status = ask(target).await?;
    let text = match json {
        true => pretty(&status)?,
        false => painted(Terminal::of_stdout(), &status),
    };
    print(&text);
    Ok(exit_of(std::slice::from_ref(&status)))
}

/// Redraws the page until the terminal is closed or the command is interrupted.
async fn watch(target: &Target) -> Result<Exit, CliError> {
    if !io::stdout().is_terminal() {
        return Err(CliError::new("--watch needs a terminal")
            .caused_by("standard output is a file or a pipe")
            .hint("omit --watch, or use --json in a loop"));
    }
    if terminal::clear().is_err() {
        return Ok(Exit::Success);
    }
    loop {
        // A resize changes the width.
        let here = Terminal::of_stdout();
        let page = match ask(target).await {
            Ok(status) => painted(here, &status),
            Err(error) => {
                let lines = CliError::from(error).to_string();
                here.paint(Mood::Bad, &here.fit(&lines))
            }
        };
        if terminal::redraw(&page).is_err() {
            return Ok(Exit::Success);
        }
        tokio::time::sleep(REDRAW).await;
    }
}

/// Returns the page as a terminal shows it: lines that fit, and the session in a colour.
fn painted(terminal: Terminal, status: &Facts) -> String {
    let mood = match (status.session.state, is_signed_in(status)) {
        (SessionState::Live, _) => Mood::Good,
        (_, true) => Mood::Passing,
        (_, false) => Mood::Bad,
    };
    let page = terminal.fit(&page::render(status, SystemTime::now()));
    let lines = page
        .lines()
        .map(|line| match line.strip_prefix("session ") {
            Some(rest) => format!("session {}", terminal.paint(mood, rest)),
            None => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// Shows the daemon of every profile of this user.
async fn all(target: &Target, json: bool) -> Result<Exit, CliError> {
    let mut found = Vec::new();
    let mut errors = Vec::new();
    for profile in profiles(&target.places) {
        match ask(&target.of_profile(profile)).await {
            Ok(status) => found.push(status),
            // A daemon leaves its lock file.
            Err(fault) if fault.code == FaultCode::NotRunning => {}
            Err(fault) => errors.push(fault.into()),
        }
    }
    if json {
        print(&pretty(&found)?);
    } else if !found.is_empty() {
        print(&page::overview(&found, SystemTime::now()));
    }
    if let Some(error) = CliError::combined(errors) {
        return Err(error);
    }
    match found.is_empty() {
        true => Err(CliError::new("taid is not running")
            .caused_by("no profile has a running taid")
            .hint("taid starts with the first call of a client; to start it now: `taid login`, or `taid run` to watch it")
            .exit_with(Exit::NotRunning)),
        false => Ok(exit_of(&found)),
    }
}

fn exit_of(all: &[Facts]) -> Exit {
    match all.iter().all(is_signed_in) {
        true => Exit::Success,
        false => Exit::NotSignedIn,
    }
}

fn is_signed_in(status: &Facts) -> bool {
    match status.session.state {
        SessionState::Live | SessionState::SigningIn => true,
        SessionState::SignedOut | SessionState::Waiting => false,
    }
}

fn pretty<T: serde::Serialize>(value: &T) -> Result<String, CliError> {
    serde_json::to_string_pretty(value)
        .map_err(|error| CliError::new("cannot print the status as JSON").caused_by(error))
}
