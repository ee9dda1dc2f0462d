//! Mails that the clients of the previous daemon held, and reclaim.

use super::{ClientKey, Event, Leases, questions::is_held_by};
use crate::mail::state_files::Predecessor;

impl Leases {
    /// Removes a client of a daemon that stops. Its mails are kept for it: the successor finds them in
    /// the file. The store of shared leases would not give them to the successor, so they are given back.
    pub(in crate::mail) fn leave_client(&self, client: ClientKey) {
        let mut table = self.table();
        if table.is_shared() {
            drop(table);
            self.remove_client(client);
        } else {
            table.clients.remove(&client);
        }
    }

    /// Leases those of the mails to the client that the previous daemon leased to a client, and whose
    /// address `is_own` accepts. Returns the mails that the client holds now.
    pub(in crate::mail) fn reclaim(
        &self,
        client: ClientKey,
        ids: impl Iterator<Item = u64>,
        is_own: impl Fn(&str) -> bool,
    ) -> Vec<u64> {
        let mut table = self.table();
        let is_kept = self.predecessor == Predecessor::SameBridge && !table.is_shared();
        let mut held = Vec::new();
        for id in ids {
            let lease = table.mails.get(&id);
            if is_kept && lease.is_some_and(|lease| is_own(&lease.address)) {
                table.change(id, Event::Reclaim { client });
            }
            let lease = table.mails.get(&id);
            if lease.is_some_and(|lease| is_held_by(lease, client)) {
                held.push(id);
            }
        }
        held
    }

    /// Ends the reservations whose time has ended. Returns the addresses of the mails of the previous
    /// daemon that are free now.
    pub(in crate::mail) fn lapse(&self) -> Vec<String> {
        self.table().lapse()
    }
}

#[cfg(test)]
#[path = "reclaim_tests.rs"]
mod tests;
