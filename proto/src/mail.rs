//! Mail in the protocol: drafts, receipts, mails, lists and search results.

use crate::text::{Content, HeaderText, Label, Words};
use serde::{Deserialize, Serialize};
use tai_names::{Address, MailId};

/// Outgoing mail as a client submits it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Recipient, or the original mail of a reply.
    pub target: Target,
    /// Subject. `None` means `Email from {instance}` for a new mail, and the original's subject
    /// with one `Re:` for a reply.
    pub subject: Option<HeaderText>,
    /// Body.
    pub content: Content,
    /// Markup of `content`.
    pub format: Format,
}

/// Target of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// A new mail.
    New {
        /// Recipient, which the daemon checks; `None` means the configured default recipient.
        to: Option<HeaderText>,
    },
    /// A reply to a mail of the client's address.
    Reply {
        /// Original mail.
        to: MailId,
    },
}

/// Markup of a draft.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// GitHub-flavoured Markdown.
    #[default]
    Markdown,
    /// HTML.
    Html,
}

/// Receipt for a mail that the bridge accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMail {
    /// Sender: the client's address.
    pub from: Address,
    /// Recipient.
    pub to: HeaderText,
    /// Subject.
    pub subject: HeaderText,
    /// Id of the mail at the bridge.
    pub message_id: Label,
    /// Time of acceptance, in the bridge's format.
    pub timestamp: Label,
    /// Receipt of a reply; `None` for a new mail.
    pub reply: Option<ReplyReceipt>,
    /// Parts of the content that the mail does not have, such as `2 scripts`; empty if there is
    /// none.
    pub left_out: Words,
}

/// Part of a receipt that only a reply has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyReceipt {
    /// Original mail.
    pub original: MailId,
    /// Whether the bridge threaded the reply. `false` if the bridge cannot reply and the daemon
    /// sent a new mail instead.
    pub threaded: bool,
}

/// Answer to [`crate::call::Fetch`] and [`crate::call::Peek`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchedMail {
    /// Address of the client.
    pub address: Address,
    /// The mail; `None` if the request had no id and there is no unread mail to lease.
    pub mail: Option<Mail>,
    /// Number of mails that the instance may not read (`allow_from`), if there is no mail to lease.
    pub left_out: u64,
}

/// Mail with its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Envelope, with the current read status.
    pub envelope: Envelope,
    /// Body as Markdown, without content that a person would not see.
    pub body: Content,
    /// Counts of removed content.
    pub removed: Removed,
}

/// Mail without its body. The sender or the bridge chose every field except the id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Id of the mail.
    pub id: MailId,
    /// Envelope sender.
    pub from: HeaderText,
    /// Recipient.
    pub to: HeaderText,
    /// Subject; empty if there is none.
    pub subject: HeaderText,
    /// Time of arrival: RFC 3339 in UTC with whole seconds, or the bridge's text if it is not a
    /// time.
    pub date: Label,
    /// Whether the bridge counts the mail as read.
    pub read: bool,
}

/// Counts of content that was removed from a body because a person would not see it.
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
    /// Whether the body was nested too deeply to be converted. It is plain text, which may include
    /// hidden passages.
    pub flattened: bool,
}

/// Part of the list of the mails of an address, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// Address of the client.
    pub address: Address,
    /// Mails of this part.
    pub mails: Vec<Envelope>,
    /// Number of mails that the bridge counts for the address, including read ones.
    pub total: u64,
    /// Whether a larger offset lists more mails.
    pub more: bool,
    /// Number of examined mails that the instance may not read (`allow_from`).
    pub left_out: u64,
}

/// Mails that a search found, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchResults {
    /// Address of the client.
    pub address: Address,
    /// Matching mails.
    pub mails: Vec<Envelope>,
    /// Number of mails that were searched.
    pub looked_at: u64,
    /// Whether these are all matching mails.
    pub complete: bool,
    /// Number of examined mails that the instance may not read (`allow_from`).
    pub left_out: u64,
}

/// Answer to [`crate::call::Watch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxUpdate {
    /// Mark for the next [`crate::call::Watch`].
    pub mark: u64,
    /// Whether mail for the client's address arrived since the given mark. After a restart of
    /// the daemon, `arrived` may be `true` without an arrival; an arrival is never missed.
    pub arrived: bool,
}

/// Mail that was marked read or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedMail {
    /// Id of the mail.
    pub id: MailId,
    /// Subject; empty if there is none.
    pub subject: HeaderText,
}

/// Configuration of the daemon, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// Release of the daemon.
    pub version: Label,
    /// Address of the client; `None` if no username is configured.
    pub address: Option<Address>,
    /// Base URL of the bridge.
    pub bridge: Words,
    /// Default recipient.
    pub default_to: Option<HeaderText>,
    /// Time limit of one request to the bridge, in milliseconds.
    pub api_timeout_ms: u32,
    /// Profile of the daemon.
    pub profile: Label,
}
