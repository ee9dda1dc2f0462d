//! Failures to handle a mail.

use tai_proto::{Fault, FaultCode, text::Content};

/// Kind of a failure, which decides what is retried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// The program or agent was not run.
    NotRun,
    /// The program or agent ran in vain. Runs cost the use of a model.
    Run,
    /// The answer is finished and was certainly not sent.
    NotSent(Content),
    /// As [`Failure::NotSent`], and not before something changes: taid's configuration forbids it, or the
    /// bridge refuses the answer or does not find the mail, which can be an error of its own.
    Refused(Content),
}

impl Failure {
    /// Returns the failure to submit an answer.
    pub(super) fn of_submit(code: FaultCode, answer: Content) -> Self {
        match code {
            // No mail can be made from the answer. Another run makes another one.
            FaultCode::BadRequest => Failure::Run,
            // Also the limit of sends in an hour, and a key of the bridge that its operator renews.
            FaultCode::NotFound | FaultCode::NotPermitted | FaultCode::NotYours => {
                Failure::Refused(answer)
            }
            FaultCode::NotRunning
            | FaultCode::NotSignedIn
            | FaultCode::AuthRefused
            | FaultCode::Unreachable
            | FaultCode::BridgeFailed
            | FaultCode::RateLimited
            | FaultCode::OutcomeUnknown
            | FaultCode::DeadlinePassed
            | FaultCode::TooBusy
            | FaultCode::Cancelled
            | FaultCode::Stopping
            | FaultCode::OtherAccount
            | FaultCode::AccountRefused
            | FaultCode::Duplicate
            | FaultCode::AwaitingApproval
            | FaultCode::AnswerTooLarge
            | FaultCode::VersionMismatch
            | FaultCode::Internal
            | FaultCode::NotRecorded => Failure::NotSent(answer),
        }
    }
}

/// Returns what failed and why, as a clause.
pub(super) fn clause(fault: &Fault) -> String {
    match fault.why.is_empty() {
        true => fault.what.to_string(),
        false => format!("{} ({})", fault.what, fault.why),
    }
}
