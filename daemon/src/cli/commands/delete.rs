//! `taid delete`: deletes a mail of any address, after a question.

use crate::cli::{
    daemon::{Daemon, LONG},
    error::{CliError, Exit},
    pages::mailbox as page,
    person, prompt,
    target::Target,
    terminal::{Terminal, print, printable},
};
use clap::Args;
use tai_proto::{
    call::{DeleteMail, ReadMail},
    mail::Window,
    names::MailId,
    person::Scope,
};

/// Delete a mail of any address of the account
///
/// The mail bridge has no way to restore it.
#[derive(Args)]
#[command(after_help = "Examples:
  taid delete 1042        show the mail, ask, then delete it
  taid delete 1042 --yes  delete it without a question")]
pub(in crate::cli) struct Delete {
    /// Id of the mail
    id: MailId,
    /// Delete the mail without a question, for scripts of your own
    #[arg(long)]
    yes: bool,
}

impl Delete {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        let daemon = person::daemon(target)?;
        let id = self.id;
        if !self.yes {
            show(&daemon, id).await?;
            if !prompt::consent("Delete it?")? {
                print("Not deleted.");
                return Ok(Exit::Failed);
            }
        }
        let deleted = daemon.call(DeleteMail { id }, LONG).await?;
        match deleted.subject.as_str() {
            "" => print(&format!("mail {id} deleted")),
            subject => print(&format!("mail {id} deleted: {}", printable(subject))),
        }
        Ok(Exit::Success)
    }
}

/// Prints the line of the mail in a list.
async fn show(daemon: &Daemon, id: MailId) -> Result<(), CliError> {
    let read = ReadMail {
        scope: Scope::Account,
        id: Some(id),
        window: Window::WHOLE,
    };
    let fetched = daemon.call(read, LONG).await?;
    if let Some(mail) = fetched.mail {
        let columns = Terminal::of_stdout().width();
        print(&page::list(&[mail.envelope], columns));
    }
    Ok(())
}
