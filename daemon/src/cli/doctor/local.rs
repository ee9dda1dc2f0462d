//! What is to be seen on this machine: the environment, the directory and the socket, the
//! daemon and its log.

use super::{Check, ok, skipped, wrong};
use crate::{client::ClientError, os, server::logging};
use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};
use tai_proto::{
    endpoint::{Endpoint, state_dir},
    status::{SessionState, Status},
};

/// What the daemon says of itself.
pub(super) enum Daemon<'a> {
    /// Nobody answers.
    Absent,
    /// Somebody does, and cannot tell.
    Mute,
    Here(&'a Status),
}

impl<'a> Daemon<'a> {
    pub(super) fn of(status: &'a Result<Status, ClientError>) -> Self {
        match status {
            Ok(status) => Daemon::Here(status),
            Err(ClientError::NotRunning { .. } | ClientError::Endpoint(_)) => Daemon::Absent,
            Err(_) => Daemon::Mute,
        }
    }

    /// The daemon's account, when it is signed in.
    pub(super) fn signed_in(&self) -> Option<&'a str> {
        match self {
            Daemon::Here(status)
                if matches!(
                    status.session.state,
                    SessionState::Live | SessionState::Renewing
                ) =>
            {
                status.account.username.as_deref()
            }
            _ => None,
        }
    }

    pub(super) fn account(&self) -> Option<&'a str> {
        match self {
            Daemon::Here(status) => status.account.username.as_deref(),
            _ => None,
        }
    }
}

/// What MCP clients and services may leave out, and what WSL puts in.
pub(super) fn environment() -> Check {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let name = "environment";
    let missing: Vec<&str> = ["HOME", "PATH"]
        .into_iter()
        .filter(|name| !set(name))
        .collect();
    if cfg!(unix) && !missing.is_empty() {
        return wrong(
            name,
            format!("it is stripped: {} missing", missing.join(" and ")),
            "Set what is missing where this program is started from.",
        );
    }
    if set("NAME") && !set("PASSWORD") && !set("TAI_MCP_USERNAME") {
        return ok(
            name,
            "NAME is set without PASSWORD, as on WSL, where it is the host's name; it is not taken for a username",
        );
    }
    ok(name, "it has what is needed")
}

/// The directory, the socket, and whether another daemon is in the way.
pub(super) fn places(endpoint: &Endpoint, daemon: &Daemon<'_>) -> Vec<Check> {
    let mut checks = vec![directory(endpoint.dir())];
    if cfg!(unix) {
        checks.push(socket(&endpoint.socket(), daemon));
    }
    checks.push(second(endpoint, daemon));
    checks
}

fn directory(dir: &Path) -> Check {
    let name = "directory";
    let shown = dir.display();
    let meta = match std::fs::symlink_metadata(dir) {
        Ok(meta) => meta,
        Err(_) => return ok(name, format!("{shown} will be made by `taid run`")),
    };
    let move_away = format!("Move {shown} away and start taid again.");
    if !meta.is_dir() {
        let found = format!("{shown} is a link or a file, where taid needs a directory of its own");
        return wrong(name, found, move_away);
    }
    let Some(access) = os::file_access(&meta) else {
        return skipped(name, "the named pipe needs none");
    };
    if !access.own {
        return wrong(name, format!("{shown} belongs to another user"), move_away);
    }
    if access.is_open() {
        return wrong(
            name,
            format!(
                "{shown} has mode {:04o}, so others can reach the socket in it",
                access.mode
            ),
            format!("`chmod 700 {shown}`, or start taid again, which does that."),
        );
    }
    ok(name, format!("{shown} is yours alone"))
}

fn socket(socket: &Path, daemon: &Daemon<'_>) -> Check {
    let name = "socket";
    let shown = socket.display();
    let Ok(meta) = std::fs::symlink_metadata(socket) else {
        return skipped(name, format!("{shown} is not there: no taid runs"));
    };
    let Some(access) = os::file_access(&meta).filter(|access| access.own && os::is_socket(&meta))
    else {
        return wrong(
            name,
            format!("{shown} is not a socket of yours"),
            format!("Remove {shown} and start taid again."),
        );
    };
    if cfg!(target_os = "linux") && access.is_open() {
        return wrong(
            name,
            format!("{shown} has mode {:04o}", access.mode),
            format!("`chmod 600 {shown}`"),
        );
    }
    match daemon {
        Daemon::Absent => ok(
            name,
            format!("{shown} is left over; `taid run` replaces it"),
        ),
        _ => ok(name, format!("{shown} is yours alone")),
    }
}

/// A daemon of the same profile that clients do not find, or that does not answer.
fn second(endpoint: &Endpoint, daemon: &Daemon<'_>) -> Check {
    let name = "second daemon";
    if matches!(daemon, Daemon::Absent)
        && let Some(pid) = holder(&endpoint.lock())
    {
        return wrong(
            name,
            format!("taid (pid {pid}) runs for this profile and does not listen where it should"),
            format!("`kill {pid}`, then start taid again."),
        );
    }
    let elsewhere = other_dirs(endpoint.dir())
        .into_iter()
        .filter_map(|dir| Endpoint::in_dir(&dir, endpoint.profile()).ok())
        .find_map(|other| Some((holder(&other.lock())?, other)));
    match elsewhere {
        Some((pid, other)) => wrong(
            name,
            format!(
                "another taid (pid {pid}) of this profile listens on {}, where this environment does not look",
                other.socket().display()
            ),
            "Stop one of them; start taid and the clients with the same XDG_RUNTIME_DIR.",
        ),
        None => ok(name, "there is at most one"),
    }
}

/// Where a daemon would be that was started with another XDG_RUNTIME_DIR.
fn other_dirs(ours: &Path) -> Vec<PathBuf> {
    let mut dirs: Vec<PathBuf> = state_dir().map(|dir| dir.join("run")).into_iter().collect();
    dirs.push(PathBuf::from(format!("/run/user/{}/tai", os::uid())));
    dirs.retain(|dir| dir != ours);
    dirs
}

/// The pid in a lock file that somebody holds.
fn holder(lock: &Path) -> Option<String> {
    let file = File::open(lock).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {
            let text = std::fs::read_to_string(lock).unwrap_or_default();
            Some(match text.trim() {
                "" => "unknown".to_owned(),
                pid => pid.to_owned(),
            })
        }
        _ => None,
    }
}

/// Whether the daemon runs.
pub(super) fn running(status: &Result<Status, ClientError>, profile: &str) -> Check {
    let name = "daemon";
    match status {
        Ok(status) => ok(
            name,
            format!(
                "pid {} runs, {} client{} connected",
                status.daemon.pid,
                status.clients.len(),
                if status.clients.len() == 1 { "" } else { "s" }
            ),
        ),
        Err(error) => {
            let (what, why, hint) = error.words(profile);
            wrong(name, format!("{what}: {why}"), hint)
        }
    }
}

/// Whether the daemon is of this installation.
pub(super) fn version(daemon: &Daemon<'_>) -> Check {
    let name = "version";
    let ours = env!("CARGO_PKG_VERSION");
    match daemon {
        Daemon::Here(status) if status.daemon.version == ours => ok(name, ours),
        Daemon::Here(status) => wrong(
            name,
            format!(
                "the daemon is {}, this program is {ours}",
                status.daemon.version
            ),
            "`taid stop`, then start it again from this installation.",
        ),
        _ => ok(name, format!("{ours}; no daemon to compare it with")),
    }
}

/// Whether the log is written and private.
pub(super) fn log(profile: &str, daemon: &Daemon<'_>) -> Check {
    let name = "log";
    if let Daemon::Here(status) = daemon {
        if status.daemon.log.is_empty() {
            return wrong(
                name,
                "taid writes no log file",
                "Check that ~/.local/state/tai/logs is yours and can be written to.",
            );
        }
        if status.daemon.log_dropped > 0 {
            return wrong(
                name,
                format!("{} lines were dropped", status.daemon.log_dropped),
                "The disk is slow or the day's file full: use LOG_LEVEL=info.",
            );
        }
    }
    let Some(dir) = logging::dir(profile) else {
        return skipped(name, "no home directory is known");
    };
    let access = std::fs::metadata(&dir)
        .ok()
        .and_then(|meta| os::file_access(&meta));
    if access.is_some_and(os::FileAccess::is_open) {
        let shown = dir.display();
        let found = format!("{shown} can be read by others");
        return wrong(name, found, format!("`chmod 700 {shown}`"));
    }
    ok(name, logging::present(&dir).display().to_string())
}
