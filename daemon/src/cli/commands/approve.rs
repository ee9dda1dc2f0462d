//! `taid approve`: shows the mails that wait for approval, and sends or discards one.

use crate::cli::{
    daemon::{BRIDGE_PATIENCE, PATIENCE, call, confused},
    error::{CliError, Exit},
    pages::approval as page,
    prompt,
    terminal::print,
};
use clap::Args;
use std::time::SystemTime;
use tai_proto::{
    Answer, Call,
    approval::{Held, Verdict},
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
    pub(in crate::cli) async fn run(self, profile: &str) -> Result<Exit, CliError> {
        let held = match call(profile, Call::Held, PATIENCE).await? {
            Answer::Held(held) => held,
            _ => return Err(confused(profile)),
        };
        match self.number {
            None => print(&page::list(&held, SystemTime::now())),
            Some(number) => return self.decide(profile, number, &held).await,
        }
        Ok(Exit::Success)
    }

    async fn decide(self, profile: &str, number: u64, held: &[Held]) -> Result<Exit, CliError> {
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
        // A connection of its own: a person may take longer than a connection may be idle.
        let verdict = Call::Approve(Verdict { number, send });
        match call(profile, verdict, BRIDGE_PATIENCE).await? {
            Answer::Sent(sent) => print(&format!("sent to {} ({})", sent.to, sent.message_id)),
            Answer::Replied(reply) => {
                print(&format!("sent to {} ({})", reply.to, reply.message_id));
            }
            Answer::Taken if !send => print(&format!("mail {number} discarded; nothing was sent")),
            _ => return Err(confused(profile)),
        }
        Ok(Exit::Success)
    }
}
