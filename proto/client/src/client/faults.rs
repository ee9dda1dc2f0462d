//! Faults of calls that the client reports itself.

use std::time::Duration;
use tai_proto::{Call, Fault, FaultCode, Hint};

/// Returns what to do before a call is repeated by its caller.
pub(super) fn advice(call: &Call) -> &'static str {
    match call {
        Call::Submit(_) | Call::ResolveHeld(_) => {
            "check the mailbox or ask the recipient before you call again; the call was not \
             repeated, and taid does not send the same mail within ten minutes unless \
             allow_duplicate is true"
        }
        Call::SendMail(_) => {
            "ask the recipient before you send it again; the call was not repeated, and taid does not \
             send the same mail within ten minutes without `--again`"
        }
        Call::ReviseHeld(_) => "look at `taid approve` before you change it again",
        Call::DeleteMail(_) => "look at `taid inbox --all` before you delete it again",
        Call::Delete(_) => {
            "call list_inbox to see whether the mail exists, and delete it again if it does"
        }
        Call::Fetch(_)
        | Call::Peek(_)
        | Call::List(_)
        | Call::Search(_)
        | Call::MarkRead(_)
        | Call::Settle(_)
        | Call::EndLease(_)
        | Call::Watch(_)
        | Call::GetInfo(_)
        | Call::GetStatus(_)
        | Call::ClaimAccount(_)
        | Call::MakeWay(_)
        | Call::OfferCredentials(_)
        | Call::Login(_)
        | Call::Logout(_)
        | Call::RetryLogin(_)
        | Call::ListHeld(_)
        | Call::WatchHeld(_)
        | Call::ReadHeld(_)
        | Call::FindReply(_)
        | Call::Stop(_)
        | Call::ListMail(_)
        | Call::SearchMail(_)
        | Call::ReadMail(_)
        | Call::FinishMail(_)
        | Call::GetTraffic(_)
        | Call::WaitFor(_) => "look at `taid status` before you repeat it",
    }
}

/// Returns the fault of a connection whose task has failed.
pub(super) fn not_connected(cause: &str) -> Fault {
    Fault::new(FaultCode::Internal, "cannot connect to taid")
        .because(cause)
        .hint(Hint::reader("call again"))
}

pub(super) fn lost_call(advice: &str) -> Fault {
    Fault::new(
        FaultCode::OutcomeUnknown,
        "it is unknown whether the call had an effect",
    )
    .because("taid exited before it answered")
    .hint(Hint::reader(advice))
}

pub(super) fn too_many_attempts() -> Fault {
    Fault::new(
        FaultCode::Unreachable,
        "the connection to taid broke three times during the call",
    )
    .hint(Hint::user("look at taid's log: `taid logs`"))
}

pub(super) fn too_late(limit: Duration) -> Fault {
    Fault::new(FaultCode::DeadlinePassed, "taid did not answer in time")
        .because(format!("the time limit is {} s", limit.as_secs()))
        .hint(Hint::reader(
            "if it was to send an email, check whether it was sent before you try again",
        ))
}

pub(super) fn cancelled_call() -> Fault {
    Fault::new(FaultCode::Cancelled, "the call was cancelled")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_proto::Audience;

    #[test]
    fn a_failed_task_of_a_connection_is_reported() {
        let fault = not_connected("task 7 panicked");
        insta::assert_snapshot!(fault.render(Audience::Agent), @"
        error: cannot connect to taid
        caused by: task 7 panicked
        hint: call again
        ");
    }
}
