//! The table of connected clients in the page of `taid status`.

use crate::{
    cli::{
        columns::{aligned, cut, width},
        terminal::printable,
    },
    time::relative,
};
use comfy_table::{Table, presets};
use std::time::SystemTime;
use tai_proto::status::ClientStatus;

/// Columns of the table of clients, with the columns to omit first in a narrow terminal.
const COLUMNS: [&str; 8] = [
    "CLIENT",
    "VERSION",
    "PID",
    "ADDRESS",
    "CONNECTED",
    "CALLS",
    "OPEN",
    "LAST CALL",
];
const OMITTED_FIRST: [&str; 6] = ["VERSION", "PID", "OPEN", "CONNECTED", "CALLS", "LAST CALL"];

/// Returns the table of clients, without the columns that the terminal has no room for.
pub(super) fn table(clients: &[ClientStatus], now: SystemTime, columns: Option<usize>) -> String {
    let omitted = (0..=OMITTED_FIRST.len()).map(|count| OMITTED_FIRST.iter().take(count));
    let mut table = String::new();
    for omitted in omitted {
        let omitted: Vec<&str> = omitted.copied().collect();
        table = table_without(clients, &omitted, now);
        let fits = |columns| table.lines().all(|line| width(line) <= columns);
        if columns.is_none_or(fits) {
            return table;
        }
    }
    let fit = |line| cut(line, columns.unwrap_or(usize::MAX));
    table.lines().map(fit).collect::<Vec<_>>().join("\n")
}

fn table_without(clients: &[ClientStatus], omitted: &[&str], now: SystemTime) -> String {
    let shown: Vec<&str> = COLUMNS
        .into_iter()
        .filter(|name| !omitted.contains(name))
        .collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(&shown);
    for client in clients {
        let name = match client.name.as_str() {
            "" => "(unnamed)",
            name => name,
        };
        let cell = |column: &&str| match *column {
            "CLIENT" => name.to_owned(),
            "VERSION" => client.version.clone(),
            "PID" => client.pid.to_string(),
            "ADDRESS" => client.address.clone().unwrap_or_else(|| "none".to_owned()),
            "CONNECTED" => relative(&client.connected_at, now),
            "CALLS" => client.calls.to_string(),
            "OPEN" => client.in_flight.to_string(),
            _ => match (&client.last_call, &client.last_call_at) {
                (Some(call), Some(at)) => format!("{call}, {}", relative(at, now)),
                _ => "none".to_owned(),
            },
        };
        table.add_row(shown.iter().map(|column| printable(&cell(column))));
    }
    let is_number = |name: &&str| matches!(*name, "PID" | "CALLS" | "OPEN");
    let numbers = shown.iter().enumerate().filter(|(_, name)| is_number(name));
    let numbers: Vec<usize> = numbers.map(|(at, _)| at).collect();
    aligned(table, &numbers)
}
