//! `taid search`: finds mail of every address of the account.

use crate::cli::{
    daemon::LONG,
    error::{CliError, Exit},
    json::in_json,
    number,
    pages::{mail_json::SearchJson, mailbox as page},
    person,
    target::Target,
    terminal::Terminal,
};
use clap::Args;
use tai_proto::{
    call::{MAX_SEARCH, SearchMail},
    mail::SearchResults,
    names::Instance,
    text::HeaderText,
};

/// Find mail by words and operators, newest first, at every address of the account
///
/// A mail matches if it has all words, in the sender, the subject or the body. Operators: from:,
/// subject:, since: and until: with a day such as 2026-11-30, is:unread and is:read. A phrase is in
/// quotation marks: taid search '"order 1001" from:bob'
#[derive(Args)]
#[command(after_help = "Examples:
  taid search invoice from:bob           both the word and the sender
  taid search '\"order 1001\" since:2026-11-01'
  taid search is:unread --instance desk  in the mail of one agent")]
pub(in crate::cli) struct SearchQuery {
    /// Words and operators
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,
    /// Search the mail of this instance only
    #[arg(long, value_name = "NAME")]
    instance: Option<Instance>,
    /// Number of mails to list, 1 to 100
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20,
          value_parser = number::within::<u32>(1..=u64::from(MAX_SEARCH)))]
    limit: u32,
    /// Print JSON in a stable format
    #[arg(long)]
    json: bool,
}

impl SearchQuery {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        let query = HeaderText::new(self.query.join(" ")).map_err(|error| {
            CliError::new("the query is too long")
                .caused_by(error)
                .hint("use at most 500 bytes")
        })?;
        let search = SearchMail {
            scope: person::scope(self.instance),
            query,
            limit: self.limit,
        };
        let found = person::daemon(target)?.call(search, LONG).await?;
        if self.json {
            return person::show(&in_json(&SearchJson::from(found))?);
        }
        let mut lines = Vec::new();
        if !found.mails.is_empty() {
            lines.push(page::list(&found.mails, Terminal::of_stdout().width()));
            lines.push(String::new());
        }
        lines.push(summary(&found));
        lines.extend(page::left_out(&found.left_out));
        person::show(&lines.join("\n"))
    }
}

/// Returns the line about the number of mails.
fn summary(found: &SearchResults) -> String {
    let count = match found.mails.len() {
        0 => "no mail matches".to_owned(),
        1 => "1 mail matches".to_owned(),
        n => format!("{n} mails match"),
    };
    match found.complete {
        true => count,
        false => format!(
            "{count}; there may be more: the newest {} mails were searched",
            found.looked_at
        ),
    }
}
