//! The values that mail requests take and give, independent of JSON and HTTP.

use super::place::Place;

/// A part of the mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Page {
    /// Instance whose mail is listed; only a first, loose filter (bridge-api.md, trap 5).
    pub instance: Option<String>,
    /// Maximum number of mails, 1 to 200.
    pub limit: u32,
    /// Number of mails to skip.
    pub offset: u32,
    /// Whether the bodies are kept.
    pub bodies: bool,
}

/// A page of the mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The rows in the bridge's order: newest second first, ids ascending within a second.
    pub rows: Vec<Row>,
    /// Number of all mails that match.
    pub count: u64,
    /// Whether more mails follow.
    pub has_more: bool,
    /// Size of the answer, decompressed, in bytes.
    pub bytes: usize,
}

impl Listing {
    /// Returns the mails of the page.
    pub fn mails(&self) -> impl Iterator<Item = &Message> {
        self.rows.iter().filter_map(|row| match row {
            Row::Mail(mail) => Some(mail),
            Row::Unusable { .. } => None,
        })
    }
}

/// A row of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A mail.
    Mail(Message),
    /// A mail without a valid id. No request can name it.
    Unusable {
        /// The recipient's address; empty if the row has none.
        to: String,
    },
}

/// A mail without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The bridge's id of the mail.
    pub id: u64,
    /// The envelope sender, chosen by the sender; may be a bounce address (trap 2).
    pub from: String,
    /// The recipient's address.
    pub to: String,
    /// The subject, chosen by the sender; empty if the mail has none.
    pub subject: String,
    /// RFC 3339 in UTC, or the bridge's own text if that is not a date.
    pub date: String,
    /// Whether the bridge counts the mail as read.
    pub read: bool,
}

/// A mail, with its body if the request asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Everything but the body.
    pub head: Head,
    /// The text part.
    pub text: Option<String>,
    /// The HTML part.
    pub html: Option<String>,
    /// Place of the bodies in memory. It is kept until they have been read.
    pub place: Place,
}

/// A mail to send.
///
/// No part may be empty: the bridge puts stock texts in the place of empty parts (trap 6).
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// The recipient, one plain address.
    pub to: &'a str,
    /// The sender, one of the user's own addresses.
    pub from: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// The text part.
    pub text: &'a str,
    /// The HTML part.
    pub html: &'a str,
}

/// A reply to send.
#[derive(Debug, Clone, Copy)]
pub struct OutgoingReply<'a> {
    /// The id of the original mail.
    pub id: u64,
    /// The subject.
    pub subject: &'a str,
    /// The text part.
    pub text: &'a str,
    /// The HTML part.
    pub html: &'a str,
}

/// The bridge's confirmation of a sent mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The bridge's own id of the mail.
    pub message_id: String,
    /// The subject as sent, if the bridge repeats it.
    pub subject: Option<String>,
    /// The time as the bridge writes it.
    pub timestamp: String,
}

/// Result of a reply that did not fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyOutcome {
    /// The bridge sent the reply, threaded.
    Sent(Receipt),
    /// The bridge has no endpoint for replies; nothing was sent.
    NotOffered,
    /// The original mail does not exist; nothing was sent.
    NoSuchMail,
}
