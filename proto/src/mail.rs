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

/// Answer to [`crate::call::FindReply`]: what is known about the reply of an address to a mail. Of
/// several replies, the most certain one counts. The daemon forgets a reply after a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReplyState {
    /// No reply is known.
    None,
    /// A reply is being sent.
    Sending,
    /// A reply may have been sent.
    MaybeSent,
    /// A reply waits for a person's approval, or has waited.
    Held,
    /// The bridge accepted a reply.
    Sent,
}

/// Answer to [`crate::call::Fetch`], [`crate::call::Peek`] and [`crate::call::WaitFor`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchedMail {
    /// Address of the client.
    pub address: Address,
    /// The mail; `None` if the request had no id and there is no unread mail to lease.
    pub mail: Option<Box<Mail>>,
    /// Whether the mail is leased to the client by this answer.
    pub is_leased: bool,
    /// Mails of the address that were left out, if there is no mail to lease. `mail` is `None`
    /// although an unread mail may exist if `left_out.not_examined` is not 0.
    pub left_out: LeftOut,
    /// Unread mails that the bridge could not give, at most eight. They stay unread, and are asked for again
    /// after the others.
    pub passed_over: Vec<MailId>,
}

/// Numbers of mails of an address that an answer leaves out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Number of examined mails that the instance may not read (`allow_from`).
    pub hidden: u64,
    /// Number of examined mails that the bridge lists without a valid id, so that no call can name
    /// them.
    pub without_id: u64,
    /// Number of mails that were not examined, because the mailbox exceeds what a call can examine
    /// before its deadline, or with 200 requests.
    pub not_examined: u64,
    /// Number of examined unread mails that are leased to a client, or written and not marked read by the
    /// bridge. Only a look for a mail to lease counts them.
    pub taken: u64,
}

/// Mail with its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Envelope, with the current read status.
    pub envelope: Envelope,
    /// Requested part of the body: Markdown, without content that a person would not see.
    pub body: Content,
    /// Position of the part.
    pub part: Part,
    /// Origin of the body.
    pub source: BodySource,
    /// Content that the body lacks, and reasons for caution.
    pub findings: Findings,
    /// Number of lines of quoted history that the request left out; 0 if there are none.
    pub quoted_lines: u32,
}

/// Part of a body that a client requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Number of the part, from 1.
    pub part: u32,
    /// Limit of each part, in bytes of its JSON string. The daemon raises a limit below
    /// [`Window::MIN`].
    pub limit: u32,
    /// Limit of each part, in lines; at least 1.
    pub lines: u32,
    /// Whether the body includes the quoted history at its end; see [`Mail::quoted_lines`].
    pub has_history: bool,
}

impl Window {
    /// Whole body.
    pub const WHOLE: Self = Self {
        part: 1,
        limit: u32::MAX,
        lines: u32::MAX,
        has_history: true,
    };
    /// Smallest limit of a part, in bytes.
    pub const MIN: u32 = 1_000;
}

/// Conditions of a mail. A mail matches if it meets all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Part of the sender's address, in any case.
    pub from: Option<HeaderText>,
    /// Words that must all occur in the subject, in any case and order.
    pub subject: Option<HeaderText>,
}

/// Position of a part in its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Number of the part, from 1.
    pub number: u32,
    /// Number of parts, at least 1.
    pub of: u32,
    /// Largest number of a part that the daemon returned before, to any client, while the last part
    /// was not requested. 0 if there is none.
    pub given: u32,
}

impl Part {
    /// Returns whether no part follows.
    pub fn is_last(self) -> bool {
        self.number >= self.of
    }
}

/// Origin of a body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BodySource {
    /// The HTML part as a person sees it.
    #[default]
    Html,
    /// The text part of a mail without an HTML part.
    Text,
    /// The text part, because the HTML part shows no text.
    TextInstead,
    /// None. The HTML part shows images without descriptions.
    OnlyImages,
    /// None. A person sees no text. A text part is not shown if it may be made from the HTML part.
    Empty,
    /// The text part, because the mail exceeds the limits of the mail reader, or because no mail
    /// reader could be started.
    TextFallback,
    /// The HTML part without its markup, for the same reasons. It may include passages that a
    /// person would not see.
    Stripped,
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
    /// Beginning of the body on one line, without quoted history; `None` if the call did not request
    /// it. Empty if the body has no text.
    pub preview: Option<HeaderText>,
}

/// Content that a body lacks because a person would not see it, and reasons for caution.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// Number of hidden passages of text.
    pub hidden: u32,
    /// Number of words in the hidden passages.
    pub hidden_words: u32,
    /// Number of images that a person cannot see and that report the reading of the mail.
    pub trackers: u32,
    /// Number of images without a description that a person may see and the body does not mention.
    pub undescribed_images: u32,
    /// Number of scripts, frames and embedded objects.
    pub scripts: u32,
    /// Number of forms.
    pub forms: u32,
    /// Number of zero-width, direction-changing, tag and control characters.
    pub invisible: u32,
    /// Number of links whose text names another host, or another mail address, than their target.
    pub deceptive_links: u32,
    /// Whether a part was longer than the limits and was cut.
    pub cut: bool,
    /// Whether the HTML exceeded a limit. The text after it is shown without its markup, and may
    /// include hidden passages.
    pub simplified: bool,
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
    /// Whether a larger offset lists more mails. `false` if the next mails were not examined.
    pub more: bool,
    /// Mails of the address that were left out.
    pub left_out: LeftOut,
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
    /// Mails of the address that were left out.
    pub left_out: LeftOut,
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
