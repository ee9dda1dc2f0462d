//! Mail of the whole account, for the person that owns it. The calls of [`RoleNeeded::Person`]
//! alone have these types, so that no agent can name more than its own address.
//!
//! [`RoleNeeded::Person`]: crate::call::RoleNeeded::Person

use crate::{
    approval::Question,
    mail::{Inbox, SentMail},
    text::{HeaderText, Label},
};
use serde::{Deserialize, Serialize};
use tai_names::Instance;

/// Addresses that a person's call is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// All addresses of the account, also those that no instance has.
    Account,
    /// The address of one instance.
    Instance(Instance),
}

/// Answer to [`crate::call::ListMail`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountInbox {
    /// List of the mails. Its address is that of the instance, or the account's own.
    pub inbox: Inbox,
    /// Unread mails at addresses that no client uses; without entries for one instance.
    pub unattended: Unattended,
}

/// Unread mails at addresses that neither a connected client, nor the default instance, nor a table
/// `[instances.NAME]` of the configuration uses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unattended {
    /// Addresses in lower case, those with the most mails first; at most [`MAX_UNATTENDED`].
    pub addresses: Vec<UnattendedAddress>,
    /// Number of mails at further addresses.
    pub others: u64,
    /// Number of the newest mails of the account that were examined; `None` for all.
    pub examined: Option<u64>,
}

/// Limit of the addresses of an [`Unattended`]. A sender can invent any number of them.
pub const MAX_UNATTENDED: usize = 64;

/// Address that no client uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnattendedAddress {
    /// Address. A sender chose it.
    pub address: HeaderText,
    /// Number of its unread mails.
    pub unread: u64,
}

/// Consent of a person to a [`crate::call::SendMail`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PersonConsent {
    /// The person has not seen the mail. The answer is [`SendOutcome::Ask`].
    NotAsked,
    /// The person approved the mail of this [`Question::ticket`].
    Approved {
        /// [`Question::ticket`].
        ticket: Label,
    },
    /// The person sends the mail without a question.
    Given,
}

/// Outcome of [`crate::call::SendMail`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SendOutcome {
    /// Nothing was sent. The person sees the mail, and the client sends the same call again with
    /// the ticket.
    Ask(Question),
    /// The bridge accepted the mail.
    Sent(SentMail),
}
