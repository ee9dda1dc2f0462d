//! `taid approve`: the list of waiting mails, and one mail as it would be sent.

use super::letter::header;
use crate::{
    cli::{
        columns::wrapped,
        error::CliError,
        terminal::{printable, printable_lines},
    },
    time::{seconds_until, span},
};
use std::{
    fmt::Write as _,
    time::{Duration, SystemTime},
};
use tai_client::{in_local_words, local_command};
use tai_proto::{
    approval::{GoneMail, GoneState, HeldList, HeldMail, HeldState},
    command::for_profile,
    names::Profile,
};

/// Columns before the text of an entry in the list.
const INDENT: usize = 6;

/// Breaks the lines of [`list`] and [`entry`] between words, so that they fit the terminal.
pub(in crate::cli) fn fitted(text: &str, columns: Option<usize>) -> String {
    let fit = |line: &str| match line.split_at_checked(INDENT) {
        Some((start, rest)) if line.starts_with(' ') => {
            format!("{start}{}", wrapped(rest, INDENT, columns))
        }
        Some(_) | None => wrapped(line, 0, columns),
    };
    text.lines().map(fit).collect::<Vec<_>>().join("\n")
}

/// Returns the list of waiting mails, and of those that an earlier taid lost.
pub(in crate::cli) fn list(held: &HeldList, now: SystemTime, profile: &Profile) -> String {
    let mut text = String::new();
    for mail in &held.waiting {
        text.push_str(&entry(mail, now));
    }
    text.push_str(&gone(held, now, profile));
    let show = local_command(profile, "approve NUMBER");
    let _ = match held.waiting.len() {
        0 => write!(text, "no mail waits for approval"),
        1 => write!(
            text,
            "1 mail is waiting. {show} shows it and asks whether to send it."
        ),
        n => write!(
            text,
            "{n} mails are waiting. {show} shows one and asks whether to send it."
        ),
    };
    text
}

/// Returns the lines of the list about the mails whose content is missing.
pub(in crate::cli) fn gone(held: &HeldList, now: SystemTime, profile: &Profile) -> String {
    let mut text = String::new();
    for mail in &held.gone {
        let fate = fate(mail, now);
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:>4}  {}",
            mail.number,
            in_local_words(&for_profile(&fate, profile))
        );
    }
    text
}

/// Returns the line about `count` mails that wait at the daemon of another profile; `None` if none
/// waits.
pub(in crate::cli) fn elsewhere(profile: &Profile, count: u64) -> Option<String> {
    let mails = match count {
        0 => return None,
        1 => "1 mail waits".to_owned(),
        n => format!("{n} mails wait"),
    };
    let approve = local_command(profile, "approve");
    Some(format!(
        "{mails} at the taid of the profile {profile}: {approve}"
    ))
}

/// Returns the lines of the list about one mail.
pub(in crate::cli) fn entry(mail: &HeldMail, now: SystemTime) -> String {
    let mut text = format!(
        "{:>4}  {} -> {}\n      {}\n      asked by {}, expires in {}\n",
        mail.number,
        printable(&mail.mail.from),
        printable(&mail.mail.to),
        printable(&mail.mail.subject),
        requester(mail),
        time_left(&mail.until, now)
    );
    let note = note(mail.state);
    if !note.is_empty() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "      {note}");
    }
    text
}

/// Returns what a person must know about a waiting mail; empty for a mail that outlives taid.
fn note(state: HeldState) -> &'static str {
    match state {
        HeldState::Kept => "",
        HeldState::InMemory => "lost if taid stops: taid has no keyring to keep it",
        HeldState::MaybeSent => {
            "may have been sent when taid stopped: check before you approve it again"
        }
    }
}

/// Returns the fate of a mail whose content is missing.
fn fate(mail: &GoneMail, now: SystemTime) -> String {
    let ago = ago(&mail.since, now);
    let since = printable(&mail.since);
    let sender = match &mail.instance {
        Some(instance) => format!("instance {instance}"),
        None => "the account itself".to_owned(),
    };
    match mail.state {
        GoneState::Lost => format!(
            "lost when taid stopped, not sent; held since {since} ({ago} ago) for {sender}\n      \
             to send it, ask the agent to submit it again"
        ),
        GoneState::LostMaybeSent => format!(
            "lost when taid stopped while it sent the mail; held since {since} ({ago} ago) for {sender}\n      \
             may have been sent: check before the agent submits it again"
        ),
        GoneState::Locked => format!(
            "cannot be decrypted now; held since {since} ({ago} ago) for {sender}\n      \
             unlock the keyring, then run `taid approve` again"
        ),
        GoneState::Expired => format!(
            "not approved within an hour, not sent; held since {since} ({ago} ago) for {sender}\n      \
             to send it, ask the agent to submit it again"
        ),
        GoneState::ExpiredMaybeSent => format!(
            "not approved within an hour; held since {since} ({ago} ago) for {sender}\n      \
             may have been sent before: check before the agent submits it again"
        ),
    }
}

/// Returns the error for a mail that does not wait.
pub(in crate::cli) fn not_waiting(number: u64) -> CliError {
    CliError::new(format!("mail {number} does not wait for approval"))
        .caused_by("it was sent, discarded or changed, it expired after an hour, taid lost it at a restart, or there was none")
        .hint("list the waiting mails with `taid approve`")
}

/// Returns the error for a decision about a mail whose content is missing.
pub(in crate::cli) fn missing(mail: &GoneMail) -> CliError {
    let number = mail.number;
    let since = printable(&mail.since);
    let remove = format!("remove it from the list with `taid approve {number} --reject`");
    match mail.state {
        GoneState::Lost => CliError::new(format!("mail {number} was lost when taid stopped"))
            .caused_by(format!(
                "taid held it in memory alone since {since}; nothing was sent"
            ))
            .hint(format!("ask the agent to submit it again, or {remove}")),
        GoneState::LostMaybeSent => CliError::new(format!("mail {number} may have been sent"))
            .caused_by(format!(
                "taid held it in memory alone since {since}, and was sending it when it stopped"
            ))
            .hint(format!("ask the recipient, then {remove}")),
        GoneState::Locked => CliError::new(format!("mail {number} cannot be decrypted now"))
            .caused_by("the keyring does not answer, or has no key of the mail now")
            .hint("unlock the keyring, then run `taid approve` again"),
        GoneState::Expired => CliError::new(format!("mail {number} was not approved in time"))
            .caused_by(format!(
                "it waited for an hour from {since}; nothing was sent"
            ))
            .hint(format!("ask the agent to submit it again, or {remove}")),
        GoneState::ExpiredMaybeSent => {
            CliError::new(format!("mail {number} was not approved in time"))
                .caused_by(format!(
                    "it waited from {since}, and may have been sent before"
                ))
                .hint(format!(
                    "ask the recipient before the agent submits it again, or {remove}"
                ))
        }
    }
}

fn ago(since: &str, now: SystemTime) -> String {
    let ago = seconds_until(since, now).unwrap_or_default();
    span(Duration::from_secs(ago.unsigned_abs()))
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
    let client = match &held.instance {
        Some(instance) => format!("{client} (instance {instance})"),
        None => client,
    };
    match &held.revises {
        Some(old) => format!("{client} as mail {}, changed by you", old.number),
        None => client,
    }
}

/// Returns one mail as it would be sent, after the client that asked and the time.
pub(in crate::cli) fn mail(held: &HeldMail, now: SystemTime, profile: &Profile) -> String {
    let mail = &held.mail;
    let fields = [
        ("Warning:", mail.warning.as_str()),
        ("To:", &mail.to),
        ("Subject:", &mail.subject),
        ("From:", &mail.from),
        ("Loads:", &mail.loads),
    ];
    let present = fields.into_iter().filter(|(_, value)| !value.is_empty());
    let mut text = header(present);
    let _ = writeln!(text, "\n{}", printable_lines(mail.text.trim_end()));
    if !mail.details.is_empty() {
        let _ = writeln!(text, "\n{}", printable_lines(mail.details.trim_end()));
    }
    if mail.left_out > 0 {
        let _ = writeln!(
            text,
            "\n[{} more bytes; to see them: {}]",
            mail.left_out,
            local_command(profile, &format!("approve {} --full", held.number))
        );
    }
    text.push_str(&requested(held, now));
    text
}

/// Returns the lines below a mail: who asked for it and when, and what a person must know.
pub(in crate::cli) fn requested(held: &HeldMail, now: SystemTime) -> String {
    let ago = ago(&held.since, now);
    let mut text = format!("\nAsked by {}, {ago} ago\n", requester(held));
    let note = note(held.state);
    if !note.is_empty() {
        let _ = writeln!(text, "Note: {note}");
    }
    text
}

#[cfg(test)]
#[path = "approval_tests.rs"]
mod tests;
