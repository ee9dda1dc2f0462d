//! Faults of calls that the client reports itself.

use std::time::Duration;
use tai_proto::{
    Call, Fault, FaultCode, Hint,
    advice::{UNKNOWN_FOR_AGENTS, UNKNOWN_FOR_PERSONS},
    names::Profile,
};

/// Returns the fault for a client whose daemon was replaced by one of another bridge.
pub(super) fn another_bridge(profile: &Profile) -> Fault {
    Fault::new(
        FaultCode::OtherAccount,
        "taid has another bridge than at the beginning of this session",
    )
    .because("the ids of mails belong to a bridge, and this session has those of the earlier one")
    .hint(Hint::each(
        "ask the user to restart this MCP client, or to restore `api_base_url`; nothing was done",
        "run the command again; nothing was done",
    ))
    .for_profile(profile)
}

/// Words about a call without an answer that may have had an effect.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unanswered {
    what: &'static str,
    /// What to do before the caller repeats it.
    advice: &'static str,
    /// What was done with the call, after the advice.
    end: &'static str,
}

/// Returns the words about a call without an answer.
pub(super) fn unanswered(call: &Call) -> Unanswered {
    const SEND: &str = "it is unknown whether the mail was sent";
    const CALL: &str = "it is unknown whether the call had an effect";
    let (what, advice) = match call {
        Call::ResolveHeld(_) => (
            SEND,
            "ask the recipient before the mail is sent again; the call was not repeated, and `taid \
             approve` lists the mails that still wait",
        ),
        Call::Submit(_) => (SEND, UNKNOWN_FOR_AGENTS),
        Call::SendMail(_) => (SEND, UNKNOWN_FOR_PERSONS),
        Call::ReviseHeld(_) => (CALL, "look at `taid approve` before you change it again"),
        Call::DeleteMail(_) => (
            CALL,
            "look at `taid inbox --all` before you delete it again",
        ),
        Call::Delete(_) => (
            CALL,
            "call list_inbox to see whether the mail exists, and delete it again if it does",
        ),
        Call::Fetch(_)
        | Call::Peek(_)
        | Call::List(_)
        | Call::Search(_)
        | Call::MarkRead(_)
        | Call::Settle(_)
        | Call::EndLease(_)
        | Call::ReclaimLeases(_)
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
        | Call::WaitFor(_) => (CALL, "look at `taid status` before you repeat it"),
    };
    let end = match matches!(call, Call::Submit(_) | Call::SendMail(_)) {
        true => "; the call was not repeated",
        false => "",
    };
    Unanswered { what, advice, end }
}

/// Returns the fault of a connection whose task has failed.
pub(super) fn not_connected(cause: &str) -> Fault {
    Fault::new(FaultCode::Internal, "cannot connect to taid")
        .because(cause)
        .hint(Hint::reader("call again"))
}

/// Returns the fault of a call whose connection ended.
pub(super) fn lost_call(call: Unanswered) -> Fault {
    unknown_outcome(call, "taid exited before it answered")
}

/// Returns the fault of a call whose time ended.
pub(super) fn late_call(call: Unanswered) -> Fault {
    unknown_outcome(call, "taid did not answer in time")
}

/// Returns the fault of a call whose caller did not wait for its end.
pub(super) fn left_call(call: Unanswered) -> Fault {
    unknown_outcome(call, "the client did not wait for the answer")
}

/// Returns the fault of a call that may have had an effect and is not repeated.
fn unknown_outcome(call: Unanswered, cause: &str) -> Fault {
    Fault::new(FaultCode::OutcomeUnknown, call.what)
        .because(cause)
        .hint(Hint::reader([call.advice, call.end].concat()))
}

pub(super) fn too_many_attempts() -> Fault {
    Fault::new(
        FaultCode::Unreachable,
        "the connection to taid broke three times during the call",
    )
    .hint(Hint::user("look at taid's log: `taid logs`"))
}

/// Returns the fault of a call that was not begun, or that is safe to repeat.
pub(super) fn too_late(limit: Duration) -> Fault {
    Fault::new(FaultCode::DeadlinePassed, "taid did not answer in time")
        .because(format!("the time limit is {} s", limit.as_secs()))
        .hint(Hint::reader("call again, which is safe"))
}

/// Returns the fault of a cancelled call that has no effect.
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
