//! `taid doctor`: looks at everything between a client's configuration and the bridge, in
//! the order in which one thing needs the other, so that the first thing that is wrong is
//! the cause of what is wrong after it. It changes nothing.

mod clients;
mod local;
mod network;
mod page;
mod password;
mod service;

pub(super) use page::doctor;

use crate::config::Config;
use serde::Serialize;
use tai_auth::chain;
use tai_proto::endpoint::Endpoint;

/// The number of the JSON's shape.
const SCHEMA: u32 = 1;

/// Everything that was looked at.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    schema: u32,
    /// Whether nothing is wrong.
    pub(crate) ok: bool,
    /// In the order in which they were made.
    pub(crate) checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Check {
    /// What it is about; the same at every run.
    pub(crate) name: String,
    /// How it is.
    pub(crate) state: State,
    /// What was found, in a sentence; never a secret.
    pub(crate) found: String,
    /// What to do; empty when nothing is.
    pub(crate) remedy: String,
}

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Ok,
    Wrong,
    /// It does not apply here, or could not be looked at because of something before it.
    Skipped,
}

fn check(name: &str, state: State, found: impl Into<String>, remedy: impl Into<String>) -> Check {
    Check {
        name: name.to_owned(),
        state,
        found: found.into(),
        remedy: remedy.into(),
    }
}

fn ok(name: &str, found: impl Into<String>) -> Check {
    check(name, State::Ok, found, "")
}

fn wrong(name: &str, found: impl Into<String>, remedy: impl Into<String>) -> Check {
    check(name, State::Wrong, found, remedy)
}

fn skipped(name: &str, why: impl Into<String>) -> Check {
    check(name, State::Skipped, why, "")
}

/// Looks at everything for `profile`.
pub(crate) async fn examine(profile: &str) -> Report {
    let mut checks = vec![local::environment()];
    let endpoint = Endpoint::of_profile(profile);
    let config = Config::of_this_process(profile);
    match &config {
        Ok(config) => checks.extend(configuration(config)),
        Err(error) => checks.push(wrong("configuration", chain(error), error.hint())),
    }
    // A daemon that is signed in has an account, whatever this shell has.
    let status = crate::cli::status::ask(profile).await;
    let daemon = local::Daemon::of(&status);
    let mut credentials = None;
    if let Ok(config) = &config {
        let (check, found) = password::look(config, &daemon).await;
        checks.push(check);
        credentials = found;
    }
    match &endpoint {
        Ok(endpoint) => checks.extend(local::places(endpoint, &daemon)),
        Err(error) => {
            let remedy = "Set HOME, or XDG_RUNTIME_DIR to a directory with a short path.";
            checks.push(wrong("directory", error.to_string(), remedy));
        }
    }
    match &config {
        Ok(config) => checks.extend(network::examine(config, credentials, &daemon).await),
        Err(_) => checks.push(skipped(
            "network",
            "the configuration that names the bridge cannot be used",
        )),
    }
    checks.push(local::running(&status, profile));
    checks.push(local::version(&daemon));
    checks.push(local::log(profile, &daemon));
    checks.push(service::lingering());
    checks.extend(clients::examine(&daemon));
    let ok = checks.iter().all(|check| check.state != State::Wrong);
    Report {
        schema: SCHEMA,
        ok,
        checks,
    }
}

/// The configuration as a whole, and each value that somebody set.
fn configuration(config: &Config) -> Vec<Check> {
    let mut checks = vec![ok(
        "configuration",
        match config.changed.len() {
            0 => "nothing is set; all values are defaults".to_owned(),
            1 => "one value is set".to_owned(),
            n => format!("{n} values are set"),
        },
    )];
    for setting in &config.changed {
        let found = format!("{} (from {})", setting.value, setting.origin);
        checks.push(ok(setting.key, found));
    }
    checks
}
