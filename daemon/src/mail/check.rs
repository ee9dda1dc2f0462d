//! Rules for addresses and subjects. An invalid value is refused and never repaired silently.

use super::error::MailError;
use tai_proto::names::Address;

/// Longest address, in bytes (RFC 5321, 4.5.3.1.3).
const MAX_ADDRESS: usize = 254;
/// Longest subject, in bytes (RFC 5322, 2.1.1).
const MAX_SUBJECT: usize = 998;

/// Checks one plain address, `local@domain`. The bridge refuses lists and display names, and a
/// line break could add a header.
pub(super) fn address(text: &str) -> Result<String, MailError> {
    let bad = |rule| MailError::BadField { field: "to", rule };
    let text = text.trim();
    if text.len() > MAX_ADDRESS {
        return Err(bad("an address has at most 254 bytes"));
    }
    if text.contains(['<', '>', '"']) {
        return Err(bad("give the address alone, without a display name"));
    }
    if text.contains([',', ';']) {
        return Err(bad("one address at a time; call again for each recipient"));
    }
    let plain = |c: char| !c.is_whitespace() && !c.is_control();
    match text.split_once('@') {
        Some((local, domain))
            if !local.is_empty()
                && !domain.is_empty()
                && !domain.contains('@')
                && text.chars().all(plain) =>
        {
            Ok(text.to_owned())
        }
        _ => Err(bad(
            "an address reads name@domain, without spaces or line breaks",
        )),
    }
}

/// Returns the address of a sender or recipient as the bridge writes it: a plain address, alone or
/// in angle brackets after a display name. `None` for all other text, which a mail program could
/// read as another address.
pub(super) fn parsed(text: &str) -> Option<Address> {
    let text = text.trim();
    if let Ok(address) = Address::new(text) {
        return Some(address);
    }
    let (name, rest) = text.strip_suffix('>')?.split_once('<')?;
    match name.contains(['@', ',', ';', '<', '>', ':']) {
        true => None,
        false => Address::new(rest).ok(),
    }
}

/// Checks a subject: one line.
pub(super) fn subject(text: String) -> Result<String, MailError> {
    let bad = |rule| MailError::BadField {
        field: "subject",
        rule,
    };
    if text.chars().any(char::is_control) {
        return Err(bad("expected one line, without control characters"));
    }
    if text.len() > MAX_SUBJECT {
        return Err(bad("it has at most 998 bytes"));
    }
    Ok(text)
}

/// Returns the subject of a reply: the original's, with exactly one `Re:`.
pub(super) fn reply_subject(original: &str) -> String {
    let mut rest = original.trim();
    while let Some(stripped) = rest.get(..3).filter(|re| re.eq_ignore_ascii_case("re:")) {
        rest = rest.get(stripped.len()..).unwrap_or_default().trim_start();
    }
    let line: String = rest.chars().filter(|c| !c.is_control()).collect();
    format!("Re: {line}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_plain_address_is_accepted() {
        assert_eq!(address(" a.b@tai.chat ").as_deref(), Ok("a.b@tai.chat"));
        for bad in [
            "",
            "a",
            "@b",
            "a@",
            "a@b@c",
            "A <a@b.c>",
            "a@b.c, d@e.f",
            "a@b.c;d@e.f",
            "a b@c.d",
            "a@b.c\r\nBcc: d@e.f",
            "\"a\"@b.c",
            &format!("{}@b.c", "a".repeat(254)),
        ] {
            assert!(address(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_address_that_reads_in_two_ways_is_none() {
        for (text, expected) in [
            (" Bob@example.com ", Some("Bob@example.com")),
            ("Bob <bob@example.com>", Some("bob@example.com")),
            ("\"Bob B.\" <bob@example.com>", Some("bob@example.com")),
            ("<bob@example.com>", Some("bob@example.com")),
            ("attacker@evil.org, x.alice@tai.chat", None),
            ("<attacker@evil.org>.alice@tai.chat", None),
            ("x.alice@tai.chat <attacker@evil.org>", None),
            ("<attacker@evil.org> <x.alice@tai.chat>", None),
            ("group: x.alice@tai.chat <attacker@evil.org>", None),
            ("Bob <>", None),
            ("", None),
        ] {
            let address = parsed(text);
            assert_eq!(address.as_ref().map(Address::as_str), expected, "{text}");
        }
    }

    #[test]
    fn a_subject_is_one_line() {
        assert!(subject("Grüße 🚀".into()).is_ok());
        assert!(subject("a\r\nBcc: d@e.f".into()).is_err());
        assert!(subject("a\0".into()).is_err());
        assert!(subject("a".repeat(999)).is_err());
    }

    #[test]
    fn a_reply_has_one_re() {
        for original in ["x", "Re: x", "RE:x", "re: Re: x", " Re: x"] {
            assert_eq!(reply_subject(original), "Re: x", "{original:?}");
        }
        assert_eq!(reply_subject(""), "Re:");
        assert_eq!(reply_subject("Ré: x"), "Re: Ré: x");
    }
}
