//! `taid status`: shows the daemon of one profile, or of every profile.

use crate::cli::{
    columns::wrapped,
    daemon::{Daemon, hint_to_start, profiles},
    error::{CliError, Exit},
    json::in_json,
    others::others,
    pages::status::{self as page, View},
    target::Target,
    terminal::{LivePage, Mood, Terminal, print},
    unattended::UnattendedMail,
};
use clap::Args;
use serde::Serialize;
use std::{pin::pin, time::Duration};
use tai_client::in_local_words;
use tai_proto::{
    Fault, FaultCode,
    status::{SCHEMA, SessionState, Status as Facts},
};

/// Interval of `--watch`.
const REDRAW: Duration = Duration::from_secs(1);
/// Time limit of the request for mail that no client reads.
const PATIENCE: Duration = Duration::from_secs(3);

/// Show the account, the session, the bridge and the connected clients
#[derive(Args)]
#[command(after_help = "Examples:
  taid status          show the account, the session and the clients
  taid status --watch  show them until Ctrl-C
  taid status --all    show the taid of every profile
  taid status --json | jq .session

Exits with 3 if taid is not running, 4 if it is not signed in, 1 while it stops.")]
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
    let status = match ask(target).await {
        Ok(status) => status,
        Err(fault) => {
            if json && let Some(pid) = Daemon::running(target)?.stopping() {
                print(&in_json(&of_stopping(target, pid))?);
            }
            return Err(fault.into());
        }
    };
    match json {
        true => print(&in_json(&status)?),
        false => {
            let view = View::here();
            print(&page::render(&status, &view));
            for (_, other) in others(target).await {
                print(&page::other(&other, view.terminal.width()));
            }
            if status.session.state == SessionState::Live {
                print_unattended(target).await;
            }
        }
    }
    Ok(exit_of(std::slice::from_ref(&status)))
}

/// Status of a daemon, in JSON.
#[derive(Serialize)]
#[serde(untagged)]
enum Row<'a> {
    Running(&'a Facts),
    Stopping(serde_json::Value),
}

/// Returns the part of the status that is known of a daemon that does not listen any more.
fn of_stopping(target: &Target, pid: u32) -> serde_json::Value {
    let profile = target.profile.as_str();
    let daemon = serde_json::json!({"profile": profile, "pid": pid, "draining": true});
    serde_json::json!({"schema": SCHEMA, "daemon": daemon})
}

/// Prints the mail that no client reads. Only a person at a terminal is told, because it costs a
/// request to the bridge, and scripts run this command often.
async fn print_unattended(target: &Target) {
    let Some(columns) = Terminal::of_stdout().width() else {
        return;
    };
    if let Some(line) = UnattendedMail::ask(target, PATIENCE).await {
        print(&format!("\n{}", wrapped(&line, 0, Some(columns))));
    }
}

/// Redraws the page until the terminal is closed or the command is interrupted.
async fn watch(target: &Target) -> Result<Exit, CliError> {
    if !Terminal::of_stdout().draws() {
        return Err(CliError::new("--watch needs a terminal")
            .caused_by("standard output is a file, a pipe, or a terminal with TERM=dumb")
            .hint("omit --watch, or use --json in a loop"));
    }
    // Whatever the command waits for, the terminal gets its screen back.
    let mut interrupted = pin!(tokio::signal::ctrl_c());
    let Ok(live) = LivePage::begin() else {
        return Ok(Exit::Success);
    };
    loop {
        let status = tokio::select! {
            biased;
            _ = &mut interrupted => return Ok(Exit::Success),
            status = ask(target) => status,
        };
        // A resize changes the size.
        let view = View::here();
        let page = match status {
            Ok(status) => page::render(&status, &view),
            Err(error) => {
                let error = CliError::from(error).to_string();
                let lines = in_local_words(&error);
                let lines = lines.lines();
                let lines = lines.map(|line| wrapped(line, 0, view.terminal.width()));
                let text = lines.collect::<Vec<_>>().join("\n");
                view.terminal.paint(Mood::Bad, &text)
            }
        };
        if live.draw(&page, view.terminal.rows()).is_err() {
            return Ok(Exit::Success);
        }
        tokio::select! {
            () = tokio::time::sleep(REDRAW) => {}
            _ = &mut interrupted => return Ok(Exit::Success),
        }
    }
}

/// Shows the daemon of every profile of this user.
async fn all(target: &Target, json: bool) -> Result<Exit, CliError> {
    let mut found = Vec::new();
    let (mut stopping, mut errors) = (Vec::new(), Vec::new());
    for profile in profiles(&target.places) {
        let of_profile = target.of_profile(profile);
        match ask(&of_profile).await {
            Ok(status) => found.push(status),
            // A daemon leaves its lock file.
            Err(fault) if fault.code == FaultCode::NotRunning => {}
            Err(fault) => {
                if let Some(pid) = Daemon::running(&of_profile)?.stopping() {
                    stopping.push(of_stopping(&of_profile, pid));
                }
                errors.push(fault.into());
            }
        }
    }
    if json {
        let running = found.iter().map(Row::Running);
        let rows = running.chain(stopping.into_iter().map(Row::Stopping));
        print(&in_json(&rows.collect::<Vec<_>>())?);
    } else if !found.is_empty() {
        let View { now, terminal, .. } = View::here();
        print(&page::overview(&found, now, terminal.width()));
    }
    if let Some(error) = CliError::combined(errors) {
        return Err(error);
    }
    match found.is_empty() {
        true => Err(CliError::new("taid is not running")
            .caused_by("no profile has a running taid")
            .hint(hint_to_start(&target.profile))
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
        SessionState::SignedOut | SessionState::LoggedOut | SessionState::Waiting => false,
    }
}
