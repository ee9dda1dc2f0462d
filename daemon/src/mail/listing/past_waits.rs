//! Waits that ended without a mail, so that the next wait with the same conditions does not examine
//! the mailbox again.

use crate::mail::{bounded::Bounded, search::query::Query};
use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tai_proto::mail::LeftOut;
use tokio::time::Instant;

/// Time for which a wait relies on the look of an earlier one. A mail that becomes unread again is
/// no arrival, so that only a new look finds it.
pub(in crate::mail) const RELY: Duration = Duration::from_secs(10 * 60);
/// Limit of remembered waits.
const MAX_PAST: usize = 64;

/// Address in lower case and conditions of a wait.
pub(in crate::mail) type Key = (String, Option<Query>);

/// The last waits that ended without a mail.
#[derive(Debug, Default)]
pub(in crate::mail) struct PastWaits(Mutex<Bounded<Key, PastWait, MAX_PAST>>);

/// State of the mailbox at the end of a wait.
#[derive(Debug)]
pub(in crate::mail) struct PastWait {
    /// Time of the look at the whole list.
    pub(in crate::mail) looked: Instant,
    /// Mark of the last arrival.
    pub(in crate::mail) mark: u64,
    /// Mails that do not meet the conditions.
    pub(in crate::mail) rejected: HashSet<u64>,
    /// Mails that the look left out.
    pub(in crate::mail) left_out: LeftOut,
}

impl PastWaits {
    /// Takes a wait whose look counts still.
    pub(in crate::mail) fn take(&self, key: &Key) -> Option<PastWait> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let past = all.remove(key)?;
        (past.looked.elapsed() < RELY).then_some(past)
    }

    /// Remembers a wait.
    pub(in crate::mail) fn put(&self, key: Key, past: PastWait) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|past| past.looked.elapsed() < RELY);
        all.put(key, past);
    }
}
