//! The table of the leases: applies each event, journals what must outlive the daemon, and keeps what
//! the store of shared leases must learn.

use super::{
    super::journal::{Disk, Journal, JournalError},
    lease::{ClientKey, Lease, State},
    questions::is_returned,
    record::LeaseRecord,
    reports::{End, HandedOver, Reports, Unreported},
    reservation::has_lapsed,
    state::{Event, step},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Notify;

/// Time in which the clients of the previous daemon report the mails that they have written.
pub(in crate::mail) const GRACE: Duration = Duration::from_secs(3);
/// Limit of written mails of an address that the bridge may count as unread. Beyond it the oldest is
/// dropped.
pub(super) const MAX_UNCONFIRMED: usize = 256;
/// Limit of these mails of all addresses, beyond which that of one address is 1.
const MAX_UNCONFIRMED_IN_ALL: usize = 16 * MAX_UNCONFIRMED;

/// The leases and their journal.
#[derive(Debug)]
pub(super) struct Table {
    /// The connected clients.
    pub(super) clients: HashSet<ClientKey>,
    /// Those of them that have reclaimed mails, whose connections may end again at once.
    pub(super) reclaimers: HashSet<ClientKey>,
    /// The end of the last reservations.
    pub(super) reserved_until: Instant,
    /// Notified of new reservations.
    pub(super) reserved: Arc<Notify>,
    /// Unconfirmed mails that no list showed as unread, and that were marked again.
    pub(super) remarked: HashSet<u64>,
    pub(super) mails: BTreeMap<u64, Lease>,
    pub(super) journal: Journal<LeaseRecord>,
    /// Ends of leases for the store of the shared leases; `None` if the leases are of this machine.
    unreported: Option<Unreported>,
    /// Mails of which a previous daemon could not report the delivery, until there is a store.
    pub(super) kept: BTreeSet<u64>,
    /// The time of the start.
    pub(super) opened: Instant,
}

/// The records of a file.
#[derive(Debug, Default)]
struct Loaded {
    mails: BTreeMap<u64, Lease>,
    /// Mails of which the store of the shared leases does not have the delivery.
    delivered: BTreeSet<u64>,
}

impl Table {
    /// Returns a table that does not outlive the daemon.
    pub(super) fn in_memory() -> Self {
        Self::of(Loaded::default(), Journal::nowhere())
    }

    /// Opens the leases that a previous daemon kept in this file.
    pub(super) fn open(path: PathBuf, disk: Arc<dyn Disk>) -> Self {
        let from = now() + GRACE;
        let mut loaded = Loaded::default();
        let journal = Journal::open(path, disk, |record| load(&mut loaded, record, from));
        let mut table = Self::of(loaded, journal);
        if !table.mails.is_empty() {
            table.reserve(from);
        }
        let needed = needed(&table.mails, table.unreported.as_ref(), &table.kept);
        table.journal.shorten(&needed);
        table
    }

    fn of(loaded: Loaded, journal: Journal<LeaseRecord>) -> Self {
        Self {
            clients: HashSet::new(),
            reclaimers: HashSet::new(),
            reserved_until: now() + GRACE,
            reserved: Arc::default(),
            remarked: HashSet::new(),
            mails: loaded.mails,
            journal,
            unreported: None,
            kept: loaded.delivered,
            opened: now(),
        }
    }

    /// Reads the file if it could not be opened before.
    pub(super) fn reopen(&mut self) {
        let (from, mut earlier) = (now() + GRACE, Loaded::default());
        self.journal
            .reopen(|record| load(&mut earlier, record, from));
        if !earlier.mails.is_empty() {
            self.reserve(from);
        }
        for (id, lease) in earlier.mails {
            self.mails.entry(id).or_insert(lease);
        }
        match &mut self.unreported {
            Some(unreported) => {
                for id in earlier.delivered {
                    unreported.add(id, End::Delivered);
                }
            }
            None => self.kept.extend(earlier.delivered),
        }
    }

    /// Returns why the journal cannot be written; `None` if it can, as far as is known.
    pub(super) fn failing(&mut self) -> Option<JournalError> {
        self.reopen();
        self.journal.failing()
    }

    /// Applies an event and journals the change. Returns whether there was one.
    pub(super) fn change(&mut self, id: u64, event: Event<'_>) -> bool {
        let old = self.record_of(id);
        let before = self.mails.remove(&id);
        let after = step(before.clone(), event, now());
        let changed = before != after;
        if let Some(unreported) = &mut self.unreported {
            let state = |lease: &Option<Lease>| lease.as_ref().map(|lease| lease.state);
            unreported.note(id, state(&before), event, state(&after));
        }
        match after {
            Some(lease) => {
                self.mails.insert(id, lease);
            }
            None => {
                self.remarked.remove(&id);
            }
        }
        self.write_change(id, old.as_ref());
        changed
    }

    /// Returns the record of a mail that must outlive the daemon.
    pub(super) fn record_of(&self, id: u64) -> Option<LeaseRecord> {
        let lease = self.mails.get(&id);
        let record = lease.and_then(|lease| record_of(id, lease));
        let unreported = self.unreported.as_ref();
        let is_kept = unreported.is_some_and(|unreported| unreported.has_delivered(id))
            || self.kept.contains(&id);
        record.or_else(|| is_kept.then_some(LeaseRecord::Delivered { id }))
    }

    /// Journals the record of a mail, if it is not the old one any more.
    pub(super) fn write_change(&mut self, id: u64, old: Option<&LeaseRecord>) {
        let new = self.record_of(id);
        if new.as_ref() != old {
            self.write(&new.unwrap_or(LeaseRecord::Closed { id }));
        }
    }

    fn write(&mut self, record: &LeaseRecord) {
        let (mails, unreported, kept) = (&self.mails, self.unreported.as_ref(), &self.kept);
        self.journal
            .append(record, || needed(mails, unreported, kept));
        match record {
            LeaseRecord::Taken { .. }
            | LeaseRecord::Marked { .. }
            | LeaseRecord::Delivered { .. } => {}
            LeaseRecord::Unconfirmed { address, .. } => self.bound_unconfirmed(address),
            LeaseRecord::Closed { .. } => {
                let has_delivered =
                    unreported.is_some_and(|unreported| unreported.delivered().next().is_some());
                let has_lease = mails
                    .iter()
                    .any(|(id, lease)| record_of(*id, lease).is_some());
                if !has_lease && !has_delivered && kept.is_empty() {
                    self.journal.clear();
                }
            }
        }
    }

    /// Drops the oldest of too many. An address does not push out the mails of another one.
    fn bound_unconfirmed(&mut self, address: &str) {
        let unconfirmed = |(_, lease): &(&u64, &Lease)| lease.state == State::Unconfirmed;
        let all = self.mails.iter().filter(unconfirmed).count();
        let of_address = |(_, lease): &(&u64, &Lease)| lease.address.eq_ignore_ascii_case(address);
        let mut own = self.mails.iter().filter(unconfirmed).filter(of_address);
        let oldest = own.next().map(|(id, _)| *id);
        if (own.count() >= MAX_UNCONFIRMED || all > MAX_UNCONFIRMED_IN_ALL)
            && let Some(oldest) = oldest
        {
            self.change(oldest, Event::Delete);
        }
    }

    /// Gives a mail back that the client holds. Returns the mail's address.
    pub(super) fn give_back(&mut self, client: ClientKey, id: u64) -> Option<String> {
        let address = self.mails.get(&id)?.address.clone();
        let event = Event::GiveBack { client };
        self.change(id, event).then_some(address)
    }

    /// Ends the reservations whose time has ended. Returns the addresses of all mails that a client
    /// of the previous daemon held and that are free now.
    pub(super) fn lapse(&mut self) -> Vec<String> {
        let ids: Vec<u64> = self.mails.keys().copied().collect();
        let mut freed = Vec::new();
        for id in ids {
            match self.mails.get(&id) {
                Some(lease) if has_lapsed(lease, now()) => {
                    freed.push(lease.address.clone());
                    self.change(id, Event::Lapse);
                }
                Some(lease) if is_returned(lease, now()) => freed.push(lease.address.clone()),
                Some(_) | None => {}
            }
        }
        freed
    }

    /// Returns whether the store decides about the leases, which then are of this daemon alone.
    pub(super) fn is_shared(&self) -> bool {
        self.unreported.is_some()
    }

    /// Keeps the ends of leases from now on. The end of a mail that a client of the previous daemon
    /// wrote may be missing in the store.
    pub(super) fn share(&mut self, ended: Arc<Notify>) {
        let mut unreported = Unreported::new(ended);
        for (id, lease) in &self.mails {
            if lease.state == State::Unconfirmed {
                // The record may be the claim of a client about a mail that is not its own.
                unreported.add(*id, End::Claimed);
            }
        }
        for id in std::mem::take(&mut self.kept) {
            unreported.add(id, End::Delivered);
        }
        self.unreported = Some(unreported);
    }

    /// Returns what the store is to record now.
    pub(super) fn reports(&self) -> Reports {
        let now = now();
        let mut reports = Reports::default();
        if let Some(unreported) = &self.unreported {
            unreported.add_to(&mut reports, &self.mails);
        }
        for (id, Lease { address, state }) in &self.mails {
            match state {
                State::Taken { .. } | State::Marked { .. } => reports.held.push(*id),
                State::Returned {
                    from,
                    missing_since,
                } if *from <= now => reports.handed_over.push(HandedOver {
                    id: *id,
                    address: address.clone(),
                    is_missing: missing_since.is_some(),
                }),
                State::Reserved { .. }
                | State::Returned { .. }
                | State::Unconfirmed
                | State::Delivered => {}
            }
        }
        reports
    }

    /// Records that the store has the reports. The mails that it has taken over have no lease here
    /// any more.
    pub(super) fn reported(&mut self, reports: &Reports) {
        let delivered = reports.delivered.iter();
        let old: Vec<_> = delivered.map(|id| (*id, self.record_of(*id))).collect();
        if let Some(unreported) = &mut self.unreported {
            unreported.remove(reports);
        }
        for (id, old) in old {
            self.write_change(id, old.as_ref());
        }
        for mail in &reports.handed_over {
            self.change(mail.id, Event::HandOver);
        }
    }

    /// Records that a call names a mail.
    pub(super) fn begin_named(&mut self, id: u64) {
        if let Some(unreported) = &mut self.unreported {
            unreported.begin_named(id);
        }
    }

    /// Records the end of a call that names a mail. `lets_go` says that the mail comes back unless a
    /// client here holds it or another call names it.
    pub(super) fn end_named(&mut self, id: u64, lets_go: bool) {
        if let Some(unreported) = &mut self.unreported
            && unreported.end_named(id)
            && lets_go
            && !self.mails.contains_key(&id)
        {
            unreported.free(id);
        }
    }

    /// Reports the end of a mail that has no lease.
    pub(super) fn report_end(&mut self, id: u64, end: End) {
        let old = self.record_of(id);
        if let Some(unreported) = &mut self.unreported
            && !self.mails.contains_key(&id)
        {
            unreported.add(id, end);
            self.write_change(id, old.as_ref());
        }
    }
}

/// Applies a record of the file. A mail that a client held may be leased to others at `from`.
fn load(loaded: &mut Loaded, record: LeaseRecord, from: Instant) {
    let Loaded { mails, delivered } = loaded;
    let (id, address, state) = match record {
        LeaseRecord::Taken { id, address } => (id, address, State::Reserved { until: from }),
        LeaseRecord::Marked { id, address } => {
            let missing_since = None;
            let state = State::Returned {
                from,
                missing_since,
            };
            (id, address, state)
        }
        LeaseRecord::Unconfirmed { id, address } => (id, address, State::Unconfirmed),
        LeaseRecord::Delivered { id } => {
            mails.remove(&id);
            delivered.insert(id);
            return;
        }
        LeaseRecord::Closed { id } => {
            mails.remove(&id);
            delivered.remove(&id);
            return;
        }
    };
    delivered.remove(&id);
    mails.insert(id, Lease { address, state });
}

/// Returns the time of the runtime's clock, which tests can pause.
pub(super) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// Returns the record of a lease that must outlive the daemon.
fn record_of(id: u64, lease: &Lease) -> Option<LeaseRecord> {
    let address = || lease.address.clone();
    match lease.state {
        State::Delivered => None,
        State::Taken { .. } | State::Reserved { .. } => Some(LeaseRecord::Taken {
            id,
            address: address(),
        }),
        State::Marked { .. } | State::Returned { .. } => Some(LeaseRecord::Marked {
            id,
            address: address(),
        }),
        State::Unconfirmed => Some(LeaseRecord::Unconfirmed {
            id,
            address: address(),
        }),
    }
}

fn needed(
    mails: &BTreeMap<u64, Lease>,
    unreported: Option<&Unreported>,
    kept: &BTreeSet<u64>,
) -> Vec<LeaseRecord> {
    let leases = mails.iter();
    let leases = leases.filter_map(|(id, lease)| record_of(*id, lease));
    let delivered = unreported.into_iter().flat_map(Unreported::delivered);
    let delivered = delivered.chain(kept.iter().copied());
    let delivered = delivered.map(|id| LeaseRecord::Delivered { id });
    // The record of a lease follows, and replaces the other one of the mail.
    delivered.chain(leases).collect()
}
