//! `taid read`: prints a mail of any address of the account, then marks it read.

use crate::cli::{
    daemon::LONG,
    error::{CliError, Exit},
    json::in_json,
    pages::{letter as page, mail_json::MailJson},
    person,
    target::Target,
    terminal::print,
};
use clap::Args;
use std::io::{self, Write as _};
use tai_proto::{
    call::{FinishMail, ReadMail},
    mail::Window,
    names::{Instance, MailId},
};

/// Read a mail of any address of the account
///
/// Without an id, it reads the oldest unread mail that is not leased to an agent. The mail is marked read
/// after it was written, so that a pager or a pipe that fails does not lose it.
#[derive(Args)]
#[command(after_help = "Examples:
  taid read                     read the oldest unread mail
  taid read 1042 --keep-unread  read a mail and leave it unread
  taid read 1042 | less         read it in a pager")]
pub(in crate::cli) struct Read {
    /// Id of the mail [default: the oldest unread mail]
    id: Option<MailId>,
    /// Read the mail of this instance only
    #[arg(long, value_name = "NAME")]
    instance: Option<Instance>,
    /// Leave the mail unread
    #[arg(long)]
    keep_unread: bool,
    /// Print JSON in a stable format
    #[arg(long)]
    json: bool,
}

impl Read {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        if tai_client::is_output_lost() {
            return Err(CliError::new("standard output cannot be written")
                .hint("the mail would be lost; run the command with an output"));
        }
        let daemon = person::daemon(target)?;
        let read = ReadMail {
            scope: person::scope(self.instance),
            id: self.id,
            window: Window::WHOLE,
        };
        let fetched = daemon.call(read, LONG).await?;
        let not_examined = fetched.left_out.not_examined;
        for id in &fetched.passed_over {
            let _ = writeln!(
                io::stderr(),
                "warning: mail {id} could not be read: the mail bridge fails for it; it stays unread"
            );
        }
        let Some(mail) = fetched.mail else {
            let none = match not_examined {
                0 => "no unread mail is free to read",
                _ => {
                    "no unread mail is free to read among the newest ones; the mailbox exceeds the limit of one call"
                }
            };
            match self.json {
                true => print(&in_json(&MailJson::new(None, not_examined))?),
                false => print(none),
            }
            return Ok(Exit::Success);
        };
        let (id, was_read) = (mail.envelope.id, mail.envelope.read);
        let text = match self.json {
            true => in_json(&MailJson::new(Some(*mail), not_examined))?,
            false => page::mail(&mail),
        };
        person::deliver(&text).map_err(|error| {
            CliError::new("cannot write the mail")
                .caused_by(error)
                .hint(format!(
                    "its state is unchanged; read it again with `taid read {id}`"
                ))
        })?;
        if self.keep_unread || was_read {
            return Ok(Exit::Success);
        }
        // The mail is on the screen, so a failure from here on does not concern its text.
        let finished = daemon.call(FinishMail { id }, LONG).await;
        match finished {
            Ok(settled) if settled.marked_read => Ok(Exit::Success),
            Ok(_) => Err(not_marked(id)),
            Err(fault) => Err(not_marked(id).caused_by(CliError::from(fault).what)),
        }
    }
}

fn not_marked(id: MailId) -> CliError {
    CliError::new(format!(
        "mail {id} was printed and could not be marked read"
    ))
    .hint(format!("mark it with `taid mark-read {id}`"))
}
