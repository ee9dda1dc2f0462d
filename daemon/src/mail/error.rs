//! Errors of the mail operations.

use super::{
    approvals::ApprovalError, journal::JournalError, ledger::Outcome, search::query::QueryError,
    sharing::store::StoreError,
};
use crate::digest::Digest;
use std::{fmt, time::Duration};
use tai_auth::{
    bridge::BridgeError,
    session::{RequestError, error::SessionError},
};
use tai_proto::{
    names::{Address, MailId},
    text::MAX_CONTENT,
};
use tai_reader::outgoing::Refusal;

/// Reason for which an operation failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MailError {
    /// The session has no token.
    #[error("the session with the bridge failed")]
    Session(#[source] SessionError),
    /// A request failed. For a send: the mail was not sent.
    #[error("the request to the bridge failed")]
    Bridge(#[source] BridgeError),
    /// The mail names no recipient, and no default recipient is configured.
    #[error("the mail has no recipient")]
    NoRecipient,
    /// A parameter breaks a rule.
    #[error("`{field}` is invalid: {rule}")]
    BadField {
        /// The parameter.
        field: &'static str,
        /// The rule.
        rule: &'static str,
    },
    /// The query of a search is invalid.
    #[error("the query is invalid")]
    Query(#[from] QueryError),
    /// The sender of the original is not one address that a mail may be sent to.
    #[error("the sender of the mail is not one address that a mail can be sent to")]
    NoReplyAddress,
    /// No mail can be made from the content.
    #[error("the content is invalid")]
    Content(#[source] Refusal),
    /// The content of a mail is too long.
    #[error("the content has {bytes} bytes, more than {MAX_CONTENT}")]
    TooLong {
        /// The length of the content.
        bytes: usize,
    },
    /// The content could not be converted now.
    #[error("the content cannot be converted: {0}")]
    Compose(String),
    /// Nothing was sent: the address has answered the mail, is answering it, or has an answer
    /// waiting.
    #[error("mail {0} is answered already")]
    Answered(MailId),
    /// Nothing was sent: a program would answer another program, or a list.
    #[error("the sender of mail {0} is an address of a program or a list")]
    Automatic(MailId),
    /// Nothing was sent: the same mail was sent within ten minutes, or may have been.
    #[error("the same mail (digest {digest}) was submitted before")]
    Duplicate {
        /// The mail.
        digest: Digest,
        /// Outcome of the earlier submission.
        outcome: Outcome,
        /// Time since the earlier submission; `None` if the machine was restarted since.
        ago: Option<Duration>,
    },
    /// The mail may have been sent, and was not sent again.
    #[error("it is unknown whether the mail (digest {digest}) was sent")]
    Unknown {
        /// The mail.
        digest: Digest,
        /// The failure.
        #[source]
        cause: BridgeError,
    },
    /// Nothing was sent, because a record that protects from a second send is not on the disk.
    #[error("the mail cannot be recorded")]
    NotRecorded(#[source] JournalError),
    /// Nothing was sent, because no person approved.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// The account has no such mail.
    #[error("mail {0} does not exist")]
    NoSuchMail(MailId),
    /// The body of the mail has fewer parts.
    #[error("mail {id} has {of} parts")]
    NoSuchPart {
        /// The mail.
        id: MailId,
        /// Number of parts.
        of: u32,
    },
    /// The bridge could not delete or mark a mail, which is unchanged.
    #[error("the bridge could not {change} mail {id}")]
    Unchanged {
        /// The mail.
        id: MailId,
        /// The change.
        change: Change,
    },
    /// A rule of the configuration forbids it. Nothing was sent or changed.
    #[error("{what} is not permitted: {rule}")]
    NotPermitted {
        /// What is not permitted.
        what: String,
        /// The rule, as the file has it.
        rule: String,
    },
    /// The instance has sent as many mails as its rule permits.
    #[error("too many sends: {rule}")]
    TooManySends {
        /// The rule, as the file has it.
        rule: String,
        /// Time until the next send is possible.
        wait: Duration,
    },
    /// The store of the leases that several machines share did not answer. No client gets a mail.
    #[error("the store of the shared leases failed")]
    LeaseStore(#[source] StoreError),
    /// Other clients looked for mail of the address until the deadline.
    #[error("other clients look for mail of {0}")]
    AddressBusy(String),
    /// A client of another machine holds the mail.
    #[error("a client of another machine holds mail {0}")]
    HeldElsewhere(MailId),
    /// The recipient of the mail is not the address of the client.
    #[error("mail {id} is not addressed to {address}")]
    NotYours {
        /// The mail.
        id: MailId,
        /// The address of the client.
        address: Address,
    },
}

/// Change of a mail at the bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Its deletion.
    Delete,
    /// Its mark as read.
    MarkRead,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Change::Delete => "delete",
            Change::MarkRead => "mark",
        })
    }
}

impl From<RequestError<BridgeError>> for MailError {
    fn from(error: RequestError<BridgeError>) -> Self {
        match error {
            RequestError::Session(error) => Self::Session(error),
            RequestError::Bridge(error) => Self::Bridge(error),
        }
    }
}
