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
    /// As [`Failure::NotSent`], because taid's configuration forbids it.
    Refused(Content),
    /// The answer can never be sent.
    Rejected,
}

impl Failure {
    /// Returns the failure to submit an answer.
    pub(super) fn of_submit(code: FaultCode, answer: Content) -> Self {
        match code {
            FaultCode::BadRequest | FaultCode::NotFound => Failure::Rejected,
            // Also the limit of sends in an hour.
            FaultCode::NotPermitted | FaultCode::NotYours => Failure::Refused(answer),
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
