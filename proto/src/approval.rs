//! What is said, since version 3, about mails that a person is to approve before they are
//! sent. Every type is plainly typed, as in [`crate::call`].

use crate::call::{ReplyEmail, SendEmail};
use serde::{Deserialize, Serialize};

/// A mail to send, or an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outgoing {
    /// A new mail.
    Send(SendEmail),
    /// An answer to a mail.
    Reply(ReplyEmail),
}

/// What a person is to be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// To be handed back with the decision. It cannot be guessed, is good for this very mail
    /// and this client's instance, once, and for a few minutes.
    pub ticket: String,
    /// The mail.
    pub mail: Summary,
}

/// A mail as a person sees it before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The sender: the client's own address.
    pub from: String,
    /// The recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text part; of a long one the beginning.
    pub text: String,
    /// How many bytes of the text part were left out.
    pub left_out: u64,
    /// How many characters are in the text part that nobody would see, and not in `text`.
    pub invisible: u32,
}

/// What is to become of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// [`Question::ticket`].
    pub ticket: String,
    /// The mail, as it was before.
    pub mail: Outgoing,
    /// Whether to send it although the same one was sent a moment ago.
    pub insist: bool,
    /// What the person said.
    pub word: Word,
}

/// What a person said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Word {
    /// Send it.
    Yes,
    /// Do not send it.
    No,
    /// Nothing: this client cannot ask. The mail waits for `taid approve`.
    NotAsked,
}

/// A mail that waits for approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Its number, which [`Verdict::number`] names.
    pub number: u64,
    /// Since when, RFC 3339.
    pub since: String,
    /// When it is dropped, RFC 3339.
    pub until: String,
    /// The mail.
    pub mail: Summary,
}

/// What a person says of a mail that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// [`Held::number`].
    pub number: u64,
    /// Whether to send it; dropped otherwise.
    pub send: bool,
}
