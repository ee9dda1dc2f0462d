//! What a command returns: an exit code, or an error with what happened, why, and what to do.
//! Commands print no errors; `cli::main` does.

use crate::{client::ClientError, config::ConfigError};
use std::{fmt, process::ExitCode};
use tai_proto::{Fault, FaultCode, endpoint::EndpointError, hello};

/// Exit codes. clap exits with 2 for a usage error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// The command did what it was asked to do.
    Success = 0,
    /// The command failed, or found a problem.
    Failed = 1,
    /// taid is not running.
    NotRunning = 3,
    /// taid is not signed in, or the bridge refuses the credentials.
    NotSignedIn = 4,
    /// taid is of another version than this program.
    VersionMismatch = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Why a command failed. Its `Display` has the lines `error:`, `caused by:` and `hint:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CliError {
    /// What happened.
    pub(super) what: String,
    /// Why; may be empty.
    pub(super) why: String,
    /// One command or action; may be empty.
    pub(super) hint: String,
    exit: Exit,
    /// Further errors of a command that does several things.
    more: Vec<CliError>,
}

impl CliError {
    /// An error with [`Exit::Failed`], without a cause and a hint.
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            why: String::new(),
            hint: String::new(),
            exit: Exit::Failed,
            more: Vec::new(),
        }
    }

    /// Adds the cause.
    pub(super) fn caused_by(self, why: impl ToString) -> Self {
        let why = why.to_string();
        Self { why, ..self }
    }

    /// Adds what to do.
    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        Self { hint, ..self }
    }

    /// Replaces the exit code.
    pub(super) fn exit_with(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// Returns the exit code.
    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    /// Combines the errors of a command that does several things; the exit code is the first
    /// one's. `None` without errors.
    pub(super) fn combined(errors: Vec<Self>) -> Option<Self> {
        let mut errors = errors.into_iter();
        let first = errors.next()?;
        let more = errors.collect();
        Some(Self { more, ..first })
    }

    /// Why the daemon of `profile` could not be asked.
    pub(super) fn of_client(error: ClientError, profile: &str) -> Self {
        let what = Self::new(error.to_string());
        let option = match profile {
            "default" => String::new(),
            other => format!(" --profile {other}"),
        };
        match error {
            ClientError::Fault(fault) => fault.into(),
            ClientError::NotRunning { socket } => what
                .caused_by(format!("there is no taid at {socket}"))
                .hint(format!(
                    "taid starts with the first call of a client; to start it now: \
                     `taid login{option}`, or `taid run{option}` to watch it"
                ))
                .exit_with(Exit::NotRunning),
            ClientError::NotStarted { said } => what
                .caused_by(said.trim().replace('\n', "; "))
                .hint(format!("correct that; `taid run{option}` shows more")),
            ClientError::OtherUser => what.hint("run this as the user who started taid"),
            ClientError::Version { theirs } => what
                .caused_by(format!(
                    "{} speaks {} to {}, this taid {} speaks {} to {}",
                    theirs.software,
                    theirs.oldest,
                    theirs.newest,
                    env!("CARGO_PKG_VERSION"),
                    hello::OLDEST,
                    hello::PROTOCOL
                ))
                .hint("stop the older one and start it again from the same installation")
                .exit_with(Exit::VersionMismatch),
            ClientError::Deadline => what.hint(format!(
                "look at `taid logs{option}`; if taid hangs, end it with `kill` and start it again"
            )),
            ClientError::Endpoint(EndpointError::Profile(_)) => {
                what.hint("choose another profile with --profile or TAI_MCP_PROFILE")
            }
            ClientError::Endpoint(EndpointError::NoHome | EndpointError::TooLong { .. }) => {
                what.hint("set HOME, or XDG_RUNTIME_DIR to a directory with a short path")
            }
            ClientError::Io(error) => what
                .caused_by(error)
                .hint("check that the directory of the socket is yours"),
            ClientError::Frame(_) | ClientError::Confused => what
                .caused_by("another program may listen on the socket of taid")
                .hint(format!("`taid stop{option}`, then start taid again")),
        }
    }
}

impl From<Fault> for CliError {
    fn from(fault: Fault) -> Self {
        let exit = match fault.code {
            FaultCode::NotSignedIn | FaultCode::AuthRefused => Exit::NotSignedIn,
            _ => Exit::Failed,
        };
        Self::new(fault.what)
            .caused_by(fault.why)
            .hint(fault.hint)
            .exit_with(exit)
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        Self::new(tai_auth::chain(&error)).hint(error.hint())
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.what)?;
        if !self.why.is_empty() {
            write!(f, "\ncaused by: {}", self.why)?;
        }
        if !self.hint.is_empty() {
            write!(f, "\nhint: {}", self.hint)?;
        }
        self.more.iter().try_for_each(|more| write!(f, "\n{more}"))
    }
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
