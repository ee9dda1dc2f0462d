//! Differences between the environment of the running daemon and that of this shell. The daemon's
//! counts; a difference explains why a value that is set here has no effect.

use super::check::{Check, ok, skipped, wrong};
use crate::{cli::user_dirs::UserDirs, config::Config, os, server::environment};
use tai_proto::{places::Places, status::EnvironmentStatus};

/// The environment of this shell.
pub(super) struct Shell {
    /// Home directory.
    pub(super) home: Option<String>,
    /// Directory of the configuration files.
    pub(super) config_dir: Option<String>,
    /// `PATH`.
    pub(super) path: Option<String>,
    /// Address of the session bus.
    pub(super) session_bus: Option<String>,
    /// Names of the variables for the network that are set.
    pub(super) network: Vec<String>,
}

impl Shell {
    /// Returns the environment of this process.
    pub(super) fn of_this_process(places: &Places) -> Self {
        let text = |path: &std::path::Path| path.to_string_lossy().into_owned();
        Self {
            home: Some(text(places.home())),
            config_dir: Some(text(places.config())),
            path: std::env::var("PATH").ok(),
            session_bus: os::session_bus(),
            network: environment::network_variables(),
        }
    }
}

/// Compares the daemon's environment with this shell's. `signed_in` says that the daemon needs no
/// other one.
pub(super) fn examine(
    daemon: &EnvironmentStatus,
    shell: &Shell,
    config: Option<&Config>,
    signed_in: bool,
) -> Vec<Check> {
    let mut checks = Vec::new();
    let name = "home";
    let mut differs = |what: &str, theirs: &Option<String>, ours: &Option<String>| {
        if theirs.is_none() || theirs == ours {
            return;
        }
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        checks.push(wrong(
            name,
            format!(
                "taid's {what} is {}, and this shell's is {}",
                shown(theirs),
                shown(ours)
            ),
            "`taid stop`, then start taid from the environment that you want, or correct HOME and XDG_CONFIG_HOME",
        ));
    };
    differs("home directory", &daemon.home, &shell.home);
    differs(
        "configuration directory",
        &daemon.config_dir,
        &shell.config_dir,
    );
    if checks.is_empty() {
        checks.push(ok(name, "taid has the directories of this shell"));
    }
    let reads_same_file = daemon.config_dir == shell.config_dir;
    checks.extend(settings(daemon, config, reads_same_file));
    if daemon.path != shell.path && uses_program(daemon) {
        let path = daemon.path.as_deref().unwrap_or("not set");
        checks.push(skipped(
            "program path",
            format!("{path}: `password_command` is found there"),
        ));
    }
    checks.extend(network(daemon, shell));
    if daemon.session_bus.is_none() && shell.session_bus.is_some() {
        let name = "keyring";
        let found = "taid has no session bus, so it cannot reach the keyring of this session";
        checks.push(match signed_in {
            true => skipped(name, found),
            false => wrong(name, found, "`taid stop`; the next taid finds the bus"),
        });
    }
    checks
}

/// Notes that a taid of another environment would read another configuration: MCP clients do not
/// pass `XDG_CONFIG_HOME` to every server.
pub(super) fn of_absent_daemon(dirs: &UserDirs) -> Option<Check> {
    let other = dirs.home.join(".config");
    (cfg!(target_os = "linux") && dirs.follows_xdg() && dirs.dot_config != other).then(|| {
        skipped(
            "home",
            format!(
                "XDG_CONFIG_HOME is {} here; a taid that a client starts may read {} instead",
                dirs.dot_config.display(),
                other.join("tai").display()
            ),
        )
    })
}

/// Names the variables for the network that only one of the two has.
fn network(daemon: &EnvironmentStatus, shell: &Shell) -> Option<Check> {
    let only = |ours: &[String], theirs: &[String]| {
        let names = ours.iter().filter(|name| !theirs.contains(name));
        names.cloned().collect::<Vec<_>>().join(", ")
    };
    let here = only(&shell.network, &daemon.network);
    let there = only(&daemon.network, &shell.network);
    let mut parts = Vec::new();
    if !here.is_empty() {
        parts.push(format!(
            "{here}: set in this shell, not for taid; config.toml has `proxy` and `ca_file` for it"
        ));
    }
    if !there.is_empty() {
        parts.push(format!("{there}: set for taid, not in this shell"));
    }
    (!parts.is_empty()).then(|| skipped("taid's network", parts.join("; ")))
}

fn uses_program(daemon: &EnvironmentStatus) -> bool {
    daemon.settings.iter().any(|setting| {
        setting.key == "password_command" && !setting.value.contains(std::path::MAIN_SEPARATOR)
    })
}

/// Names each value of this shell that the running daemon does not use, and each value that it has from
/// the file of its profile and that is not there any more.
fn settings(
    daemon: &EnvironmentStatus,
    config: Option<&Config>,
    reads_same_file: bool,
) -> Vec<Check> {
    let Some(config) = config else {
        return Vec::new();
    };
    let shown = |value: &str, origin: &str| format!("{value} (from {origin})");
    let unused = config.changed.iter().filter_map(|ours| {
        let theirs = daemon.settings.iter().find(|theirs| theirs.key == ours.key);
        let theirs = match theirs {
            Some(theirs) if theirs.value == ours.value => return None,
            Some(theirs) => shown(&theirs.value, &theirs.origin),
            None => "the default".to_owned(),
        };
        let ours_shown = shown(&ours.value, &ours.origin);
        let found = format!("{ours_shown} has no effect: taid has {theirs}");
        Some(difference(&ours.key, found))
    });
    let file = config.profile.config_file();
    let removed = daemon.settings.iter().filter_map(|theirs| {
        let is_here = config.changed.iter().any(|ours| ours.key == theirs.key);
        let is_removed = reads_same_file && theirs.origin.ends_with(&file) && !is_here;
        is_removed.then(|| {
            let theirs_shown = shown(&theirs.value, &theirs.origin);
            let found = format!("taid has {theirs_shown}, where it is not any more");
            difference(&theirs.key, found)
        })
    });
    unused.chain(removed).collect()
}

fn difference(key: &str, found: String) -> Check {
    let remedy = "run `taid stop`; the next taid has the values of config.toml";
    // The person relies on rules.
    match key == "confirm_send" || key.starts_with("instances.") {
        true => wrong(key, found, remedy),
        false => Check {
            remedy: remedy.to_owned(),
            ..skipped(key, found)
        },
    }
}

#[cfg(test)]
#[path = "differences_tests.rs"]
mod tests;
