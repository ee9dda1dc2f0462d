//! Records of the last calls and of the last exchanges with the bridge, for a bug report. They
//! consist of numbers and fixed words, so that a report has nothing of a mail, a name or an address.

use crate::{fault::FaultCode, text::Label};
use serde::{Deserialize, Serialize, de::IntoDeserializer as _, de::value::Error as ValueError};

/// Limit of the calls of a [`Traffic`].
pub const MAX_CALLS: usize = 300;
/// Limit of the exchanges of a [`Traffic`].
pub const MAX_EXCHANGES: usize = 200;

/// Last calls and exchanges of the daemon, each list in the order in which they ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// Finished calls of clients, at most [`MAX_CALLS`].
    pub calls: Vec<CallRecord>,
    /// Number of earlier calls, which `calls` leaves out.
    pub calls_left_out: u64,
    /// Exchanges with the bridge, at most [`MAX_EXCHANGES`].
    pub exchanges: Vec<ExchangeRecord>,
    /// Number of earlier exchanges, which `exchanges` leaves out.
    pub exchanges_left_out: u64,
}

/// Record of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Number of the connection. A daemon uses each number once.
    pub connection: u64,
    /// [`Call::label`](crate::Call::label).
    pub call: Label,
    /// Time of the call, in milliseconds since the daemon's start.
    pub at_ms: u64,
    /// Duration of the call, in milliseconds.
    pub duration_ms: u32,
    /// Outcome of the call.
    pub outcome: CallOutcome,
}

/// Outcome of a call, as text: `done`, or the name of the fault's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Label", into = "Label")]
pub enum CallOutcome {
    /// The daemon answered the call.
    Done,
    /// The call failed, or its client cancelled it.
    Failed(FaultCode),
}

/// Record of an HTTP request to the bridge and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeRecord {
    /// Time at which the request left, in milliseconds since the daemon's start.
    pub at_ms: u64,
    /// Purpose of the request.
    pub operation: Operation,
    /// Duration of the exchange, in milliseconds.
    pub duration_ms: u32,
    /// HTTP status; `None` without an answer.
    pub status: Option<u16>,
    /// Failure of the exchange; `None` if the answer was usable.
    pub failure: Option<Failure>,
    /// Pause that the answer's `Retry-After` asks for, in seconds.
    pub retry_after_s: Option<u32>,
}

/// Purpose of a request to the bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Creates an account.
    Register,
    /// Requests a token with the password.
    Login,
    /// Requests a token with the token before.
    Refresh,
    /// Requests the bridge's report on itself.
    Health,
    /// Lists a page of the mailbox.
    List,
    /// Looks for new mail, for clients that wait.
    Poll,
    /// Requests one mail.
    Message,
    /// Marks a mail read.
    MarkRead,
    /// Deletes a mail.
    Delete,
    /// Sends a mail.
    Send,
    /// Replies to a mail.
    Reply,
}

/// Failure of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// No byte of the request left this machine.
    Unreachable,
    /// The proxy cannot be reached, or does not connect to the bridge.
    ProxyFailed,
    /// The certificate of the bridge is not accepted.
    Untrusted,
    /// The connection broke after at least a part of the request had left.
    Broken,
    /// The bridge did not answer in time.
    TimedOut,
    /// The bridge limits the rate of requests.
    RateLimited,
    /// The bridge refuses the token, or the password.
    Unauthorized,
    /// The bridge does not find the user of the token. A failing database has the same answer.
    UnknownUser,
    /// The bridge's database fails.
    DatabaseFailed,
    /// The bridge refuses the request.
    Refused,
    /// The bridge failed.
    Failed,
    /// The bridge has no mail provider.
    NoProvider,
    /// The bridge failed before it handed the mail to its provider.
    NotProcessed,
    /// The bridge has suspended sending.
    CircuitOpen,
    /// The bridge's mail provider refuses the mail.
    ProviderRefused,
    /// The URL has no such endpoint.
    NoEndpoint,
    /// The answer is a redirect.
    Moved,
    /// The answer is not from the bridge.
    Intercepted,
    /// The answer cannot be read.
    Garbled,
    /// The answer exceeds its size limit.
    TooLarge,
    /// The person signed out before the request left.
    Revoked,
}

/// Error for a text that is no [`CallOutcome`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the outcome is neither `done` nor the name of a fault")]
pub struct UnknownOutcome;

const DONE: &str = "done";

impl From<CallOutcome> for Label {
    fn from(outcome: CallOutcome) -> Self {
        match outcome {
            CallOutcome::Done => DONE.into(),
            CallOutcome::Failed(code) => Label::cut(code.to_string()),
        }
    }
}

impl TryFrom<Label> for CallOutcome {
    type Error = UnknownOutcome;

    fn try_from(text: Label) -> Result<Self, UnknownOutcome> {
        if text == DONE {
            return Ok(CallOutcome::Done);
        }
        let name: serde::de::value::StrDeserializer<'_, ValueError> =
            text.as_str().into_deserializer();
        let code = FaultCode::deserialize(name).map_err(|_| UnknownOutcome)?;
        Ok(CallOutcome::Failed(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{MAX_FRAME, encode};

    #[test]
    fn an_outcome_is_done_or_the_name_of_a_fault() {
        for (outcome, text) in [
            (CallOutcome::Done, "done"),
            (
                CallOutcome::Failed(FaultCode::OutcomeUnknown),
                "OutcomeUnknown",
            ),
        ] {
            assert_eq!(Label::from(outcome), text);
            assert_eq!(CallOutcome::try_from(Label::from(text)), Ok(outcome));
        }
        for text in ["", "Done", "bob@x.org"] {
            assert_eq!(
                CallOutcome::try_from(Label::from(text)),
                Err(UnknownOutcome)
            );
        }
    }

    #[test]
    fn the_longest_records_fit_a_frame() {
        let call = CallRecord {
            connection: u64::MAX,
            call: Label::cut("c".repeat(300)),
            at_ms: u64::MAX,
            duration_ms: u32::MAX,
            outcome: CallOutcome::Failed(FaultCode::AwaitingApproval),
        };
        let exchange = ExchangeRecord {
            at_ms: u64::MAX,
            operation: Operation::Reply,
            duration_ms: u32::MAX,
            status: Some(u16::MAX),
            failure: Some(Failure::Revoked),
            retry_after_s: Some(u32::MAX),
        };
        let traffic = Traffic {
            calls: vec![call; MAX_CALLS],
            calls_left_out: u64::MAX,
            exchanges: vec![exchange; MAX_EXCHANGES],
            exchanges_left_out: u64::MAX,
        };
        let mut frame = Vec::new();
        encode(&traffic, &mut frame).unwrap();
        assert!(frame.len() < MAX_FRAME / 8, "{}", frame.len());
    }
}
