//! The bridge's JSON, with every variation that bridge-api.md lists under "may". Every text and
//! every list has a limit, and what a value does not keep is skipped while it arrives (trap 3).

mod encoded_words;
mod lenient;
mod mails;
mod small;
mod wrapper;

pub use encoded_words::has_words;
pub(super) use mails::{List, OneMail};
pub(super) use small::{Done, HealthStatus, IssuedJwt, NewAccount, SendReceipt};
pub(super) use wrapper::{Wrapped, Wrapper};

use super::mail::{Outgoing, OutgoingReply};
use serde::Serialize;

/// Size limit of a short answer, in bytes. Its texts are cut, so a long error text needs no
/// memory.
const SHORT_ANSWER: usize = 8 << 20;

/// Body of a request that sends a mail. It borrows the mail's parts, which may be large.
#[derive(Serialize)]
pub(super) struct SendBody<'a> {
    to: &'a str,
    from: &'a str,
    subject: &'a str,
    message: &'a str,
    html: &'a str,
}

/// Body of a request that sends a reply.
#[derive(Serialize)]
pub(super) struct ReplyBody<'a> {
    text: &'a str,
    html: &'a str,
    subject: &'a str,
}

impl<'a> From<&Outgoing<'a>> for SendBody<'a> {
    fn from(mail: &Outgoing<'a>) -> Self {
        Self {
            to: mail.to,
            from: mail.from,
            subject: mail.subject,
            message: mail.text,
            html: mail.html,
        }
    }
}

impl<'a> From<&OutgoingReply<'a>> for ReplyBody<'a> {
    fn from(reply: &OutgoingReply<'a>) -> Self {
        Self {
            text: reply.text,
            html: reply.html,
            subject: reply.subject,
        }
    }
}

#[cfg(test)]
mod tests;
