//! Lines of the command on standard error.

use super::{brake::MAX_ANSWERS, ending::Ending};
use std::{io::Write as _, time::Duration};
use tai_proto::{
    Audience, Fault,
    command::command,
    names::{Address, MailId, Profile},
};

/// Writer of the lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Report {
    /// Whether states are written, in addition to warnings and errors.
    pub(super) announces: bool,
}

impl Report {
    /// Reports the start.
    pub(super) fn starting(self) {
        self.state("🚀 TAI MCP Email Server starting...");
    }

    /// Reports that taid is signed in.
    pub(super) fn ready(self, address: Option<&Address>) {
        self.state("✅ Login successful");
        if let Some(address) = address {
            self.state(&format!("📧 Instance email: {address}"));
        }
    }

    /// Reports that no unread mail is left.
    pub(super) fn waiting(self) {
        self.state("⚡ waiting for email");
    }

    /// Reports an unread mail.
    pub(super) fn arrived(self, id: MailId) {
        self.state(&format!("email {id} arrived"));
    }

    /// Reports that a mail was handled.
    pub(super) fn handled(self, id: MailId, ending: Ending, profile: &Profile) {
        let text = match ending {
            Ending::Printed => return,
            Ending::MaybeAnswered => {
                return print(&format!(
                    "warning: email {id} may have been answered; it is not answered a second \
                     time. Ask its sender whether the answer arrived"
                ));
            }
            Ending::Succeeded => "was handled".to_owned(),
            Ending::NotNeeded => "was handled: no answer is needed".to_owned(),
            Ending::Answered => "was answered".to_owned(),
            Ending::Held(number) => {
                let decide = match number {
                    Some(number) => format!("approve {number}"),
                    None => "approve".to_owned(),
                };
                let decide = command(profile, &decide);
                let text = format!("was answered; the answer waits for approval: `{decide}`");
                tai_client::in_local_words(&text).into_owned()
            }
        };
        self.state(&format!("email {id} {text}"));
    }

    /// Reports that a mail was not handled and is retried.
    pub(super) fn retried(self, id: MailId, why: &str, seconds: u64) {
        print(&format!(
            "email {id} was not handled: {why}; retrying in {seconds} s"
        ));
    }

    /// Reports that a mail was not handled and is not retried.
    pub(super) fn given_up(self, id: MailId, why: &str, attempts: u32) {
        print(&format!(
            "error: email {id} was not handled in {attempts} attempts: {why}\n\
             hint: it stays unread; start live again to retry it"
        ));
    }

    /// Reports that a mail waits, because its sender got many answers.
    pub(super) fn braked(self, id: MailId, sender: &str, wait: Duration) {
        print(&format!(
            "warning: email {id} waits {} min: its sender {sender:?} got {MAX_ANSWERS} answers in an hour. Two \
             programs may be answering each other",
            wait.as_secs().div_ceil(60)
        ));
    }

    /// Reports that live takes no further mail.
    pub(super) fn full(self, limit: usize) {
        print(&format!(
            "warning: {limit} emails are not handled; live takes no further email until one of \
             them is"
        ));
    }

    /// Reports that live takes no further mail, because handled ones are not marked read.
    pub(super) fn full_of_unmarked(self, limit: usize) {
        print(&format!(
            "warning: {limit} handled emails are not marked as read; live takes no further email until \
             one of them is"
        ));
    }

    /// Reports a failed call.
    pub(super) fn failed(self, fault: &Fault) {
        let text = fault.render(Audience::Person);
        print(&format!("{}\nRetrying.", tai_client::in_local_words(&text)));
    }

    fn state(self, text: &str) {
        if self.announces {
            print(text);
        }
    }
}

/// Writes a line.
pub(super) fn print(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
