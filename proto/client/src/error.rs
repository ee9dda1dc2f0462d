//! Errors of connecting to the daemon, and their texts.

use std::{
    io,
    path::{Path, PathBuf},
};
use tai_proto::{
    Fault, FaultCode, Hint,
    hello::{OLDEST, PROTOCOL, Welcome},
    names::Profile,
};

/// Error of connecting to the daemon.
#[derive(Debug)]
pub enum ConnectError {
    /// No daemon listens on the socket.
    NotRunning {
        /// Path of the socket.
        socket: PathBuf,
    },
    /// The daemon stops: it completes its calls and does not listen any more.
    Stopping {
        /// Process id.
        pid: u32,
    },
    /// The daemon hung up before it finished the handshake: it is exiting. Its successor may have the
    /// same socket.
    HungUp {
        /// Path of the socket.
        socket: PathBuf,
    },
    /// No process listens on the socket that the configuration names.
    NoSocket {
        /// Path of the socket.
        socket: PathBuf,
    },
    /// The daemon does not run. A daemon has run in the home of this environment, which is not that of the
    /// user database, in which clients start daemons.
    OtherHome {
        /// Home directory of this environment.
        home: PathBuf,
        /// Lock file of the daemon that has run there.
        lock: PathBuf,
    },
    /// The daemon does not run, and this client is in a sandbox.
    InSandbox,
    /// The daemon does not run, and the service manager alone starts it.
    SocketUnit {
        /// Name of the socket unit.
        unit: String,
    },
    /// The process at the socket belongs to another user. Nothing was sent to it.
    OtherUser {
        /// Path of the socket.
        socket: PathBuf,
    },
    /// The daemon and this program have no protocol version in common.
    Version {
        /// Handshake frame of the daemon.
        theirs: Welcome,
        /// Name and release of this program.
        ours: String,
    },
    /// The daemon did not complete the handshake within five seconds.
    NoHandshake,
    /// The system refused the connection, or the peer does not speak the protocol.
    Failed(io::Error),
    /// The daemon's executable cannot be run.
    NoExecutable {
        /// Path of the executable.
        path: PathBuf,
        /// Error of the system.
        source: io::Error,
    },
    /// The started daemon exited, or did not listen in time.
    NotStarted {
        /// Standard error of the daemon; empty if the daemon did not exit.
        output: String,
    },
    /// The configuration of this client is invalid.
    Misconfigured(Fault),
}

impl ConnectError {
    /// Returns the error as a fault whose hints name `profile`.
    pub fn fault(&self, profile: &Profile) -> Fault {
        self.of_default().for_profile(profile)
    }

    /// Returns the error as a fault for the default profile.
    fn of_default(&self) -> Fault {
        match self {
            ConnectError::NotRunning { socket } => Fault::new(
                FaultCode::NotRunning,
                "taid is not running",
            )
            .because(format!("there is no taid at {}", socket.display()))
            .hint(Hint::each(
                "ask the user to sign in with `taid login`, which starts taid, then call again",
                "taid starts with the first call of a client; to start it now: `taid login`, \
                         or `taid run` to watch it",
            )),
            ConnectError::Stopping { pid } => {
                Fault::new(FaultCode::Stopping, format!("taid (pid {pid}) is stopping"))
                    .because("it completes the calls that it began, which takes at most a minute")
                    .hint(Hint::each(
                        "call again in a minute",
                        "`taid stop` waits for its end; then repeat the command",
                    ))
            }
            ConnectError::HungUp { socket } => {
                Fault::new(FaultCode::Unreachable, "taid hung up before it answered")
                    .because(format!(
                        "the process at {} accepts connections and closes them",
                        socket.display()
                    ))
                    .hint(Hint::each(
                        "call again; if that fails too, ask the user to run `taid doctor`",
                        "try again; if that fails too, `taid doctor` finds the cause",
                    ))
            }
            ConnectError::NoSocket { socket } => Fault::new(
                FaultCode::NotRunning,
                format!("no taid listens on {}", socket.display()),
            )
            .because("TAI_MCP_SOCKET or --socket names this socket")
            .hint(Hint::user(
                "start taid where that socket comes from, and mount or forward the path that \
                 `taid socket` prints there",
            )),
            ConnectError::OtherHome { home, lock } => Fault::new(
                FaultCode::NotRunning,
                "taid is not running, and no client starts it for this home directory",
            )
            .because(format!(
                "a taid has run with HOME={}, and a started one has the home of the user database",
                home.display()
            ))
            .hint(Hint::user(format!(
                "run `taid run` with this HOME, or delete {} to use the taid of the usual home",
                lock.display()
            ))),
            ConnectError::InSandbox => Fault::new(
                FaultCode::NotRunning,
                "taid is not running, and a client in a sandbox does not start it",
            )
            .because("a taid inside the sandbox would end with it and lock out other clients")
            .hint(Hint::user(
                "run `taid login` outside the sandbox; if this sandbox hides its socket, mount the \
                 path that `taid socket` prints and set TAI_MCP_SOCKET to it; to start taid \
                 inside anyway, set TAI_MCP_AUTOSTART=1",
            )),
            ConnectError::SocketUnit { unit } => Fault::new(
                FaultCode::NotRunning,
                "taid is not running, and systemd does not listen on its socket",
            )
            .because(format!("{unit} is enabled, so only systemd starts taid"))
            .hint(Hint::user(format!("run `systemctl --user restart {unit}`"))),
            ConnectError::OtherUser { socket } => Fault::new(
                FaultCode::Unreachable,
                format!(
                    "the process at {} belongs to another user",
                    socket.display()
                ),
            )
            .hint(Hint::user(
                "check the owner of its directory; nothing was sent",
            )),
            ConnectError::Version { theirs, ours } => Fault::new(
                FaultCode::VersionMismatch,
                "taid and this program have no protocol version in common",
            )
            .because(format!(
                "{} speaks {} to {}, {ours} speaks {OLDEST} to {PROTOCOL}",
                theirs.software, theirs.oldest, theirs.newest,
            ))
            .hint(Hint::user(
                "install both from one release, run `taid stop`, and restart the MCP client",
            )),
            ConnectError::NoHandshake => Fault::new(FaultCode::Unreachable, "taid does not answer")
                .because("the handshake was not finished in time")
                .hint(Hint::user(
                    "look at `taid status`, end that process and start taid again",
                )),
            ConnectError::Failed(error) => {
                let hint = match error.kind() {
                    io::ErrorKind::InvalidInput => {
                        "set TAI_MCP_SOCKET, or the directory of the socket, to a shorter path"
                    }
                    _ => {
                        "check whether this program runs in a sandbox without access to the \
                         socket, and who owns the socket's directory"
                    }
                };
                Fault::new(FaultCode::Unreachable, "cannot connect to taid")
                    .because(error.to_string())
                    .hint(Hint::user(hint))
            }
            ConnectError::NoExecutable { path, source } => Fault::new(
                FaultCode::NotRunning,
                "taid is not running and cannot be started",
            )
            .because(format!("{}: {source}", path.display()))
            .hint(Hint::user(not_executed(path, source))),
            ConnectError::NotStarted { output } => not_started(output),
            ConnectError::Misconfigured(fault) => fault.clone(),
        }
    }
}

/// Returns the next action after the system did not execute the daemon.
fn not_executed(path: &Path, source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::NotFound if path.exists() => {
            "check that `/dev/null` exists, and the program's interpreter"
        }
        io::ErrorKind::NotFound => "install taid next to tai-mcp, or put it on PATH",
        io::ErrorKind::PermissionDenied => {
            "make it a program that you may execute: install it again"
        }
        io::ErrorKind::WouldBlock | io::ErrorKind::OutOfMemory => {
            "raise the limit of processes and memory (`ulimit -a`), or end other programs"
        }
        _ => "install taid again",
    }
}

/// Returns the fault for a daemon that did not start, with the parts of its own error message
/// (`error:`, `caused by:`, `hint:`).
fn not_started(output: &str) -> Fault {
    let part = |name: &str| output.lines().find_map(|line| line.strip_prefix(name));
    let what = match (part("error: "), output.is_empty()) {
        (Some(what), _) => what,
        (None, true) => "it did not listen on its socket in time",
        (None, false) => output,
    };
    let hint = match part("hint: ") {
        Some(hint) => Hint::user(hint),
        None => Hint::user("run `taid doctor`, and `taid logs` for its log"),
    };
    Fault::new(FaultCode::NotRunning, format!("taid did not start: {what}"))
        .because(part("caused by: ").unwrap_or_default())
        .hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_proto::Audience;

    #[test]
    fn each_connect_error_has_a_text_for_agents_and_for_persons() {
        let socket = PathBuf::from("/run/user/7/tai/work.sock");
        let errors = [
            ConnectError::NotRunning {
                socket: socket.clone(),
            },
            ConnectError::Stopping { pid: 7 },
            ConnectError::HungUp {
                socket: socket.clone(),
            },
            ConnectError::NoSocket {
                socket: socket.clone(),
            },
            ConnectError::InSandbox,
            ConnectError::SocketUnit {
                unit: "taid@work.socket".into(),
            },
            ConnectError::OtherUser { socket },
            ConnectError::Version {
                theirs: Welcome {
                    magic: *b"TAI\x01",
                    chosen: 0,
                    newest: 9,
                    oldest: 8,
                    software: "taid 9.0.0".into(),
                },
                ours: "tai-mcp 0.1.0".into(),
            },
            ConnectError::NoHandshake,
            ConnectError::Failed(io::ErrorKind::PermissionDenied.into()),
            ConnectError::NoExecutable {
                path: "/opt/taid".into(),
                source: io::ErrorKind::NotFound.into(),
            },
            ConnectError::NotStarted {
                output: "error: the directory /x cannot be used\ncaused by: permission denied\n\
                         hint: check its owner"
                    .into(),
            },
            ConnectError::NotStarted {
                output: String::new(),
            },
        ];
        let work = Profile::new("work").unwrap();
        let page: Vec<String> = errors
            .iter()
            .flat_map(|error| {
                let fault = error.fault(&work);
                [
                    fault.render(Audience::Agent),
                    fault.hint.render(Audience::Person),
                ]
            })
            .collect();
        insta::assert_snapshot!(page.join("\n\n"), @"
        error: taid is not running
        caused by: there is no taid at /run/user/7/tai/work.sock
        hint: ask the user to sign in with `taid login --profile work`, which starts taid, then call again

        taid starts with the first call of a client; to start it now: `taid login --profile work`, or `taid run --profile work` to watch it

        error: taid (pid 7) is stopping
        caused by: it completes the calls that it began, which takes at most a minute
        hint: call again in a minute

        `taid stop --profile work` waits for its end; then repeat the command

        error: taid hung up before it answered
        caused by: the process at /run/user/7/tai/work.sock accepts connections and closes them
        hint: call again; if that fails too, ask the user to run `taid doctor --profile work`

        try again; if that fails too, `taid doctor --profile work` finds the cause

        error: no taid listens on /run/user/7/tai/work.sock
        caused by: TAI_MCP_SOCKET or --socket names this socket
        hint: ask the user to start taid where that socket comes from, and mount or forward the path that `taid socket --profile work` prints there, then call again

        start taid where that socket comes from, and mount or forward the path that `taid socket --profile work` prints there

        error: taid is not running, and a client in a sandbox does not start it
        caused by: a taid inside the sandbox would end with it and lock out other clients
        hint: ask the user to run `taid login --profile work` outside the sandbox; if this sandbox hides its socket, mount the path that `taid socket --profile work` prints and set TAI_MCP_SOCKET to it; to start taid inside anyway, set TAI_MCP_AUTOSTART=1, then call again

        run `taid login --profile work` outside the sandbox; if this sandbox hides its socket, mount the path that `taid socket --profile work` prints and set TAI_MCP_SOCKET to it; to start taid inside anyway, set TAI_MCP_AUTOSTART=1

        error: taid is not running, and systemd does not listen on its socket
        caused by: taid@work.socket is enabled, so only systemd starts taid
        hint: ask the user to run `systemctl --user restart taid@work.socket`, then call again

        run `systemctl --user restart taid@work.socket`

        error: the process at /run/user/7/tai/work.sock belongs to another user
        hint: ask the user to check the owner of its directory; nothing was sent, then call again

        check the owner of its directory; nothing was sent

        error: taid and this program have no protocol version in common
        caused by: taid 9.0.0 speaks 8 to 9, tai-mcp 0.1.0 speaks 1 to 1
        hint: ask the user to install both from one release, run `taid stop --profile work`, and restart the MCP client, then call again

        install both from one release, run `taid stop --profile work`, and restart the MCP client

        error: taid does not answer
        caused by: the handshake was not finished in time
        hint: ask the user to look at `taid status --profile work`, end that process and start taid again, then call again

        look at `taid status --profile work`, end that process and start taid again

        error: cannot connect to taid
        caused by: permission denied
        hint: ask the user to check whether this program runs in a sandbox without access to the socket, and who owns the socket's directory, then call again

        check whether this program runs in a sandbox without access to the socket, and who owns the socket's directory

        error: taid is not running and cannot be started
        caused by: /opt/taid: entity not found
        hint: ask the user to install taid next to tai-mcp, or put it on PATH, then call again

        install taid next to tai-mcp, or put it on PATH

        error: taid did not start: the directory /x cannot be used
        caused by: permission denied
        hint: ask the user to check its owner, then call again

        check its owner

        error: taid did not start: it did not listen on its socket in time
        hint: ask the user to run `taid doctor --profile work`, and `taid logs --profile work` for its log, then call again

        run `taid doctor --profile work`, and `taid logs --profile work` for its log
        ");
    }
}
