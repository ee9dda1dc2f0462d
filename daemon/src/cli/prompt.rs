//! Prompts at the terminal, and checks of typed credentials.

use super::error::CliError;
use crate::fault;
use secrecy::{ExposeSecret as _, SecretString};
use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};
use tai_auth::{
    base_url::Origin,
    credentials::{Credentials, PASSWORD_RULE, is_password},
};
use tai_proto::names::Username;

/// Number of tries to type a username, or a password that the bridge accepts.
pub(super) const TRIES: u32 = 3;

/// Longest line with a password, in bytes; longer than any password.
const MAX_LINE: u64 = 8 << 10;

/// Prompts for a username until it is valid, at most [`TRIES`] times.
///
/// # Errors
/// Standard input cannot be read or has ended, or no username was valid.
pub(super) fn typed_username(question: &str) -> Result<Username, CliError> {
    let mut tries = TRIES;
    loop {
        let _ = write!(io::stderr(), "{question}");
        let _ = io::stderr().flush();
        let mut line = String::new();
        let length = io::stdin().lock().read_line(&mut line).map_err(not_read)?;
        if length == 0 {
            return Err(ended("no username was typed"));
        }
        tries = tries.saturating_sub(1);
        match username(line.trim()) {
            Err(error) if tries > 0 => {
                let _ = writeln!(io::stderr(), "{}: {}", error.what, error.why);
            }
            result => return result,
        }
    }
}

/// Parses a username.
///
/// # Errors
/// The rule that the text breaks. The hint names the part of an address that is its username.
pub(super) fn username(text: &str) -> Result<Username, CliError> {
    Username::new(text).map_err(|rule| {
        let error = CliError::from(fault::bad_username(&rule.to_string()));
        let local = text.split_once('@').map(|(local, _)| local);
        let name = local.map(|local| local.split_once('.').map_or(local, |(_, name)| name));
        match name.filter(|name| Username::new(*name).is_ok()) {
            Some(name) => error.hint(format!("use the username of the address: {name}")),
            None => error,
        }
    })
}

/// Prompts for a password without echo.
///
/// # Errors
/// There is no readable terminal, or it has no more input.
pub(super) fn password(question: &str) -> Result<SecretString, CliError> {
    crate::os::restoring_terminal(|| rpassword::prompt_password(question))
        .map(SecretString::from)
        .map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => ended("no password was typed"),
            _ => not_read(error),
        })
}

/// Returns the error for input that ended at a prompt, whose line it ends.
fn ended(what: &str) -> CliError {
    let _ = writeln!(io::stderr());
    CliError::new(what)
        .caused_by("the input ended")
        .hint("run the command again; nothing was sent")
}

/// Prompts twice for a new password.
///
/// # Errors
/// There is no readable terminal, or the two passwords differ.
pub(super) fn new_password() -> Result<SecretString, CliError> {
    let question = format!("New password ({PASSWORD_RULE}, 12 or more recommended): ");
    let first = password(&question)?;
    let second = password("Repeat it: ")?;
    match first.expose_secret() == second.expose_secret() {
        true => Ok(first),
        false => Err(CliError::new("the two passwords differ")
            .hint("run the command again; nothing was sent")),
    }
}

/// Reads a password from the first line of standard input.
///
/// # Errors
/// Standard input cannot be read, or is not UTF-8.
pub(super) fn password_from_stdin() -> Result<SecretString, CliError> {
    let mut line = zeroize::Zeroizing::new(String::new());
    let mut input = io::stdin().lock().take(MAX_LINE);
    input
        .read_line(&mut line)
        .map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => CliError::new("the password is not UTF-8")
                .caused_by("standard input has other bytes in its first line")
                .hint("write it as UTF-8, for example: iconv -f latin1 -t utf-8 FILE | taid login ..."),
            _ => CliError::new("cannot read the password from standard input")
                .caused_by(error)
                .hint("run the command again; nothing was sent"),
        })?;
    let password = line.trim_end_matches(['\r', '\n']);
    // Some programs begin their output with a byte order mark.
    let password = password.strip_prefix('\u{feff}').unwrap_or(password);
    Ok(SecretString::from(password.to_owned()))
}

/// Asks a question. Returns `true` for `y` or `yes`, and `false` for every other answer.
///
/// # Errors
/// Standard input or output is not a terminal. The hint names no option that answers the question,
/// so that an agent that runs commands does not answer it by accident.
pub(super) fn consent(question: &str) -> Result<bool, CliError> {
    check_terminal()?;
    // A line that was typed before the question is no answer to it.
    crate::os::discard_typed();
    let _ = write!(io::stdout(), "{question} [y/N] ");
    let _ = io::stdout().flush();
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    let answer = line.trim().to_ascii_lowercase();
    Ok(read.is_ok() && matches!(answer.as_str(), "y" | "yes"))
}

/// A person's decision about a waiting mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Send,
    Discard,
    Later,
    /// Show the whole mail, and ask again.
    All,
}

/// Asks for a decision until the answer is one; `None` at the end of the input. An empty line is no
/// answer.
pub(super) fn decision(question: &str) -> Option<Decision> {
    // A line that was typed before the mail was shown is no answer about it.
    crate::os::discard_typed();
    loop {
        let _ = write!(io::stdout(), "{question} ");
        let _ = io::stdout().flush();
        let mut line = String::new();
        match io::stdin().lock().read_line(&mut line) {
            Ok(0) | Err(_) => return None,
            Ok(_) => {}
        }
        match line.trim().to_ascii_lowercase().as_str() {
            "s" | "send" => return Some(Decision::Send),
            "d" | "discard" => return Some(Decision::Discard),
            "l" | "later" => return Some(Decision::Later),
            "a" | "all" => return Some(Decision::All),
            "" => {}
            _ => {
                let _ = writeln!(io::stdout(), "type s, d, l or a");
            }
        }
    }
}

/// Checks that a question can be asked.
///
/// # Errors
/// As [`consent`].
pub(super) fn check_terminal() -> Result<(), CliError> {
    match io::stdin().is_terminal() && io::stdout().is_terminal() {
        true => Ok(()),
        false => Err(
            CliError::new("a confirmation needs an interactive terminal")
                .caused_by("standard input or output is not a terminal")
                .hint(
                    "run the command in a terminal, without a redirection of its input or output",
                ),
        ),
    }
}

/// Checks the rules of a password, and binds it to an account at a bridge.
///
/// # Errors
/// The password breaks its rule.
pub(super) fn checked(
    username: Username,
    password: SecretString,
    bridge: Origin,
) -> Result<Credentials, CliError> {
    match is_password(password.expose_secret()) {
        true => Ok(Credentials {
            username,
            password,
            bridge,
        }),
        false => Err(fault::bad_password().into()),
    }
}

fn not_read(error: io::Error) -> CliError {
    CliError::new("cannot read from the terminal")
        .caused_by(error)
        .hint("run the command in a terminal, or use --password-stdin")
}
