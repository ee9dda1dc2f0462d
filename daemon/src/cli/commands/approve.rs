//! `taid approve`: lists the mails that wait for approval, and sends or discards one.

mod decided;
mod watch;

pub(super) use decided::show_all;

use crate::cli::{
    daemon::{Daemon, LONG, SHORT},
    error::{CliError, Exit},
    number,
    others::others,
    pages::approval as page,
    prompt,
    target::Target,
    terminal::{Terminal, print},
};
use clap::Args;
use decided::resolve;
use std::time::SystemTime;
use tai_client::local_command;
use tai_proto::{
    Fault,
    approval::{GoneMail, HeldList, HeldMail, HeldState},
    call::{ListHeld, ResolveHeld, Verdict},
    names::Profile,
};

/// List the mails that wait for your approval, and send or discard one
///
/// If `confirm_send` is set and an MCP client cannot ask you, its mail waits for `taid approve` for
/// an hour. With a keyring for its key it survives a restart of taid.
#[derive(Args)]
#[command(after_help = "Examples:
  taid approve             list the waiting mails
  taid approve 7           show mail 7, then ask whether to send it
  taid approve 7 --full | less
  taid approve 7 --reject  discard mail 7
  taid approve --watch     ask about each mail as it arrives")]
pub(in crate::cli) struct Approve {
    /// Number of the mail [default: list all waiting mails]
    #[arg(value_parser = number::any::<u64>())]
    number: Option<u64>,
    /// Show the whole mail, also while a client asks about it
    #[arg(long, requires = "number")]
    full: bool,
    /// Send the mail without a question, for scripts of your own
    #[arg(long, requires = "number", conflicts_with = "reject")]
    yes: bool,
    /// Discard the mail, or remove it from the list if it was not sent in time
    #[arg(long, requires = "number")]
    reject: bool,
    /// Show each mail that begins to wait, and at a terminal ask about it, until Ctrl-C
    #[arg(long, conflicts_with_all = ["number", "full", "yes", "reject"])]
    watch: bool,
}

/// Discards a mail whose content is missing, so that it is listed no longer.
async fn discard(daemon: &Daemon, gone: &GoneMail) -> Result<Exit, CliError> {
    let decision = ResolveHeld {
        number: gone.number,
        version: gone.version.clone(),
        verdict: Verdict::Discard,
    };
    daemon.call(decision, LONG).await?;
    print(&format!("mail {} removed from the list", gone.number));
    Ok(Exit::Success)
}

/// Prints the list. Below it, and also without it, the other profiles at which mails wait have a line
/// each, unless the user names a profile.
async fn list(held: Result<HeldList, Fault>, target: &Target) -> Result<Exit, CliError> {
    let columns = Terminal::of_stdout().width();
    if let Ok(held) = &held {
        let list = page::list(held, SystemTime::now(), &target.profile);
        print(&page::fitted(&list, columns));
    }
    if !target.names_profile {
        for (profile, status) in others(target).await {
            if let Some(line) = page::elsewhere(&profile, status.held.len() as u64) {
                print(&page::fitted(&line, columns));
            }
        }
    }
    held?;
    Ok(Exit::Success)
}

impl Approve {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        let daemon = Daemon::running(target)?;
        if self.watch {
            return watch::run(&daemon, &target.profile).await;
        }
        let held = daemon.call(ListHeld, SHORT).await;
        match self.number {
            None => list(held, target).await,
            Some(number) => self.decide(&daemon, number, &held?, &target.profile).await,
        }
    }

    async fn decide(
        self,
        daemon: &Daemon,
        number: u64,
        held: &HeldList,
        profile: &Profile,
    ) -> Result<Exit, CliError> {
        let shown = match self.full {
            true => show_all(daemon, number).await?,
            false => None,
        };
        let Some(mail) = held.waiting.iter().find(|mail| mail.number == number) else {
            return self.without_mail(daemon, number, held).await;
        };
        if shown.is_some_and(|shown| shown != mail.version) {
            return Err(
                CliError::new(format!("mail {number} changed while it was shown"))
                    .hint(format!("run `taid approve {number}` again")),
            );
        }
        if self.yes && mail.state == HeldState::MaybeSent {
            return Err(CliError::new(format!("mail {number} may have been sent"))
                .caused_by("taid was sending it when it stopped")
                .hint(format!(
                    "ask the recipient, then run `taid approve {number}` at a terminal"
                )));
        }
        let verdict = match (self.yes, self.reject) {
            (true, _) => Verdict::Send,
            (_, true) => Verdict::Discard,
            (false, false) => match self.ask(mail, profile)? {
                Answer::Send => Verdict::Send,
                Answer::Keep => return Ok(Exit::Failed),
                Answer::NotAsked => return Ok(Exit::Success),
            },
        };
        let decision = ResolveHeld {
            number,
            version: mail.version.clone(),
            verdict,
        };
        resolve(daemon, decision).await?;
        Ok(Exit::Success)
    }

    /// Ends a command about a number that no waiting mail has.
    async fn without_mail(
        self,
        daemon: &Daemon,
        number: u64,
        held: &HeldList,
    ) -> Result<Exit, CliError> {
        if let Some(gone) = held.gone.iter().find(|mail| mail.number == number) {
            return match self.reject {
                true => discard(daemon, gone).await,
                false => Err(page::missing(gone)),
            };
        }
        if self.full && !self.yes && !self.reject {
            print("\nA client asks about this mail. Answer the question there.");
            return Ok(Exit::Success);
        }
        Err(page::not_waiting(number))
    }

    /// Shows a mail and asks whether to send it.
    fn ask(&self, mail: &HeldMail, profile: &Profile) -> Result<Answer, CliError> {
        let now = SystemTime::now();
        match self.full {
            true => print(&page::requested(mail, now)),
            false => print(&page::mail(mail, now, profile)),
        }
        // The whole mail is what a person reads in a pager. It was shown, and nothing is decided.
        if self.full && prompt::check_terminal().is_err() {
            return Ok(Answer::NotAsked);
        }
        let question = match mail.state {
            HeldState::MaybeSent => "It may have been sent. Send it again?",
            HeldState::Kept | HeldState::InMemory => "Send it?",
        };
        if prompt::consent(question)? {
            return Ok(Answer::Send);
        }
        let discard = local_command(profile, &format!("approve {} --reject", mail.number));
        print(&format!(
            "Not sent; it is still waiting. To discard it: {discard}"
        ));
        Ok(Answer::Keep)
    }
}

/// Answer of the person to the question about a mail.
enum Answer {
    Send,
    /// The mail keeps waiting.
    Keep,
    NotAsked,
}
