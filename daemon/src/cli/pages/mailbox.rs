//! Lists of mails of `taid inbox` and `taid search`. Senders chose the texts.

use crate::cli::{
    columns::{cut, fill, width},
    terminal::printable,
};
use tai_proto::mail::{Envelope, LeftOut};

/// Columns of a terminal from which on each mail is one line of a table.
const TABLE: usize = 100;
/// Largest columns of addresses in a table.
const MAX_TO: usize = 30;
const MAX_FROM: usize = 36;

/// Returns a list of mails. `columns` is the width of the terminal; without one, nothing is cut.
pub(in crate::cli) fn list(mails: &[Envelope], columns: Option<usize>) -> String {
    let rows: Vec<Row> = mails.iter().map(Row::of).collect();
    let lines = match columns {
        Some(columns) if columns >= TABLE => table(&rows, columns),
        _ => blocks(&rows, columns),
    };
    lines.join("\n")
}

/// Returns the lines about mails that a list leaves out.
pub(in crate::cli) fn left_out(mails: &LeftOut) -> Vec<String> {
    let line = |count: u64, one: &str, more: &str| match count {
        0 => None,
        1 => Some(format!("1 mail {one}")),
        _ => Some(format!("{count} mails {more}")),
    };
    [
        line(
            mails.without_id,
            "cannot be shown: the mail bridge lists it without a valid id",
            "cannot be shown: the mail bridge lists them without a valid id",
        ),
        line(
            mails.not_examined,
            "was not examined: the mailbox exceeds the limit of one call",
            "were not examined: the mailbox exceeds the limit of one call",
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Texts of one mail, safe to print.
struct Row {
    /// The id, after a mark of an unread mail.
    id: String,
    time: String,
    to: String,
    from: String,
    subject: String,
}

impl Row {
    fn of(mail: &Envelope) -> Self {
        let mark = if mail.read { ' ' } else { '*' };
        let or = |text: &str, absent: &str| match text {
            "" => absent.to_owned(),
            text => printable(text),
        };
        Self {
            id: format!("{mark} {}", mail.id),
            time: time(&mail.date),
            to: or(&mail.to, "(no recipient)"),
            from: or(&mail.from, "(no sender)"),
            subject: or(&mail.subject, "(no subject)"),
        }
    }
}

/// Returns a time in whole minutes: `2026-11-23 09:59 UTC`. Other text is shown as it is.
fn time(date: &str) -> String {
    match (date.get(..10), date.get(10..11), date.get(11..16)) {
        (Some(day), Some("T"), Some(minute)) => printable(&format!("{day} {minute} UTC")),
        _ => printable(date),
    }
}

fn table(rows: &[Row], columns: usize) -> Vec<String> {
    let head = Row {
        id: "  ID".to_owned(),
        time: "RECEIVED".to_owned(),
        to: "FOR".to_owned(),
        from: "FROM".to_owned(),
        subject: "SUBJECT".to_owned(),
    };
    let rows: Vec<&Row> = std::iter::once(&head).chain(rows).collect();
    let widest = |cell: fn(&Row) -> &str, limit: usize| {
        let widths = rows.iter().map(|row| width(cell(row)));
        widths.max().unwrap_or_default().min(limit)
    };
    let id = widest(|row| &row.id, 22);
    let time = widest(|row| &row.time, 20);
    let to = widest(|row| &row.to, MAX_TO);
    let from = widest(|row| &row.from, MAX_FROM);
    let line = |row: &&Row| {
        let line = [
            fill(&row.id, id),
            fill(&row.time, time),
            fill(&row.to, to),
            fill(&row.from, from),
            row.subject.clone(),
        ];
        cut(&line.join("  "), columns)
    };
    rows.iter().map(line).collect()
}

/// Returns a few lines for each mail: the envelope in one line if it fits, and the subject.
fn blocks(rows: &[Row], columns: Option<usize>) -> Vec<String> {
    let fit = |line: String| match columns {
        Some(columns) => cut(&line, columns),
        None => line,
    };
    let id = rows.iter().map(|row| width(&row.id)).max();
    let id = id.unwrap_or_default();
    let below = |text: &str| format!("{:id$}  {text}", "");
    let mut lines = Vec::new();
    for row in rows {
        let first = format!("{}  {}", fill(&row.id, id), row.time);
        let people = format!("{} -> {}", row.from, row.to);
        let both = format!("{first}  {people}");
        match columns {
            Some(columns) if width(&both) > columns => {
                lines.push(fit(first));
                match width(&below(&people)) > columns {
                    true => {
                        lines.push(fit(below(&row.from)));
                        lines.push(fit(below(&format!("-> {}", row.to))));
                    }
                    false => lines.push(below(&people)),
                }
            }
            Some(_) | None => lines.push(both),
        }
        lines.push(fit(below(&row.subject)));
    }
    lines
}

#[cfg(test)]
#[path = "mailbox_tests.rs"]
mod tests;
