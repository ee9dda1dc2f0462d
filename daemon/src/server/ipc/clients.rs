//! Who is connected, for the status. It keeps records and decides nothing.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};
use tai_proto::{call::Attach, status::ClientStatus};

use crate::time::rfc3339;

/// The records of all clients that said who they are.
#[derive(Debug, Default)]
pub struct Clients(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    next: u64,
    rows: BTreeMap<u64, ClientStatus>,
}

/// One client's record, removed when this is dropped.
#[derive(Debug)]
pub(super) struct Record<'a> {
    clients: &'a Clients,
    key: u64,
}

impl Clients {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows, oldest connection first, as the status shows them.
    pub fn rows(&self) -> Vec<ClientStatus> {
        self.table().rows.values().cloned().collect()
    }

    pub(super) fn add(
        &self,
        attach: Attach,
        instance: Option<String>,
        pid: u32,
        shim: String,
    ) -> Record<'_> {
        let mut table = self.table();
        table.next += 1;
        let key = table.next;
        let row = ClientStatus {
            name: attach.name,
            version: attach.version,
            pid,
            shim,
            address: None,
            instance,
            connected_at: rfc3339(SystemTime::now()),
            calls: 0,
            in_flight: 0,
            last_call: None,
            last_call_at: None,
        };
        table.rows.insert(key, row);
        Record { clients: self, key }
    }
}

impl Record<'_> {
    fn change(&self, change: impl FnOnce(&mut ClientStatus)) {
        if let Some(row) = self.clients.table().rows.get_mut(&self.key) {
            change(row);
        }
    }

    pub(super) fn renamed(&self, attach: Attach, instance: Option<String>) {
        self.change(|row| {
            row.name = attach.name;
            row.version = attach.version;
            row.instance = instance;
        });
    }

    pub(super) fn called(&self, name: &str) {
        self.change(|row| {
            row.calls += 1;
            row.in_flight += 1;
            row.last_call = Some(name.to_owned());
            row.last_call_at = Some(rfc3339(SystemTime::now()));
        });
    }

    pub(super) fn answered(&self) {
        self.change(|row| row.in_flight = row.in_flight.saturating_sub(1));
    }
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        self.clients.table().rows.remove(&self.key);
    }
}
