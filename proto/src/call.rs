//! What a client can ask for and what it gets. Every type is plainly typed: bincode cannot
//! carry values that describe themselves, and a field may only be added with a new version.

mod kind;

pub use kind::TOOLS;

use crate::{
    account::{Account, Credentials, Login, Need, SignedIn, SignedOut},
    approval::{Decision, Held, Question, Verdict},
    fault::Fault,
    reading::{Found, News, Read, Search},
};
use serde::{Deserialize, Serialize};

/// The most bytes the content of an outgoing mail may have: 1 MiB.
pub const MAX_CONTENT: usize = 1 << 20;

/// What a client sends after the handshake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToDaemon {
    /// Who the client is; shown in `taid status`. Sent once, and again when it changes.
    Attach(Attach),
    /// One piece of work.
    Request(Request),
    /// Gives a request up. Unknown ids are ignored: the answer may have crossed this.
    Cancel {
        /// The request's id.
        id: u64,
    },
    /// Since version 3: one piece of work whose client wants to know how far it is.
    Tracked(Request),
}

/// What the daemon sends after the handshake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FromDaemon {
    /// The one answer to one request.
    Answer {
        /// The request's id.
        id: u64,
        /// What it came to.
        result: Result<Answer, Fault>,
    },
    /// Since version 3: how far a [tracked](ToDaemon::Tracked) request is. There may be none.
    Progress {
        /// The request's id.
        id: u64,
        /// Mails that were looked at.
        done: u64,
        /// Mails there are.
        total: u64,
    },
}

/// One piece of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Chosen by the client, unique among its unanswered requests.
    pub id: u64,
    /// How long the client will wait, in milliseconds; the daemon answers before that.
    pub deadline_ms: u32,
    /// What is asked for.
    pub call: Call,
}

/// The MCP client that a shim serves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attach {
    /// The client's name as MCP reports it (`clientInfo.name`); empty when it says none.
    pub name: String,
    /// The client's version as MCP reports it; empty when it says none.
    pub version: String,
    /// The instance whose mail this client reads and sends; `None` takes the daemon's.
    pub instance: Option<String>,
}

/// What can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// Sends a mail from the client's own address. Never done twice.
    SendEmail(SendEmail),
    /// Reads a mail. A named one is marked read. Of the unread ones the oldest that no other
    /// client has is lent to this one, which [settles](Call::Settle) it, writes it to its MCP
    /// client and [says so](Call::HandOver). Until then it comes back when the client
    /// goes. In version 1 it is marked at once.
    FetchEmail(FetchEmail),
    /// Lists the client's mails.
    ListInbox(ListInbox),
    /// Answers a mail. Never done twice.
    ReplyEmail(ReplyEmail),
    /// What a client may know of the configuration.
    Info,
    /// What `taid status` shows.
    Status,
    /// Asks the daemon to drain and end.
    Stop,
    /// Since version 2: a client that was configured with a username asks whether this is the
    /// daemon of that account, and whether its password is needed.
    Account(Account),
    /// Since version 2: the password of a client that was asked for it.
    Offer(Credentials),
    /// Since version 2: a person signs in.
    Login(Login),
    /// Since version 2: a person signs out.
    Logout,
    /// Since version 2: a mail that was lent is about to be written: it is marked read.
    Settle {
        /// The mail's id.
        mail: u64,
    },
    /// Since version 2: what became of a mail that was lent.
    HandOver {
        /// The mail's id.
        mail: u64,
        /// Whether it was written to the MCP client; if not, it is to be given out again.
        written: bool,
    },
    /// Since version 2: deletes a mail.
    Delete {
        /// The mail's id.
        mail: u64,
    },
    /// Since version 2: marks a mail read without reading it.
    MarkRead {
        /// The mail's id.
        mail: u64,
    },
    /// Since version 2: looks for mails.
    Search(Search),
    /// Since version 2: sends a mail although the same one was sent a moment ago.
    SendAgain(SendEmail),
    /// Since version 2: answers a mail although the same answer was sent a moment ago.
    ReplyAgain(ReplyEmail),
    /// Since version 3: waits for mail. `None` begins: it is answered as soon as the daemon
    /// knows what there is by now. With the mark of the answer before, it is answered when mail
    /// has come since, or shortly before the deadline.
    Watch {
        /// [`News::mark`] of the answer before.
        since: Option<u64>,
    },
    /// Since version 3: reads a mail without marking it read.
    Peek {
        /// The mail's id.
        mail: u64,
    },
    /// Since version 3: what is to become of a mail that was [asked about](Answer::Ask).
    /// Never done twice.
    Decide(Decision),
    /// Since version 3: the mails that wait for a person's approval.
    Held,
    /// Since version 3: what a person says of one of them. Never done twice.
    Approve(Verdict),
}

/// What comes back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Call::SendEmail`].
    Sent(Sent),
    /// To [`Call::FetchEmail`] in version 1.
    Fetched(Fetched),
    /// To [`Call::ListInbox`].
    Inbox(Inbox),
    /// To [`Call::ReplyEmail`].
    Replied(Replied),
    /// To [`Call::Info`].
    Info(Info),
    /// To [`Call::Status`]: [`crate::status::Status`] as its documented JSON, so that it can
    /// gain fields without a new version. A client of version 1 gets a fault in its place.
    Status(String),
    /// To [`Call::Stop`]: the daemon drains from here on and then hangs up.
    Stopping,
    /// To [`Call::Account`].
    Account(Need),
    /// To [`Call::Offer`], which is used for the next login, and to [`Call::HandOver`].
    Taken,
    /// To [`Call::Login`].
    SignedIn(SignedIn),
    /// To [`Call::Logout`].
    SignedOut(SignedOut),
    /// To [`Call::FetchEmail`], since version 2.
    Read(Read),
    /// To [`Call::Settle`].
    Settled {
        /// Whether the bridge counts it as read now.
        marked_read: bool,
    },
    /// To [`Call::Delete`] and [`Call::MarkRead`]: it is done.
    Done {
        /// The mail's id.
        mail: u64,
        /// Its subject; empty when it has none.
        subject: String,
    },
    /// To [`Call::Search`].
    Found(Found),
    /// To [`Call::Watch`].
    News(News),
    /// Since version 3, to every call that sends, where a person is to be asked first. Nothing
    /// was sent.
    Ask(Question),
    /// To [`Call::Held`], oldest first, and to a [`Call::Decide`] that holds a mail.
    Held(Vec<Held>),
}

/// How the content of an outgoing mail is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// GitHub-flavoured Markdown.
    #[default]
    Markdown,
    /// HTML.
    Html,
}

/// A mail to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendEmail {
    /// The recipient; `None` takes the configured one.
    pub to: Option<String>,
    /// The subject; `None` takes `Email from {instance}`.
    pub subject: Option<String>,
    /// The body, at most [`MAX_CONTENT`] bytes.
    pub content: String,
    /// How `content` is written.
    pub format: Format,
}

/// The receipt for a sent mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The sender: the client's own address.
    pub from: String,
    /// The bridge's id of the mail.
    pub message_id: String,
    /// When the bridge took it, as the bridge says it.
    pub timestamp: String,
}

/// Which mail to read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchEmail {
    /// The mail's id; `None` reads the oldest unread one.
    pub id: Option<u64>,
}

/// What was found to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetched {
    /// The address whose mails were looked at.
    pub address: String,
    /// The mail; `None` when nothing is unread.
    pub mail: Option<Mail>,
}

/// A mail that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Its id, to name it in other calls.
    pub id: u64,
    /// The envelope sender.
    pub from: String,
    /// The address it came to.
    pub to: String,
    /// Its subject; empty when it has none.
    pub subject: String,
    /// When it arrived: RFC 3339 in UTC, whole seconds; the bridge's own words when they
    /// are not a time.
    pub date: String,
    /// The body as Markdown.
    pub body: String,
    /// Whether the bridge now counts it as read. `false` when marking it failed.
    pub marked_read: bool,
}

/// Which part of the list to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListInbox {
    /// At most how many rows, 1 to 200.
    pub limit: u32,
    /// How many rows to pass over, counted in what is shown.
    pub offset: u32,
    /// Whether mails that were read are shown too.
    pub show_read: bool,
}

/// A part of the list of a client's mails, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// The address whose mails these are.
    pub address: String,
    /// The rows.
    pub rows: Vec<Row>,
    /// How many mails the bridge counts for this address, read ones included.
    pub total: u64,
    /// Whether there is more after these rows.
    pub more: bool,
}

/// One mail in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its id.
    pub id: u64,
    /// The envelope sender.
    pub from: String,
    /// Its subject; empty when it has none.
    pub subject: String,
    /// As in [`Mail::date`].
    pub date: String,
    /// Whether it was read.
    pub read: bool,
}

/// An answer to a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyEmail {
    /// The id of the mail to answer.
    pub id: u64,
    /// The body, at most [`MAX_CONTENT`] bytes.
    pub content: String,
    /// How `content` is written.
    pub format: Format,
    /// The subject; `None` takes the original's with `Re:` once.
    pub subject: Option<String>,
}

/// The receipt for a reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replied {
    /// The id of the mail that was answered.
    pub original: u64,
    /// Who got the reply.
    pub to: String,
    /// The bridge's id of the reply.
    pub message_id: String,
    /// The reply's subject.
    pub subject: String,
    /// When the bridge took it, as the bridge says it.
    pub timestamp: String,
    /// Whether the bridge sent it as a reply, with threading headers. `false` when the
    /// bridge cannot and a new mail was sent instead.
    pub threaded: bool,
}

/// What a client may know of the daemon's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// The daemon's version.
    pub version: String,
    /// The client's address; `None` when no username is configured.
    pub address: Option<String>,
    /// The bridge's base URL.
    pub bridge: String,
    /// The recipient taken when a mail names none.
    pub default_to: Option<String>,
    /// How long one request to the bridge may take, in milliseconds.
    pub api_timeout_ms: u32,
    /// The profile the daemon runs.
    pub profile: String,
}
