//! What the looks for unread mail leave for the next ones: how far they have come, and what the
//! last one has found.

use super::ascent::Ascent;
use crate::mail::bounded::Bounded;
use std::sync::{Mutex, PoisonError};
use tai_proto::mail::LeftOut;
use tokio::time::Instant;

/// Limit of addresses whose ascents are remembered.
const MAX_ADDRESSES: usize = 64;

/// Result of a look. It is true for every question that was asked before the look began.
#[derive(Debug, Clone)]
pub(in crate::mail) struct Finding {
    /// Time at which the look began.
    pub(in crate::mail) since: Instant,
    pub(in crate::mail) found: Found,
}

/// Mails that a look has found.
#[derive(Debug, Clone)]
pub(in crate::mail) enum Found {
    /// The oldest unread mails, oldest first. At least one had no lease.
    Unread(Vec<u64>),
    /// No unread mail without a lease was found.
    None {
        left_out: LeftOut,
        /// Whether clients hold unread mails, which they may give back.
        has_held: bool,
    },
}

/// The ascents of the addresses, which are in lower case.
#[derive(Debug, Default)]
pub(in crate::mail) struct Ascents(Mutex<Bounded<String, Ascent, MAX_ADDRESSES>>);

impl Ascents {
    /// Calls `then` with the ascent of an address, a new one if none is remembered.
    pub(in crate::mail) fn with<R>(&self, address: &str, then: impl FnOnce(&mut Ascent) -> R) -> R {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.with(address.to_owned(), then)
    }

    /// Forgets an unread mail that was read or deleted.
    pub(in crate::mail) fn forget(&self, id: u64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.values_mut().for_each(|ascent| ascent.forget(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_more_forgets_only_the_address_that_was_looked_at_longest_ago() {
        let ascents = Ascents::default();
        for n in 0..=MAX_ADDRESSES {
            ascents.with(&n.to_string(), |_| {});
        }
        let all = ascents.0.into_inner().unwrap();
        assert_eq!(all.iter().count(), MAX_ADDRESSES);
        assert!(all.get(&"0".to_owned()).is_none());
    }
}
