//! The seam to a store of leases that several machines share. The store decides with one clock and
//! in one transaction which machine holds a mail.

pub(crate) use super::super::leases::Reports;

use std::{fmt, future::Future, pin::Pin, time::Duration};

/// Failure of the store: one clause, without a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct StoreError(pub(crate) String);

/// Answer of a [`LeaseStore`].
pub(crate) type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The mails of one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mailbox<'a> {
    /// The account's username, in lower case.
    pub(crate) account: &'a str,
    /// The address, in lower case.
    pub(crate) address: &'a str,
}

/// A mail that a machine asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Request<'a> {
    /// The mailbox of the mail.
    pub(crate) mailbox: Mailbox<'a>,
    /// The mail.
    pub(crate) id: u64,
    /// The origin of the request.
    pub(crate) origin: Origin,
    /// Whether the expired leases of other machines count as ended.
    pub(crate) takes_expired: bool,
}

/// Origin of a [`Request`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A list shows the mail as unread, or the store offered it. A mail that was delivered an hour
    /// ago or earlier has become unread again.
    Unread,
    /// The client names the mail.
    Named,
}

/// Answer to a [`Request`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grant {
    /// This machine holds the mail.
    Granted {
        /// Whether the bridge may count the mail as read.
        marked: bool,
    },
    /// This machine does not hold the mail.
    Refused(Refusal),
}

/// Reason for which a mail is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Another machine holds the mail.
    Held,
    /// A client has written the mail, and the bridge may count it as unread.
    Unconfirmed,
    /// A client has written the mail, and the bridge counts it as read.
    Delivered,
}

/// Store of the leases that several machines share. Each method may be repeated after a failure. A
/// caller may stop waiting for an answer. Callers make one request at a time.
pub(crate) trait LeaseStore: Send + Sync + fmt::Debug + 'static {
    /// Returns the mails of the mailbox that a machine gave back, or did not deliver in time, the
    /// oldest first.
    fn returned<'a>(&'a self, mailbox: Mailbox<'a>, takes_expired: bool) -> Reply<'a, Vec<u64>>;

    /// Returns those of these mails that [`LeaseStore::acquire`] refuses now.
    fn refusals<'a>(
        &'a self,
        mailbox: Mailbox<'a>,
        ids: &'a [u64],
        takes_expired: bool,
    ) -> Reply<'a, Vec<(u64, Refusal)>>;

    /// Leases a mail to this machine, for the time of a lease. A mail that this machine holds is
    /// granted again.
    fn acquire<'a>(&'a self, request: Request<'a>) -> Reply<'a, Grant>;

    /// Records that the bridge is about to be told that the mail was read. Returns whether this
    /// machine still holds the mail.
    fn mark<'a>(&'a self, account: &'a str, id: u64) -> Reply<'a, bool>;

    /// Renews the held leases, and records the ends of others.
    fn record<'a>(&'a self, account: &'a str, reports: &'a Reports) -> Reply<'a, ()>;
}

/// A store of leases, and the time after which an unrenewed lease expires.
#[derive(Debug)]
pub(crate) struct SharedLeases {
    /// The store.
    pub(crate) store: Box<dyn LeaseStore>,
    /// Time of a lease.
    pub(crate) ttl: Duration,
}

/// State of the store, for the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreState {
    /// The store has not been asked yet.
    Unknown,
    /// The store answered the last request.
    Answers,
    /// The last request failed.
    Fails(StoreError),
}
