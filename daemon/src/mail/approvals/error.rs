//! Errors of approvals.

/// The reason for which a mail was not approved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApprovalError {
    /// No question with this ticket is open.
    #[error("the approval is unknown, used or expired")]
    NoTicket,
    /// The question with this ticket was about another mail.
    #[error("the approval is for another mail")]
    OtherMail,
    /// The person was asked, and did not approve.
    #[error("the user did not approve the mail")]
    Declined,
    /// No more mails may wait.
    #[error("the approval queue is full")]
    Full,
    /// No mail with this number waits.
    #[error("mail {0} does not wait for approval")]
    NotHeld(u64),
    /// A ticket needs random bits.
    #[error("the system's random number generator failed")]
    NoRandom,
}
