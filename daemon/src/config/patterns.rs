//! Patterns of mail addresses, for the rules of instances: `bob@example.com`, `*@example.com`, `*`.

use std::fmt;
use tai_proto::names::Address;
use wildmatch::WildMatch;

/// Longest pattern, in bytes: the longest address.
const MAX_PATTERN: usize = 254;

/// Text that is not a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no pattern: expected `*`, or an address such as `bob@example.com` or `*@example.com`, in which `*` stands for any text"
)]
pub(super) struct NotAPattern(String);

/// A list of patterns. `*` stands for any text, and case does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Patterns(Vec<String>);

impl Patterns {
    /// Parses patterns. Each one is `*` or has exactly one `@`, so that a pattern for a domain
    /// cannot match another domain with the same end.
    ///
    /// # Errors
    /// [`NotAPattern`].
    pub(super) fn new(patterns: Vec<String>) -> Result<Self, NotAPattern> {
        let is_pattern = |text: &str| {
            let plain = |c: char| !c.is_whitespace() && !c.is_control() && !",;<>\"?".contains(c);
            text == "*"
                || (text.len() <= MAX_PATTERN
                    && text.chars().all(plain)
                    && matches!(text.split_once('@'), Some((local, domain))
                        if !local.is_empty() && !domain.is_empty() && !domain.contains('@')))
        };
        match patterns.iter().find(|text| !is_pattern(text)) {
            Some(text) => Err(NotAPattern(text.clone())),
            None => Ok(Self(patterns)),
        }
    }

    /// Returns whether one of the patterns matches the address. Text that is no address (`None`)
    /// matches none.
    pub(super) fn match_any(&self, address: Option<&Address>) -> bool {
        let Some(address) = address else { return false };
        let address = address.as_str().to_lowercase();
        let matches = |text: &String| WildMatch::new(&text.to_lowercase()).matches(&address);
        self.0.iter().any(matches)
    }
}

/// Writes the patterns as the file has them.
impl fmt::Display for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted: Vec<String> = self.0.iter().map(|text| format!("\"{text}\"")).collect();
        write!(f, "[{}]", quoted.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(list: &[&str]) -> Result<Patterns, NotAPattern> {
        Patterns::new(list.iter().map(|text| (*text).to_owned()).collect())
    }

    fn matches(pattern: &str, address: &str) -> bool {
        let address = Address::new(address).ok();
        patterns(&[pattern]).unwrap().match_any(address.as_ref())
    }

    #[test]
    fn a_pattern_matches_a_whole_address_in_any_case() {
        for (pattern, address, expected) in [
            ("*@example.com", "Bob@EXAMPLE.com", true),
            ("*@Example.com", "bob@example.com", true),
            ("bob@example.com", "bob@example.com", true),
            ("b*b@*.example.com", "bob@mail.example.com", true),
            ("*", "anyone@anywhere.org", true),
            ("*@example.com", "bob@example.com.evil.org", false),
            ("*@example.com", "bob@evilexample.com", false),
            ("*@example.com", "bob@mail.example.com", false),
            ("bob@example.com", "xbob@example.com", false),
            ("bob@example.com", "bob@example.comx", false),
            ("*@example.com", "bob@ex\u{430}mple.com", false),
            // Text that is no address matches no pattern, not even `*`.
            ("*@example.com", "eve@evil.org, x@example.com", false),
            ("*", "<eve@evil.org>.x@example.com", false),
        ] {
            assert_eq!(matches(pattern, address), expected, "{pattern} {address}");
        }
        assert!(
            !patterns(&[])
                .unwrap()
                .match_any(Address::new("a@b.c").ok().as_ref())
        );
    }

    #[test]
    fn a_pattern_without_exactly_one_at_sign_is_refused() {
        for bad in [
            "",
            "example.com",
            "*example.com",
            "**",
            "a@",
            "@b",
            "a@b@c",
            "a b@c",
            "?@b",
        ] {
            assert!(patterns(&[bad]).is_err(), "{bad}");
        }
    }
}
