//! Daemon, scope and JSON of the commands about a person's mail.

use super::{
    daemon::Daemon,
    error::{CliError, Exit},
    target::Target,
};
use serde::Serialize;
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

/// Returns a document as JSON. Characters that a terminal may act on are written as `\u` escapes, so
/// that the document is safe to look at and has the same values.
///
/// # Errors
/// The serializer's error.
pub(super) fn json<T: Serialize>(value: &T) -> Result<String, CliError> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| CliError::new("cannot print the answer as JSON").caused_by(error))?;
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => safe.push(c),
            c if super::terminal::is_active(c) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    safe.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => safe.push(c),
        }
    }
    Ok(safe)
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
        Err(error) => Err(CliError::new("cannot write the list").caused_by(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_no_character_that_a_terminal_acts_on_and_keeps_every_value() {
        let hostile = "a\u{9b}31m\u{1b}[2J\u{202e}b\r\n\t\u{7f}é🚀";
        let text = json(&[hostile]).unwrap();
        assert!(
            !text
                .chars()
                .any(|c| c != '\n' && super::super::terminal::is_active(c))
        );
        let read: Vec<String> = serde_json::from_str(&text).unwrap();
        assert_eq!(read, [hostile]);
    }
}
