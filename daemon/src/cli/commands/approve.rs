//! `taid approve`: shows the mails that wait for approval, and sends or discards one.

use crate::cli::{
    daemon::{Daemon, LONG, SHORT},
    error::{CliError, Exit},
    pages::approval as page,
    prompt,
    terminal::print,
};
use clap::Args;
use std::time::SystemTime;
use tai_proto::{
    approval::{HeldMail, Resolution},
    call::{ListHeld, ResolveHeld},
    names::Profile,
};

/// Show the mails that wait for your approval, and send or discard one
///
/// If `confirm_send` is set and the MCP client of an agent cannot ask you, the agent's mail waits
/// here for an hour. Waiting mails are kept in the memory of taid only.
#[derive(Args)]
pub(in crate::cli) struct Approve {
    /// Number of the mail; without it, all waiting mails are listed
    number: Option<u64>,
    /// Send the mail without asking
    #[arg(long, requires = "number", conflicts_with = "reject")]
    yes: bool,
    /// Discard the mail
    #[arg(long, requires = "number")]
    reject: bool,
}

impl Approve {
    pub(in crate::cli) async fn run(self, profile: &Profile) -> Result<Exit, CliError> {
        let daemon = Daemon::running(profile)?;
        let held = daemon.call(ListHeld, SHORT).await?;
        match self.number {
            None => print(&page::list(&held, SystemTime::now())),
            Some(number) => return self.decide(&daemon, number, &held).await,
        }
        Ok(Exit::Success)
    }

    async fn decide(
        self,
        daemon: &Daemon,
        number: u64,
        held: &[HeldMail],
    ) -> Result<Exit, CliError> {
        let Some(mail) = held.iter().find(|mail| mail.number == number) else {
            return Err(CliError::new(format!("no mail {number} waits for approval"))
                .caused_by("it was sent or discarded, it waited for more than an hour, or taid was restarted")
                .hint("`taid approve` lists the mails that wait"));
        };
        let send = match (self.yes, self.reject) {
            (true, _) => true,
            (_, true) => false,
            (false, false) => {
                print(&page::mail(mail));
                if !prompt::consent("Send it?")? {
                    print(&format!(
                        "Not sent; it is still waiting. To discard it: `taid approve {number} --reject`"
                    ));
                    return Ok(Exit::Failed);
                }
                true
            }
        };
        match daemon.call(ResolveHeld { number, send }, LONG).await? {
            Resolution::Sent(sent) => print(&format!("sent to {} ({})", sent.to, sent.message_id)),
            Resolution::Discarded => print(&format!("mail {number} discarded; nothing was sent")),
        }
        Ok(Exit::Success)
    }
}
