//! Deliveries whose report taid has not confirmed.

use std::sync::{Mutex, MutexGuard};

/// Deliveries of one client. A report may be confirmed before the client has read the answer.
#[derive(Default)]
pub(crate) struct Deliveries(Mutex<Lists>);

#[derive(Default)]
struct Lists {
    unreported: Vec<u64>,
    /// Mails whose report was confirmed and that the client has not read.
    early: Vec<u64>,
}

impl Deliveries {
    fn lists(&self) -> MutexGuard<'_, Lists> {
        self.0.lock().unwrap()
    }

    /// Records that the client has read a mail.
    pub(crate) fn read(&self, id: u64) {
        let mut lists = self.lists();
        match lists.early.iter().position(|early| *early == id) {
            Some(index) => {
                lists.early.remove(index);
            }
            None => lists.unreported.push(id),
        }
    }

    /// Records that taid has confirmed a report.
    pub(crate) fn report(&self, id: u64) {
        let mut lists = self.lists();
        match lists.unreported.iter().position(|other| *other == id) {
            Some(index) => {
                lists.unreported.remove(index);
            }
            None => lists.early.push(id),
        }
    }

    /// Returns the mails whose report taid has not confirmed.
    pub(crate) fn unreported(&self) -> Vec<u64> {
        self.lists().unreported.clone()
    }
}
