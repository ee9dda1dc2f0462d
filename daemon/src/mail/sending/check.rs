//! Rules for addresses and subjects. An invalid value is refused and never repaired silently.

use crate::mail::error::MailError;
use tai_auth::bridge::has_words;
use tai_proto::{
    names::{Address, AddressError},
    subject,
};
use tai_reader::{characters::line, outgoing::invisible};

/// Longest subject, in bytes (RFC 5322, 2.1.1).
const MAX_SUBJECT: usize = 998;

/// Checks one plain address, `local@domain`. The bridge refuses lists and display names, and a
/// line break could add a header.
pub(in crate::mail) fn address(text: &str) -> Result<Address, MailError> {
    Address::new(text).map_err(|AddressError(rule)| MailError::BadField {
        field: "to",
        rule: rule.text(),
    })
}

/// Checks the address of an instance: no mail can be sent to a longer one.
pub(in crate::mail) fn own(address: &Address) -> Result<(), MailError> {
    match address.as_str().find('@') {
        Some(65..) => Err(MailError::BadField {
            field: "TAI_MCP_INSTANCE",
            rule: "with the username it makes an address of more than 64 characters before the @; choose a \
                   shorter name",
        }),
        Some(_) | None => Ok(()),
    }
}

/// Returns the address that a reply to a sender goes to, if it is one that a mail may be sent to.
pub(in crate::mail) fn answerable(from: &str) -> Result<Address, MailError> {
    Address::in_field(from).ok_or(MailError::NoReplyAddress)
}

/// Checks a subject: one line. An empty subject is `None`, because the bridge would replace it.
pub(in crate::mail) fn subject(text: String) -> Result<Option<String>, MailError> {
    let bad = |rule| MailError::BadField {
        field: "subject",
        rule,
    };
    if text.chars().any(char::is_control) {
        return Err(bad("expected one line, without control characters"));
    }
    let mut count = 0;
    invisible::clean(&text, &mut count);
    if count > 0 {
        return Err(bad(
            "it has invisible characters; write it again without them",
        ));
    }
    if has_encoded_word(&text) {
        return Err(bad(
            "it has an encoded word, `=?...?=`; write the words as they are to be read",
        ));
    }
    if text.len() > MAX_SUBJECT {
        return Err(bad("it has at most 998 bytes"));
    }
    // The pattern without dots of Braille looks like a space.
    let shown = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{2800}');
    Ok((!shown.is_empty()).then(|| text.trim().to_owned()))
}

/// Returns whether a mail program may decode a part of a subject (RFC 2047), so that its reader
/// sees other words than those that are shown here.
fn has_encoded_word(subject: &str) -> bool {
    let rest = subject.split_once("=?").map(|(_, rest)| rest);
    rest.is_some_and(|rest| rest.contains("?="))
}

/// Returns the subject of a reply: the original's without the marks of replies, after one `Re:`.
/// Words that its sender encoded twice are written so that no mail program decodes them.
pub(in crate::mail) fn reply_subject(original: &str) -> String {
    let line = line(original).replace(|c: char| c.is_control(), " ");
    let mut subject = subject::of_reply(invisible::clean(&line, &mut 0).trim());
    if has_words(&subject) {
        subject = subject.replace("=?", "= ?");
    }
    let end = subject.floor_char_boundary(MAX_SUBJECT);
    subject.get(..end).unwrap_or_default().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_proto::names::AddressRule;

    #[test]
    fn a_recipient_is_refused_with_the_rule_that_it_breaks() {
        assert_eq!(
            address(" bob@example.com\n").unwrap().as_str(),
            "bob@example.com"
        );
        let refused = address("bob@localhost").unwrap_err();
        insta::assert_snapshot!(refused, @"`to` is invalid: the part after @ is a domain with a dot, such as example.com");
    }

    #[test]
    fn an_address_has_no_character_that_the_reader_removes() {
        let is_removed = |c: &char| invisible::is_invisible(*c) && !c.is_control();
        for c in ('\0'..=char::MAX).filter(|c| !c.is_control()) {
            let address = Address::new(format!("a{c}b@example.com"));
            let is_refused = address == Err(AddressError(AddressRule::Visible));
            assert_eq!(is_refused, is_removed(&c), "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn a_sender_is_answered_at_an_address_that_a_mail_may_be_sent_to() {
        for good in [
            "bob@example.com",
            "\"bob@example.com\" <bob@example.com>",
            "BOB@example.com <bob@example.com>",
            "bob@example.com (Bob)",
        ] {
            let address = answerable(good).unwrap();
            assert!(address.matches("bob@example.com"), "{good}");
        }
        for bad in [
            "bob@example.com\u{200b}",
            "b\u{ad}ob@example.com",
            "bob..b@example.com",
            "(x)bob@example.com",
            "Bob <mailto:bob@example.com>",
            "'Bob' via A, B <list@example.com>",
            "ann@example.com, bob@example.com",
            "\"ann@example.com\" <bob@example.com>",
            "<ann@example.com>.bob@example.com",
            "<>",
        ] {
            assert!(answerable(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_address_of_an_instance_is_one_that_a_mail_may_be_sent_to() {
        let of = |length: usize| {
            let instance = "a".repeat(length);
            Address::received(format!("{instance}.alice@tai.chat")).unwrap()
        };
        for length in [1, 58] {
            assert_eq!(own(&of(length)), Ok(()));
            assert!(Address::in_field(of(length).as_str()).is_some());
        }
        assert!(own(&of(59)).is_err() && Address::in_field(of(59).as_str()).is_none());
    }

    #[test]
    fn a_subject_is_one_visible_line_or_is_not_given() {
        for good in [
            "Grüße 🚀",
            "a =? b",
            "?= a =?",
            "👩\u{200d}👧 ✈\u{fe0f}",
            "می\u{200c}خواهم",
        ] {
            assert_eq!(subject(good.into()), Ok(Some(good.into())));
        }
        for bad in [
            "a\r\nBcc: d@e.f".to_owned(),
            "a\0".to_owned(),
            "a\tb".to_owned(),
            "lunch\u{e0053}\u{e0045}".to_owned(),
            "a\u{2028}b".to_owned(),
            "\u{202e}a".to_owned(),
            "a\u{200b}".to_owned(),
            "=?utf-8?Q?a=0D=0ABcc=3A_x=40y.example?=".to_owned(),
            "Re: =?utf-8?B?bHVuY2g?= today".to_owned(),
            "a".repeat(999),
        ] {
            assert!(subject(bad.clone()).is_err(), "{bad:?}");
        }
        assert_eq!(subject(" near ".into()), Ok(Some("near".into())));
        assert_eq!(subject("\u{2800}".into()), Ok(None));
        assert_eq!(subject(" ".into()), Ok(None));
        assert_eq!(subject(String::new()), Ok(None));
    }

    #[test]
    fn a_reply_has_one_re() {
        for original in [
            "x",
            "Re: x",
            "RE:x",
            "re: Re: x",
            " Re: x",
            "AW: x",
            "SV: AW: x",
            "Re[2]: x",
            "Re (3) : x",
            "RE : x",
            "Antw: Re: x",
            "回复：x",
            "Re: x\u{202e}\n",
        ] {
            assert_eq!(reply_subject(original), "Re: x", "{original:?}");
        }
        assert_eq!(reply_subject(""), "Re:");
        let encoded = reply_subject("=?utf-8?Q?lunch?= =?x?b?y?=");
        assert_eq!(encoded, "Re: = ?utf-8?Q?lunch?= = ?x?b?y?=");
        // taid cannot decode it, the sender's mail program can.
        let other = "=?gb2312?B?xOO6ww==?=";
        assert_eq!(reply_subject(other), format!("Re: {other}"));
        assert_eq!(subject(encoded.clone()), Ok(Some(encoded)));
        assert_eq!(reply_subject("Ré: x"), "Re: Ré: x");
        assert_eq!(reply_subject("Awake: x"), "Re: Awake: x");
        assert_eq!(reply_subject("Re[x]: y"), "Re: Re[x]: y");
        assert_eq!(reply_subject(&"é".repeat(600)).len(), 998);
    }
}
