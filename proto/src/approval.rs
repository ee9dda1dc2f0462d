//! Approval of outgoing mail by a person.

use crate::{
    mail::SentMail,
    text::{HeaderText, Label, Words},
};
use serde::{Deserialize, Serialize};

/// What a client knows of a person's consent when it hands a mail in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Consent {
    /// No person was asked. If the configuration wants one asked, the answer is
    /// [`SubmitOutcome::Ask`].
    NotAsked,
    /// A person was asked with this ticket's question.
    Answered {
        /// [`Question::ticket`].
        ticket: Label,
        /// The person's answer.
        answer: ConsentAnswer,
    },
}

/// A person's answer to a [`Question`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConsentAnswer {
    /// Send it.
    Approved,
    /// Do not send it.
    Declined,
    /// The client cannot ask. The mail waits for `taid approve`.
    CannotAsk,
}

/// The outcome of handing a mail in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubmitOutcome {
    /// The bridge accepted the mail.
    Sent(SentMail),
    /// A person has to be asked first. Nothing was sent.
    Ask(Question),
    /// The mail waits for `taid approve`. Nothing was sent.
    Held(HeldMail),
}

/// A question for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Proof that this very question was asked. It cannot be guessed and is good once, for
    /// this mail and this client's instance, for ten minutes.
    pub ticket: Label,
    /// The mail.
    pub mail: MailPreview,
}

/// An outgoing mail as a person sees it before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailPreview {
    /// The sender: the client's own address.
    pub from: HeaderText,
    /// The recipient.
    pub to: HeaderText,
    /// The subject.
    pub subject: HeaderText,
    /// The text part, or its beginning.
    pub text: Words,
    /// The number of bytes of the text part that are not in `text`.
    pub left_out: u64,
    /// The number of invisible characters that were removed for `text`.
    pub invisible: u32,
}

/// A mail that waits for approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldMail {
    /// Its number, which `taid approve` names.
    pub number: u64,
    /// The time it was handed in, RFC 3339.
    pub since: Label,
    /// The time it expires, RFC 3339.
    pub until: Label,
    /// The mail.
    pub mail: MailPreview,
}

/// The outcome of [`crate::call::ResolveHeld`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resolution {
    /// The bridge accepted the mail.
    Sent(SentMail),
    /// The mail was discarded.
    Discarded,
}
