//! `taid mark-read`: marks mails of any address read.

use crate::cli::{
    daemon::LONG,
    error::{CliError, Exit},
    person,
    target::Target,
    terminal::print,
};
use clap::Args;
use tai_proto::{call::FinishMail, names::MailId};

/// Mark mails read without reading them
#[derive(Args)]
#[command(after_help = "Examples:
  taid mark-read 1042 1043")]
pub(in crate::cli) struct MarkRead {
    /// Ids of the mails
    #[arg(required = true, value_name = "ID")]
    ids: Vec<MailId>,
}

impl MarkRead {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        let daemon = person::daemon(target)?;
        let mut errors = Vec::new();
        for id in self.ids {
            match daemon.call(FinishMail { id }, LONG).await {
                Ok(settled) if settled.marked_read => print(&format!("mail {id} marked read")),
                Ok(_) => errors.push(
                    CliError::new(format!("mail {id} could not be marked read"))
                        .hint("run the command again in a moment; the mail is still unread"),
                ),
                Err(fault) => errors.push(fault.into()),
            }
        }
        CliError::combined(errors).map_or(Ok(Exit::Success), Err)
    }
}
