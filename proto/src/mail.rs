//! Mail as it crosses the socket: what is sent, read, listed and found.

use crate::text::{Content, HeaderText, Label, Words};
use serde::{Deserialize, Serialize};
use tai_names::{Address, MailId};

/// A mail as a client hands it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The recipient, or the mail that is answered.
    pub target: Target,
    /// The subject. `None` takes `Email from {instance}` for a new mail, and the original's
    /// subject with one `Re:` for an answer.
    pub subject: Option<HeaderText>,
    /// The body.
    pub content: Content,
    /// The markup of `content`.
    pub format: Format,
}

/// Where a draft goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// A new mail.
    New {
        /// The recipient, unchecked; `None` takes the configured default recipient.
        to: Option<HeaderText>,
    },
    /// An answer to a mail of the client's own address.
    Reply {
        /// The mail that is answered.
        to: MailId,
    },
}

/// The markup of a draft.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// GitHub-flavoured Markdown.
    #[default]
    Markdown,
    /// HTML.
    Html,
}

/// The receipt for a mail that the bridge accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMail {
    /// The sender: the client's own address.
    pub from: Address,
    /// The recipient.
    pub to: HeaderText,
    /// The subject.
    pub subject: HeaderText,
    /// The bridge's id of the mail.
    pub message_id: Label,
    /// The time of acceptance, in the bridge's words.
    pub timestamp: Label,
    /// The original, if the mail is an answer.
    pub reply: Option<ReplyReceipt>,
}

/// The part of a receipt that only an answer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyReceipt {
    /// The mail that was answered.
    pub original: MailId,
    /// Whether the bridge threaded the answer. `false` if the bridge cannot reply and a new
    /// mail was sent instead.
    pub threaded: bool,
}

/// The answer to [`crate::call::Fetch`] and [`crate::call::Peek`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchedMail {
    /// The address whose mailbox was read.
    pub address: Address,
    /// The mail; `None` if the oldest unread mail was asked for and there is none.
    pub mail: Option<Mail>,
}

/// A mail with its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Sender, recipient, subject, date, and whether the bridge counts the mail as read now.
    pub envelope: Envelope,
    /// The body as Markdown, without what a person would not see.
    pub body: Content,
    /// What was removed from the body.
    pub removed: Removed,
}

/// A mail without its body. Everything in it but the id was chosen by the sender or the bridge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The mail's id.
    pub id: MailId,
    /// The envelope sender.
    pub from: HeaderText,
    /// The recipient.
    pub to: HeaderText,
    /// The subject; empty if there is none.
    pub subject: HeaderText,
    /// The time of arrival: RFC 3339 in UTC with whole seconds, or the bridge's own words if
    /// they are no time.
    pub date: Label,
    /// Whether the bridge counts the mail as read.
    pub read: bool,
}

/// Counts of what was removed from a body because a person would not see it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// Hidden elements with content.
    pub hidden: u32,
    /// Tracking images.
    pub trackers: u32,
    /// Scripts, frames and other active elements.
    pub scripts: u32,
    /// Comments.
    pub comments: u32,
    /// Zero-width, direction-changing, tag and control characters.
    pub invisible: u32,
    /// Whether the body was longer than 1 MiB and was cut.
    pub cut: bool,
    /// Whether the body was nested too deeply and is shown as bare text, hidden passages
    /// included.
    pub flattened: bool,
}

/// A part of the list of an address's mails, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// The address whose mails these are.
    pub address: Address,
    /// The mails.
    pub mails: Vec<Envelope>,
    /// The number of mails that the bridge counts for the address, read ones included.
    pub total: u64,
    /// Whether a larger offset shows more.
    pub more: bool,
}

/// The mails that a search found, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchResults {
    /// The address whose mails were searched.
    pub address: Address,
    /// The mails.
    pub mails: Vec<Envelope>,
    /// The number of mails that were searched.
    pub looked_at: u64,
    /// Whether these are all that match.
    pub complete: bool,
}

/// The answer to [`crate::call::Watch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxUpdate {
    /// The mark for the next [`crate::call::Watch`].
    pub mark: u64,
    /// Whether mail for the client's address arrived since the given mark. A restart of the
    /// daemon may cause one `true` too many, never one too few.
    pub arrived: bool,
}

/// A mail that was marked or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedMail {
    /// The mail's id.
    pub id: MailId,
    /// Its subject; empty if there is none.
    pub subject: HeaderText,
}

/// The configuration as far as a client may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// The daemon's version.
    pub version: Label,
    /// The client's address; `None` if no username is configured.
    pub address: Option<Address>,
    /// The bridge's base URL.
    pub bridge: Words,
    /// The default recipient.
    pub default_to: Option<HeaderText>,
    /// The time limit of one request to the bridge, in milliseconds.
    pub api_timeout_ms: u32,
    /// The daemon's profile.
    pub profile: Label,
}
