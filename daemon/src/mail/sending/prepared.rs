//! An outgoing mail in its final form. The person's preview, the request to the bridge and the
//! ledger's digest come from the same value.

use crate::digest::Digest;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use tai_proto::{
    approval::{HeldForm, MailPreview},
    mail::Format,
    names::{Address, MailId},
    text::{Content, HeaderText, MAX_CONTENT, Words},
};
use tai_reader::outgoing::{Parts, Preview, invisible};
use url::Url;

/// Limits of the text and of the details in the beginning of a preview, in bytes.
const MAX_TEXT: usize = 3_000;
const MAX_DETAILS: usize = 1_000;

/// A mail in its final form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) struct PreparedMail {
    /// The account's own address, without an instance.
    pub(in crate::mail) account: Address,
    pub(in crate::mail) from: Address,
    /// The recipient. A name that the sender of an original gave to its address is not sent, and
    /// not shown.
    pub(in crate::mail) to: Address,
    pub(in crate::mail) subject: String,
    pub(in crate::mail) parts: Parts,
    /// The id of the mail that this one answers.
    pub(in crate::mail) reply_to: Option<MailId>,
    pub(in crate::mail) digest: Digest,
    /// Why an instruction in a mail may have caused this one, as a clause; `None` if nothing says so,
    /// or if the policy does not ask.
    pub(in crate::mail) suspicion: Option<String>,
    /// The content as it was submitted, for a person who changes it.
    pub(in crate::mail) source: String,
    /// The markup of `source`.
    pub(in crate::mail) format: Format,
}

impl PreparedMail {
    /// Returns the beginning of the mail as a person approves it.
    pub(in crate::mail) fn preview(&self) -> MailPreview {
        let preview = &self.parts.preview;
        let (text, text_left) = beginning(&preview.text, MAX_TEXT);
        let (details, details_left) = beginning(&preview.details, MAX_DETAILS);
        MailPreview {
            from: HeaderText::cut(self.from.as_str()),
            to: self.shown_recipient(),
            subject: HeaderText::cut(invisible::reveal(&self.subject)),
            warning: Words::cut(self.warning()),
            loads: Words::cut(preview.loads.as_str()),
            text: Words::cut(text),
            details: Words::cut(details),
            left_out: (text_left + details_left) as u64,
        }
    }

    /// Returns a part of a form of the mail, and the offset of the next one.
    pub(in crate::mail) fn part(&self, form: HeldForm, offset: u64) -> (Content, Option<u64>) {
        let whole: Cow<'_, str> = match form {
            HeldForm::Shown => self.whole().into(),
            HeldForm::Html => self.parts.html.as_str().into(),
            HeldForm::Source => self.source.as_str().into(),
        };
        let from = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(whole.len());
        let rest = whole
            .get(whole.floor_char_boundary(from)..)
            .unwrap_or_default();
        let (part, left) = beginning(rest, MAX_CONTENT);
        let next = (left > 0).then(|| (whole.len() - left) as u64);
        (Content::cut(part), next)
    }

    /// Returns the whole mail as a person approves it.
    fn whole(&self) -> String {
        let MailPreview {
            from, to, subject, ..
        } = self.preview();
        let Preview { loads, .. } = &self.parts.preview;
        let line = |name: &str, value: &str| match value.is_empty() {
            true => String::new(),
            false => format!("{name:<8} {value}\n"),
        };
        [
            line("Warning:", &self.warning()),
            line("To:", &to),
            line("Subject:", &subject),
            line("From:", &from),
            line("Loads:", loads),
            format!("\n{}", self.parts.preview.full()),
        ]
        .concat()
    }

    /// Returns the recipient as a person can judge it: letters that look like those of another
    /// address are named.
    fn shown_recipient(&self) -> HeaderText {
        let to = self.to.as_str();
        HeaderText::cut([to, &other_letters(to)].concat())
    }

    /// Returns all reasons for caution, or empty text.
    fn warning(&self) -> String {
        let warnings = [
            self.suspicion.as_deref(),
            Some(&*self.parts.preview.warning),
        ];
        let warnings: Vec<&str> = warnings
            .into_iter()
            .flatten()
            .filter(|text| !text.is_empty())
            .collect();
        warnings.join("; ")
    }

    /// Returns whether another mail has the same bytes. Two mails with one digest may differ in
    /// spaces.
    pub(in crate::mail) fn is_sent_as(&self, other: &Self) -> bool {
        let (one, other) = (self, other);
        one.digest == other.digest
            && one.to == other.to
            && one.subject == other.subject
            && one.parts == other.parts
    }

    /// Returns the memory that the mail needs, in bytes.
    pub(in crate::mail) fn size(&self) -> usize {
        self.parts.size() + self.source.len()
    }
}

/// Returns a note about letters other than a to z in an address, or empty text. It has no character
/// that would keep [`Address::in_field`] from finding the address before it.
pub(in crate::mail) fn other_letters(address: &str) -> String {
    let Some((local, domain)) = address.rsplit_once('@').filter(|_| !address.is_ascii()) else {
        return String::new();
    };
    let host = ascii_domain(domain);
    let name = if local.is_ascii() {
        ""
    } else {
        " and a name with letters other than a to z"
    };
    format!(
        " (domain {}{name})",
        host.as_deref().unwrap_or("not understood")
    )
}

/// Returns the form of a domain in ASCII, as the system of names has it.
pub(in crate::mail) fn ascii_domain(domain: &str) -> Option<String> {
    let url = Url::parse(&format!("https://{domain}")).ok()?;
    url.host_str().map(str::to_owned)
}

/// Returns the beginning of a text and the length of the rest. It ends after a line, or else a
/// word, in its last quarter, if one ends there.
fn beginning(text: &str, limit: usize) -> (&str, usize) {
    if text.len() <= limit {
        return (text, 0);
    }
    let cut = text
        .get(..text.floor_char_boundary(limit))
        .unwrap_or_default();
    let soft = cut.floor_char_boundary(cut.len() - cut.len() / 4);
    let last = cut.get(soft..).unwrap_or_default();
    let end = last.rfind('\n').or_else(|| last.rfind(' '));
    let end = end.map_or(cut.len(), |mark| soft + mark + 1);
    (text.get(..end).unwrap_or_default(), text.len() - end)
}

/// Returns a mail whose parts are both this text, for tests.
#[cfg(test)]
pub(in crate::mail) fn prepared(to: &str, text: &str) -> PreparedMail {
    PreparedMail {
        account: Address::new("alice@tai.chat").unwrap(),
        from: Address::new("desk.alice@tai.chat").unwrap(),
        to: Address::received(to).unwrap(),
        subject: "subject".into(),
        parts: Parts {
            text: text.into(),
            html: text.into(),
            left_out: tai_reader::outgoing::LeftOut::default(),
            preview: match text.len() {
                0..10_000 => tai_reader::outgoing::preview(text, text),
                _ => Preview {
                    text: text.into(),
                    ..Preview::default()
                },
            },
        },
        reply_to: None,
        digest: Digest::of(&[to, text]),
        suspicion: None,
        source: text.into(),
        format: Format::Markdown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_mail_is_shown_in_parts_without_a_gap() {
        let lines: String = (0..90_000)
            .map(|n| format!("| line {n} of the mail\n"))
            .collect();
        let mail = prepared("bob@example.com", &lines);
        let beginning = mail.preview();
        let whole = mail.parts.preview.full();
        assert!(whole.starts_with(beginning.text.as_str()));
        assert_eq!(
            beginning.left_out as usize,
            whole.len() - beginning.text.len()
        );
        let (mut shown, mut offset) = (String::new(), Some(0));
        while let Some(from) = offset {
            let (part, next) = mail.part(HeldForm::Shown, from);
            shown.push_str(&part);
            offset = next;
        }
        assert!(shown.len() > MAX_CONTENT);
        let header = "To:      bob@example.com\nSubject: subject\nFrom:    desk.alice@tai.chat\n\n";
        assert_eq!(shown.strip_prefix(header), Some(whole.as_str()));
    }

    #[test]
    fn the_beginning_of_a_mail_has_no_part_of_a_host() {
        let text = format!(
            "{} https://bank.example.evil.example/pay",
            "w".repeat(2_977)
        );
        assert_eq!(beginning(&text, MAX_TEXT), (&text[..2_978], 37));
        // An early space or line does not end it.
        let text = format!("Hi \n{}", "w".repeat(4_000));
        assert_eq!(beginning(&text, MAX_TEXT).1, 1_004);
    }

    #[test]
    fn other_letters_of_the_recipient_and_invisible_characters_of_the_subject_are_shown() {
        let mut mail = prepared("bob@example.com", "text");
        mail.subject = "lunch\u{e0041}\u{e0042}".to_owned();
        let preview = mail.preview();
        assert_eq!(preview.to, "bob@example.com");
        mail = prepared("b\u{43e}b@b\u{fc}cher.example", "text");
        assert_eq!(
            mail.preview().to,
            "b\u{43e}b@bücher.example (domain xn--bcher-kva.example and a name with letters other than a to z)"
        );
        assert_eq!(preview.subject, "lunch‹U+E0041›‹U+E0042›");
    }
}
