//! Conditions on the sender of a mail.
//!
//! A condition that names one address or a domain meets that one alone: an agent that waits for the
//! mail of an address must not get that of another one, which anyone can register.

use super::fold::fold;
use tai_proto::names::{Address, DOMAIN};
use tai_reader::characters::line;

/// Last labels that name no person. A text that ends with one, or with a country, names a domain
/// alone.
const USUAL: [&str; 20] = [
    "com", "org", "net", "edu", "gov", "mil", "int", "info", "biz", "dev", "app", "chat", "cloud",
    "email", "example", "test", "online", "shop", "tech", "site",
];
/// Countries whose labels are surnames too, as in `wei.li`.
const SURNAMES: [&str; 7] = ["la", "li", "ma", "mo", "ng", "so", "su"];

/// Condition on a sender.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum SenderMatch {
    /// The key of one address.
    Address(String),
    /// The domain after the `@`, in lower case.
    Domain(String),
    /// A domain that may have more labels before it, in lower case.
    DomainEnd(String),
    /// A domain that may have more labels before it, or the whole part before the `@`, such as
    /// `wei.li`.
    DomainOrName(String),
    /// Folded text that occurs in the field.
    Part(String),
}

impl SenderMatch {
    /// Returns the condition that a text names; `None` for text without a character that counts.
    pub(super) fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        // `*@example.com` and `*.example.com`.
        let text = text.strip_prefix('*').unwrap_or(text);
        // Without a dot after the `@` it is the beginning of an address.
        let is_whole = |key: &String| key.rsplit('@').next().is_some_and(|it| it.contains('.'));
        if let Some(address) = address(text).filter(is_whole) {
            return Some(Self::Address(address));
        }
        let is_host = |text: &str| {
            text.contains('.')
                && text
                    .chars()
                    .all(|c| c.is_alphanumeric() || ".-".contains(c))
        };
        let lower = text.to_ascii_lowercase();
        let last = lower.rsplit('.').next().unwrap_or_default();
        let is_country = last.len() == 2 && !SURNAMES.contains(&last);
        let is_usual = is_country || USUAL.contains(&last);
        let is_ending = tai_reader::is_ending(last);
        let is_end = is_host(&lower) && (USUAL.contains(&last) || is_ending);
        Some(match (lower.strip_prefix('@'), lower.strip_prefix('.')) {
            (Some(domain), _) if is_host(domain) => Self::Domain(domain.to_owned()),
            (_, Some(end)) if is_end => Self::DomainEnd(end.to_owned()),
            (None, None) if is_end && is_usual => Self::DomainEnd(lower),
            (None, None) if is_end => Self::DomainOrName(lower),
            (Some(_) | None, Some(_) | None) => {
                Self::Part(Some(fold(text)).filter(|text| !text.is_empty())?)
            }
        })
    }

    /// Returns whether a sender meets the condition.
    pub(super) fn is_met(&self, from: &str) -> bool {
        let domain = || address(from).and_then(|it| Some(it.rsplit_once('@')?.1.to_owned()));
        match self {
            Self::Address(key) => {
                address(from).is_some_and(|it| it == *key || untagged(&it) == *key)
            }
            Self::Domain(domain_of) => domain().as_ref() == Some(domain_of),
            // `desk.bo` is an address of the bridge, which assigns these names.
            Self::DomainEnd(end) => address(from)
                .is_some_and(|it| is_below(&it, end) || it.split_once('@') == Some((end, DOMAIN))),
            Self::DomainOrName(end) => address(from).is_some_and(|it| {
                is_below(&it, end) || it.rsplit_once('@').is_some_and(|(name, _)| name == end)
            }),
            Self::Part(part) => fold(&line(from)).contains(part),
        }
    }
}

/// Returns whether the domain of an address is this one or below it.
fn is_below(address: &str, end: &str) -> bool {
    let (_, domain) = address.rsplit_once('@').unwrap_or_default();
    let before = domain.strip_suffix(end);
    before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Returns an address without the tag of its domain for bounces (BATV), `prvs=TAG=bob@example.com`.
fn untagged(address: &str) -> &str {
    let tagged = address.strip_prefix("prvs=");
    let tagged = tagged.and_then(|tagged| tagged.split_once('='));
    tagged.map_or(address, |(_, address)| address)
}

/// Returns the key of the one address in a field. A bounce address can be too long for a mail that is
/// sent to it.
fn address(field: &str) -> Option<String> {
    let address = Address::in_field(field).or_else(|| Address::received(field).ok())?;
    Some(address.key())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_or_a_domain_meets_no_other_one() {
        let long = format!("bounces+{}@news.example", "a".repeat(80));
        for (condition, from, expected) in [
            ("bob@example.com", "bob@example.com", true),
            ("Bob@Example.com", "BOB@example.COM", true),
            ("Bob <bob@example.com>", "bob@example.com", true),
            ("bob@example.com", "Bob <bob@example.com>", true),
            ("bob@example.com", "bob@exámple.com", false),
            ("bob@example.com", "bób@example.com", false),
            ("bob@example.com", "ｂob@example.com", false),
            ("bob@example.com", "bob@exam*ple.com", false),
            ("bob@example.com", "bob@exa\u{200b}mple.com", false),
            ("bob@example.com", "bob@example.com.evil.net", false),
            ("bob@example.com", "notbob@example.com", false),
            (
                "bob@example.com",
                "\"bob@example.com\" <evil@evil.net>",
                false,
            ),
            (
                "bob@example.com",
                "Eve <eve@evil.net>, bob@example.com",
                false,
            ),
            (&long, &long, true),
            ("@example.com", "bob@example.com", true),
            ("@example.com", "bob@mail.example.com", false),
            ("example.com", "bob@example.com", true),
            ("Example.com", "bob@mail.example.com", true),
            ("example.com", "bob@example.com.evil.net", false),
            ("example.com", "bob@notexample.com", false),
            ("example.com", "example.com@evil.net", false),
            ("desk.alice", "desk.alice@tai.chat", true),
            ("desk.bo", "desk.bo@tai.chat", true),
            ("desk.bo", "desk.bo@evil.net", false),
            ("amazon.de", "amazon.de@evil.net", false),
            ("amazon.in", "amazon.in@evil.net", false),
            ("bank.no", "bob@bank.no", true),
            ("wei.li", "wei.li@example.com", true),
            ("Wei.Li", "Wei Li <wei.li@example.com>", true),
            ("wei.li", "bob@mail.wei.li", true),
            ("wei.li", "bob@wei.li.evil.net", false),
            ("wei.li", "notwei.li@example.com", false),
            ("foo.bank", "bob@foo.bank", true),
            ("foo.bank", "bob@foo.bank.evil.net", false),
            ("john.smith", "john.smith@example.com", true),
            ("john.smith", "\"john.smith\" <js@example.com>", true),
            (".bank", "bob@foo.bank", true),
            (".bank", "bob@foo.bank.evil.net", false),
            ("*@example.com", "bob@example.com", true),
            ("*@example.com", "bob@evil.net", false),
            ("*.example.com", "bob@mail.example.com", true),
            (".com", "bob@example.com", true),
            (".com", "bob@example.net", false),
            ("bob@example.com", "prvs=1234abcdef=bob@example.com", true),
            ("bob@example.com", "prvs=1234abcdef=bob@evil.net", false),
            ("bob", "Bob <robert@example.com>", true),
            ("müller", "Jörg Muller <jm@example.com>", true),
            ("@exam", "bob@example.com", true),
            ("bob@", "bob@example.com", true),
            ("Bob@EXAMPLE", "bob@example.com", true),
        ] {
            let met = SenderMatch::new(condition).is_some_and(|it| it.is_met(from));
            assert_eq!(met, expected, "{condition} {from}");
        }
        assert_eq!(SenderMatch::new(" * "), None);
    }
}
