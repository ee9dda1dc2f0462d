//! What the table of the leases reports to the store of the leases that several machines share: the
//! leases that last, and the ends of others until the store has them.

use super::{
    lease::{Lease, State},
    state::Event,
};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::Notify;

/// The end of a lease, for the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// No client holds the mail, and the bridge counts it as unread.
    Freed,
    /// The mail is gone, or was read elsewhere.
    Gone,
    /// A client of the mail's address says that it has written the mail, of which this daemon has no
    /// lease. The address may not be the mail's.
    Claimed,
    /// A client has written the mail, and the bridge may count it as unread.
    Unconfirmed,
    /// A client has written the mail, and the bridge counts it as read.
    Delivered,
}

/// Ends of leases that the store does not have yet. Nothing is leased while the store does not
/// answer, so that they are at most as many as the leases.
#[derive(Debug)]
pub(super) struct Unreported {
    ends: BTreeMap<u64, End>,
    /// Numbers of the underway calls that name a mail.
    named: BTreeMap<u64, u32>,
    /// Notified of each end.
    ended: Arc<Notify>,
}

impl Unreported {
    /// Returns no ends. Each end that is added is notified.
    pub(super) fn new(ended: Arc<Notify>) -> Self {
        Self {
            ends: BTreeMap::new(),
            named: BTreeMap::new(),
            ended,
        }
    }

    /// Notes a change of a lease.
    pub(super) fn note(
        &mut self,
        id: u64,
        before: Option<State>,
        event: Event<'_>,
        after: Option<State>,
    ) {
        if let Some(end) = end(before, event, after) {
            self.add(id, end);
        } else if event == Event::Disown {
            self.disown(id);
        } else if let Some(State::Returned { .. }) = after {
            self.ended.notify_one();
        }
    }

    /// Removes the report of a client about a mail that is not its own. The end of an earlier lease
    /// of the mail stays.
    fn disown(&mut self, id: u64) {
        match self.ends.get(&id) {
            Some(End::Claimed | End::Unconfirmed) => {
                self.ends.remove(&id);
            }
            Some(End::Freed | End::Gone | End::Delivered) | None => {}
        }
    }

    /// Adds the end of a lease. A delivery stays until the store has it, because the store would give
    /// the mail to another machine. Nothing leases the mail before.
    pub(super) fn add(&mut self, id: u64, end: End) {
        if !self.has_delivered(id) {
            self.ends.insert(id, end);
        }
        self.ended.notify_one();
    }

    /// Returns whether the store does not have the delivery of the mail yet.
    pub(super) fn has_delivered(&self, id: u64) -> bool {
        self.ends.get(&id) == Some(&End::Delivered)
    }

    /// Returns the mails of which the store does not have the delivery yet.
    pub(super) fn delivered(&self) -> impl Iterator<Item = u64> {
        let delivered = |(_, end): &(&u64, &End)| **end == End::Delivered;
        self.ends.iter().filter(delivered).map(|(id, _)| *id)
    }

    /// Notes that a call names a mail, before it asks the store for the mail.
    pub(super) fn begin_named(&mut self, id: u64) {
        *self.named.entry(id).or_default() += 1;
    }

    /// Notes the end of a call that names a mail. Returns whether it was the last one of the mail.
    pub(super) fn end_named(&mut self, id: u64) -> bool {
        match self.named.get_mut(&id) {
            Some(others @ 2..) => {
                *others -= 1;
                false
            }
            Some(_) | None => {
                self.named.remove(&id);
                true
            }
        }
    }

    /// Adds the end of a mail that no client holds, unless it has ended in another way meanwhile.
    pub(super) fn free(&mut self, id: u64) {
        if !self.ends.contains_key(&id) {
            self.add(id, End::Freed);
        }
    }

    /// Adds the ends to reports. `leases` has the addresses of the claims.
    pub(super) fn add_to(&self, reports: &mut Reports, leases: &BTreeMap<u64, Lease>) {
        for (id, end) in &self.ends {
            let ids = match end {
                End::Claimed => {
                    let claim = leases.get(id).map(|lease| (*id, lease.address.clone()));
                    reports.claimed.extend(claim);
                    continue;
                }
                End::Freed => &mut reports.freed,
                End::Gone => &mut reports.gone,
                End::Unconfirmed => &mut reports.unconfirmed,
                End::Delivered => &mut reports.delivered,
            };
            ids.push(*id);
        }
    }

    /// Removes the ends that the store has, unless the lease has ended in another way meanwhile.
    pub(super) fn remove(&mut self, reports: &Reports) {
        let claimed: Vec<u64> = reports.claimed.iter().map(|(id, _)| *id).collect();
        for (ids, end) in [
            (&claimed, End::Claimed),
            (&reports.freed, End::Freed),
            (&reports.gone, End::Gone),
            (&reports.unconfirmed, End::Unconfirmed),
            (&reports.delivered, End::Delivered),
        ] {
            for id in ids {
                if self.ends.get(id) == Some(&end) {
                    self.ends.remove(id);
                }
            }
        }
    }
}

/// Returns the end that a change of a lease means.
pub(super) fn end(before: Option<State>, event: Event<'_>, after: Option<State>) -> Option<End> {
    if before == after {
        return None;
    }
    match after {
        // The store has a row of each mail that a client holds. A returned mail is handed over.
        Some(
            State::Taken { .. }
            | State::Reserved { .. }
            | State::Marked { .. }
            | State::Returned { .. },
        ) => None,
        Some(State::Unconfirmed) => match event {
            // The mail may not be the client's. The store compares the address.
            Event::DeliverForgotten { .. } => Some(End::Claimed),
            Event::Take { .. }
            | Event::TakeReturned { .. }
            | Event::Reclaim { .. }
            | Event::Lapse
            | Event::Mark { .. }
            | Event::Confirm
            | Event::Deliver { .. }
            | Event::GiveBack { .. }
            | Event::Leave { .. }
            | Event::Miss { .. }
            | Event::Postpone { .. }
            | Event::Read { .. }
            | Event::Delete
            | Event::Disown
            | Event::Look
            | Event::HandOver => Some(End::Unconfirmed),
        },
        Some(State::Delivered) => Some(End::Delivered),
        None => match event {
            Event::GiveBack { .. } | Event::Postpone { .. } => Some(End::Freed),
            Event::Miss { .. } | Event::Delete => Some(End::Gone),
            Event::Take { .. }
            | Event::TakeReturned { .. }
            | Event::Reclaim { .. }
            | Event::Lapse
            | Event::Mark { .. }
            | Event::Confirm
            | Event::Deliver { .. }
            | Event::DeliverForgotten { .. }
            | Event::Leave { .. }
            | Event::Read { .. }
            | Event::Disown
            | Event::Look
            | Event::HandOver => None,
        },
    }
}

/// A mail that the bridge may count as read, that no client holds, and that the store takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HandedOver {
    /// The mail.
    pub(crate) id: u64,
    /// The mail's recipient.
    pub(crate) address: String,
    /// Whether the bridge said that the mail does not exist.
    pub(crate) is_missing: bool,
}

/// What the store is to record now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reports {
    /// Mails that clients hold.
    pub(crate) held: Vec<u64>,
    /// Mails that the store takes over.
    pub(crate) handed_over: Vec<HandedOver>,
    /// Mails that came back unread.
    pub(crate) freed: Vec<u64>,
    /// Mails that are gone.
    pub(crate) gone: Vec<u64>,
    /// Mails that clients of these addresses say they have written.
    pub(crate) claimed: Vec<(u64, String)>,
    /// Mails that a client has written and the bridge may count as unread.
    pub(crate) unconfirmed: Vec<u64>,
    /// Mails that a client has written and the bridge counts as read.
    pub(crate) delivered: Vec<u64>,
}

impl Reports {
    /// Returns whether a lease has ended.
    pub(in crate::mail) fn has_ends(&self) -> bool {
        let Self {
            held: _,
            handed_over,
            freed,
            gone,
            claimed,
            unconfirmed,
            delivered,
        } = self;
        !handed_over.is_empty()
            || !claimed.is_empty()
            || [freed, gone, unconfirmed, delivered]
                .iter()
                .any(|ids| !ids.is_empty())
    }
}
