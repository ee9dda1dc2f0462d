//! `taid status`, of one profile or of all.

use super::{
    Failure, PATIENCE, page, print, said, say,
    terminal::{self, Mood, Terminal},
};
use crate::client::{Client, ClientError};
use std::{
    io::{self, IsTerminal as _},
    time::{Duration, SystemTime},
};
use tai_proto::{
    Answer, Call,
    endpoint::Endpoint,
    status::{SessionState, Status},
};
use tokio::time::Instant;

/// How often a page that is watched is drawn.
const REDRAW: Duration = Duration::from_secs(1);

/// Shows the daemon of `profile`.
pub(super) async fn status(profile: &str, json: bool) -> Result<(), Failure> {
    let status = ask(profile).await.map_err(|error| said(error, profile))?;
    let text = match json {
        true => pretty(&status)?,
        false => painted(Terminal::of_stdout(), &status),
    };
    print(&text);
    match is_signed_in(&status) {
        true => Ok(()),
        false => Err(Failure::NotSignedIn),
    }
}

/// Shows the daemon of `profile` again and again, in place, until the person has seen enough.
pub(super) async fn watch(profile: &str) -> Result<(), Failure> {
    if !io::stdout().is_terminal() {
        say(
            "there is no terminal to draw on",
            "standard output is a file or a pipe",
            "Leave --watch out, or use --json in a loop.",
        );
        return Err(Failure::Failed);
    }
    // A terminal that has gone ends it.
    if terminal::clear().is_err() {
        return Ok(());
    }
    loop {
        // It may be resized meanwhile.
        let here = Terminal::of_stdout();
        let page = match ask(profile).await {
            Ok(status) => painted(here, &status),
            Err(error) => {
                let (what, why, hint) = error.words(profile);
                let lines = format!("error: {what}\ncaused by: {why}\nhint: {hint}");
                here.paint(Mood::Bad, &here.fit(&lines))
            }
        };
        if terminal::redraw(&page).is_err() {
            return Ok(());
        }
        tokio::time::sleep(REDRAW).await;
    }
}

/// The page as a terminal shows it: lines that fit, and the session's in a colour.
fn painted(terminal: Terminal, status: &Status) -> String {
    let mood = match (status.session.state, is_signed_in(status)) {
        (SessionState::Live | SessionState::Renewing, _) => Mood::Good,
        (_, true) => Mood::Passing,
        (_, false) => Mood::Bad,
    };
    let page = terminal.fit(&page::render(status, SystemTime::now()));
    let lines = page
        .lines()
        .map(|line| match line.strip_prefix("session ") {
            Some(words) => format!("session {}", terminal.paint(mood, words)),
            None => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// Shows every daemon of this user. Fails as the worst of them would.
pub(super) async fn all(json: bool) -> Result<(), Failure> {
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for profile in profiles().map_err(|error| said(ClientError::Endpoint(error), "default"))? {
        match ask(&profile).await {
            Ok(status) => found.push(status),
            // What is left of one that was killed.
            Err(ClientError::NotRunning { .. }) => {}
            Err(error) => failures.push(said(error, &profile)),
        }
    }
    if json {
        print(&pretty(&found)?);
    } else if !found.is_empty() {
        print(&page::overview(&found, SystemTime::now()));
    }
    if found.is_empty() && failures.is_empty() {
        say(
            "no taid is running",
            "none of your profiles has one",
            "Start one with `taid run`.",
        );
        return Err(Failure::NotRunning);
    }
    if let Some(failure) = failures.pop() {
        return Err(failure);
    }
    match found.iter().all(is_signed_in) {
        true => Ok(()),
        false => Err(Failure::NotSignedIn),
    }
}

/// Asks the daemon of `profile`.
pub(crate) async fn ask(profile: &str) -> Result<Status, ClientError> {
    let deadline = Instant::now() + PATIENCE;
    let mut client = Client::of_profile(profile, deadline).await?;
    match client.call(Call::Status, deadline).await? {
        Answer::Status(text) => serde_json::from_str(&text).map_err(|_| ClientError::Confused),
        _ => Err(ClientError::Confused),
    }
}

/// The profiles that have a socket, in the order of their names.
fn profiles() -> Result<Vec<String>, tai_proto::endpoint::EndpointError> {
    let endpoint = Endpoint::of_profile("default")?;
    let mut names: Vec<String> = std::fs::read_dir(endpoint.dir())
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some(name.strip_suffix(".sock")?.to_owned())
        })
        .collect();
    names.sort();
    Ok(names)
}

fn is_signed_in(status: &Status) -> bool {
    match status.session.state {
        SessionState::Live | SessionState::Renewing | SessionState::SigningIn => true,
        SessionState::Backoff => status.session.token_expires_at.is_some(),
        SessionState::SignedOut => false,
    }
}

fn pretty<T: serde::Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string_pretty(value).map_err(|error| {
        say("the status cannot be written", &error.to_string(), "");
        Failure::Failed
    })
}
