//! Errors of approvals.

use tai_proto::names::Address;

/// Reason for which a mail was not approved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApprovalError {
    /// No question with this ticket is open.
    #[error("the approval is unknown, used or expired")]
    NoTicket,
    /// The question with this ticket was about another mail.
    #[error("the approval is for another mail")]
    OtherMail,
    /// The person declined.
    #[error("the user did not approve the mail")]
    Declined,
    /// The person declined, and no question with this ticket is open: it was that of a taid that
    /// has stopped, or has another answer.
    #[error("the user did not approve the mail")]
    DeclinedLater,
    /// The person decided about the mail before its record was complete.
    #[error("the user has decided about the mail")]
    Decided,
    /// The person discarded or changed the same mail, with this number, within ten minutes.
    #[error("the user discarded or changed the same mail (number {0}) within the last ten minutes")]
    Discarded(u64),
    /// As [`ApprovalError::Discarded`], for a mail that an earlier daemon may have sent.
    #[error(
        "the user discarded the same mail (number {0}) within the last ten minutes, and it may have been sent before"
    )]
    DiscardedUncertain(u64),
    /// The sender's queue of waiting mails is full, or the daemon's.
    #[error("the approval queue is full")]
    Full,
    /// No mail with this number waits.
    #[error("mail {0} does not wait for approval")]
    NotHeld(u64),
    /// The mail with this number is not the one that the person saw, or may have been sent since.
    #[error("mail {0} is not the mail that was shown")]
    OtherVersion(u64),
    /// The content of the mail with this number is lost.
    #[error("mail {0} was lost when taid stopped")]
    Lost(u64),
    /// The keyring does not give the key of the mail with this number.
    #[error("mail {0} cannot be decrypted now")]
    Locked(u64),
    /// The daemon stops, and would lose the mail.
    #[error("taid is stopping")]
    Stopping,
    /// The mail with this number is of another account, by its address, than the session.
    #[error("mail {0} is of {1}, and taid is signed in to another account")]
    OtherAccount(u64, Address),
    /// An earlier daemon may have sent the mail with this number.
    #[error("mail {0} may have been sent and cannot be changed")]
    MaybeSent(u64),
    /// The random bits of a ticket are not available.
    #[error("the system's random number generator failed")]
    NoRandom,
}
