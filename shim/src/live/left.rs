//! Unread mails that are left to a person or another client. They have no lease, and `live` takes them no
//! more.

use super::{
    calls::Calls,
    waiting::{self, Fate, Waiting},
};
use std::{collections::BTreeSet, ops::Bound};
use tai_proto::names::MailId;

/// Limit of the mails. Each request for a mail names them.
const MAX_LEFT: usize = 4096;
/// Number of them that are looked at again, at each arrival and each check, when they are at the limit.
const RECHECKED: usize = 64;

/// Unread mails that are left to a person or another client.
#[derive(Default)]
pub(super) struct LeftMails {
    ids: BTreeSet<MailId>,
    /// The last of them that was looked at again.
    rechecked: Option<MailId>,
}

impl LeftMails {
    /// Leaves a mail.
    pub(super) fn add(&mut self, mail: Waiting) {
        // Dropping the lease releases the mail.
        self.ids.insert(mail.lease.id());
    }

    /// Returns the ids.
    pub(super) fn ids(&self) -> Vec<MailId> {
        self.ids.iter().copied().collect()
    }

    /// Returns the number of mails if it is the limit.
    pub(super) fn full(&self) -> Option<usize> {
        let count = self.ids.len();
        (count >= MAX_LEFT).then_some(count)
    }

    /// Forgets mails that a person has read or deleted: looks at some of them, beginning after those that
    /// the last call looked at.
    pub(super) async fn recheck(&mut self, calls: &Calls) {
        let after = self.rechecked.map_or(Bound::Unbounded, Bound::Excluded);
        let ids = self.ids.range((after, Bound::Unbounded));
        let ids: Vec<MailId> = ids.take(RECHECKED).copied().collect();
        self.rechecked = ids.last().copied();
        for id in ids {
            match waiting::fate(calls, id).await {
                Fate::Unread => {}
                Fate::Read | Fate::Gone => {
                    self.ids.remove(&id);
                }
            }
        }
    }
}
