//! `taid send`: shows a mail of the person, asks, and sends it at most once.

use super::approve::show_all;
use crate::cli::{
    daemon::{Daemon, LONG},
    error::{CliError, Exit},
    json::in_json,
    pages::{letter as page, mail_json::SentJson},
    person, prompt,
    target::Target,
    terminal::print,
};
use clap::Args;
use std::{
    fs::File,
    io::{self, IsTerminal as _, Read},
    path::PathBuf,
};
use tai_proto::{
    call::SendMail,
    mail::{Draft, Format, SentMail, Target as Recipient},
    names::{Address, Instance, MailId},
    person::{PersonConsent, SendOutcome},
    text::{Content, HeaderText, MAX_CONTENT},
};

/// Send a mail, or answer one, from any address of the account
///
/// The text is Markdown from standard input, --body or --file. The whole mail is shown as its recipient
/// gets it, and sent after you confirm it. The same mail is refused for ten minutes, and for a day if it
/// is unknown whether the first one was sent.
#[derive(Args)]
#[command(after_help = "Examples:
  taid send --to bob@example.com --subject Lunch --body 'At noon?'
  taid send --to bob@example.com --file report.md --instance desk
  taid send --reply 1042 --body 'Yes, gladly.'
  date | taid send --to alice@tai.chat --subject Time --yes")]
pub(in crate::cli) struct Send {
    /// Address of the recipient
    #[arg(long, value_name = "ADDRESS", required_unless_present = "reply")]
    to: Option<String>,
    /// Answer the mail with this id, from the address that it was sent to
    #[arg(long, value_name = "ID", conflicts_with = "to")]
    reply: Option<MailId>,
    /// Subject [default: `Re:` and the original's, or `Email from` and the address]
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,
    /// Send from the address of this instance [default: the account's own address]
    #[arg(long, value_name = "NAME")]
    instance: Option<Instance>,
    /// Text of the mail
    #[arg(long, value_name = "TEXT", conflicts_with = "file")]
    body: Option<String>,
    /// File with the text of the mail
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The text is HTML
    #[arg(long)]
    html: bool,
    /// Send the mail without a question, for scripts of your own
    #[arg(long)]
    yes: bool,
    /// Send the mail although the same mail was, or may have been, sent before
    #[arg(long)]
    again: bool,
    /// Print JSON in a stable format
    #[arg(long, requires = "yes")]
    json: bool,
}

impl Send {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        let (yes, json) = (self.yes, self.json);
        // Standard input has no second reader, so a text from a pipe leaves no place for an answer.
        if !yes {
            prompt::check_terminal()?;
        }
        let send = self.call()?;
        let daemon = person::daemon(target)?;
        let consent = match yes {
            true => PersonConsent::Given,
            false => PersonConsent::NotAsked,
        };
        let call = |consent| SendMail {
            consent,
            ..send.clone()
        };
        let sent = match daemon.call(call(consent), LONG).await? {
            SendOutcome::Sent(sent) => sent,
            SendOutcome::Ask(question) => {
                // A line that was typed before the mail was shown is no answer about it.
                crate::os::discard_typed();
                show_all(&daemon, question.number).await?;
                if !prompt::consent("Send it?")? {
                    print("Not sent.");
                    return Ok(Exit::Failed);
                }
                let ticket = question.ticket;
                let approved = call(PersonConsent::Approved { ticket });
                approve(&daemon, approved).await?
            }
        };
        match json {
            true => print(&in_json(&SentJson::from(sent))?),
            false => print(&page::sent(&sent)),
        }
        Ok(Exit::Success)
    }

    /// Reads the text and returns the call.
    fn call(self) -> Result<SendMail, CliError> {
        let header = |name: &str, text: String| {
            HeaderText::new(text).map_err(|error| {
                CliError::new(format!("the {name} is too long"))
                    .caused_by(error)
                    .hint(format!("shorten the {name}; nothing was sent"))
            })
        };
        // Before the person writes a text for it. taid has the whole list of rules.
        if let (None, None, Some(to)) = (&self.body, &self.file, &self.to) {
            Address::new(to).map_err(|rule| {
                CliError::new(format!("\"to\" cannot be used: {rule}"))
                    .hint("correct \"to\" and run the command again; nothing was sent or changed")
            })?;
        }
        let target = match (self.reply, self.to) {
            (Some(to), _) => Recipient::Reply { to },
            (None, to) => Recipient::New {
                to: to.map(|to| header("address", to)).transpose()?,
            },
        };
        let subject = self.subject.map(|subject| header("subject", subject));
        let content = match (self.body, self.file) {
            (Some(body), _) => body,
            (None, Some(file)) => File::open(&file)
                .and_then(text)
                .map_err(|error| unreadable(&format!("`{}`", file.display()), &error))?,
            (None, None) => from_input()?,
        };
        if content.trim().is_empty() {
            return Err(CliError::new("the mail has no text")
                .hint("write it to standard input, or give --body or --file; nothing was sent"));
        }
        let content = Content::new(content).map_err(|_| too_long())?;
        Ok(SendMail {
            instance: self.instance,
            draft: Draft {
                target,
                subject: subject.transpose()?,
                content,
                format: match self.html {
                    true => Format::Html,
                    false => Format::Markdown,
                },
            },
            insist: self.again,
            consent: PersonConsent::NotAsked,
        })
    }
}

async fn approve(daemon: &Daemon, approved: SendMail) -> Result<SentMail, CliError> {
    match daemon.call(approved, LONG).await? {
        SendOutcome::Sent(sent) => Ok(sent),
        SendOutcome::Ask(_) => Err(
            CliError::new("taid asked a second time about the same mail")
                .hint("install taid from one release and restart it; nothing was sent"),
        ),
    }
}

/// Reads the text from standard input.
fn from_input() -> Result<String, CliError> {
    let input = io::stdin().lock();
    if io::stdin().is_terminal() {
        eprint_line("Write the mail. End it with Ctrl-D on an empty line.");
    }
    text(input).map_err(|error| unreadable("standard input", &error))
}

fn eprint_line(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(io::stderr(), "{line}");
}

/// Reads a text up to one byte over its limit.
fn text(from: impl Read) -> io::Result<String> {
    let mut text = String::new();
    from.take(MAX_CONTENT as u64 + 1)
        .read_to_string(&mut text)?;
    Ok(text)
}

fn unreadable(what: &str, error: &io::Error) -> CliError {
    CliError::new(format!("cannot read the text of the mail from {what}"))
        .caused_by(error)
        .hint("name a file of UTF-8 text that exists and is readable; nothing was sent")
}

fn too_long() -> CliError {
    CliError::new("the text of the mail is too long")
        .caused_by("a mail has at most 1 MiB")
        .hint("shorten it, or send it in parts; nothing was sent")
}
