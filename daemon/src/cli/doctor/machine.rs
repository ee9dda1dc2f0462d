//! Checks of this machine: the environment, the directory, the socket, other daemons, and the log.

use super::{
    check::{Check, ok, skipped, wrong},
    repair::Repair,
    running::{Daemon, unusable},
};
use crate::{
    cli::{others::others, target::Target},
    os,
    server::logging,
};
use std::{path::Path, time::Duration};
use tai_proto::{
    FaultCode,
    door::Door,
    endpoint::{Endpoint, lock_file},
    places::Places,
    status::{SessionState, Status},
};
use tokio::time::timeout;

/// Limit of a look at the socket for agents. Below that of a handshake, so that a program that says nothing is
/// not taken for a taid that hangs up.
const LOOK: Duration = Duration::from_secs(4);

/// Checks the variables that MCP clients and services may omit, and the one that WSL adds.
pub(super) fn environment() -> Check {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let name = "environment";
    let missing: Vec<&str> = ["HOME", "PATH"]
        .into_iter()
        .filter(|name| !set(name))
        .collect();
    if cfg!(unix) && !missing.is_empty() {
        let verb = if missing.len() == 1 { "is" } else { "are" };
        return wrong(
            name,
            format!("{} {verb} not set", missing.join(" and ")),
            format!(
                "set {} in the environment of this program",
                missing.join(" and ")
            ),
        );
    }
    if set("NAME") && !set("PASSWORD") && !set("TAI_MCP_USERNAME") {
        return ok(
            name,
            "HOME and PATH are set; NAME is set without PASSWORD and is not used as a username",
        );
    }
    ok(name, "HOME and PATH are set")
}

/// Checks the directory and the socket, and that no second daemon runs.
pub(super) async fn places(endpoint: &Endpoint, target: &Target, daemon: &Daemon) -> Vec<Check> {
    let mut checks = vec![directory(endpoint.dir())];
    // The path of a running daemon's socket is that of its own file system, which the user of a
    // mounted or forwarded socket may not have.
    let running = daemon.status().filter(|_| target.socket.is_none());
    match running {
        _ if cfg!(windows) => {}
        Some(status) => checks.push(socket_of(status, target, daemon).await),
        None => checks.push(socket(&endpoint.socket(), daemon)),
    }
    checks.push(match same_account(target, daemon).await {
        Some(check) => check,
        None => second(endpoint, &target.places, daemon),
    });
    checks
}

/// Checks that the sockets of the running daemon still exist and lead to it. A program that cleans
/// temporary files may remove them, and another program may listen in their place.
async fn socket_of(status: &Status, target: &Target, daemon: &Daemon) -> Check {
    let agents = Path::new(&status.daemon.socket);
    let pid = status.daemon.pid;
    // `taid stop` may not reach it.
    let remedy = format!(
        "`kill {pid}`; taid creates its sockets again at the next start (with systemd: `systemctl --user \
         restart taid.socket`)"
    );
    for door in [Door::Agents, Door::Persons] {
        let path = door.beside(agents);
        if std::fs::symlink_metadata(&path).is_err() {
            let shown = path.display();
            let found =
                format!("{shown} does not exist any more, but taid (pid {pid}) listens there");
            return wrong("socket", found, remedy).repaired_by(Repair::restart_of(status));
        }
    }
    let there = target.at_socket(agents);
    let look = timeout(LOOK, Daemon::look(&there)).await;
    match look.unwrap_or(Daemon::Absent) {
        Daemon::Running(other) if other.daemon.pid == pid => socket(agents, daemon),
        // A full taid answers so, or hangs up.
        Daemon::Unusable(fault) if is_of_load(fault.code) => unusable("socket", &fault),
        Daemon::Stopping(fault) => skipped("socket", fault.to_string()),
        Daemon::Running(_) | Daemon::Absent | Daemon::Unusable(_) => wrong(
            "socket",
            format!("{} is not the socket of taid (pid {pid})", agents.display()),
            remedy,
        )
        .repaired_by(Repair::restart_of(status)),
    }
}

/// Returns whether a request failed as it does at a taid with all connections that it serves.
fn is_of_load(code: FaultCode) -> bool {
    matches!(code, FaultCode::TooBusy | FaultCode::Unreachable)
}

fn directory(dir: &Path) -> Check {
    let name = "directory";
    let shown = dir.display();
    let meta = match std::fs::symlink_metadata(dir) {
        Ok(meta) => meta,
        Err(_) if os::can_create(dir) => {
            return ok(name, format!("{shown} does not exist yet; taid creates it"));
        }
        Err(_) => {
            let found = format!("{shown} does not exist, and taid cannot create it");
            let remedy = "make the directory that it is in, such as HOME, your own and writable";
            return wrong(name, found, remedy);
        }
    };
    let move_away = format!("move {shown} away and restart taid");
    if !meta.is_dir() {
        let found = format!("{shown} is a link or a file; taid needs a directory of its own");
        return wrong(name, found, move_away);
    }
    let Some(access) = os::file_access(&meta) else {
        return skipped(name, "a named pipe needs no directory");
    };
    if !access.own {
        return wrong(name, format!("{shown} belongs to another user"), move_away);
    }
    if access.is_open() {
        let mode = access.mode;
        return wrong(
            name,
            format!("{shown} has mode {mode:04o}, so other users can reach the socket in it"),
            format!("`chmod 700 {shown}`"),
        )
        .repaired_by(Repair::MakePrivate(dir.to_owned()));
    }
    ok(name, format!("{shown} is private"))
}

fn socket(socket: &Path, daemon: &Daemon) -> Check {
    let name = "socket";
    let shown = socket.display();
    let Ok(meta) = std::fs::symlink_metadata(socket) else {
        let why = daemon.without_status();
        return skipped(name, format!("{shown} does not exist: taid {why}"));
    };
    let access = os::file_access(&meta).filter(|access| access.own && os::is_socket(&meta));
    let Some(access) = access else {
        return wrong(
            name,
            format!("{shown} is not a socket, or belongs to another user"),
            format!("remove {shown} and restart taid"),
        );
    };
    if cfg!(target_os = "linux") && access.is_open() {
        let found = format!("{shown} has mode {:04o}", access.mode);
        return wrong(name, found, format!("`chmod 600 {shown}`"));
    }
    match daemon {
        Daemon::Absent | Daemon::Stopping(_) => {
            ok(name, format!("{shown} is stale; taid replaces it"))
        }
        Daemon::Unusable(_) | Daemon::Running(_) => ok(name, format!("{shown} is private")),
    }
}

/// Checks for a daemon of another profile that has the same account. One of the two is not signed in, or
/// the account could not be locked.
async fn same_account(target: &Target, daemon: &Daemon) -> Option<Check> {
    let own = daemon.status().filter(|own| has_account(own))?;
    let username = own.account.username.as_deref()?;
    let others = others(target).await.into_iter();
    let mut same = others.filter(|(_, other)| {
        has_account(other)
            && other.account.username.as_deref() == Some(username)
            && other.bridge.url == own.bridge.url
    });
    let (profile, _) = same.next()?;
    Some(wrong(
        "second daemon",
        format!("the taid of the profile {profile} has the account {username} too"),
        format!("`taid stop --profile {profile}` to use this one, or use the profile {profile}"),
    ))
}

/// Returns whether a daemon is signed in or tries to sign in.
fn has_account(status: &Status) -> bool {
    match status.session.state {
        SessionState::Live | SessionState::SigningIn | SessionState::Waiting => true,
        SessionState::SignedOut | SessionState::LoggedOut => false,
    }
}

/// Checks for a daemon of the same profile that does not listen, or that belongs to the home
/// directory of the user database while this shell has another one.
fn second(endpoint: &Endpoint, places: &Places, daemon: &Daemon) -> Check {
    let name = "second daemon";
    if matches!(daemon, Daemon::Absent)
        && let Some(pid) = holder(&endpoint.lock())
    {
        return wrong(
            name,
            format!("taid (pid {pid}) runs for this profile and does not listen on its socket"),
            format!("`kill {pid}`, then restart taid"),
        );
    }
    let other = places.of_other_home().and_then(|other| {
        let pid = holder(&lock_file(other.state(), endpoint.profile()))?;
        Some((pid, other))
    });
    match (other, holder(&endpoint.lock())) {
        (Some((pid, other)), Some(_)) => wrong(
            name,
            format!(
                "another taid (pid {pid}) of this profile has its state in {}, because HOME differs",
                other.state().display()
            ),
            "stop one of them, and start taid and the clients with the same HOME",
        ),
        _ => ok(name, "no second taid"),
    }
}

/// Returns the pid in a lock file that a process holds.
fn holder(lock: &Path) -> Option<String> {
    tai_client::is_held(lock).then(|| {
        let pid = tai_client::read_record(lock).map(|record| record.pid.to_string());
        pid.unwrap_or_else(|| "unknown".to_owned())
    })
}

/// Checks that the log is written and private.
pub(super) fn log(target: &Target, daemon: &Daemon) -> Check {
    let name = "log";
    let dir = logging::dir(target.places.state(), &target.profile);
    if let Some(status) = daemon.status() {
        if status.daemon.log.is_empty() {
            return wrong(
                name,
                "taid writes no log file",
                format!(
                    "check that {} is yours and writable, and that its tai-mcp.log is no directory",
                    dir.display()
                ),
            );
        }
        if status.daemon.log_dropped > 0 {
            return wrong(
                name,
                format!("{} lines were dropped", status.daemon.log_dropped),
                "the disk is slow, or the day's file is full: set `log_level = \"info\"` in config.toml, and start \
                 taid again (`taid stop`)",
            );
        }
    }
    let meta = std::fs::metadata(&dir).ok();
    let access = meta.and_then(|meta| os::file_access(&meta));
    if access.is_some_and(os::FileAccess::is_open) {
        let shown = dir.display();
        let found = format!("other users can read {shown}");
        return wrong(name, found, format!("`chmod 700 {shown}`"))
            .repaired_by(Repair::MakePrivate(dir));
    }
    let file = logging::current_file(&dir);
    match file.exists() || daemon.status().is_some() {
        true => ok(name, file.display().to_string()),
        false => skipped(name, format!("{} does not exist yet", file.display())),
    }
}
