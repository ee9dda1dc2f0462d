//! `taid approve`: what agents want to send, and a person's word on it.

use super::{Failure, PATIENCE, print, said, say, say_fault};
use crate::{
    client::{Client, ClientError},
    fault,
    mail::approvals::ApprovalError,
    time::seconds_until,
};
use clap::Args;
use std::{
    fmt::Write as _,
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    time::{Duration, SystemTime},
};
use tai_proto::{
    Answer, Call,
    approval::{Held, Verdict},
};
use tokio::time::Instant;

/// The bridge may take its whole API_TIMEOUT over a send.
const SEND_PATIENCE: Duration = Duration::from_secs(120);

#[derive(Args)]
pub(super) struct ApproveArgs {
    /// The mail to send, by its number; all that wait are shown without it
    number: Option<u64>,
    /// Send it without asking
    #[arg(long, requires = "number", conflicts_with = "reject")]
    yes: bool,
    /// Drop it instead of sending it
    #[arg(long, requires = "number")]
    reject: bool,
}

pub(super) async fn approve(profile: &str, args: ApproveArgs) -> Result<(), Failure> {
    let held = held(profile).await.map_err(|error| said(error, profile))?;
    let Some(number) = args.number else {
        print(&list(&held, SystemTime::now()));
        return Ok(());
    };
    let Some(mail) = held.iter().find(|mail| mail.number == number) else {
        return Err(say_fault(&fault::of_approval(&ApprovalError::NotHeld(
            number,
        ))));
    };
    let send = match (args.yes, args.reject) {
        (true, _) => true,
        (_, true) => false,
        _ => {
            print(&page(mail));
            asked()?
        }
    };
    // A connection of its own: a person takes longer than a connection may be silent.
    let verdict = Verdict { number, send };
    let answer = decide(profile, verdict).await;
    match answer.map_err(|error| said(error, profile))? {
        Answer::Sent(sent) => print(&format!("sent to {} ({})", sent.to, sent.message_id)),
        Answer::Replied(replied) => {
            print(&format!("sent to {} ({})", replied.to, replied.message_id));
        }
        _ => print(&format!("mail {number} is dropped; nothing was sent")),
    }
    Ok(())
}

async fn held(profile: &str) -> Result<Vec<Held>, ClientError> {
    let deadline = Instant::now() + PATIENCE;
    let mut client = Client::of_profile(profile, deadline).await?;
    match client.call(Call::Held, deadline).await? {
        Answer::Held(held) => Ok(held),
        _ => Err(ClientError::Confused),
    }
}

async fn decide(profile: &str, verdict: Verdict) -> Result<Answer, ClientError> {
    let mut client = Client::of_profile(profile, Instant::now() + PATIENCE).await?;
    client
        .call(Call::Approve(verdict), Instant::now() + SEND_PATIENCE)
        .await
}

/// Asks on the terminal. Anything but a clear yes leaves the mail where it is.
fn asked() -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        say(
            "nobody can be asked here",
            "standard input is no terminal",
            "Add --yes to send it, or --reject to drop it.",
        );
        return Err(Failure::Failed);
    }
    let _ = write!(io::stdout(), "Send it? [y/N] ");
    let _ = io::stdout().flush();
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    match read.map(|_| line.trim().to_ascii_lowercase()) {
        Ok(word) if matches!(word.as_str(), "y" | "yes") => Ok(true),
        _ => {
            print("It still waits. --reject drops it.");
            Err(Failure::Failed)
        }
    }
}

/// All that wait.
fn list(held: &[Held], now: SystemTime) -> String {
    let mut text = String::new();
    for mail in held {
        let left = seconds_until(&mail.until, now).unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:>4}  {} -> {}\n      {}\n      dropped in {}",
            mail.number,
            mail.mail.from,
            mail.mail.to,
            mail.mail.subject,
            crate::time::span(Duration::from_secs(left.try_into().unwrap_or(0)))
        );
    }
    match held.len() {
        0 => text.push_str("no mail waits for approval"),
        1 => text.push_str("1 mail waits. `taid approve NUMBER` shows it and asks."),
        n => {
            let _ = write!(
                text,
                "{n} mails wait. `taid approve NUMBER` shows one and asks."
            );
        }
    }
    text
}

/// One mail, as it would be sent.
fn page(held: &Held) -> String {
    let mail = &held.mail;
    let mut text = format!(
        "From:    {}\nTo:      {}\nSubject: {}\n\n{}\n",
        mail.from, mail.to, mail.subject, mail.text
    );
    if mail.left_out > 0 {
        let _ = write!(text, "\n[{} bytes more]\n", mail.left_out);
    }
    if mail.invisible > 0 {
        let _ = write!(text, "\n[{} invisible characters]\n", mail.invisible);
    }
    text
}

#[cfg(test)]
#[path = "approve_tests.rs"]
mod tests;
