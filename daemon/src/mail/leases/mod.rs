//! Leases for `fetch_email` without an id: each unread mail goes to one client at a time, until a
//! client has written it.
//!
//! 1. The mail is taken: no other client gets it, and the bridge counts it as unread.
//! 2. It is marked: the client's shim is about to write it, and the bridge counts it as read.
//! 3. It is delivered: the client has written it.
//!
//! A client that disconnects before the third step returns the mail. From the second step on, no
//! list shows the mail as unread, so it is leased before others. Both steps are journalled: a daemon
//! that starts keeps the mails for the clients of its predecessor, which reclaim them.

mod lease;
mod questions;
mod reclaiming;
pub(super) mod record;
mod reports;
mod reservation;
mod state;
mod table;

pub(crate) use lease::ClientKey;
pub(super) use lease::Written;
pub(crate) use reports::Reports;

use super::{
    journal::{Disk, JournalError, Promise, SkippedLines},
    state_files::Predecessor,
};
use lease::{Lease, State};
use questions::{is_foreign, is_held_by, is_returned};
pub(super) use reclaiming::KEPT_FOR;
use reports::End;
use reservation::has_lapsed;
use state::Event;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
pub(super) use table::GRACE;
use table::{Table, now};
use tokio::sync::Notify;

/// The leases of a daemon.
#[derive(Debug)]
pub(super) struct Leases {
    table: Mutex<Table>,
    predecessor: Predecessor,
}

/// A mail that a client has taken. Dropping it gives the mail back, unless it was
/// [kept](Taken::keep).
#[derive(Debug)]
#[must_use = "dropping it gives the mail back"]
pub(super) struct Taken<'a> {
    leases: &'a Leases,
    client: ClientKey,
    id: u64,
}

/// A mail that a client names.
#[derive(Debug)]
pub(super) enum Named<'a> {
    /// The client has it now.
    Taken(Taken<'a>),
    /// A client holds it.
    Held,
    /// A client has written it, or the bridge counts it as read.
    Read,
}

impl Leases {
    /// Returns leases that do not outlive the daemon.
    pub(super) fn in_memory() -> Self {
        Self {
            table: Mutex::new(Table::in_memory()),
            predecessor: Predecessor::SameBridge,
        }
    }

    /// Opens the leases that a previous daemon kept in this file.
    pub(super) fn open(path: PathBuf, disk: Arc<dyn Disk>, predecessor: Predecessor) -> Self {
        Self {
            table: Mutex::new(Table::open(path, disk)),
            predecessor,
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a client that connected.
    pub(super) fn add_client(&self, client: ClientKey) {
        self.table().clients.insert(client);
    }

    /// Removes a client that disconnected and gives its mails back, unless they are reserved for it.
    /// Returns their addresses.
    pub(super) fn remove_client(&self, client: ClientKey) -> Vec<String> {
        let mut table = self.table();
        table.clients.remove(&client);
        if table.reserve_again(client) {
            return Vec::new();
        }
        let ids: Vec<u64> = table.mails.keys().copied().collect();
        let give_back = |id| table.give_back(client, id);
        ids.into_iter().filter_map(give_back).collect()
    }

    /// Takes the oldest mail of the address that was marked and returned, and whose id
    /// `is_wanted` accepts.
    pub(super) fn take_returned(
        &self,
        client: ClientKey,
        address: &str,
        is_wanted: impl Fn(u64) -> bool,
    ) -> Option<Taken<'_>> {
        let now = now();
        let mut table = self.table();
        let (id, _) = table.mails.iter().find(|(id, lease)| {
            is_returned(lease, now)
                && lease.address.eq_ignore_ascii_case(address)
                && is_wanted(**id)
        })?;
        let id = *id;
        table.change(id, Event::TakeReturned { client });
        drop(table);
        Some(Taken {
            leases: self,
            client,
            id,
        })
    }

    /// Prepares for a new list of the address's mails. The lists of one address follow each
    /// other; [`Leases::take`] takes from the last one.
    pub(super) fn begin_look(&self, address: &str) {
        let mut table = self.table();
        let of_address = |(_, lease): &(&u64, &Lease)| lease.address.eq_ignore_ascii_case(address);
        let ids: Vec<u64> = table
            .mails
            .iter()
            .filter(of_address)
            .map(|(id, _)| *id)
            .collect();
        for id in ids {
            table.change(id, Event::Look);
        }
    }

    /// Takes a mail that the last list shows as unread, unless a client holds it, a client has
    /// written it, or it was returned since.
    pub(super) fn take(&self, client: ClientKey, id: u64, address: &str) -> Option<Taken<'_>> {
        let taken = self.table().change(id, Event::Take { client, address });
        taken.then(|| Taken {
            leases: self,
            client,
            id,
        })
    }

    /// Takes a mail that the client names, if no client holds it and none has written it.
    pub(super) fn take_named(
        &self,
        client: ClientKey,
        id: u64,
        address: &str,
        is_unread: bool,
    ) -> Named<'_> {
        let mut table = self.table();
        let lease = table.mails.get(&id);
        let counts = |lease: &&Lease| !is_foreign(lease, address) && !has_lapsed(lease, now());
        let event = match lease.filter(counts).map(|lease| lease.state) {
            Some(State::Taken { .. } | State::Reserved { .. } | State::Marked { .. }) => {
                return Named::Held;
            }
            Some(State::Returned { .. }) => Event::TakeReturned { client },
            None if is_unread => Event::Take { client, address },
            Some(State::Unconfirmed | State::Delivered) | None => return Named::Read,
        };
        match table.change(id, event) {
            true => Named::Taken(Taken {
                leases: self,
                client,
                id,
            }),
            false => Named::Read,
        }
    }

    /// Returns whether [`Leases::take`] takes the mail of the address: it has no lease that counts.
    pub(super) fn is_free(&self, id: u64, address: &str) -> bool {
        let table = self.table();
        let lease = table.mails.get(&id);
        lease.is_none_or(|lease| is_foreign(lease, address) || has_lapsed(lease, now()))
    }

    /// Returns a mail of the address that a client has written and that must be marked again: the
    /// first one that a list shows as unread. If there is none, one that the list does not show,
    /// once: the bridge counts it as read, and its answer ends the lease.
    pub(super) fn unconfirmed_of(&self, address: &str, unread: &[u64]) -> Option<Written> {
        let mut table = self.table();
        let is_unconfirmed = |lease: &Lease| {
            lease.state == State::Unconfirmed && lease.address.eq_ignore_ascii_case(address)
        };
        let listed = unread
            .iter()
            .find(|id| table.mails.get(id).is_some_and(is_unconfirmed));
        if let Some(id) = listed {
            return Some(Written::Listed(*id));
        }
        let unlisted = table
            .mails
            .iter()
            .find(|(id, lease)| is_unconfirmed(lease) && !table.remarked.contains(id));
        let id = *unlisted?.0;
        table.remarked.insert(id);
        Some(Written::Unlisted(id))
    }

    /// Records that the client is about to write the mail. Returns the promise of the record; `None`
    /// if the client does not hold the mail. From here on the mail counts as marked, because the
    /// answer of the bridge may be lost. Before the promise is kept, the bridge must not count the
    /// mail as read: a power failure would lose the mail.
    pub(super) fn mark(&self, client: ClientKey, id: u64) -> Option<Promise> {
        let mut table = self.table();
        table.reopen();
        table.change(id, Event::Mark { client });
        let lease = table.mails.get(&id)?;
        let holds = matches!(lease.state, State::Marked { client: holder, .. } if holder == client);
        holds.then(|| table.journal.promise())
    }

    /// Returns why no mark can be recorded; `None` if one can, as far as is known.
    pub(super) fn failing(&self) -> Option<JournalError> {
        self.table().failing()
    }

    /// Returns the lines of the file that are not records, for a day.
    pub(super) fn skipped(&self) -> Option<SkippedLines> {
        self.table().journal.skipped()
    }

    /// Records that the bridge counts the mail as read.
    pub(super) fn confirm(&self, id: u64) {
        self.table().change(id, Event::Confirm);
    }

    /// Records that the client has written the mail. It counts if the client holds the mail,
    /// or if the mail was returned and `is_own` accepts its address.
    /// Without a lease, the mail belongs to the client's own address, `own`. A client that does not
    /// hold the mail has it from the predecessor of this daemon, whose mails were those of its
    /// bridge.
    pub(super) fn deliver(
        &self,
        client: ClientKey,
        id: u64,
        own: Option<&str>,
        is_own: impl Fn(&str) -> bool,
    ) {
        let mut table = self.table();
        let event = match (table.mails.get(&id), self.predecessor, own) {
            (Some(lease), predecessor, _) => Event::Deliver {
                client,
                own: predecessor == Predecessor::SameBridge && is_own(&lease.address),
            },
            (None, Predecessor::SameBridge, Some(address)) => Event::DeliverForgotten { address },
            (None, _, _) => return,
        };
        table.change(id, event);
    }

    /// Returns a mail that the client does not write to the other clients. The result is the mail's
    /// address if the client held it.
    pub(super) fn give_back(&self, client: ClientKey, id: u64) -> Option<String> {
        self.table().give_back(client, id)
    }

    /// Records that a client read the mail by its id, or marked it read.
    pub(super) fn read(&self, id: u64, confirmed: bool) {
        let mut table = self.table();
        table.change(id, Event::Read { confirmed });
        let end = match confirmed {
            true => End::Delivered,
            false => End::Unconfirmed,
        };
        table.report_end(id, end);
    }

    /// Ends the lease of a mail that was deleted.
    pub(super) fn delete(&self, id: u64) {
        self.table().change(id, Event::Delete);
    }

    /// Ends the report of a client about a mail that is not one of its address.
    pub(super) fn disown(&self, id: u64) {
        self.table().change(id, Event::Disown);
    }

    /// Keeps the ends of leases for [`Leases::reports`] from now on. Each end is notified.
    pub(super) fn share(&self, ended: Arc<Notify>) {
        self.table().share(ended);
    }

    /// Returns what the store of the shared leases is to record now.
    pub(super) fn reports(&self) -> Reports {
        self.table().reports()
    }

    /// Records that the store has the reports, and the mails that it has taken over.
    pub(super) fn reported(&self, reports: &Reports) {
        self.table().reported(reports);
    }

    /// Returns whether the client holds the mail.
    pub(super) fn holds(&self, client: ClientKey, id: u64) -> bool {
        let table = self.table();
        let lease = table.mails.get(&id);
        lease.is_some_and(|lease| is_held_by(lease, client))
    }

    /// Returns whether the client holds a mail that the bridge may count as read.
    pub(super) fn is_writing(&self, client: ClientKey) -> bool {
        let table = self.table();
        table.mails.values().any(|lease| match lease.state {
            State::Marked { client: holder, .. } => holder == client,
            State::Taken { .. }
            | State::Reserved { .. }
            | State::Returned { .. }
            | State::Unconfirmed
            | State::Delivered => false,
        })
    }

    /// Records that a client of another machine has written a mail that a list shows as unread, so
    /// that it is marked again.
    pub(super) fn written_elsewhere(&self, id: u64, address: &str) {
        self.table().change(id, Event::DeliverForgotten { address });
    }

    /// Records that a call names a mail, until [`Leases::end_named`]. It comes before the request to
    /// the store, so that the end of another call does not give the mail back.
    pub(super) fn begin_named(&self, id: u64) {
        self.table().begin_named(id);
    }

    /// Records the end of a call that names a mail. With `lets_go`, the mail goes back to the other
    /// machines once no client here holds it and no other call names it.
    pub(super) fn end_named(&self, id: u64, lets_go: bool) {
        self.table().end_named(id, lets_go);
    }
}

impl Taken<'_> {
    /// The mail's id.
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Records the bridge's answer that the mail does not exist. A marked mail is kept for a while,
    /// because the answer may be wrong. Any other mail is listed again if it exists.
    pub(super) fn miss(self) {
        let event = Event::Miss {
            client: self.client,
        };
        self.leases.table().change(self.id, event);
        std::mem::forget(self);
    }

    /// Gives the mail back for later, because the policy keeps it from the client.
    pub(super) fn postpone(self) {
        let event = Event::Postpone {
            client: self.client,
        };
        self.leases.table().change(self.id, event);
        std::mem::forget(self);
    }

    /// Keeps the mail leased until the client writes it, gives it back or disconnects. If the client
    /// has disconnected already, the mail is returned at once.
    pub(super) fn keep(self) {
        if self.leases.table().clients.contains(&self.client) {
            std::mem::forget(self);
        }
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.leases.give_back(self.client, self.id);
    }
}

#[cfg(test)]
#[path = "leases_tests.rs"]
mod tests;

#[cfg(test)]
mod reports_tests;
