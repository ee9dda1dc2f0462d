//! Mail addresses.

use crate::{Instance, Username};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Domain of every TAI address.
pub const DOMAIN: &str = "tai.chat";
/// Limit of an address in bytes (RFC 5321, 4.5.3.1.3, without the angle brackets).
const MAX_ADDRESS: usize = 254;

/// Rule that an address breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// More than 254 bytes.
    #[error("an address has at most 254 bytes")]
    TooLong,
    /// A display name, as in `Bob <bob@example.com>`.
    #[error("give the address alone, without a display name")]
    DisplayName,
    /// Several addresses.
    #[error("one address at a time; call again for each recipient")]
    List,
    /// Any other text that is not `local@domain`.
    #[error("an address reads name@domain, without spaces or line breaks")]
    Shape,
}

/// One mail address, `local@domain`, of at most 254 bytes.
///
/// Lists and display names are refused, as the bridge does. White space is refused, because a
/// line break would inject headers. Equality compares the exact text; use [`Address::matches`]
/// for incoming mail.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Address(String);

impl Address {
    /// Parses an address and removes surrounding white space.
    ///
    /// # Errors
    /// The [`AddressError`] of the broken rule.
    pub fn new(text: impl AsRef<str>) -> Result<Self, AddressError> {
        let text = text.as_ref().trim();
        if text.len() > MAX_ADDRESS {
            return Err(AddressError::TooLong);
        }
        if text.contains(['<', '>', '"']) {
            return Err(AddressError::DisplayName);
        }
        if text.contains([',', ';']) {
            return Err(AddressError::List);
        }
        let plain = |c: char| !c.is_whitespace() && !c.is_control();
        match text.split_once('@') {
            Some((local, domain))
                if !local.is_empty()
                    && !domain.is_empty()
                    && !domain.contains('@')
                    && text.chars().all(plain) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(AddressError::Shape),
        }
    }

    /// Returns the address of an instance of a user, or the user's own.
    pub(crate) fn of_user(instance: Option<&Instance>, user: &Username) -> Self {
        Self(match instance {
            Some(instance) => format!("{instance}.{user}@{DOMAIN}"),
            None => format!("{user}@{DOMAIN}"),
        })
    }

    /// Returns the address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether mail to `recipient` belongs to this address. Ignores ASCII case, as the
    /// bridge does.
    pub fn matches(&self, recipient: &str) -> bool {
        self.0.eq_ignore_ascii_case(recipient)
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::new(text)
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::new(text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> String {
        address.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Username {
    /// Returns the address of an instance (seed: `{INSTANCE}.{NAME}@tai.chat`). Returns the
    /// user's own address if `instance` is `None`.
    pub fn address(&self, instance: Option<&Instance>) -> Address {
        Address::of_user(instance, self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_display_name_and_no_list() {
        for good in ["bob@example.com", " bob@example.com ", "b+x@localhost"] {
            assert_eq!(Address::new(good).unwrap().as_str(), good.trim());
        }
        for (bad, error) in [
            ("Bob <bob@example.com>", AddressError::DisplayName),
            ("a@b.example, c@d.example", AddressError::List),
            ("bob", AddressError::Shape),
            ("bob@", AddressError::Shape),
            ("@example.com", AddressError::Shape),
            ("a@b@c", AddressError::Shape),
            (
                "bob@example.com\r\nBcc: eve@example.com",
                AddressError::Shape,
            ),
            ("bo b@example.com", AddressError::Shape),
        ] {
            assert_eq!(Address::new(bad), Err(error), "{bad}");
        }
        let long = format!("{}@example.com", "a".repeat(250));
        assert_eq!(Address::new(long), Err(AddressError::TooLong));
    }

    #[test]
    fn incoming_mail_matches_an_address_in_any_case() {
        let own = Address::new("desk.Alice@tai.chat").unwrap();
        assert!(own.matches("DESK.alice@TAI.CHAT"));
        assert!(!own.matches("x.desk.alice@tai.chat"));
    }

    #[test]
    fn seed_address_is_instance_dot_name_at_tai_chat() {
        let user = Username::new("username").unwrap();
        let desktop = Instance::new("desktop").unwrap();
        assert_eq!(
            user.address(Some(&desktop)).as_str(),
            "desktop.username@tai.chat"
        );
        assert_eq!(user.address(None).as_str(), "username@tai.chat");
    }
}
