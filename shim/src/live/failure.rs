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
        // No mail can be made from the answer. Another run makes another one.
        if code == FaultCode::BadRequest {
            return Failure::Run;
        }
        // Also the limit of sends in an hour, and a key of the bridge that its operator renews.
        match code.is_lasting() {
            true => Failure::Refused(answer),
            false => Failure::NotSent(answer),
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
