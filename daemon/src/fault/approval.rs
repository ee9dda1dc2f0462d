//! The words about mails that a person is to approve.

use crate::mail::ApprovalError;
use tai_proto::{Fault, FaultCode};

/// No person approved of a mail.
pub fn of_approval(error: &ApprovalError) -> Fault {
    let anew = "Nothing was sent. Call again without it, and the user is asked anew.";
    let (code, why, hint) = match error {
        ApprovalError::NoTicket => (
            FaultCode::NotPermitted,
            "an approval is good once, for ten minutes, and not beyond a restart of taid",
            anew,
        ),
        ApprovalError::OtherMail => (
            FaultCode::NotPermitted,
            "what is sent has to be what the user saw: sender, recipient, subject and content",
            anew,
        ),
        ApprovalError::Declined => (
            FaultCode::NotPermitted,
            "taid's configuration has the user asked before an email is sent (confirm_send)",
            "Nothing was sent. Do not send it another way; ask the user what to change.",
        ),
        ApprovalError::Full => (
            FaultCode::TooBusy,
            "taid keeps 32 of them, and 8 MB",
            "Nothing was sent. Ask the user to look at `taid approve`, then call again.",
        ),
        ApprovalError::NotHeld(_) => (
            FaultCode::NotFound,
            "it was decided about already, waited for more than an hour, or taid was restarted",
            "Run `taid approve` for those that wait.",
        ),
        ApprovalError::NoRandom => (FaultCode::Internal, "", "Nothing was sent. Restart taid."),
    };
    Fault::new(code, error.to_string(), why, hint)
}

/// A person is to be asked, and the client is too old to do it.
pub fn cannot_be_asked() -> Fault {
    Fault::new(
        FaultCode::NotPermitted,
        "the user has to approve of this email, and this client cannot ask",
        "taid's configuration says so (confirm_send), and this tai-mcp is older than taid",
        "Nothing was sent. Ask the user to install taid and tai-mcp from one release, and to restart \
         this MCP client.",
    )
}

#[cfg(test)]
#[path = "approval_tests.rs"]
mod tests;
