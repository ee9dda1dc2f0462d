//! `taid complete`: the values that a shell's completion offers. The generated completions call it.
//!
//! It never starts a daemon, and prints nothing on failure.

use crate::{
    cli::{
        daemon::{Daemon, profiles},
        error::{CliError, Exit},
        target::Target,
        terminal::print,
    },
    config::{ActivePolicy, Config},
};
use clap::{Args, ValueEnum};
use std::{collections::BTreeSet, ffi::OsString, path::PathBuf, time::Duration};
use tai_proto::{Fault, call::ListHeld, names::Instance};

/// Time limit of a call. A person waits for the shell.
const LIMIT: Duration = Duration::from_millis(500);

/// Print the values that a shell completes, one a line
#[derive(Args)]
pub(in crate::cli) struct Complete {
    /// Kind of the values
    kind: Kind,
    /// Words of the command line so far, whose global options choose the daemon
    #[arg(last = true)]
    words: Vec<OsString>,
}

/// Kind of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Profiles that have run.
    Profiles,
    /// Instances of the connected clients and of the configuration.
    Instances,
    /// Numbers of the mails that wait for approval.
    Held,
}

impl Complete {
    pub(in crate::cli) async fn run(self) -> Result<Exit, CliError> {
        let Ok(target) = target(&self.words) else {
            return Ok(Exit::Failed);
        };
        let values = match self.kind {
            Kind::Profiles => Ok(profiles(&target.places)
                .iter()
                .map(|profile| profile.as_str().to_owned())
                .collect()),
            Kind::Instances => Ok(instances(&target).await),
            Kind::Held => held(&target).await,
        };
        let Ok(values) = values else {
            return Ok(Exit::Failed);
        };
        values.iter().for_each(|value| print(value));
        Ok(Exit::Success)
    }
}

/// Returns the target of the global options of a command line.
fn target(words: &[OsString]) -> Result<Target, CliError> {
    let profile = option(words, "--profile").and_then(|word| word.into_string().ok());
    let home = option(words, "--home").map(PathBuf::from);
    let socket = option(words, "--socket").map(PathBuf::from);
    Target::new(profile, home.as_deref(), socket)
}

/// Returns the value of an option. bash has `--profile=work` as three words.
fn option(words: &[OsString], name: &str) -> Option<OsString> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == name {
            return words.find(|word| *word != "=").cloned();
        }
        let joined = word.to_str().and_then(|word| word.strip_prefix(name));
        if let Some(value) = joined.and_then(|rest| rest.strip_prefix('=')) {
            return Some(value.into());
        }
    }
    None
}

/// Returns the instances of the connected clients and of the configuration. The shell gets valid
/// names alone.
async fn instances(target: &Target) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if let Ok(config) = Config::of_this_process(&target.profile, target.places.config()) {
        found.extend(ActivePolicy::new(config.policy).instances());
        found.extend(config.settings.instance);
    }
    if let Ok(daemon) = Daemon::running(target)
        && let Ok(Ok(status)) = tokio::time::timeout(LIMIT, daemon.status()).await
    {
        let clients = status.clients.into_iter();
        let names = clients.filter_map(|client| Instance::new(&client.instance?).ok());
        found.extend(names);
    }
    let names = found.iter();
    names.map(|name| name.as_str().to_owned()).collect()
}

async fn held(target: &Target) -> Result<BTreeSet<String>, Fault> {
    let held = Daemon::running(target)?.call(ListHeld, LIMIT).await?;
    let waiting = held.waiting.iter();
    Ok(waiting.map(|mail| mail.number.to_string()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_of_the_command_line_choose_the_daemon() {
        for words in [
            &["approve", "--profile", "work", ""][..],
            &["--profile=work", "approve"],
            &["--profile", "=", "work", "approve"],
        ] {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            assert_eq!(
                option(&words, "--profile"),
                Some("work".into()),
                "{words:?}"
            );
            assert_eq!(option(&words, "--home"), None);
        }
    }
}
