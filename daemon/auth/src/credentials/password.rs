//! Credentials, and the rules for passwords.

use crate::base_url::Origin;
use secrecy::{ExposeSecret as _, SecretString};
use std::{fmt, ops::RangeInclusive, str::Utf8Error};
use tai_names::Username;

/// Number of bytes that are read from a source; a password of 128 characters has fewer.
pub(super) const MAX_BYTES: u64 = 4096;

/// A username and a password, and the only bridge that gets them.
#[derive(Clone)]
pub struct Credentials {
    /// The registered username.
    pub username: Username,
    /// The password, zeroed when it is dropped.
    pub password: SecretString,
    /// The bridge that the credentials are for.
    pub bridge: Origin,
}

impl PartialEq for Credentials {
    fn eq(&self, other: &Self) -> bool {
        self.username == other.username
            && self.bridge == other.bridge
            && self.password.expose_secret() == other.password.expose_secret()
    }
}

/// Never shows the password.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .field("bridge", &self.bridge)
            .finish_non_exhaustive()
    }
}

/// Length of a password (seed: "Password: 8-128 characters"), in UTF-16 units as the bridge counts. Most
/// emoji have two.
const LENGTH: RangeInclusive<usize> = 8..=128;
/// Rule of the length, for texts.
pub const PASSWORD_RULE: &str = "8 to 128 characters";

/// Returns whether a text can be a password.
pub fn is_password(text: &str) -> bool {
    LENGTH.contains(&text.encode_utf16().count())
}

/// Returns the first line of a file or of a program's output, without its line break (LF, CRLF or
/// CR). `pass show` and similar programs print the password there and other fields below it.
///
/// # Errors
/// The line is not UTF-8.
pub(super) fn first_line(text: &[u8]) -> Result<SecretString, Utf8Error> {
    // What follows may be cut within a character, or be no text.
    let line = text.split(|byte| matches!(byte, b'\n' | b'\r')).next();
    let line = std::str::from_utf8(line.unwrap_or_default())?;
    // Some editors begin a file with a byte order mark.
    let line = line.strip_prefix('\u{feff}').unwrap_or(line);
    Ok(SecretString::from(line.to_owned()))
}

/// Returns whether the line of a source can be a password. A control character, such as a color
/// sequence in a notice, cannot be typed and is not part of one.
pub(super) fn is_password_line(line: &SecretString) -> bool {
    let line = line.expose_secret();
    is_password(line) && !line.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_of_the_length_has_the_limits() {
        let rule = format!("{} to {} characters", LENGTH.start(), LENGTH.end());
        assert_eq!(PASSWORD_RULE, rule);
    }

    #[test]
    fn the_length_of_a_password_is_counted_in_utf_16_units_as_the_bridge_does() {
        for (text, expected) in [
            ("1234567".to_owned(), false),
            ("12345678".to_owned(), true),
            ("pässwörd".to_owned(), true),
            ("😀😀😀".to_owned(), false),
            ("😀😀😀😀".to_owned(), true),
            ("😀".repeat(64), true),
            ("😀".repeat(65), false),
            ("a".repeat(128), true),
            ("a".repeat(129), false),
        ] {
            assert_eq!(is_password(&text), expected, "{text}");
        }
    }
}
