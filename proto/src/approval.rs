//! Approval of outgoing mail by a person, before the daemon sends it.

use crate::{
    Fault, FaultCode, Hint,
    mail::{Format, SentMail},
    text::{Content, HeaderText, Label, Words},
};
use serde::{Deserialize, Serialize};
use tai_names::Instance;

/// Consent of a person, as far as the client knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Consent {
    /// The client did not ask. If the configuration requires approval, the answer is
    /// [`SubmitOutcome::Ask`].
    NotAsked,
    /// The client asked the [`Question`] of this ticket.
    Answered {
        /// [`Question::ticket`].
        ticket: Label,
        /// Answer of the person.
        answer: ConsentAnswer,
    },
    /// The mail is a draft for the person, whatever the configuration requires: it waits for
    /// `taid approve`.
    Draft,
    /// The client wants to see the mail. Nothing is sent, recorded or kept.
    Preview,
}

/// Answer to a [`Question`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConsentAnswer {
    /// The person approved the mail.
    Approved,
    /// The person declined the mail. It is not sent. An answer within a second is no person's, so the
    /// daemon takes it as [`ConsentAnswer::CannotAsk`].
    Declined,
    /// The client cannot ask, or the question was closed without a choice. The mail waits for
    /// `taid approve`.
    CannotAsk,
    /// The agent gave up the call. The mail is not sent.
    Withdrawn,
}

/// Returns the fault for a mail that the person declined, after a question whose other answers are
/// not known.
pub fn declined() -> Fault {
    Fault::new(FaultCode::NotPermitted, "the user did not approve the mail")
        .because("taid's configuration requires the user's approval (confirm_send)")
        .hint(Hint::reader(
            "ask the user what to change, and do not send the mail another way",
        ))
}

/// Outcome of [`crate::call::Submit`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubmitOutcome {
    /// The bridge accepted the mail.
    Sent(SentMail),
    /// The configuration requires approval. Nothing was sent; the client asks and submits again.
    Ask(Question),
    /// The mail waits for `taid approve`. Nothing was sent.
    Held(Box<HeldMail>),
    /// The mail as its recipient would get it. Nothing was sent.
    Preview(PreviewedMail),
}

/// Mail that the client wants to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewedMail {
    /// Mail, as a person would approve it.
    pub mail: MailPreview,
    /// Parts of the content that the mail would not have, such as `2 scripts`; empty if there is
    /// none.
    pub left_out: Words,
    /// Whether a person would be asked before it is sent.
    pub asks: bool,
}

/// Question for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Unguessable proof that this question was asked. Valid once, for ten minutes, for the
    /// same mail and instance.
    pub ticket: Label,
    /// Number of the mail for [`crate::call::ReadHeld`] while the question is open.
    pub number: u64,
    /// Mail to approve.
    pub mail: Box<MailPreview>,
}

/// Beginning of an outgoing mail in the form that a person approves, made from the parts that are
/// sent. [`crate::call::ReadHeld`] returns the whole. Invisible characters are shown as `‹U+200B›`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailPreview {
    /// Sender: the client's address.
    pub from: HeaderText,
    /// Recipient.
    pub to: HeaderText,
    /// Subject.
    pub subject: HeaderText,
    /// Reasons to look closely, such as `hidden text`; empty if there is none.
    pub warning: Words,
    /// Hosts from which a mail program loads something when it shows the mail; empty if there is
    /// none.
    pub loads: Words,
    /// Beginning of the text that the reader of the mail sees, each line after `| `.
    pub text: Words,
    /// Beginning of everything else: hidden text, loaded addresses, misleading links.
    pub details: Words,
    /// Bytes of both that are missing here.
    pub left_out: u64,
}

/// Form of a waiting mail that [`crate::call::ReadHeld`] returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeldForm {
    /// The headers, the text and the details, as a person approves them.
    Shown,
    /// The HTML part, byte for byte as it is sent. An agent wrote it: no scripts and forms are in it,
    /// but loads are.
    Html,
    /// The content as it was submitted, for a person who changes it.
    Source,
}

/// Answer to [`crate::call::ReadHeld`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldPart {
    /// [`HeldMail::version`] of the mail; `None` for the mail of a question.
    pub version: Option<Label>,
    /// Part of the form.
    pub text: Content,
    /// Offset of the next part; `None` at the end.
    pub next: Option<u64>,
}

/// Mail that waits for `taid approve`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldMail {
    /// Number of the mail for `taid approve`.
    pub number: u64,
    /// Text that differs if the content differs, or whether the mail may have been sent. A decision
    /// has it, so that it is about the mail that the person saw.
    pub version: Label,
    /// Name and version of the client that submitted the mail, as the client gives them.
    pub client: Label,
    /// Instance of the client; `None` for the account's own address.
    pub instance: Option<Instance>,
    /// Time of submission, RFC 3339.
    pub since: Label,
    /// Time of expiry, RFC 3339: one hour later.
    pub until: Label,
    /// What happens to the mail when the daemon stops, and whether it may have been sent.
    pub state: HeldState,
    /// The same mail, lost with an earlier daemon, which this one replaces.
    pub replaces: Option<GoneMail>,
    /// The mail of the agent that a person changed to this one.
    pub revises: Option<Box<RevisedMail>>,
    /// Whether the mail answers another one.
    pub is_reply: bool,
    /// Markup of [`HeldForm::Source`].
    pub format: Format,
    /// Mail to approve.
    pub mail: Box<MailPreview>,
}

/// Mail that a person changed. It does not wait any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisedMail {
    /// [`HeldMail::number`].
    pub number: u64,
    /// Digest that identifies the content of the mail.
    pub digest: Label,
}

/// State of a [`HeldMail`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeldState {
    /// The mail is encrypted on the disk, and waits for the next daemon too.
    Kept,
    /// The mail is in memory alone, and is lost when the daemon stops.
    InMemory,
    /// The mail was being sent when an earlier daemon stopped, and may have been sent.
    MaybeSent,
}

/// Mail that waited for `taid approve` when an earlier daemon stopped, and whose content is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoneMail {
    /// [`HeldMail::number`].
    pub number: u64,
    /// [`HeldMail::version`].
    pub version: Label,
    /// [`HeldMail::instance`].
    pub instance: Option<Instance>,
    /// [`HeldMail::since`].
    pub since: Label,
    /// Digest that identifies the content of the mail.
    pub digest: Label,
    /// Reason for which the content is missing.
    pub state: GoneState,
}

/// State of a [`GoneMail`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum GoneState {
    /// The content is lost. Nothing was sent.
    Lost,
    /// The content is lost. The mail was being sent, and may have been sent.
    LostMaybeSent,
    /// The keyring does not give the key of the content now.
    Locked,
    /// The mail was not approved within an hour. Nothing was sent.
    Expired,
    /// As [`GoneState::Expired`], and an earlier daemon may have sent the mail.
    ExpiredMaybeSent,
}

/// Answer to [`crate::call::ListHeld`]. Each list begins with the oldest mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldList {
    /// Mails that wait.
    pub waiting: Vec<HeldMail>,
    /// Mails that waited when an earlier daemon stopped.
    pub gone: Vec<GoneMail>,
}

/// Answer to [`crate::call::WatchHeld`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldUpdate {
    /// Mark of this state. The marks of another daemon differ.
    pub mark: u64,
    /// The mails.
    pub held: HeldList,
}

/// Answer to [`crate::call::Stop`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StopOutcome {
    /// The daemon drains and exits.
    Stops,
    /// The daemon stays: this number of mails waits in memory alone, more than the person accepts
    /// to lose.
    WouldLose(u32),
}

/// Outcome of [`crate::call::ResolveHeld`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resolution {
    /// The bridge accepted the mail.
    Sent(SentMail),
    /// The mail was discarded.
    Discarded {
        /// Whether an earlier daemon may have sent the mail: it stopped during the send.
        maybe_sent: bool,
    },
}
