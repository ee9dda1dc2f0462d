//! Auto-start of the daemon. If several clients start one at once, the lock of the profile
//! decides which daemon stays.
//!
//! A started daemon serves every client, so no environment of a single client may configure it.
//! It has no ancestor among the clients, because some clients end all their descendants.

use crate::{
    ConnectError,
    account::{Account, Told},
    dial::{StartEnd, Starting},
    os,
};
use std::{
    ffi::OsString,
    io::{self, PipeReader, Read as _},
    path::{Path, PathBuf},
    process::Stdio,
};
use tai_proto::{
    names::Profile,
    places::{Places, undisputed_home},
};
use tokio::process::Command;

/// Exit code of `taid run` if another daemon holds the lock of the profile.
pub const ALREADY_RUNNING: u8 = 6;
/// First word of the line with which a started daemon reports that it listens.
pub const READY: &str = "ready ";
/// First word of the line with which a started daemon reports that another one runs.
pub const RUNNING: &str = "running ";

/// Limit of a failed daemon's error text that is read, in bytes.
const MAX_OUTPUT: u64 = 4_000;

/// Permission to start the daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutoStart {
    /// The daemon is not started (`TAI_MCP_AUTOSTART=0`).
    Never,
    /// The daemon is started, except from within a sandbox.
    OutsideSandbox,
    /// The daemon is started anywhere (`TAI_MCP_AUTOSTART=1`).
    Anywhere,
}

impl AutoStart {
    /// Parses the value of `TAI_MCP_AUTOSTART`.
    ///
    /// # Errors
    /// The accepted values.
    pub fn parse(value: Option<&str>) -> Result<Self, String> {
        let Some(value) = value else {
            return Ok(AutoStart::OutsideSandbox);
        };
        match value.to_ascii_lowercase().as_str() {
            "0" | "false" | "no" | "off" => Ok(AutoStart::Never),
            "1" | "true" | "yes" | "on" => Ok(AutoStart::Anywhere),
            _ => Err("expected 0, false, no, off, 1, true, yes or on".to_owned()),
        }
    }
}

/// Returns the path of taid next to this program, or `taid`, to be found on PATH.
pub fn installed_taid() -> PathBuf {
    let name = format!("taid{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe()
        .ok()
        .map(|path| path.with_file_name(&name));
    beside
        .filter(|path| path.is_file())
        .unwrap_or_else(|| name.into())
}

/// Returns whether the client starts a daemon; `false` if auto-start is off.
///
/// # Errors
/// [`ConnectError::InSandbox`], and [`ConnectError::SocketUnit`] if a service manager starts it.
pub(crate) fn may_start(
    start: AutoStart,
    places: &Places,
    profile: &Profile,
) -> Result<bool, ConnectError> {
    match start {
        AutoStart::Never => return Ok(false),
        AutoStart::OutsideSandbox if os::is_sandboxed() => return Err(ConnectError::InSandbox),
        AutoStart::OutsideSandbox | AutoStart::Anywhere => {}
    }
    let unit = profile.unit("socket");
    let is_managed = places.given_home().is_none() && os::is_socket_enabled(places, &unit);
    match is_managed {
        true => Err(ConnectError::SocketUnit { unit }),
        false => Ok(true),
    }
}

/// Start of a daemon.
pub(crate) struct Launch<'a> {
    pub(crate) executable: &'a Path,
    /// Home directory that the user gave with `--home`.
    pub(crate) home: Option<&'a Path>,
    pub(crate) subject: &'a Subject,
}

/// What a started daemon serves.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    /// A profile.
    Profile(Profile),
    /// An account, and the receiver of the daemon's socket.
    Account(Account, Told),
}

/// Starts a daemon in the background: the command spawns it and exits at once. Requires a tokio
/// runtime.
///
/// # Errors
/// [`ConnectError::NoExecutable`] if the executable cannot be run.
pub(crate) fn start(launch: &Launch<'_>) -> Result<Starting, ConnectError> {
    let failed = |source| ConnectError::NoExecutable {
        path: launch.executable.to_owned(),
        source,
    };
    let (output, report) = io::pipe().map_err(failed)?;
    let mut command = Command::new(launch.executable);
    if let Some(home) = launch.home {
        command.arg("--home").arg(home);
    }
    command.args(["run", "--by-client"]).env_clear();
    let account = match launch.subject {
        Subject::Profile(profile) => {
            command.args(["--profile", profile.as_str()]);
            None
        }
        Subject::Account(account, told) => {
            command.args(["--account", account.username.as_str()]);
            let variables = account.variables.iter();
            command.envs(variables.map(|variable| (variable.name, &variable.value)));
            Some((account.clone(), told.clone()))
        }
    };
    command
        .envs(environment(launch.home.is_some()))
        .stdin(Stdio::null())
        .stdout(report.try_clone().map_err(failed)?)
        .stderr(report);
    os::detach(&mut command);
    let mut child = command.spawn().map_err(failed)?;
    // Closes this process's copies of the pipe's end.
    drop(command);
    let (send, starting) = Starting::new();
    tokio::spawn(async move {
        // Reaps the launcher.
        let _ = child.wait().await;
    });
    // A pipe of the standard library blocks, and a daemon reports once.
    tokio::task::spawn_blocking(move || {
        let (end, socket) = read(output);
        let end = match (account, end) {
            (Some((account, _)), StartEnd::Failed(output)) => {
                StartEnd::Failed(account.in_its_names(&output))
            }
            (Some((_, told)), end) => {
                // A daemon that is starting has no socket.
                if let Some(socket) = socket.filter(|socket| socket.is_absolute()) {
                    told.set(socket);
                }
                end
            }
            (None, end) => end,
        };
        let _ = send.send(end);
    });
    Ok(starting)
}

/// Reads the report of a daemon: until its line, or until it closes the pipe. Returns the outcome and
/// the socket.
fn read(pipe: PipeReader) -> (StartEnd, Option<PathBuf>) {
    let mut bytes = Vec::new();
    let mut pipe = pipe.take(MAX_OUTPUT);
    let mut piece = [0; 512];
    loop {
        if let Some((end, socket)) = report(&bytes) {
            return (end, Some(socket));
        }
        match pipe.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => bytes.extend_from_slice(piece.get(..n).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    let text = String::from_utf8_lossy(&bytes).trim().to_owned();
    (StartEnd::Failed(text), None)
}

/// Returns the outcome and the socket that a complete line reports.
fn report(bytes: &[u8]) -> Option<(StartEnd, PathBuf)> {
    let text = String::from_utf8_lossy(bytes);
    text.split_inclusive('\n')
        .filter_map(|line| line.strip_suffix('\n'))
        .find_map(|line| {
            let ready = line.strip_prefix(READY);
            let ready = ready.map(|socket| (StartEnd::Ready, PathBuf::from(socket)));
            let running = || line.strip_prefix(RUNNING);
            ready.or_else(|| running().map(|socket| (StartEnd::AlreadyRunning, socket.into())))
        })
}

/// Returns the whole environment of a started daemon. The home directory is the user database's if
/// it has one, and the session bus is the system's.
fn environment(is_trial: bool) -> Vec<(OsString, OsString)> {
    const KEPT: [&str; 5] = ["LANG", "LC_ALL", "LC_MESSAGES", "TZ", "SystemRoot"];
    let kept = KEPT.into_iter().filter_map(|name| {
        let value = std::env::var_os(name)?;
        Some((OsString::from(name), value))
    });
    let home = undisputed_home().filter(|_| !is_trial);
    kept.chain(home.map(|home| ("HOME".into(), home.into())))
        .chain(os::session_environment(is_trial))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_a_complete_line_and_other_output_is_an_error_text() {
        assert_eq!(report(b"ready /run/x.soc"), None);
        let socket = || PathBuf::from("/run/x.sock");
        assert_eq!(
            report(b"ready /run/x.sock\n"),
            Some((StartEnd::Ready, socket()))
        );
        assert_eq!(
            report(b"noise\nrunning /run/x.sock\n"),
            Some((StartEnd::AlreadyRunning, socket()))
        );
        assert_eq!(report(b"error: the configuration is not valid\n"), None);
    }

    #[test]
    fn a_started_daemon_has_no_variable_of_the_client_but_the_language() {
        let allowed = [
            "LANG",
            "LC_ALL",
            "LC_MESSAGES",
            "TZ",
            "PATH",
            "XDG_RUNTIME_DIR",
            "DBUS_SESSION_BUS_ADDRESS",
        ];
        for (name, _) in environment(false) {
            let name = name.to_str().unwrap().to_owned();
            assert!(!cfg!(unix) || allowed.contains(&name.as_str()), "{name}");
        }
    }
}
