//! The rule of when two mails are the same. They have the same sender, recipient, subject and text;
//! a client that insists on a reply means the reply to one mail, and no reply to another one.

use super::state::{Trace, WaitingMail};
use crate::{digest::Digest, mail::sending::prepared::PreparedMail};

/// A mail that a client submits.
#[derive(Clone, Copy)]
pub(super) struct Submission<'a> {
    pub(super) mail: &'a PreparedMail,
    /// Whether to send it although the same mail was sent within ten minutes.
    pub(super) insist: bool,
}

impl Submission<'_> {
    /// Returns whether it repeats a mail that waits.
    pub(super) fn repeats(self, waiting: &WaitingMail) -> bool {
        let WaitingMail { mail: other, .. } = waiting;
        self.is(&other.digest, other.reply_to == self.mail.reply_to)
    }

    /// Returns whether it repeats a mail of an earlier daemon. The trace does not tell which mail
    /// that one answers, so a reply may answer another one.
    pub(super) fn repeats_earlier(self, trace: &Trace) -> bool {
        self.is(&trace.digest, self.mail.reply_to.is_none())
    }

    fn is(self, digest: &Digest, answers_the_same: bool) -> bool {
        *digest == self.mail.digest && (!self.insist || answers_the_same)
    }
}
