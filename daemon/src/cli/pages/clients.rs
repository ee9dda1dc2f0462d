//! The table of connected clients in the page of `taid status`.

use crate::{
    cli::{
        columns::{cut, width},
        table::Table,
        terminal::printable,
    },
    time::relative,
};
use std::time::SystemTime;
use tai_proto::status::ClientStatus;

const TABLE: Table<8> = Table {
    header: [
        "CLIENT",
        "VERSION",
        "PID",
        "ADDRESS",
        "CONNECTED",
        "CALLS",
        "OPEN",
        "LAST CALL",
    ],
    numbers: &["PID", "CALLS", "OPEN"],
    omitted_first: &["VERSION", "PID", "OPEN", "CONNECTED", "CALLS", "LAST CALL"],
};

/// Columns of a client's name in a terminal that is too narrow for the table. A client chooses its name.
const NAME: usize = 20;

/// Returns the table of clients. If the terminal has no room for it, names are cut, and columns omitted.
pub(super) fn table(clients: &[ClientStatus], now: SystemTime, columns: Option<usize>) -> String {
    let mut rows: Vec<[String; 8]> = clients.iter().map(|client| row(client, now)).collect();
    let whole = TABLE.lines(&rows, None);
    if columns.is_none_or(|columns| whole.lines().all(|line| width(line) <= columns)) {
        return whole;
    }
    for [name, ..] in &mut rows {
        *name = cut(&printable(name), NAME);
    }
    TABLE.lines(&rows, columns)
}

fn row(client: &ClientStatus, now: SystemTime) -> [String; 8] {
    let name = match client.name.as_str() {
        "" => "(unnamed)",
        name => name,
    };
    let last = match (&client.last_call, &client.last_call_at) {
        (Some(call), Some(at)) => format!("{call}, {}", relative(at, now)),
        _ => "none".to_owned(),
    };
    [
        name.to_owned(),
        client.version.clone(),
        client.pid.to_string(),
        client.address.clone().unwrap_or_else(|| "none".to_owned()),
        relative(&client.connected_at, now),
        client.calls.to_string(),
        client.in_flight.to_string(),
        last,
    ]
}
