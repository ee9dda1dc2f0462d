//! The calls. Each call is a type with one answer type.
//!
//! On the wire, a call is a variant of [`Call`] and its answer is the variant of [`Answer`] with
//! the same index. Rust programs use the [`Method`] trait, which pairs the two.

mod content;
mod fetching;
mod permission;
mod person;

pub use fetching::{Except, Fetch, Which};
pub use person::{
    DeleteMail, FinishMail, GetTraffic, ListHeld, ListMail, Login, Logout, ReadHeld, ReadMail,
    ResolveHeld, RetryLogin, ReviseHeld, SearchMail, SendMail, Stop, Verdict, WatchHeld, Whose,
};

use crate::{
    account::{AccountClaim, Credentials, SignedIn, SignedOut, Succession},
    approval::{
        Consent, HeldList, HeldMail, HeldPart, HeldUpdate, Resolution, StopOutcome, SubmitOutcome,
    },
    mail::{
        ChangedMail, Draft, FetchedMail, Filter, Inbox, Info, MailboxUpdate, ReplyState,
        SearchResults, Window,
    },
    person::{AccountInbox, SendOutcome},
    release::Release,
    text::{HeaderText, Json, Label},
    traffic::Traffic,
};
use serde::{Deserialize, Serialize};
use tai_names::{MailId, Username};

/// Call with its answer type.
pub trait Method: Clone + Send + Sync + 'static {
    /// Type of a successful answer.
    type Answer: Send + 'static;

    /// Wraps the call for the wire.
    fn into_call(self) -> Call;

    /// Unwraps the answer; `None` if `answer` belongs to another call.
    fn from_answer(answer: Answer) -> Option<Self::Answer>;
}

/// Permission to repeat a call whose connection broke before the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// The call is idempotent. The daemon aborts it if the client cancels it.
    Safe,
    /// The call may have had an effect that must not happen twice. The daemon completes it even
    /// if the client cancels it or disconnects.
    Never,
}

/// Role that a call requires of its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleNeeded {
    /// Agents and persons may make the call.
    Any,
    /// Only persons may make the call.
    Person,
}

macro_rules! methods {
    ($( $(#[$doc:meta])* $name:ident -> $answer:ty, $label:literal, $repeat:ident, $role:ident; )*) => {
        /// Any call, in its wire form.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Call {
            $( $(#[$doc])* $name($name), )*
        }

        /// Any successful answer, in its wire form. The variants have the names and the order of
        /// [`Call`]'s variants.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Answer {
            $(
                #[doc = concat!("Answer to [`Call::", stringify!($name), "`].")]
                $name($answer),
            )*
        }

        $(
            impl Method for $name {
                type Answer = $answer;

                fn into_call(self) -> Call {
                    Call::$name(self)
                }

                fn from_answer(answer: Answer) -> Option<$answer> {
                    match answer {
                        Answer::$name(answer) => Some(answer),
                        _ => None,
                    }
                }
            }
        )*

        impl Call {
            /// Name of each call. A reply has the name of its tool, `reply_email`.
            pub const LABELS: &'static [&'static str] = &[$($label),*];

            /// Returns the call's name for logs and the status.
            pub fn label(&self) -> &'static str {
                if let Call::Submit(submit) = self {
                    return submit.tool().name();
                }
                match self {
                    $( Call::$name(_) => $label, )*
                }
            }

            /// Returns whether the call may be repeated after its connection broke.
            pub fn repeat(&self) -> Repeat {
                match self {
                    $( Call::$name(_) => Repeat::$repeat, )*
                }
            }

            /// Returns the role that the call requires.
            pub fn role(&self) -> RoleNeeded {
                match self {
                    $( Call::$name(_) => RoleNeeded::$role, )*
                }
            }
        }
    };
}

methods! {
    /// Sends a new mail or a reply from the client's address, at most once.
    Submit -> SubmitOutcome, "send_email", Never, Any;
    /// Reads a part of a mail by its id. With the last part, an unread mail that no client holds is
    /// leased, and a mail that a client has read before is marked read. Without an id, leases the oldest
    /// unread mail that no client holds. See [`Settle`] and [`EndLease`].
    Fetch -> FetchedMail, "fetch_email", Safe, Any;
    /// Reads a part of a mail and leaves the mail unread.
    Peek -> FetchedMail, "fetch_email", Safe, Any;
    /// Lists mails, newest first.
    List -> Inbox, "list_inbox", Safe, Any;
    /// Finds mails by words, newest first.
    Search -> SearchResults, "search_inbox", Safe, Any;
    /// Deletes a mail.
    Delete -> ChangedMail, "delete_email", Never, Any;
    /// Marks a mail read without reading it.
    MarkRead -> ChangedMail, "mark_read", Safe, Any;
    /// Marks a leased mail read. A client calls it before it passes the mail to its reader.
    Settle -> Settled, "settle", Safe, Any;
    /// Ends a lease. A client calls it after it passed the mail to its reader, or failed to.
    EndLease -> (), "end_lease", Safe, Any;
    /// Waits for mail.
    Watch -> MailboxUpdate, "watch", Safe, Any;
    /// Returns the configuration, without secrets.
    GetInfo -> Info, "info", Safe, Any;
    /// Returns the status: [`crate::status::Status`] as its documented JSON, which can gain
    /// fields within a protocol version.
    GetStatus -> Json, "session_status", Safe, Any;
    /// Checks that the daemon serves the account and the bridge of the client's configuration.
    ClaimAccount -> AccountClaim, "claim_account", Safe, Any;
    /// Offers the password of the client's configuration, after
    /// [`Needed`](crate::account::PasswordNeed::Needed).
    OfferCredentials -> (), "offer_credentials", Never, Any;
    /// Asks a daemon of an older release to exit in favour of the client's release.
    MakeWay -> Succession, "make_way", Safe, Any;
    /// Signs a person in. A login that is cancelled, or whose client disconnects, before the bridge has
    /// answered, has no effect.
    Login -> SignedIn, "login", Safe, Person;
    /// Signs a person out.
    Logout -> SignedOut, "logout", Never, Person;
    /// Starts a login or a renewal that waits for its time, once. The answer precedes the outcome,
    /// which the status tells.
    RetryLogin -> (), "retry_login", Safe, Person;
    /// Lists the mails that wait for approval, and those that were lost with an earlier daemon.
    ListHeld -> HeldList, "list_held", Safe, Person;
    /// Sends or discards a mail that waits for approval, at most once.
    ResolveHeld -> Resolution, "resolve_held", Never, Person;
    /// Returns a part of a mail that waits for approval, or of one that a client asks about.
    ReadHeld -> HeldPart, "read_held", Safe, Person;
    /// Asks the daemon to drain and exit, unless that loses more mails than the person accepts.
    Stop -> StopOutcome, "stop", Safe, Person;
    /// Returns whether the client's address answered a mail.
    FindReply -> ReplyState, "find_reply", Safe, Any;
    /// Waits for an unread mail that meets the conditions and that no other client holds, and leases
    /// it as [`Fetch`] without an id does.
    WaitFor -> FetchedMail, "wait_for_email", Safe, Any;
    /// Lists mails of any address of the account, newest first.
    ListMail -> AccountInbox, "list_mail", Safe, Person;
    /// Finds mails of any address of the account, newest first.
    SearchMail -> SearchResults, "search_mail", Safe, Person;
    /// Reads a part of a mail of any address of the account, and leaves the mail unread. Without an
    /// id, leases the oldest unread mail that no client holds, until [`FinishMail`] or the end of the
    /// connection.
    ReadMail -> FetchedMail, "read_mail", Safe, Person;
    /// Marks a mail of any address read, and ends the connection's lease of it. A client calls it after
    /// the person has the mail.
    FinishMail -> Settled, "finish_mail", Safe, Person;
    /// Deletes a mail of any address of the account.
    DeleteMail -> ChangedMail, "delete_mail", Never, Person;
    /// Sends a person's mail or reply from any address of the account, at most once. The rules of the
    /// instances are for agents, and do not apply.
    SendMail -> SendOutcome, "send_mail", Never, Person;
    /// Waits until the mails that wait for approval change, and lists them as [`ListHeld`] does.
    WatchHeld -> HeldUpdate, "watch_held", Safe, Person;
    /// Replaces a mail that waits for approval with a person's version of it, which then waits under a
    /// number of its own. Nothing is sent.
    ReviseHeld -> Box<HeldMail>, "revise_held", Never, Person;
    /// Returns the records of the last calls and of the last exchanges with the bridge, for a bug
    /// report. They have no content.
    GetTraffic -> Traffic, "traffic", Safe, Person;
    /// Takes mails over from the previous daemon, which had leased them to the client's address. Returns
    /// those that the connection holds now. A daemon that starts gives them to no other client for 3 s.
    ReclaimLeases -> Vec<MailId>, "reclaim_leases", Safe, Any;
}

/// See [`Call::Submit`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submit {
    /// Mail to send.
    pub draft: Draft,
    /// Whether to send the mail even if the same mail was, or may have been, sent within the
    /// last ten minutes.
    pub insist: bool,
    /// Whether to refuse a reply to a mail that the client's address has answered within the last week,
    /// is answering, or has an answer waiting to. Programs that answer mails set it.
    pub once: bool,
    /// Consent of a person.
    pub consent: Consent,
}

/// See [`Call::Peek`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peek {
    /// Mail to read.
    pub id: MailId,
    /// Part of the body to return.
    pub window: Window,
}

/// See [`Call::List`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// Limit of returned mails, 1 to [`MAX_LIST`].
    pub limit: u32,
    /// Number of mails to skip, without read mails unless `show_read` is set.
    pub offset: u32,
    /// Whether the list includes read mails.
    pub show_read: bool,
    /// Whether each mail has a preview. The limit is then [`MAX_PREVIEWS`].
    pub previews: bool,
}

/// Limit of mails that one [`List`] returns.
pub const MAX_LIST: u32 = 200;
/// Limit of mails that one [`List`] with previews returns.
pub const MAX_PREVIEWS: u32 = 20;
/// Limit of mails that one [`Search`] returns.
pub const MAX_SEARCH: u32 = 100;
/// Limit of the words of a [`Search`] in bytes.
pub const MAX_QUERY: usize = 500;

/// See [`Call::Search`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// Words that must all occur in the sender, the subject or the body, in any case and order;
    /// at most [`MAX_QUERY`] bytes.
    pub query: HeaderText,
    /// Limit of returned mails, 1 to [`MAX_SEARCH`].
    pub limit: u32,
    /// Whether only unread mails are searched.
    pub unread_only: bool,
}

/// See [`Call::Delete`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delete {
    /// Mail to delete.
    pub id: MailId,
}

/// See [`Call::MarkRead`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkRead {
    /// Mail to mark.
    pub id: MailId,
}

/// See [`Call::Settle`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settle {
    /// Leased mail.
    pub id: MailId,
}

/// Answer to [`Settle`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Whether the bridge now counts the mail as read.
    pub marked_read: bool,
}

/// See [`Call::EndLease`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndLease {
    /// Leased mail.
    pub id: MailId,
    /// Outcome of the delivery.
    pub delivery: Delivery,
}

/// Outcome of delivering a leased mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// The client passed the mail to its reader.
    Delivered,
    /// The client did not pass the mail on. Another client may lease it.
    Returned,
}

/// See [`Call::ReclaimLeases`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReclaimLeases {
    /// Mails whose leases have not ended, at most [`MAX_RECLAIMED`].
    pub ids: Vec<MailId>,
}

/// Limit of the mails of one [`ReclaimLeases`]. The daemon ignores further ones.
pub const MAX_RECLAIMED: usize = 1024;

/// See [`Call::Watch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// [`MailboxUpdate::mark`] of the previous answer. The daemon answers once mail has arrived
    /// since, or at the deadline. `None` for the first call: the daemon answers as soon as it
    /// knows the current state of the mailbox.
    pub since: Option<u64>,
}

/// See [`Call::GetInfo`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetInfo;

/// See [`Call::GetStatus`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetStatus;

/// See [`Call::ClaimAccount`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimAccount {
    /// Account of the client's configuration; `None` if it names none.
    pub username: Option<Username>,
    /// URL of the bridge in the client's configuration; `None` if it names none. The daemon
    /// parses it.
    pub bridge: Option<Label>,
}

/// See [`Call::OfferCredentials`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferCredentials {
    /// Credentials of the client's configuration.
    pub credentials: Credentials,
}

/// See [`Call::MakeWay`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeWay {
    /// Release of the client.
    pub release: Release,
}

/// See [`Call::FindReply`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindReply {
    /// Mail that may have been answered.
    pub to: MailId,
}

/// See [`Call::WaitFor`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitFor {
    /// Conditions of the mail.
    pub filter: Filter,
    /// Time limit of the wait, in milliseconds. After it the daemon answers without a mail.
    pub limit_ms: u32,
    /// Part of the body to return.
    pub window: Window,
}
