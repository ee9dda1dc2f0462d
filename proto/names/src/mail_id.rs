//! Mail ids.

use serde::{Deserialize, Serialize};
use std::{fmt, num::NonZeroU64, str::FromStr};

/// Error for text or a number that is not a mail id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a mail id is a whole number, 1 or more")]
pub struct MailIdError;

/// Id of a mail at the bridge: a whole number from 1.
///
/// The parser is strict, because an id becomes part of a URL and the bridge is lenient: it reads
/// `x/3` as 3 and `0x2` as 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MailId(NonZeroU64);

impl MailId {
    /// Returns the id with this number.
    ///
    /// # Errors
    /// [`MailIdError`] for 0.
    pub fn new(number: u64) -> Result<Self, MailIdError> {
        NonZeroU64::new(number).map(Self).ok_or(MailIdError)
    }

    /// Returns the number.
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

impl FromStr for MailId {
    type Err = MailIdError;

    fn from_str(text: &str) -> Result<Self, MailIdError> {
        // `u64::from_str` alone would accept `+7`.
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(MailIdError);
        }
        Self::new(text.parse().map_err(|_| MailIdError)?)
    }
}

impl fmt::Display for MailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_id_has_only_digits_and_is_not_zero() {
        assert_eq!("7".parse(), MailId::new(7));
        for bad in [
            "",
            "0",
            "+7",
            "-7",
            "7/../8",
            "0x2",
            "2abc",
            "18446744073709551616",
        ] {
            assert_eq!(bad.parse::<MailId>(), Err(MailIdError), "{bad}");
        }
    }
}
