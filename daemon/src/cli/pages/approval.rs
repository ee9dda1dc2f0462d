//! `taid approve`: the list of waiting mails, and one mail as it would be sent.

use crate::time::{seconds_until, span};
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
            "{:>4}  {} -> {}\n      {}\n      expires in {}",
            mail.number,
            mail.mail.from,
            mail.mail.to,
            mail.mail.subject,
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

/// Returns one mail as it would be sent.
pub(in crate::cli) fn mail(held: &HeldMail) -> String {
    let mail = &held.mail;
    let mut text = format!(
        "From:    {}\nTo:      {}\nSubject: {}\n\n{}\n",
        mail.from, mail.to, mail.subject, mail.text
    );
    if mail.left_out > 0 {
        let _ = write!(text, "\n[{} more bytes]\n", mail.left_out);
    }
    if mail.invisible > 0 {
        let _ = write!(text, "\n[{} invisible characters]\n", mail.invisible);
    }
    text
}

#[cfg(test)]
#[path = "approval_tests.rs"]
mod tests;
