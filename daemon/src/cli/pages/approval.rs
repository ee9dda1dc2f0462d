//! `taid approve`: the list of waiting mails, and one mail as it would be sent.

use crate::{
    cli::terminal::{printable, printable_lines},
    time::{seconds_until, span},
};
use std::{
    fmt::Write as _,
    time::{Duration, SystemTime},
};
use tai_proto::approval::HeldMail;

/// Returns the list of waiting mails.
pub(in crate::cli) fn list(held: &[HeldMail], now: SystemTime) -> String {
    let mut text = String::new();
    for mail in held {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:>4}  {} -> {}\n      {}\n      asked by {}, expires in {}",
            mail.number,
            printable(&mail.mail.from),
            printable(&mail.mail.to),
            printable(&mail.mail.subject),
            requester(mail),
            time_left(&mail.until, now)
        );
    }
    let _ = match held.len() {
        0 => write!(text, "no mail waits for approval"),
        1 => write!(
            text,
            "1 mail is waiting. `taid approve NUMBER` shows it and asks whether to send it."
        ),
        n => write!(
            text,
            "{n} mails are waiting. `taid approve NUMBER` shows one and asks whether to send it."
        ),
    };
    text
}

/// Formats the time left in whole minutes, or in seconds below one minute.
fn time_left(until: &str, now: SystemTime) -> String {
    let seconds = seconds_until(until, now).and_then(|left| u64::try_from(left).ok());
    match seconds.unwrap_or_default() {
        seconds @ 0..60 => span(Duration::from_secs(seconds)),
        seconds => format!("{} min", seconds / 60),
    }
}

/// Returns the client that submitted a mail, and its instance.
fn requester(held: &HeldMail) -> String {
    let client = match held.client.as_str() {
        "" => "an unnamed client".to_owned(),
        client => printable(client),
    };
    match &held.instance {
        Some(instance) => format!("{client} (instance {instance})"),
        None => client,
    }
}

/// Returns one mail as it would be sent, after the client that asked and the time.
pub(in crate::cli) fn mail(held: &HeldMail, now: SystemTime) -> String {
    let mail = &held.mail;
    let ago = seconds_until(&held.since, now).unwrap_or_default();
    let ago = span(Duration::from_secs(ago.unsigned_abs()));
    let mut text = String::new();
    for (name, value) in [
        ("Warning:", mail.warning.as_str()),
        ("To:", &mail.to),
        ("Subject:", &mail.subject),
        ("From:", &mail.from),
        ("Loads:", &mail.loads),
    ] {
        if !value.is_empty() {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{name:<8} {}", printable(value));
        }
    }
    let _ = writeln!(text, "\n{}", printable_lines(mail.text.trim_end()));
    if !mail.details.is_empty() {
        let _ = writeln!(text, "\n{}", printable_lines(mail.details.trim_end()));
    }
    if mail.left_out > 0 {
        let _ = writeln!(
            text,
            "\n[{} more bytes; to see them: `taid approve {} --full`]",
            mail.left_out, held.number
        );
    }
    let _ = writeln!(text, "\nAsked by {}, {ago} ago", requester(held));
    text
}

#[cfg(test)]
#[path = "approval_tests.rs"]
mod tests;
