//! Differences between the environment of the running daemon and that of this shell. The daemon's
//! counts; a difference explains why a value that is set here has no effect.

use super::check::{Check, ok, skipped, wrong};
use crate::{
    cli::user_dirs::{UserDirs, is_same_directory},
    config::Config,
    os,
    server::environment,
};
use std::path::Path;
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
        let text = |path: &Path| path.to_string_lossy().into_owned();
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
    let pairs = [
        ("home directory", &daemon.home, &shell.home),
        (
            "configuration directory",
            &daemon.config_dir,
            &shell.config_dir,
        ),
    ];
    for (what, theirs, ours) in pairs {
        let Some(theirs) = theirs.as_ref().filter(|_| !is_same(theirs, ours)) else {
            continue;
        };
        let ours = ours.as_deref().unwrap_or("none");
        let found = format!("taid's {what} is {theirs}, and this shell's is {ours}");
        let directory = Path::new(ours);
        checks.push(match daemon.home == shell.home {
            false => wrong(
                name,
                found,
                "`taid stop`, then start taid from the environment that you want, or correct HOME and XDG_CONFIG_HOME",
            ),
            true if has_configuration(directory) => {
                wrong(name, found, joined(directory, Path::new(theirs)))
            }
            true => skipped(name, format!("{found}, which has no configuration")),
        });
    }
    if checks.is_empty() {
        checks.push(ok(name, "taid has the directories of this shell"));
    }
    let elsewhere = daemon.config_dir.as_deref();
    let elsewhere = elsewhere.filter(|_| !is_same(&daemon.config_dir, &shell.config_dir));
    checks.extend(settings(daemon, config, elsewhere));
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

/// Reports that a taid that a program starts reads another configuration than this shell: it does not
/// inherit `XDG_CONFIG_HOME`. This is wrong if there is a file that it would not read.
pub(super) fn of_absent_daemon(dirs: &UserDirs) -> Option<Check> {
    let ours = dirs.dot_config.join("tai");
    let theirs = dirs.home.join(".config/tai");
    if !cfg!(target_os = "linux") || !dirs.follows_xdg() || is_same_directory(&ours, &theirs) {
        return None;
    }
    let found = format!(
        "XDG_CONFIG_HOME is {} here; a taid that a program starts reads {} instead",
        dirs.dot_config.display(),
        theirs.display()
    );
    Some(match has_configuration(&ours) {
        true => wrong("home", found, joined(&ours, &theirs)),
        false => skipped("home", found),
    })
}

/// Returns whether two directories are known to be one, whatever their names.
fn is_same(one: &Option<String>, other: &Option<String>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => is_same_directory(Path::new(one), Path::new(other)),
        (one, other) => one == other,
    }
}

/// Returns whether a directory has the configuration of a profile.
fn has_configuration(dir: &Path) -> bool {
    let entries = std::fs::read_dir(dir).into_iter().flatten();
    entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .any(|name| name.starts_with("config") && name.ends_with(".toml"))
}

/// Returns the remedy that lets every taid read the configuration in `ours`.
fn joined(ours: &Path, theirs: &Path) -> String {
    let (here, there) = (ours.display(), theirs.display());
    match has_configuration(theirs) {
        true => format!(
            "both have files: move what you need from {here} to {there}, and run `taid stop`"
        ),
        false => {
            format!("make {there} a link to {here}, or move your files there, and run `taid stop`")
        }
    }
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
/// the file of its profile and that is not there any more. `elsewhere` is its configuration directory, if
/// that is another one than this shell's.
fn settings(
    daemon: &EnvironmentStatus,
    config: Option<&Config>,
    elsewhere: Option<&str>,
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
        Some(difference(&ours.key, found, elsewhere))
    });
    let file = config.profile.config_file();
    let removed = daemon.settings.iter().filter_map(|theirs| {
        let is_here = config.changed.iter().any(|ours| ours.key == theirs.key);
        let is_removed = elsewhere.is_none() && theirs.origin.ends_with(&file) && !is_here;
        is_removed.then(|| {
            let theirs_shown = shown(&theirs.value, &theirs.origin);
            let found = format!("taid has {theirs_shown}, where it is not any more");
            difference(&theirs.key, found, elsewhere)
        })
    });
    unused.chain(removed).collect()
}

fn difference(key: &str, found: String, elsewhere: Option<&str>) -> Check {
    let remedy = match elsewhere {
        None => "run `taid stop`; the next taid has the values of config.toml".to_owned(),
        Some(dir) => format!("see `home`: taid reads {dir}"),
    };
    // The person relies on rules.
    match key == "confirm_send" || key.starts_with("instances.") {
        true => wrong(key, found, remedy),
        false => Check {
            remedy,
            ..skipped(key, found)
        },
    }
}

#[cfg(test)]
#[path = "differences_tests.rs"]
mod tests;
