//! The records of the leases in their journal.

use crate::mail::journal::fields::{NotARecord, fields};
use std::{fmt, str::FromStr};

/// A change of a lease that outlives the daemon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::mail) enum LeaseRecord {
    /// A client holds the mail, and the bridge counts it as unread.
    Taken {
        /// The mail.
        id: u64,
        /// The mail's recipient.
        address: String,
    },
    /// The bridge may count the mail as read, and no client has written it.
    Marked {
        /// The mail.
        id: u64,
        /// The mail's recipient.
        address: String,
    },
    /// A client has written the mail, and the bridge may count it as unread.
    Unconfirmed {
        /// The mail.
        id: u64,
        /// The mail's recipient.
        address: String,
    },
    /// A client has written the mail, and the bridge counts it as read. The store of the shared
    /// leases does not know it yet.
    Delivered {
        /// The mail.
        id: u64,
    },
    /// The lease has ended.
    Closed {
        /// The mail.
        id: u64,
    },
}

impl fmt::Display for LeaseRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken { id, address } => write!(f, "taken {id} {address}"),
            Self::Marked { id, address } => write!(f, "marked {id} {address}"),
            Self::Unconfirmed { id, address } => write!(f, "unconfirmed {id} {address}"),
            Self::Delivered { id } => write!(f, "delivered {id}"),
            Self::Closed { id } => write!(f, "closed {id}"),
        }
    }
}

impl FromStr for LeaseRecord {
    type Err = NotARecord;

    fn from_str(line: &str) -> Result<Self, NotARecord> {
        let (event, key, value) = fields(line)?;
        let id = key.parse().map_err(|_| NotARecord)?;
        match (event, value) {
            ("taken", Some(address)) => Ok(Self::Taken {
                id,
                address: address.to_owned(),
            }),
            ("marked", Some(address)) => Ok(Self::Marked {
                id,
                address: address.to_owned(),
            }),
            ("unconfirmed", Some(address)) => Ok(Self::Unconfirmed {
                id,
                address: address.to_owned(),
            }),
            ("delivered", None) => Ok(Self::Delivered { id }),
            ("closed", None) => Ok(Self::Closed { id }),
            _ => Err(NotARecord),
        }
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
