//! Mail ids.

use serde::{Deserialize, Serialize};
use std::{fmt, num::NonZeroU64, str::FromStr};

/// Error for text or a number that is not a mail id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a mail id is a whole number from 1 to 9007199254740991")]
pub struct MailIdError;

/// Id of a mail at the bridge: a whole number from 1 to 2^53 - 1. A client in JavaScript reads a
/// larger one as another number, and would name another mail.
///
/// The parser is strict, because an id becomes part of a URL and the bridge is lenient: it reads
/// `x/3` as 3 and `0x2` as 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MailId(NonZeroU64);

impl MailId {
    /// The largest number of an id.
    pub const MAX: u64 = (1 << 53) - 1;

    /// Returns the id with this number.
    ///
    /// # Errors
    /// [`MailIdError`] for 0 and above [`MailId::MAX`].
    pub fn new(number: u64) -> Result<Self, MailIdError> {
        let number = NonZeroU64::new(number).filter(|number| number.get() <= Self::MAX);
        number.map(Self).ok_or(MailIdError)
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
    fn a_mail_id_has_only_digits_is_not_zero_and_is_a_number_of_every_client() {
        assert_eq!("7".parse(), MailId::new(7));
        assert!("9007199254740991".parse::<MailId>().is_ok());
        for bad in [
            "",
            "0",
            "+7",
            "-7",
            "7/../8",
            "0x2",
            "2abc",
            "9007199254740992",
            "18446744073709551616",
        ] {
            assert_eq!(bad.parse::<MailId>(), Err(MailIdError), "{bad}");
        }
    }
}
