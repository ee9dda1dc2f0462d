//! Result of a command: an exit code, or an error with its cause and a hint.

use super::terminal::printable;
use crate::config::ConfigError;
use std::{fmt, io::Write as _, process::ExitCode};
use tai_client::ALREADY_RUNNING;
use tai_proto::{Audience, Fault, FaultCode, command::for_profile, names::Profile};

/// Exit codes. clap exits with 2 for a usage error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// The command succeeded.
    Success = 0,
    /// The command failed, or found a problem.
    Failed = 1,
    /// The arguments are not valid together.
    Usage = 2,
    /// taid is not running.
    NotRunning = 3,
    /// taid is not signed in, or the bridge refuses the credentials.
    NotSignedIn = 4,
    /// taid and this program have different versions.
    VersionMismatch = 5,
    /// Another taid holds the profile's lock. The client that started this one then uses the other.
    AlreadyRunning = ALREADY_RUNNING as isize,
    /// The lock files were removed while taid ran. A service manager starts it again.
    LocksLost = 7,
}

impl Exit {
    /// All exit codes, in ascending order.
    pub(super) const ALL: [Self; 8] = [
        Self::Success,
        Self::Failed,
        Self::Usage,
        Self::NotRunning,
        Self::NotSignedIn,
        Self::VersionMismatch,
        Self::AlreadyRunning,
        Self::LocksLost,
    ];

    /// Returns the meaning, for the help and the manual page.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failed => "the command failed, or found a problem",
            Self::Usage => "the arguments are not valid",
            Self::NotRunning => "taid is not running",
            Self::NotSignedIn => "taid is not signed in, or the password was refused",
            Self::VersionMismatch => "taid and the command have different versions",
            Self::AlreadyRunning => "another taid runs with this profile",
            Self::LocksLost => "the lock files of taid were removed while it ran",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Failure of a command. Its `Display` has the lines `error:`, `caused by:` and `hint:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CliError {
    /// Failed action.
    pub(super) what: String,
    /// Cause; may be empty.
    pub(super) why: String,
    /// One command or action; may be empty.
    pub(super) hint: String,
    exit: Exit,
    /// Further errors of a command with several actions.
    more: Vec<CliError>,
}

impl CliError {
    /// Returns an error with [`Exit::Failed`], without cause and hint.
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

    /// Adds the hint.
    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        Self { hint, ..self }
    }

    /// Returns the error for an unknown home directory.
    pub(super) fn no_home() -> Self {
        Self::new("cannot find the home directory").hint("set HOME")
    }

    /// Makes the commands in the hints those for a profile.
    pub(super) fn for_profile(mut self, profile: &Profile) -> Self {
        self.hint = for_profile(&self.hint, profile).into_owned();
        let more = self.more.into_iter();
        self.more = more.map(|error| error.for_profile(profile)).collect();
        self
    }

    /// Replaces the exit code.
    pub(super) fn exit_with(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// Prints the error on standard error, with the name that this installation has for its commands.
    pub(super) fn show(&self) {
        let text = self.to_string();
        let _ = writeln!(std::io::stderr(), "{}", tai_client::in_local_words(&text));
    }

    /// Returns the exit code.
    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    /// Combines the errors of a command with several actions. The exit code is the first error's.
    /// `None` without errors.
    pub(super) fn combined(errors: Vec<Self>) -> Option<Self> {
        let mut errors = errors.into_iter();
        let first = errors.next()?;
        let more = errors.collect();
        Some(Self { more, ..first })
    }
}

impl From<Fault> for CliError {
    fn from(fault: Fault) -> Self {
        let exit = match fault.code {
            FaultCode::NotRunning => Exit::NotRunning,
            FaultCode::NotSignedIn | FaultCode::AuthRefused => Exit::NotSignedIn,
            FaultCode::VersionMismatch => Exit::VersionMismatch,
            _ => Exit::Failed,
        };
        // A fault may quote a mail, a client or the bridge.
        Self::new(printable(&fault.what))
            .caused_by(printable(&fault.why))
            .hint(printable(&fault.hint.render(Audience::Person)))
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
