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
    collections::HashSet,
    io::{self, IsTerminal as _},
    time::{Duration, SystemTime},
};
use tai_client::local_command;
use tai_proto::{
    Fault, FaultCode,
    approval::{HeldList, HeldMail, HeldState},
    call::{ResolveHeld, Verdict, WatchHeld},
    names::Profile,
    text::Label,
};

/// Time limit of one wait. taid answers before it.
const WAIT: Duration = Duration::from_secs(60);
/// Interval of attempts to reach a taid that does not run, or serves no more commands.
const RETRY: Duration = Duration::from_secs(2);

/// Runs until the terminal closes or a failure that a restart of taid does not end.
pub(super) async fn run(daemon: &Daemon, profile: &Profile) -> Result<Exit, CliError> {
    let asks = io::stdin().is_terminal() && io::stdout().is_terminal();
    print("waiting for mails that need your approval; Ctrl-C ends");
    let (mut seen, mut since) = (Seen::new(), None);
    let mut is_away = false;
    loop {
        let update = match daemon.call(WatchHeld { since }, WAIT).await {
            Ok(update) => update,
            Err(fault) if is_passing(fault.code) => {
                if !is_away {
                    let why = match fault.code {
                        FaultCode::TooBusy => fault.what.as_str(),
                        _ => "taid does not run now",
                    };
                    print(&format!("{why}; waiting for it"));
                }
                is_away = true;
                tokio::time::sleep(RETRY).await;
                continue;
            }
            Err(fault) => return Err(fault.into()),
        };
        if is_away {
            print("taid answers again");
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

/// Numbers and versions of the mails of a list.
type Seen = HashSet<(u64, Label)>;

/// Returns the mails that no earlier list had, and remembers those that wait.
fn unseen<'a>(seen: &mut Seen, held: &'a HeldList) -> Vec<&'a HeldMail> {
    let waiting = &held.waiting;
    let as_seen = |mail: &HeldMail| (mail.number, mail.version.clone());
    let unseen = waiting.iter().filter(|mail| !seen.contains(&as_seen(mail)));
    let unseen = unseen.collect();
    *seen = waiting.iter().map(as_seen).collect();
    unseen
}

/// Returns whether the fault ends with the next start of taid, or with other commands.
fn is_passing(code: FaultCode) -> bool {
    matches!(
        code,
        FaultCode::NotRunning
            | FaultCode::Stopping
            | FaultCode::Unreachable
            | FaultCode::DeadlinePassed
            | FaultCode::TooBusy
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
        let answered = answered.await.map_err(|error| {
            CliError::new("cannot read from the terminal")
                .caused_by(error)
                .hint(format!("decide with `taid approve {number}`"))
        })?;
        let verdict = match answered {
            None => return Ok(false),
            Some(Decision::All) => {
                match show_all(daemon, number).await {
                    // It is listed again, with the question for what may have happened.
                    Ok(Some(shown)) if shown != mail.version => {
                        print(&format!("mail {number} changed while it was shown"));
                        return Ok(true);
                    }
                    Ok(_) => {}
                    Err(fault) => report(fault),
                }
                continue;
            }
            Some(Decision::Later) => {
                let decide = local_command(profile, &format!("approve {number}"));
                print(&format!("still waiting: {decide}"));
                return Ok(true);
            }
            Some(Decision::Send) => Verdict::Send,
            Some(Decision::Discard) => Verdict::Discard,
        };
        let decision = ResolveHeld {
            number,
            version: mail.version.clone(),
            verdict,
        };
        if let Err(fault) = resolve(daemon, decision).await {
            report(fault);
        }
        return Ok(true);
    }
}

/// Prints the fault of a decision. The watch continues.
fn report(fault: Fault) {
    print(&CliError::from(fault).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_proto::{approval::MailPreview, mail::Format};

    fn held(mails: &[(u64, &str)]) -> HeldList {
        let mail = |(number, version): &(u64, &str)| HeldMail {
            number: *number,
            version: (*version).into(),
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
            waiting: mails.iter().map(mail).collect(),
            gone: Vec::new(),
        }
    }

    #[test]
    fn each_mail_is_shown_once_whatever_changes_in_the_list() {
        let mut seen = Seen::new();
        let mut shown = |mails: &[(u64, &str)]| {
            let held = held(mails);
            let unseen = unseen(&mut seen, &held);
            unseen.iter().map(|mail| mail.number).collect::<Vec<_>>()
        };
        assert_eq!(shown(&[(1, "a"), (2, "b")]), [1, 2]);
        assert!(shown(&[(1, "a"), (2, "b")]).is_empty());
        assert_eq!(shown(&[(2, "b"), (4, "d")]), [4]);
        // Mail 3 was asked about before mail 4, and begins to wait after it.
        assert_eq!(shown(&[(2, "b"), (3, "c"), (4, "d")]), [3]);
        // Mail 4 may have been sent since.
        assert_eq!(shown(&[(2, "b"), (3, "c"), (4, "maybe sent")]), [4]);
        assert!(shown(&[]).is_empty());
    }
}
