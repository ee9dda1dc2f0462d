//! An outgoing mail in its final form. The person's preview, the request to the bridge and the
//! ledger's digest come from the same value.

use super::{content::Parts, digest::Digest, reading};
use tai_proto::{
    approval::MailPreview,
    names::{Address, MailId},
    text::{HeaderText, Words},
};

/// Limit of the preview's text, in bytes.
const MAX_SHOWN: usize = 2_000;

/// A mail in its final form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PreparedMail {
    /// The account's own address, without an instance.
    pub(super) account: Address,
    pub(super) from: Address,
    /// The recipient. For a reply it is the original's sender, unchecked.
    pub(super) to: String,
    /// The recipient as an address. `None` if the sender that a reply answers is none.
    pub(super) recipient: Option<Address>,
    pub(super) subject: String,
    pub(super) parts: Parts,
    /// The id of the mail that this one answers.
    pub(super) reply_to: Option<MailId>,
    pub(super) digest: Digest,
}

impl PreparedMail {
    /// Returns the mail as a person sees it.
    pub(super) fn preview(&self) -> MailPreview {
        let mut invisible = 0;
        let text = reading::clean(&self.parts.text, &mut invisible);
        let end = text.floor_char_boundary(MAX_SHOWN);
        MailPreview {
            from: HeaderText::cut(self.from.as_str()),
            to: HeaderText::cut(reading::line(&self.to)),
            subject: HeaderText::cut(reading::line(&self.subject)),
            left_out: (text.len() - end) as u64,
            text: Words::cut(text.get(..end).unwrap_or_default()),
            invisible,
        }
    }

    /// Returns the length of both parts, in bytes.
    pub(super) fn size(&self) -> usize {
        self.parts.text.len() + self.parts.html.len()
    }
}

#[cfg(test)]
pub(super) fn prepared(to: &str, text: &str) -> PreparedMail {
    PreparedMail {
        account: Address::new("alice@tai.chat").unwrap(),
        from: Address::new("desk.alice@tai.chat").unwrap(),
        to: to.into(),
        recipient: Address::new(to).ok(),
        subject: "subject".into(),
        parts: Parts {
            text: text.into(),
            html: text.into(),
        },
        reply_to: None,
        digest: Digest::of(&[to, text]),
    }
}
