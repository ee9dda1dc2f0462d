//! `taid inbox`: lists the mail of every address of the account.

use crate::cli::{
    columns::wrapped,
    daemon::LONG,
    error::{CliError, Exit},
    json::in_json,
    number,
    pages::{mail_json::InboxJson, mailbox as page},
    person,
    target::Target,
    terminal::Terminal,
    unattended::UnattendedMail,
};
use clap::Args;
use tai_proto::{
    call::{ListMail, MAX_LIST},
    mail::Inbox,
    names::Instance,
    person::AccountInbox,
};

/// List the unread mail of every address of the account
///
/// Agents see the mail of one address each. This list has the mail of all of them, of the account's own
/// address, and of addresses that no client uses, such as a mistyped one. Nothing is marked read.
#[derive(Args)]
#[command(after_help = "Examples:
  taid inbox                  list the unread mail of all addresses
  taid inbox --all -n 50      list the newest 50 mails
  taid inbox --instance desk  list the unread mail of one agent
  taid inbox --json | jq .    list it for a program")]
pub(in crate::cli) struct InboxList {
    /// List the mail of this instance only
    #[arg(long, value_name = "NAME")]
    instance: Option<Instance>,
    /// List read mail too
    #[arg(long)]
    all: bool,
    /// Number of mails to list, 1 to 200
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20,
          value_parser = number::within::<u32>(1..=u64::from(MAX_LIST)))]
    limit: u32,
    /// Number of mails to skip
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = number::any::<u32>())]
    skip: u32,
    /// Print JSON in a stable format
    #[arg(long)]
    json: bool,
}

impl InboxList {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        let list = ListMail {
            scope: person::scope(self.instance),
            limit: self.limit,
            offset: self.skip,
            show_read: self.all,
        };
        let AccountInbox { inbox, unattended } = person::daemon(target)?.call(list, LONG).await?;
        let account = &inbox.address;
        let unattended = UnattendedMail::of(unattended, account, target);
        if self.json {
            return person::show(&in_json(&InboxJson::new(inbox, unattended))?);
        }
        let mut lines = Vec::new();
        if !inbox.mails.is_empty() {
            let columns = Terminal::of_stdout().width();
            lines.push(page::list(&inbox.mails, columns));
            lines.push(String::new());
        }
        let next = self.skip.saturating_add(self.limit);
        lines.push(summary(&inbox, self.all, next));
        lines.extend(page::left_out(&inbox.left_out));
        let columns = Terminal::of_stdout().width();
        lines.extend(unattended.line().map(|line| wrapped(&line, 0, columns)));
        person::show(&lines.join("\n"))
    }
}

/// Returns the line about the number of mails. `next` is the number of those before the next ones.
fn summary(inbox: &Inbox, all: bool, next: u32) -> String {
    let kind = if all { "mail" } else { "unread mail" };
    let count = match inbox.mails.len() {
        0 => return format!("no {kind}"),
        1 => format!("1 {kind}"),
        n => format!("{n} {kind}s"),
    };
    match inbox.more {
        true => format!("{count}; there are more: see them with `--skip {next}`"),
        false => count,
    }
}
