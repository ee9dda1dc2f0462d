//! The words for mail that a person has to approve.

use crate::mail::ApprovalError;
use tai_proto::{Fault, FaultCode, Hint};

/// Returns the fault for a mail that no person approved.
pub fn of_approval(error: &ApprovalError) -> Fault {
    let ask_again = || {
        Hint::reader(
            "call again without the approval to have the user asked again; nothing was sent",
        )
    };
    let (code, why, hint) = match error {
        ApprovalError::NoTicket => (
            FaultCode::NotPermitted,
            "an approval is good once, for ten minutes, and ends with taid",
            ask_again(),
        ),
        ApprovalError::OtherMail => (
            FaultCode::NotPermitted,
            "sender, recipient, subject and content have to be those that the user saw",
            ask_again(),
        ),
        ApprovalError::Declined => (
            FaultCode::NotPermitted,
            "taid's configuration has the user asked before an email is sent (confirm_send)",
            Hint::reader(
                "ask the user what to change, and do not send it another way; nothing was sent",
            ),
        ),
        ApprovalError::Full => (
            FaultCode::TooBusy,
            "taid keeps at most 32 mails and 8 MB for approval",
            Hint::user("decide about the waiting mails with `taid approve`"),
        ),
        ApprovalError::NotHeld(_) => (
            FaultCode::NotFound,
            "it was decided, it expired after an hour, or taid was restarted",
            Hint::reader("list the waiting mails with `taid approve`"),
        ),
        ApprovalError::NoRandom => (
            FaultCode::Internal,
            "an approval ticket needs random bytes",
            Hint::user("restart taid"),
        ),
    };
    Fault::new(code, error.to_string()).because(why).hint(hint)
}

#[cfg(test)]
#[path = "approval_tests.rs"]
mod tests;
