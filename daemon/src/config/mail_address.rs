//! The key `user_email`: an address that a mail can be sent to.

use super::kinds::{Kind, text};
use tai_proto::names::{Address, AddressError, AddressRule};
use toml::Value;

/// Mail address. The error names the broken rule.
pub(super) struct MailAddress;

impl MailAddress {
    const ACCEPTS: &'static str = "one mail address, such as `bob@example.com`";
}

impl Kind for MailAddress {
    type Value = Address;

    fn accepts(&self) -> String {
        Self::ACCEPTS.to_owned()
    }

    fn parse(&self, value: &Value) -> Result<Address, String> {
        Address::new(text(value, Self::ACCEPTS)?).map_err(|AddressError(rule)| match rule {
            AddressRule::One => format!("expected {}, not a list", Self::ACCEPTS),
            rule => rule.text().to_owned(),
        })
    }
}
