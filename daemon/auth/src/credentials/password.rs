//! Credentials, and the rules for passwords.

use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use tai_names::Username;

/// Number of bytes that are read from a source; a password of 128 characters has fewer.
pub(super) const MAX_BYTES: u64 = 4096;

/// A username and a password.
#[derive(Clone)]
pub struct Credentials {
    /// The registered username.
    pub username: Username,
    /// The password, zeroed when it is dropped.
    pub password: SecretString,
}

/// Never shows the password.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// Returns whether a text can be a password (seed: "Password: 8-128 characters").
pub fn is_password(text: &str) -> bool {
    (8..=128).contains(&text.chars().count())
}

/// Returns the first line of a file or of a program's output, as `pass` and similar programs
/// define it.
pub(super) fn first_line(text: SecretString) -> SecretString {
    let line = text.expose_secret().lines().next().unwrap_or_default();
    SecretString::from(line.to_owned())
}
