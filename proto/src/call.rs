//! The calls: each one is a type with exactly one answer type.
//!
//! On the wire a call is a variant of [`Call`] and its answer the variant of [`Answer`] with the
//! same index. Rust programs use the [`Method`] trait instead, which pairs the two.

use crate::{
    account::{Credentials, PasswordNeed, SignedIn, SignedOut, Succession},
    approval::{Consent, HeldMail, Resolution, SubmitOutcome},
    mail::{ChangedMail, Draft, FetchedMail, Inbox, Info, MailboxUpdate, SearchResults, Target},
    text::{HeaderText, Json},
    tool::Tool,
};
use serde::{Deserialize, Serialize};
use tai_names::{MailId, Username};

/// A call and its answer type.
pub trait Method: Clone + Send + Sync + 'static {
    /// The type of a successful answer.
    type Answer: Send + 'static;

    /// Wraps the call for the wire.
    fn into_call(self) -> Call;

    /// Takes the answer out of its wire form; `None` for another call's answer.
    fn from_answer(answer: Answer) -> Option<Self::Answer>;
}

/// Whether a call may be sent again after its connection broke without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Doing it twice equals doing it once.
    Safe,
    /// The call may have had an effect that must not happen twice.
    Never,
}

/// The roles of a connection, fixed when it attaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleNeeded {
    /// Agents and persons may call it.
    Any,
    /// Only a person's commands may call it.
    Person,
}

macro_rules! methods {
    ($( $(#[$doc:meta])* $name:ident -> $answer:ty, $label:literal, $repeat:ident, $role:ident; )*) => {
        /// Any call, as it crosses the wire.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Call {
            $( $(#[$doc])* $name($name), )*
        }

        /// Any successful answer, as it crosses the wire. The variants have the names and the
        /// order of [`Call`]'s.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Answer {
            $(
                #[doc = concat!("The answer to [`Call::", stringify!($name), "`].")]
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
            /// Returns the call's name for logs and the status.
            pub fn label(&self) -> &'static str {
                if let Call::Submit(submit) = self {
                    return submit.tool().name();
                }
                match self {
                    $( Call::$name(_) => $label, )*
                }
            }

            /// Returns whether the call may be sent again after a broken connection.
            pub fn repeat(&self) -> Repeat {
                match self {
                    $( Call::$name(_) => Repeat::$repeat, )*
                }
            }

            /// Returns the role that the call needs.
            pub fn role(&self) -> RoleNeeded {
                match self {
                    $( Call::$name(_) => RoleNeeded::$role, )*
                }
            }
        }
    };
}

methods! {
    /// Sends a mail or an answer from the client's own address, at most once.
    Submit -> SubmitOutcome, "send_email", Never, Any;
    /// Reads a mail. A mail named by id is marked read. Without an id the oldest unread mail
    /// that no other client holds is leased to this client, which [settles](Settle) it before
    /// it hands it on and [ends the lease](EndLease) afterwards; a lease that is not ended
    /// goes back when the connection ends.
    Fetch -> FetchedMail, "fetch_email", Safe, Any;
    /// Reads a mail and leaves it unread.
    Peek -> FetchedMail, "fetch_email", Safe, Any;
    /// Lists mails.
    List -> Inbox, "list_inbox", Safe, Any;
    /// Finds mails.
    Search -> SearchResults, "search_inbox", Safe, Any;
    /// Deletes a mail.
    Delete -> ChangedMail, "delete_email", Never, Any;
    /// Marks a mail read without reading it.
    MarkRead -> ChangedMail, "mark_read", Safe, Any;
    /// Marks a leased mail read, because the client is about to hand it on.
    Settle -> Settled, "settle", Safe, Any;
    /// Ends a lease.
    EndLease -> (), "end_lease", Safe, Any;
    /// Waits for mail.
    Watch -> MailboxUpdate, "watch", Safe, Any;
    /// Reads the configuration as far as a client may know it.
    GetInfo -> Info, "info", Safe, Any;
    /// Reads the status: [`crate::status::Status`] as its documented JSON, which can gain
    /// fields without a new protocol version.
    GetStatus -> Json, "session_status", Safe, Any;
    /// Checks that the daemon serves the account that the client was configured for.
    ClaimAccount -> PasswordNeed, "claim_account", Safe, Any;
    /// Hands over the password that a client was configured with, after
    /// [`PasswordNeed::Needed`].
    OfferCredentials -> (), "offer_credentials", Never, Any;
    /// Asks a daemon of an older release to end in favour of the release that is installed with
    /// the client.
    MakeWay -> Succession, "make_way", Safe, Any;
    /// Signs a person in.
    Login -> SignedIn, "login", Never, Person;
    /// Signs a person out.
    Logout -> SignedOut, "logout", Never, Person;
    /// Lists the mails that wait for approval, oldest first.
    ListHeld -> Vec<HeldMail>, "list_held", Safe, Person;
    /// Sends or discards a mail that waits for approval, at most once.
    ResolveHeld -> Resolution, "resolve_held", Never, Person;
    /// Asks the daemon to drain and end.
    Stop -> (), "stop", Safe, Person;
}

/// See [`Call::Submit`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submit {
    /// The mail.
    pub draft: Draft,
    /// Whether to send it although the same mail was sent within the last ten minutes, or may
    /// have been.
    pub insist: bool,
    /// What the client knows of a person's consent.
    pub consent: Consent,
}

/// See [`Call::Fetch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetch {
    /// The mail; `None` leases the oldest unread one.
    pub id: Option<MailId>,
}

/// See [`Call::Peek`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peek {
    /// The mail.
    pub id: MailId,
}

/// See [`Call::List`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// The most mails to return, 1 to [`MAX_LIST`].
    pub limit: u32,
    /// The number of mails to skip, counted in what is listed.
    pub offset: u32,
    /// Whether mails that were read are listed too.
    pub show_read: bool,
}

/// The most mails that one [`List`] returns.
pub const MAX_LIST: u32 = 200;
/// The most mails that one [`Search`] returns.
pub const MAX_SEARCH: u32 = 100;

/// See [`Call::Search`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// Words that have to occur in the sender, the subject or the body, in any case and order.
    pub query: HeaderText,
    /// The most mails to return, 1 to [`MAX_SEARCH`].
    pub limit: u32,
    /// Whether only unread mails are searched.
    pub unread_only: bool,
}

/// See [`Call::Delete`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delete {
    /// The mail.
    pub id: MailId,
}

/// See [`Call::MarkRead`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkRead {
    /// The mail.
    pub id: MailId,
}

/// See [`Call::Settle`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settle {
    /// The leased mail.
    pub id: MailId,
}

/// The answer to [`Settle`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Whether the bridge counts the mail as read now.
    pub marked_read: bool,
}

/// See [`Call::EndLease`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndLease {
    /// The leased mail.
    pub id: MailId,
    /// What became of it.
    pub delivery: Delivery,
}

/// What became of a leased mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// The client's reader has it.
    Delivered,
    /// The client does not want it any more; another client may have it.
    Returned,
}

/// See [`Call::Watch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// [`MailboxUpdate::mark`] of the previous answer. With it, the daemon answers when mail
    /// arrived since, or shortly before the deadline. `None` begins: the daemon answers as
    /// soon as it knows the mailbox's present state.
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
    /// The account that the client was configured for.
    pub username: Username,
}

/// See [`Call::OfferCredentials`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferCredentials {
    /// The client's credentials.
    pub credentials: Credentials,
}

/// See [`Call::MakeWay`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeWay {
    /// The client's release.
    pub release: Release,
}

/// A release of tai: major, minor and patch number. Later releases compare greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Release(pub u16, pub u16, pub u16);

impl Release {
    /// Parses `1.2.3`; what follows the numbers (`-rc.1`) is ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let core = text.split(['-', '+']).next()?;
        let mut numbers = core.split('.').map(|number| number.parse().ok());
        match [numbers.next()??, numbers.next()??, numbers.next()??] {
            [major, minor, patch] if numbers.next().is_none() => Some(Self(major, minor, patch)),
            _ => None,
        }
    }
}

/// See [`Call::Login`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The account.
    pub credentials: Credentials,
    /// Whether the system's keyring saves the password for the next start.
    pub save: bool,
}

/// See [`Call::Logout`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logout;

/// See [`Call::ListHeld`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListHeld;

/// See [`Call::ResolveHeld`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolveHeld {
    /// [`HeldMail::number`].
    pub number: u64,
    /// Whether to send the mail; it is discarded otherwise.
    pub send: bool,
}

/// See [`Call::Stop`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop;

impl Submit {
    /// Returns the tool that the draft belongs to.
    pub fn tool(&self) -> Tool {
        match self.draft.target {
            Target::New { .. } => Tool::SendEmail,
            Target::Reply { .. } => Tool::ReplyEmail,
        }
    }
}

impl Call {
    /// Returns the tool whose permission an agent needs for the call; `None` if every agent
    /// may make it.
    pub fn tool(&self) -> Option<Tool> {
        match self {
            Call::Submit(submit) => Some(submit.tool()),
            Call::Fetch(_) | Call::Peek(_) => Some(Tool::FetchEmail),
            Call::List(_) => Some(Tool::ListInbox),
            Call::Search(_) => Some(Tool::SearchInbox),
            Call::Delete(_) => Some(Tool::DeleteEmail),
            Call::MarkRead(_) => Some(Tool::MarkRead),
            Call::GetStatus(_) => Some(Tool::SessionStatus),
            Call::Settle(_)
            | Call::EndLease(_)
            | Call::Watch(_)
            | Call::GetInfo(_)
            | Call::ClaimAccount(_)
            | Call::OfferCredentials(_)
            | Call::MakeWay(_)
            | Call::Login(_)
            | Call::Logout(_)
            | Call::ListHeld(_)
            | Call::ResolveHeld(_)
            | Call::Stop(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_three_numbers_and_compares_by_them() {
        assert_eq!(Release::parse("1.2.3"), Some(Release(1, 2, 3)));
        assert_eq!(Release::parse("0.10.0-rc.1"), Some(Release(0, 10, 0)));
        assert!(Release::parse("0.10.0") > Release::parse("0.9.9"));
        for bad in ["", "1.2", "1.2.3.4", "1.2.x", "65536.0.0"] {
            assert_eq!(Release::parse(bad), None, "{bad}");
        }
    }
}
