//! A mail of `taid read`, and the receipt of `taid send`. Senders and the bridge chose the texts.

use crate::cli::terminal::{printable, printable_lines};
use std::fmt::Write as _;
use tai_proto::{
    mail::{Mail, SentMail},
    note::note,
};

/// Returns a whole mail: its envelope, what its body lacks, and its body.
pub(in crate::cli) fn mail(mail: &Mail) -> String {
    let envelope = &mail.envelope;
    let mut text = header([
        ("From:", envelope.from.as_str()),
        ("To:", &envelope.to),
        ("Subject:", &envelope.subject),
        ("Date:", &envelope.date),
        ("Id:", &envelope.id.to_string()),
    ]);
    if let Some(note) = note(&mail.findings, mail.source) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\n{note}");
    }
    let body = printable_lines(mail.body.trim_end());
    let _ = write!(text, "\n{body}");
    text
}

/// Returns a line for each field, with the values in one column.
pub(super) fn header<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let lines = fields.into_iter();
    lines
        .map(|(name, value)| format!("{name:<8} {}\n", printable(value)))
        .collect()
}

/// Returns the line about a mail that the bridge accepted.
pub(in crate::cli) fn sent(sent: &SentMail) -> String {
    let mut text = format!("sent to {}", printable(&sent.to));
    if !sent.message_id.is_empty() {
        // Writing to a String cannot fail.
        let _ = write!(text, " ({})", printable(&sent.message_id));
    }
    if sent.reply.is_some_and(|reply| !reply.threaded) {
        text.push_str(", as a new mail: the mail bridge cannot thread replies");
    }
    if !sent.left_out.is_empty() {
        let _ = write!(text, "\nleft out: {}", printable(&sent.left_out));
    }
    text
}

#[cfg(test)]
#[path = "letter_tests.rs"]
mod tests;
