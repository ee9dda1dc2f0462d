//! Mails that the clients of the previous daemon held, and reclaim.

use super::{
    ClientKey, Event, Leases,
    questions::is_held_by,
    reservation::reserved_until,
    table::{GRACE, Table, now},
};
use crate::mail::state_files::Predecessor;
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

/// Time for which a daemon without a store keeps the deliveries that a store does not have.
pub(in crate::mail) const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);

impl Leases {
    /// Removes a client of a daemon that stops. Its mails are kept for it: the successor finds them
    /// in the file. The store of shared leases would not give them to the successor, so they are
    /// given back.
    pub(in crate::mail) fn leave_client(&self, client: ClientKey) {
        let mut table = self.table();
        if table.is_shared() {
            drop(table);
            self.remove_client(client);
        } else {
            table.clients.remove(&client);
            table.reclaimers.remove(&client);
        }
    }

    /// Leases those of the mails to the client that the previous daemon leased to a client, and whose
    /// address `is_own` accepts. Returns the mails that the client holds now.
    pub(in crate::mail) fn reclaim(
        &self,
        client: ClientKey,
        ids: impl Iterator<Item = u64>,
        is_own: impl Fn(&str) -> bool,
    ) -> HashSet<u64> {
        let mut table = self.table();
        let is_kept = self.predecessor == Predecessor::SameBridge && !table.is_shared();
        let mut held = HashSet::new();
        for id in ids {
            let lease = table.mails.get(&id);
            if is_kept
                && lease.is_some_and(|lease| is_own(&lease.address))
                && table.change(id, Event::Reclaim { client })
            {
                table.reclaimers.insert(client);
            }
            let lease = table.mails.get(&id);
            if lease.is_some_and(|lease| is_held_by(lease, client)) {
                held.insert(id);
            }
        }
        held
    }

    /// Returns the first end of a reservation of a mail of the address that `is_wanted` accepts. No
    /// list without the mail is complete before.
    pub(in crate::mail) fn reserved_until(
        &self,
        address: &str,
        is_wanted: impl Fn(u64) -> bool,
    ) -> Option<Instant> {
        let table = self.table();
        let (now, last) = (now(), table.reserved_until);
        let of_address = table
            .mails
            .iter()
            .filter(|(id, lease)| lease.address.eq_ignore_ascii_case(address) && is_wanted(**id));
        let ends = of_address.filter_map(|(_, lease)| reserved_until(lease, now, last));
        ends.min()
    }

    /// Waits for new reservations.
    pub(in crate::mail) async fn reserved(&self) {
        let reserved = self.table().reserved.clone();
        reserved.notified().await;
    }

    /// Ends the reservations whose time has ended, and drops deliveries that are too old for a store.
    /// Returns the addresses of the mails of the previous daemon that are free now.
    pub(in crate::mail) fn lapse(&self) -> Vec<String> {
        let mut table = self.table();
        table.forget_kept();
        table.lapse()
    }
}

impl Table {
    /// Notes that mails are reserved until then.
    pub(super) fn reserve(&mut self, until: Instant) {
        self.reserved_until = self.reserved_until.max(until);
        self.reserved.notify_one();
    }

    /// Reserves the mails of a client that disconnected, if it has reclaimed mails: its connection
    /// may have ended before the daemon served it. Returns whether it has.
    pub(super) fn reserve_again(&mut self, client: ClientKey) -> bool {
        let reclaimed = self.reclaimers.remove(&client);
        if reclaimed {
            let until = now() + GRACE;
            let ids: Vec<u64> = self.mails.keys().copied().collect();
            for id in ids {
                self.change(id, Event::Leave { client, until });
            }
            self.reserve(until);
        }
        reclaimed
    }

    /// Drops the deliveries for a store that this daemon does not have. Another daemon's row of the
    /// mail has ended long since.
    fn forget_kept(&mut self) {
        if self.is_shared() || now() < self.opened + KEPT_FOR {
            return;
        }
        while let Some(id) = self.kept.first().copied() {
            let old = self.record_of(id);
            self.kept.remove(&id);
            self.write_change(id, old.as_ref());
        }
    }
}

#[cfg(test)]
#[path = "reclaim_tests.rs"]
mod tests;
