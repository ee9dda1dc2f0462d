//! Usernames and passwords, and the sources they come from.
//!
//! Passwords are re-read from their source for each login and never cached. Only credentials
//! that a person, a client, the environment or a calling program has handed over stay in
//! memory, because there is no source to read them from again. Credentials and sources carry the
//! origin of the only bridge that gets them. The module knows no session and no HTTP: it returns a
//! password and does not use it.

mod blocking;
mod command;
mod file;
#[cfg(feature = "keyring")]
pub mod keyring;
mod password;
mod source;
mod source_error;

pub use password::{Credentials, PASSWORD_RULE, is_password};
pub use source::{CredentialOrigin, Source};
pub use source_error::SourceError;

use secrecy::SecretString;

/// Runs a program as a password command, and returns the first line of its output, within 45 seconds.
/// For passwords of other servers than the bridge. Needs a tokio runtime with time and I/O.
///
/// # Errors
/// [`SourceError::Command`], or [`SourceError::Nothing`] without a program.
pub async fn printed_by(argv: &[String]) -> Result<SecretString, SourceError> {
    command::line(argv, command::Messages::Discarded).await
}

#[cfg(test)]
mod credentials_tests;
