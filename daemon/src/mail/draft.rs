//! A mail as a client submits it, and the receipt that the client gets.

use tai_proto::{
    approval::{Held, Question},
    call::Format,
};

/// A mail that a client submits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The recipient, or the mail that is answered.
    pub target: Target,
    /// The subject. `None` takes `Email from {instance}` for a new mail, and the original's
    /// subject with one `Re:` for a reply.
    pub subject: Option<String>,
    /// The body, at most [`tai_proto::call::MAX_CONTENT`] bytes.
    pub content: String,
    /// The markup of `content`.
    pub format: Format,
}

/// The target of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A new mail.
    New {
        /// The recipient, unchecked; `None` takes the default recipient.
        to: Option<String>,
    },
    /// A reply to a mail of the client's own address.
    Reply {
        /// The id of the mail that is answered.
        to: u64,
    },
}

/// What a client knows of a person's consent to a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// No person was asked.
    NotAsked,
    /// A person was asked with the question of this ticket.
    Answered {
        /// [`Question::ticket`].
        ticket: String,
        /// The person's answer.
        answer: ConsentAnswer,
    },
}

/// A person's answer to a [`Question`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentAnswer {
    /// Send the mail.
    Approved,
    /// Do not send the mail.
    Declined,
    /// The client cannot ask. The mail waits for `taid approve`.
    CannotAsk,
}

/// The outcome of a submitted draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubmitOutcome {
    /// The bridge accepted the mail.
    Sent(SentMail),
    /// A person has to be asked first. Nothing was sent.
    Ask(Question),
    /// The mail waits for `taid approve`. Nothing was sent.
    Held(Held),
}

/// The outcome of a person's decision about a mail that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// The bridge accepted the mail.
    Sent(SentMail),
    /// The mail was discarded.
    Discarded,
}

/// The receipt for a mail that the bridge accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMail {
    /// The sender: the client's own address.
    pub from: String,
    /// The recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The bridge's id of the mail.
    pub message_id: String,
    /// The time of acceptance, in the bridge's words.
    pub timestamp: String,
    /// What only a reply has.
    pub reply: Option<ReplyReceipt>,
}

/// The part of a receipt that only a reply has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplyReceipt {
    /// The id of the mail that was answered.
    pub original: u64,
    /// Whether the bridge threaded the reply. `false` if the bridge cannot reply and a new mail
    /// was sent instead.
    pub threaded: bool,
}
