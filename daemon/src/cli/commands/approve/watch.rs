//! `taid approve --watch`: shows each mail that begins to wait, and at a terminal asks about it.

use super::decided::{resolve, show_all};
use crate::cli::{
    daemon::Daemon,
    error::{CliError, Exit},
    pages::approval as page,
    prompt::{self, Decision},
    terminal::{Terminal, print},
};
use std::{
    collections::BTreeSet,
    io::{self, IsTerminal as _},
    time::{Duration, SystemTime},
};
use tai_proto::{
    Fault, FaultCode,
    approval::{HeldList, HeldMail, HeldState},
    call::WatchHeld,
    command::command,
    names::Profile,
};

/// Time limit of one wait. taid answers before it.
const WAIT: Duration = Duration::from_secs(60);
/// Interval of attempts to reach a taid that does not run.
const RETRY: Duration = Duration::from_secs(2);

/// Runs until the terminal closes or a failure that a restart of taid does not end.
pub(super) async fn run(daemon: &Daemon, profile: &Profile) -> Result<Exit, CliError> {
    let asks = io::stdin().is_terminal() && io::stdout().is_terminal();
    print("waiting for mails that need your approval; Ctrl-C ends");
    let (mut seen, mut since) = (BTreeSet::new(), None);
    let mut is_away = false;
    loop {
        let update = match daemon.call(WatchHeld { since }, WAIT).await {
            Ok(update) => update,
            Err(fault) if is_passing(fault.code) => {
                if !is_away {
                    print("taid does not run now; waiting for it");
                }
                is_away = true;
                tokio::time::sleep(RETRY).await;
                continue;
            }
            Err(fault) => return Err(fault.into()),
        };
        if is_away {
            print("taid runs again");
        }
        is_away = false;
        since = Some(update.mark);
        for mail in unseen(&mut seen, &update.held) {
            match asks {
                true if !ask(daemon, mail, profile).await? => return Ok(Exit::Success),
                true => {}
                false => {
                    let entry = page::entry(mail, SystemTime::now());
                    print(&page::fitted(&entry, Terminal::of_stdout().width()));
                }
            }
        }
    }
}

/// Returns the mails that no earlier list had, and remembers those that wait.
fn unseen<'a>(seen: &mut BTreeSet<u64>, held: &'a HeldList) -> Vec<&'a HeldMail> {
    let waiting = &held.waiting;
    let unseen = waiting.iter().filter(|mail| !seen.contains(&mail.number));
    let unseen = unseen.collect();
    *seen = waiting.iter().map(|mail| mail.number).collect();
    unseen
}

/// Returns whether the fault ends with the next start of taid.
fn is_passing(code: FaultCode) -> bool {
    matches!(
        code,
        FaultCode::NotRunning
            | FaultCode::Stopping
            | FaultCode::Unreachable
            | FaultCode::DeadlinePassed
    )
}

/// Shows a mail and asks about it until the person decides. Returns `false` at the end of the input.
async fn ask(daemon: &Daemon, mail: &HeldMail, profile: &Profile) -> Result<bool, CliError> {
    let number = mail.number;
    print(&format!("mail {number}\n"));
    print(&page::mail(mail, SystemTime::now(), profile));
    let question = match mail.state {
        HeldState::MaybeSent => {
            "It may have been sent. [s]end again, [d]iscard, [l]ater, show [a]ll?"
        }
        HeldState::Kept | HeldState::InMemory => "[s]end, [d]iscard, [l]ater, show [a]ll?",
    };
    loop {
        // A thread of its own, so that the connection to taid lives meanwhile.
        let answered = tokio::task::spawn_blocking(move || prompt::decision(question));
        let send = match answered
            .await
            .map_err(|error| CliError::new("cannot read from the terminal").caused_by(error))?
        {
            None => return Ok(false),
            Some(Decision::All) => {
                report(show_all(daemon, number).await);
                continue;
            }
            Some(Decision::Later) => {
                let decide = command(profile, &format!("approve {number}"));
                print(&format!("still waiting: `{decide}`"));
                return Ok(true);
            }
            Some(Decision::Send) => true,
            Some(Decision::Discard) => false,
        };
        report(resolve(daemon, number, send).await);
        return Ok(true);
    }
}

/// Prints the fault of a decision. The watch continues, and so the mail that still waits is named.
fn report(done: Result<(), Fault>) {
    if let Err(fault) = done {
        print(&CliError::from(fault).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_proto::{approval::MailPreview, mail::Format};

    fn held(numbers: &[u64]) -> HeldList {
        let mail = |number: &u64| HeldMail {
            number: *number,
            client: "c".into(),
            instance: None,
            since: "".into(),
            until: "".into(),
            state: HeldState::Kept,
            replaces: None,
            revises: None,
            is_reply: false,
            format: Format::Markdown,
            mail: Box::new(MailPreview {
                from: "".into(),
                to: "".into(),
                subject: "".into(),
                warning: "".into(),
                loads: "".into(),
                text: "".into(),
                details: "".into(),
                left_out: 0,
            }),
        };
        HeldList {
            waiting: numbers.iter().map(mail).collect(),
            gone: Vec::new(),
        }
    }

    #[test]
    fn each_mail_is_shown_once_whatever_changes_in_the_list() {
        let mut seen = BTreeSet::new();
        let mut shown = |numbers: &[u64]| {
            let held = held(numbers);
            let unseen = unseen(&mut seen, &held);
            unseen.iter().map(|mail| mail.number).collect::<Vec<_>>()
        };
        assert_eq!(shown(&[1, 2]), [1, 2]);
        assert!(shown(&[1, 2]).is_empty());
        assert_eq!(shown(&[2, 4]), [4]);
        // Mail 3 was asked about before mail 4, and begins to wait after it.
        assert_eq!(shown(&[2, 3, 4]), [3]);
        assert!(shown(&[]).is_empty());
    }
}
