//! Records of the connected MCP clients, for `taid status`, the audit log and approvals. They
//! influence no decision.
//!
//! Names are the clients' own. They are bounded and have no control characters, so that no client
//! can inflate the status or write to a terminal.

use crate::time::rfc3339;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};
use tai_proto::{
    message::{ClientLabel, Identity},
    names::Instance,
    status::ClientStatus,
};

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

    /// Returns the `limit` oldest records, oldest connection first, and the number of the others.
    pub(crate) fn rows(&self, limit: usize) -> (Vec<ClientStatus>, u64) {
        let table = self.table();
        let rows: Vec<ClientStatus> = table.values().take(limit).cloned().collect();
        let left_out = table.len().saturating_sub(rows.len()) as u64;
        (rows, left_out)
    }

    /// Returns the instances of all clients, once each; `None` is the account's own address.
    pub(crate) fn instances(&self) -> Vec<Option<Instance>> {
        let table = self.table();
        let names: BTreeSet<Option<&str>> =
            table.values().map(|row| row.instance.as_deref()).collect();
        let names = names.into_iter();
        names
            .filter_map(|name| name.map(Instance::new).transpose().ok())
            .collect()
    }

    /// Returns the name and the version of the MCP client of connection `key`; empty without one.
    pub(crate) fn identity(&self, key: u64) -> (String, String) {
        let table = self.table();
        let row = table.get(&key);
        row.map(|row| (row.name.clone(), row.version.clone()))
            .unwrap_or_default()
    }

    /// Adds the client of connection `key`.
    pub(super) fn add(
        &self,
        key: u64,
        instance: Option<&Instance>,
        pid: Option<u32>,
        shim: &str,
    ) -> Record<'_> {
        let row = ClientStatus {
            name: String::new(),
            version: String::new(),
            pid: pid.unwrap_or_default(),
            shim: line(shim),
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
    pub(super) fn identify(&self, identity: &Identity) {
        self.change(|row| {
            row.name = line(&identity.name);
            row.version = line(&identity.version);
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

/// Returns text of a client as one line of at most 80 bytes, without control characters.
fn line(text: &str) -> String {
    ClientLabel::cut(text.replace(char::is_control, "?")).into_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_proto::{status::MAX_CLIENTS, text::MAX_JSON};

    #[test]
    fn names_of_clients_are_bounded_lines_without_control_characters() {
        let clients = Clients::default();
        let record = clients.add(1, None, None, &"\x1b]0;".repeat(200));
        record.identify(&Identity {
            name: "a\x1b[2J\nb".into(),
            version: "1\r".into(),
        });
        let (rows, _) = clients.rows(9);
        assert_eq!((&*rows[0].name, &*rows[0].version), ("a?[2J?b", "1?"));
        assert!(rows[0].shim.len() <= 80 && !rows[0].shim.contains('\x1b'));
    }

    #[test]
    fn the_status_fits_a_frame_whatever_the_clients_are() {
        let clients = Clients::default();
        // In JSON, a quotation mark takes two bytes.
        let worst = "\"".repeat(512);
        let instance = Instance::new("i".repeat(64)).unwrap();
        let mut records = Vec::new();
        for key in 0..1100 {
            let record = clients.add(key, Some(&instance), Some(u32::MAX), &worst);
            record.identify(&Identity {
                name: ClientLabel::cut(worst.clone()),
                version: ClientLabel::cut(worst.clone()),
            });
            record.called(&"c".repeat(20));
            records.push(record);
        }
        let (mut rows, left_out) = clients.rows(MAX_CLIENTS);
        assert_eq!(
            (rows.len() as u64 + left_out, rows.len()),
            (1100, MAX_CLIENTS)
        );
        for row in &mut rows {
            row.address = Some("a".repeat(254));
        }
        let json = serde_json::to_string(&rows).unwrap();
        // The ledger's 4096 sends of unknown outcome take less than half of the document.
        assert!(json.len() < MAX_JSON / 2, "{}", json.len());
    }
}
