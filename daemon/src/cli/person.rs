//! Daemon, scope and output of the commands about a person's mail.

use super::{
    daemon::Daemon,
    error::{CliError, Exit},
    target::Target,
};
use std::io::{self, Write as _};
use tai_proto::{Fault, names::Instance, person::Scope};

/// Version of the JSON of the commands. It changes if a field is removed or changes its meaning.
pub(super) const SCHEMA: u32 = 1;

/// Returns the daemon of `target`, which the first call starts if it does not run, as for an agent.
///
/// # Errors
/// The socket's path or this executable's path cannot be determined.
pub(super) fn daemon(target: &Target) -> Result<Daemon, Fault> {
    Daemon::started(target)
}

/// Returns the addresses that a command is about.
pub(super) fn scope(instance: Option<Instance>) -> Scope {
    match instance {
        Some(instance) => Scope::Instance(instance),
        None => Scope::Account,
    }
}

/// Writes text and a line break to standard output. After success, the file, the pipe or the terminal
/// has it.
///
/// # Errors
/// Standard output cannot be written to, as when a pager has ended.
pub(super) fn deliver(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Writes a list and returns the exit code. A closed pipe (`taid inbox | head -1`) is not an error.
///
/// # Errors
/// Standard output cannot be written to for another reason.
pub(super) fn show(text: &str) -> Result<Exit, CliError> {
    match deliver(text) {
        Ok(()) => Ok(Exit::Success),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Success),
        Err(error) => Err(CliError::new("cannot write the list")
            .caused_by(error)
            .hint("print to a terminal or to a file on a disk with free space")),
    }
}
