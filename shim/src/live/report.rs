//! Lines of the command on standard error.

use super::{brake::MAX_ANSWERS, ending::Ending};
use std::{io::Write as _, time::Duration};
use tai_client::in_local_words;
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
                format!("was answered; the answer waits for approval: `{decide}`")
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
    pub(super) fn given_up(self, id: MailId, why: &str, runs: u32) {
        print(&given_up(id, why, runs));
    }

    /// Reports that a mail gets no answer.
    pub(super) fn refused(self, id: MailId, why: &str) {
        print(&format!(
            "warning: email {id} is not answered, because {why}; it stays unread"
        ));
    }

    /// Reports that live takes no further mail, because it has left this number of them unread.
    pub(super) fn full_of_left(self, count: usize) {
        print(&format!(
            "warning: {count} emails were left unread, and further ones are handled late\n\
             hint: read or delete them"
        ));
    }

    /// Reports that the further mails of a sender wait, because it got many answers.
    pub(super) fn braked(self, sender: &str, wait: Duration) {
        print(&format!(
            "warning: {sender:?} got {MAX_ANSWERS} answers in an hour; its further emails wait {} min. Two \
             programs may be answering each other",
            wait.as_secs().div_ceil(60)
        ));
    }

    /// Reports that live takes no further mail, because `count` mails wait. `for_person` of them wait
    /// for a person.
    pub(super) fn full(self, count: usize, for_person: usize) {
        print(&full(count, for_person));
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
        print(&format!("{}\nRetrying.", fault.render(Audience::Person)));
    }

    fn state(self, text: &str) {
        if self.announces {
            print(text);
        }
    }
}

fn given_up(id: MailId, why: &str, runs: u32) -> String {
    let runs = match runs {
        0 | 1 => String::new(),
        runs => format!(" in {runs} attempts"),
    };
    format!(
        "error: email {id} was not handled{runs}: {why}\n\
         hint: it stays unread; answer it yourself, or start live again to retry it"
    )
}

fn full(count: usize, for_person: usize) -> String {
    let hint = match for_person {
        0 => String::new(),
        count => {
            format!(
                "\nhint: read or delete the {count} emails that live cannot answer, or start it again"
            )
        }
    };
    format!(
        "warning: {count} emails are not handled; live takes no further email until one of them \
         is{hint}"
    )
}

/// Writes a line.
pub(super) fn print(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", in_local_words(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_is_given_up_and_a_full_live_say_what_to_do() {
        let id = MailId::new(7).unwrap();
        let page = [
            given_up(id, "the program ended with a signal", 5),
            given_up(id, "its answer was not sent: Email with ID 7 not found", 0),
            full(150, 0),
            full(150, 120),
        ];
        insta::assert_snapshot!(page.join("\n"), @"
        error: email 7 was not handled in 5 attempts: the program ended with a signal
        hint: it stays unread; answer it yourself, or start live again to retry it
        error: email 7 was not handled: its answer was not sent: Email with ID 7 not found
        hint: it stays unread; answer it yourself, or start live again to retry it
        warning: 150 emails are not handled; live takes no further email until one of them is
        warning: 150 emails are not handled; live takes no further email until one of them is
        hint: read or delete the 120 emails that live cannot answer, or start it again
        ");
    }
}
