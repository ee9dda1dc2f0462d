//! Call that reads a mail: the mail that it names, or the next one, which it leases.

use crate::mail::Window;
use serde::{Deserialize, Serialize};
use tai_names::{Address, MailId};

/// See [`Call::Fetch`](super::Call::Fetch).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetch {
    /// Mail to read.
    pub which: Which,
    /// Part of the body to return.
    pub window: Window,
}

impl Fetch {
    /// The oldest unread mail of all, whole.
    pub const OLDEST: Self = Self {
        which: Which::OLDEST,
        window: Window::WHOLE,
    };
}

/// Mail that [`Fetch`] reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Which {
    /// The oldest unread mail that no client holds. It is leased to the client.
    Oldest {
        /// Mails that are left for a later call or another client.
        except: Except,
    },
    /// The mail with this id.
    Named(MailId),
}

impl Which {
    /// The oldest unread mail of all.
    pub const OLDEST: Self = Self::Oldest {
        except: Except::NOTHING,
    };
}

/// Unread mails that a call does not lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Except {
    /// All mails of these senders.
    pub senders: Vec<Address>,
    /// These mails.
    pub mails: Vec<MailId>,
}

impl Except {
    /// No mail.
    pub const NOTHING: Self = Self {
        senders: Vec::new(),
        mails: Vec::new(),
    };
}
