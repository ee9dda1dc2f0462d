//! Faults about mails that need a person's approval.

use crate::mail::{ApprovalError, OF_ADDRESS, OF_DAEMON};
use tai_proto::{Fault, FaultCode, Hint, approval::declined};

/// Returns the fault for a failed approval.
pub(crate) fn of_approval(error: &ApprovalError) -> Fault {
    let ask_again = || Hint::reader("call again: the user is asked again; nothing was sent");
    let full = format!(
        "taid holds at most {} mails and {} MB of an instance for approval, {} mails and {} MB in total",
        OF_ADDRESS.mails,
        OF_ADDRESS.bytes >> 20,
        OF_DAEMON.mails,
        OF_DAEMON.bytes >> 20,
    );
    let (code, why, hint) = match error {
        ApprovalError::NoTicket => (
            FaultCode::NotPermitted,
            "an approval works once, within ten minutes, and only until taid exits",
            ask_again(),
        ),
        ApprovalError::OtherMail => (
            FaultCode::NotPermitted,
            "sender, recipient, subject and content must be the ones that the user saw",
            ask_again(),
        ),
        ApprovalError::Declined => (
            FaultCode::NotPermitted,
            "taid's configuration requires the user's approval (confirm_send)",
            Hint::reader(
                "ask the user what to change, and do not send the mail another way; nothing was sent",
            ),
        ),
        ApprovalError::DeclinedLater => return declined(),
        ApprovalError::Decided => (
            FaultCode::NotPermitted,
            "the user sent, changed or discarded it with `taid approve` while it began to wait",
            Hint::reader("do not send it again; ask the user"),
        ),
        ApprovalError::Discarded(_) => (
            FaultCode::NotPermitted,
            "the user decided with `taid approve`",
            Hint::each(
                "ask the user what to change; if the user wants this mail after all, call again with \
                 allow_duplicate: true; nothing was sent",
                "if you want this mail after all, send it with `taid send`",
            ),
        ),
        ApprovalError::DiscardedUncertain(_) => (
            FaultCode::NotPermitted,
            "taid stopped while it sent the mail, and the user decided with `taid approve`",
            Hint::each(
                "ask the user, and the recipient whether it arrived; only if it did not and the user wants \
                 this mail after all, call again with allow_duplicate: true; nothing was sent this time",
                "ask the recipient whether it arrived; if you want this mail after all, send it with `taid send`",
            ),
        ),
        ApprovalError::Full => (
            FaultCode::TooBusy,
            &*full,
            Hint::user("send or discard the waiting mails with `taid approve`"),
        ),
        ApprovalError::NotHeld(_) => (
            FaultCode::NotFound,
            "it was sent, discarded or changed, it expired after an hour, taid lost it at a restart, or there was none",
            Hint::reader("list the waiting mails with `taid approve`"),
        ),
        ApprovalError::OtherVersion(_) => (
            FaultCode::BadRequest,
            "taid was restarted since, and it may have been sent, or another mail has its number; \
             nothing was done",
            Hint::reader("look at it with `taid approve`, then decide again"),
        ),
        ApprovalError::Lost(_) => (
            FaultCode::NotFound,
            "its content was in memory alone, because taid got no key from a keyring",
            Hint::each(
                "submit the email again",
                "ask the agent to submit the mail again; `taid approve` lists the waiting mails",
            ),
        ),
        ApprovalError::Locked(_) => (
            FaultCode::TooBusy,
            "the keyring does not answer, or has no key of the mail now",
            Hint::user("unlock the keyring, then run `taid approve` again"),
        ),
        // As for a call that came a moment later: the client repeats it at the successor.
        ApprovalError::Stopping => (
            FaultCode::Stopping,
            "taid accepts no new calls while it stops",
            Hint::reader("try again in a moment; nothing was done"),
        ),
        ApprovalError::OtherAccount(..) => (
            FaultCode::BadRequest,
            "the bridge sends the mails of an account for that account alone; nothing was sent",
            Hint::user(
                "sign in to its account with `taid logout` and `taid login`, or discard it with `taid approve`",
            ),
        ),
        ApprovalError::MaybeSent(_) => (
            FaultCode::BadRequest,
            "taid was sending it when it stopped",
            Hint::user("ask the recipient, then send or discard it with `taid approve`"),
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
