//! A lease and its states.

use std::time::Instant;

/// Number of a client's connection. A daemon uses each number once.
pub(crate) type ClientKey = u64;

/// Lease of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lease {
    /// The mail's recipient.
    pub(super) address: String,
    pub(super) state: State,
}

/// The state of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// A client holds the mail, and the bridge counts it as unread.
    Taken {
        /// The holder.
        client: ClientKey,
    },
    /// A client of the previous daemon held the mail, and the bridge counts it as unread.
    Reserved {
        /// The time from which on clients that do not reclaim the mail may have it.
        until: Instant,
    },
    /// A client holds the mail, and the bridge may count it as read.
    Marked {
        /// The holder.
        client: ClientKey,
        /// Whether the bridge said that it counts the mail as read.
        confirmed: bool,
        /// The time since which the bridge says that the mail does not exist.
        missing_since: Option<Instant>,
    },
    /// No client holds the mail, and the bridge may count it as read.
    Returned {
        /// The time from which on the mail may be leased.
        from: Instant,
        /// The time since which the bridge says that the mail does not exist.
        missing_since: Option<Instant>,
    },
    /// A client has written the mail, and the bridge may count it as unread.
    Unconfirmed,
    /// A client has written the mail, and the bridge counts it as read. A list that was
    /// requested before may show it as unread.
    Delivered,
}

/// A mail of an address that a client says it has written, and that the bridge may count as unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mail) enum Written {
    /// A list shows it as an unread mail of the address.
    Listed(u64),
    /// No list shows it, so that it may be a mail of another address.
    Unlisted(u64),
}
