//! The outcome of a call on one connection.

use tai_proto::{Answer, Fault, FaultCode, Hint, Method};

/// Outcome of a call on one connection.
#[derive(Debug)]
pub enum Outcome<T> {
    /// The daemon answered.
    Answered(Result<T, Fault>),
    /// The daemon did not begin the call: the call was cancelled or the connection ended before the call
    /// was queued for writing, or the daemon said so.
    NotBegun,
    /// The connection ended without an answer. The daemon may have begun the call.
    Lost,
    /// The caller cancelled the call.
    Cancelled,
}

impl<T> Outcome<T> {
    /// Converts a successful answer.
    pub(crate) fn and_then<U>(self, convert: impl FnOnce(T) -> Result<U, Fault>) -> Outcome<U> {
        match self {
            Outcome::Answered(answer) => Outcome::Answered(answer.and_then(convert)),
            Outcome::NotBegun => Outcome::NotBegun,
            Outcome::Lost => Outcome::Lost,
            Outcome::Cancelled => Outcome::Cancelled,
        }
    }
}

impl Outcome<Answer> {
    /// Converts the answer to that of the method.
    pub(crate) fn of<M: Method>(self) -> Outcome<M::Answer> {
        self.and_then(|answer| M::from_answer(answer).ok_or_else(wrong_answer))
    }
}

pub(crate) fn wrong_answer() -> Fault {
    Fault::new(FaultCode::Internal, "taid answered a different call").hint(Hint::user(
        "install taid and this program from one release, and restart both",
    ))
}
