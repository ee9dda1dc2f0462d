//! The calls of persons: the account, the mails that wait for approval, and the mail of all
//! addresses.

use crate::{
    account::Credentials,
    approval::HeldForm,
    mail::{Draft, Window},
    person::{PersonConsent, Scope},
    text::{Content, HeaderText, Label},
};
use serde::{Deserialize, Serialize};
use tai_names::{Instance, MailId, Username};

/// See [`Call::Login`](super::Call::Login).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Account to sign in to.
    pub credentials: Credentials,
    /// Whether to save the password in the keyring of the system.
    pub save: bool,
}

/// See [`Call::Logout`](super::Call::Logout).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logout {
    /// Whose session ends.
    pub whose: Whose,
}

/// Account of a daemon that a person signs out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whose {
    /// Any account, or none.
    Any,
    /// None: the person was told that the daemon has no account.
    None,
    /// This one, of which the person was asked.
    Account(Username),
}

/// See [`Call::RetryLogin`](super::Call::RetryLogin).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetryLogin;

/// See [`Call::ListHeld`](super::Call::ListHeld).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListHeld;

/// See [`Call::ReadHeld`](super::Call::ReadHeld).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadHeld {
    /// Number of the mail.
    pub number: u64,
    /// Form of the mail.
    pub form: HeldForm,
    /// Offset of the part, 0 or [`HeldPart::next`](crate::approval::HeldPart::next) of the part
    /// before.
    pub offset: u64,
}

/// See [`Call::ResolveHeld`](super::Call::ResolveHeld).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolveHeld {
    /// [`HeldMail::number`](crate::approval::HeldMail::number).
    pub number: u64,
    /// [`HeldMail::version`](crate::approval::HeldMail::version) of the mail that the person saw.
    pub version: Label,
    /// What the person decided.
    pub verdict: Verdict,
}

/// Decision about a mail that waits for approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The mail is not sent, and waits no longer.
    Discard,
    /// The mail is sent.
    Send,
}

/// See [`Call::WatchHeld`](super::Call::WatchHeld).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchHeld {
    /// [`HeldUpdate::mark`](crate::approval::HeldUpdate::mark) of the previous answer. The daemon
    /// answers once the waiting mails differ from those of that answer, or at the deadline. `None`
    /// for the first call: the daemon answers at once.
    pub since: Option<u64>,
}

/// See [`Call::ReviseHeld`](super::Call::ReviseHeld).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviseHeld {
    /// [`HeldMail::number`](crate::approval::HeldMail::number).
    pub number: u64,
    /// [`HeldMail::version`](crate::approval::HeldMail::version) of the mail that the person saw.
    pub version: Label,
    /// Recipient. `None` keeps it, and a reply stays a reply; another recipient gets a new mail.
    pub to: Option<HeaderText>,
    /// Subject. `None` keeps it.
    pub subject: Option<HeaderText>,
    /// Content, in the markup of [`HeldMail::format`](crate::approval::HeldMail::format).
    pub content: Content,
}

/// See [`Call::GetTraffic`](super::Call::GetTraffic).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetTraffic;

/// See [`Call::Stop`](super::Call::Stop).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// Number of the mails that wait in memory alone and that the person accepts to lose; `None`
    /// for any.
    pub loses_at_most: Option<u32>,
}

/// See [`Call::ListMail`](super::Call::ListMail).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListMail {
    /// Addresses whose mails are listed.
    pub scope: Scope,
    /// Limit of returned mails, 1 to [`MAX_LIST`](super::MAX_LIST).
    pub limit: u32,
    /// Number of mails to skip, without read mails unless `show_read` is set.
    pub offset: u32,
    /// Whether the list includes read mails.
    pub show_read: bool,
}

/// See [`Call::SearchMail`](super::Call::SearchMail).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchMail {
    /// Addresses whose mails are searched.
    pub scope: Scope,
    /// Query, as that of [`Search`](super::Search).
    pub query: HeaderText,
    /// Limit of returned mails, 1 to [`MAX_SEARCH`](super::MAX_SEARCH).
    pub limit: u32,
}

/// See [`Call::ReadMail`](super::Call::ReadMail).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadMail {
    /// Addresses whose mails may be read.
    pub scope: Scope,
    /// Mail to read; `None` leases the oldest unread mail that no client holds.
    pub id: Option<MailId>,
    /// Part of the body to return.
    pub window: Window,
}

/// See [`Call::FinishMail`](super::Call::FinishMail).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishMail {
    /// Mail that the person has read.
    pub id: MailId,
}

/// See [`Call::DeleteMail`](super::Call::DeleteMail).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteMail {
    /// Mail to delete.
    pub id: MailId,
}

/// See [`Call::SendMail`](super::Call::SendMail).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendMail {
    /// Instance from whose address the mail is sent. `None` means, for a reply, the address to which
    /// the original was sent, if an instance can have it, and otherwise the account's own address.
    pub instance: Option<Instance>,
    /// Mail to send. A reply may answer a mail of any address.
    pub draft: Draft,
    /// Whether to send the mail even if the same mail was, or may have been, sent within the
    /// last ten minutes.
    pub insist: bool,
    /// Consent of the person.
    pub consent: PersonConsent,
}
