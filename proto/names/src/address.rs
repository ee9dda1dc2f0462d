//! Mail addresses.

use crate::{Instance, Username, automatic::is_automatic};
use serde::{Deserialize, Deserializer, Serialize, de};
use std::{fmt, str::FromStr};

/// Domain of every TAI address.
pub const DOMAIN: &str = "tai.chat";
/// Limit of an address in bytes (RFC 5321, 4.5.3.1.3, without the angle brackets).
const MAX_ADDRESS: usize = 254;
/// Limit of the part before the `@` in bytes (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL: usize = 64;
/// Limit of a label of the domain in bytes (RFC 1035, 2.3.4).
const MAX_LABEL: usize = 63;

/// Rule that an address breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.text())]
pub struct AddressError(pub AddressRule);

/// Rules of an address, in the order in which they are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressRule {
    /// At most 254 bytes.
    Length,
    /// No invisible characters.
    Visible,
    /// No `mailto:`.
    NoScheme,
    /// No local part in quotation marks.
    Unquoted,
    /// No display name, as in `Bob <bob@example.com>`.
    NoDisplayName,
    /// No comment in parentheses.
    NoComment,
    /// No list of addresses.
    One,
    /// `local@domain`, without white space and control characters.
    Shape,
    /// No backslash.
    NoBackslash,
    /// No `%`, `!` or `=?` before the `@`.
    NoRoute,
    /// Each dot is between two parts.
    Dots,
    /// At most 64 bytes before the `@`.
    LocalLength,
    /// A dot in the domain.
    DomainDot,
    /// A domain, and no IP address.
    Domain,
}

impl AddressRule {
    /// Returns the text for the person or agent that gave the address.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Length => "an address has at most 254 bytes",
            Self::Visible => "it has invisible characters; write the address again",
            Self::NoScheme => "give the address without `mailto:`",
            Self::Unquoted => {
                "an address in quotation marks cannot be used; give a plain name@domain"
            }
            Self::NoDisplayName => {
                "give the address alone, without a display name, such as bob@example.com"
            }
            Self::NoComment => "give the address without a comment in parentheses",
            Self::One => "one address at a time; call again for each recipient",
            Self::Shape => "an address reads name@domain, without spaces or line breaks",
            Self::NoBackslash => "an address has no backslash",
            Self::NoRoute => {
                "an address has no `%`, `!` or `=?` before the @: some mail servers send such mail elsewhere"
            }
            Self::Dots => {
                "a dot in an address stands between two parts, such as in a.b@example.com"
            }
            Self::LocalLength => "the part before @ has at most 64 bytes",
            Self::DomainDot => "the part after @ is a domain with a dot, such as example.com",
            Self::Domain => "the part after @ is a domain, such as example.com",
        }
    }
}

/// One mail address, `local@domain`, of at most 254 bytes.
///
/// [`Address::new`] has the rules for an address that a mail is sent to. Deserialization has the
/// rules of [`Address::received`]. Equality compares the exact text; use [`Address::matches`] for
/// incoming mail.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Address(String);

impl Address {
    /// Parses an address that a mail can be sent to, and removes surrounding white space.
    ///
    /// Lists and display names are refused, as the bridge does. White space is refused, because a
    /// line break would inject headers.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn new(text: impl AsRef<str>) -> Result<Self, AddressError> {
        let text = text.as_ref().trim_matches([' ', '\t', '\r', '\n']);
        match broken_rule(text) {
            Some(rule) => Err(AddressError(rule)),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// Parses an address that a peer or the bridge writes. It needs only be one address: that of a
    /// long instance has more bytes before the `@` than a mail can be sent to.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn received(text: impl AsRef<str>) -> Result<Self, AddressError> {
        let text = text.as_ref().trim();
        let rule = match text.len() > MAX_ADDRESS {
            true => Some(AddressRule::Length),
            false => broken_syntax(text),
        };
        match rule.or_else(|| split(text).err()) {
            Some(rule) => Err(AddressError(rule)),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// Returns the address in a header field of a sender or recipient, as the bridge writes it: alone, before
    /// a comment, or in angle brackets after a display name. `None` for all other text, which a mail program
    /// could read as another address, such as `"a@b.example" <c@d.example>, e@f.example`, and for an address
    /// that no mail may be sent to.
    pub fn in_field(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_plain = |name: &str| !name.contains(['@', ',', ';', '<', '>', ':', '(', ')', '"']);
        let is_quoted = |name: &str| {
            let inside = name
                .strip_prefix('"')
                .and_then(|name| name.strip_suffix('"'));
            inside.is_some_and(|name| !name.contains(['@', '<', '>', '"', '\\']))
        };
        let address = match (text.strip_suffix('>'), text.strip_suffix(')')) {
            (Some(named), _) => {
                let (name, address) = named.split_once('<')?;
                let name = name.trim();
                // A name that repeats the address does not mislead.
                let is_same = name.trim_matches('"').eq_ignore_ascii_case(address);
                let is_name = is_plain(name) || is_quoted(name) || is_same;
                is_name.then_some(address)?
            }
            (None, Some(commented)) => {
                let (address, comment) = commented.split_once(" (")?;
                is_plain(comment).then_some(address)?
            }
            (None, None) => text,
        };
        Self::new(address).ok()
    }

    /// Returns the address of an instance of a user, or the user's own.
    pub(crate) fn of_user(instance: Option<&Instance>, user: &Username) -> Self {
        Self(match instance {
            Some(instance) => format!("{instance}.{user}@{DOMAIN}"),
            None => format!("{user}@{DOMAIN}"),
        })
    }

    /// Returns whether programs use the address and people do not read it, as that of bounces or of a
    /// list. No program may answer mail from it.
    pub fn is_automatic(&self) -> bool {
        split(&self.0).is_ok_and(|(local, _)| is_automatic(local))
    }

    /// Returns the address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the form for comparisons: ASCII letters in lower case, as in [`Address::matches`].
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// Returns whether mail to `recipient` belongs to this address. Ignores ASCII case, as the
    /// bridge does.
    pub fn matches(&self, recipient: &str) -> bool {
        self.0.eq_ignore_ascii_case(recipient)
    }
}

/// Returns the rule of characters that an address breaks.
fn broken_syntax(text: &str) -> Option<AddressRule> {
    if text.contains(['<', '>', '"']) {
        return Some(AddressRule::NoDisplayName);
    }
    text.contains([',', ';']).then_some(AddressRule::One)
}

/// Returns the parts before and after the `@`.
fn split(text: &str) -> Result<(&str, &str), AddressRule> {
    let is_text = |c: char| !c.is_whitespace() && !c.is_control();
    match text.split_once('@') {
        Some((local, domain))
            if !local.is_empty()
                && !domain.is_empty()
                && !domain.contains('@')
                && text.chars().all(is_text) =>
        {
            Ok((local, domain))
        }
        _ => Err(AddressRule::Shape),
    }
}

/// Returns the first rule that an address breaks.
fn broken_rule(text: &str) -> Option<AddressRule> {
    if text.len() > MAX_ADDRESS {
        return Some(AddressRule::Length);
    }
    if text.chars().any(is_invisible) {
        return Some(AddressRule::Visible);
    }
    let scheme = text.get(..7);
    if scheme.is_some_and(|start| start.eq_ignore_ascii_case("mailto:")) {
        return Some(AddressRule::NoScheme);
    }
    if text.starts_with('"') && !text.contains('<') {
        return Some(AddressRule::Unquoted);
    }
    if text.contains(['(', ')']) && !text.contains(['<', '>', '"']) {
        return Some(AddressRule::NoComment);
    }
    if let Some(rule) = broken_syntax(text) {
        return Some(rule);
    }
    let (local, domain) = match split(text) {
        Ok(parts) => parts,
        Err(rule) => return Some(rule),
    };
    if text.contains('\\') {
        return Some(AddressRule::NoBackslash);
    }
    if local.contains(['%', '!']) || local.contains("=?") {
        return Some(AddressRule::NoRoute);
    }
    let has_empty_part = |part: &str| part.split('.').any(str::is_empty);
    if has_empty_part(local) || has_empty_part(domain) {
        return Some(AddressRule::Dots);
    }
    if local.len() > MAX_LOCAL {
        return Some(AddressRule::LocalLength);
    }
    let Some((_, last)) = domain.rsplit_once('.') else {
        return Some(AddressRule::DomainDot);
    };
    let is_host = |c: char| c.is_alphanumeric() || c == '-';
    let is_label = |label: &str| {
        let has_edge = label.starts_with('-') || label.ends_with('-');
        !has_edge && label.len() <= MAX_LABEL && label.chars().all(is_host)
    };
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit());
    (is_number || !domain.split('.').all(is_label)).then_some(AddressRule::Domain)
}

/// Returns whether a person sees nothing where this character is. `tai-reader` has the same table
/// for mail; a test of `taid` compares the two, because neither crate knows the other. Control
/// characters break [`AddressRule::Shape`].
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::received(text).map_err(de::Error::custom)
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
#[path = "address_tests.rs"]
mod tests;
