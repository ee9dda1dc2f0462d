//! Records of the connected MCP clients, for `taid status`. They influence no decision.

use crate::time::rfc3339;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};
use tai_proto::{message::Identity, names::Instance, status::ClientStatus};

/// Records of all connected agents, by connection.
#[derive(Debug, Default)]
pub(crate) struct Clients(Mutex<BTreeMap<u64, ClientStatus>>);

/// Record of one client. Dropping it removes the record.
#[derive(Debug)]
pub(super) struct Record<'a> {
    clients: &'a Clients,
    key: u64,
}

impl Clients {
    fn table(&self) -> MutexGuard<'_, BTreeMap<u64, ClientStatus>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the records, oldest connection first.
    pub(crate) fn rows(&self) -> Vec<ClientStatus> {
        self.table().values().cloned().collect()
    }

    /// Adds the client of connection `key`.
    pub(super) fn add(
        &self,
        key: u64,
        instance: Option<&Instance>,
        pid: Option<u32>,
        shim: String,
    ) -> Record<'_> {
        let row = ClientStatus {
            name: String::new(),
            version: String::new(),
            pid: pid.unwrap_or_default(),
            shim,
            address: None,
            instance: instance.map(Instance::to_string),
            connected_at: rfc3339(SystemTime::now()),
            calls: 0,
            in_flight: 0,
            last_call: None,
            last_call_at: None,
        };
        self.table().insert(key, row);
        Record { clients: self, key }
    }
}

impl Record<'_> {
    fn change(&self, change: impl FnOnce(&mut ClientStatus)) {
        if let Some(row) = self.clients.table().get_mut(&self.key) {
            change(row);
        }
    }

    /// Sets the name and the version of the MCP client.
    pub(super) fn identify(&self, identity: Identity) {
        self.change(|row| {
            row.name = identity.name.into_string();
            row.version = identity.version.into_string();
        });
    }

    /// Counts a call that begins.
    pub(super) fn called(&self, name: &str) {
        self.change(|row| {
            row.calls += 1;
            row.in_flight += 1;
            row.last_call = Some(name.to_owned());
            row.last_call_at = Some(rfc3339(SystemTime::now()));
        });
    }

    /// Counts a call that was answered.
    pub(super) fn answered(&self) {
        self.change(|row| row.in_flight = row.in_flight.saturating_sub(1));
    }
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        self.clients.table().remove(&self.key);
    }
}
