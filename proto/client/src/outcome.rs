//! The outcome of a call on one connection.

use tai_proto::{Answer, Fault, FaultCode, Hint, Method};

/// Outcome of a call on one connection.
#[derive(Debug)]
pub enum Outcome<T> {
    /// The daemon answered.
    Answered(Result<T, Fault>),
    /// The daemon did not begin the call: the connection ended before the call was queued for
    /// writing, or the daemon said so.
    NotBegun,
    /// The connection ended without an answer. The daemon may have begun the call.
    Lost,
    /// The caller cancelled the call.
    Cancelled,
}

impl Outcome<Answer> {
    /// Converts the answer to that of the method.
    pub(crate) fn of<M: Method>(self) -> Outcome<M::Answer> {
        match self {
            Outcome::Answered(Ok(answer)) => {
                Outcome::Answered(M::from_answer(answer).ok_or_else(wrong_answer))
            }
            Outcome::Answered(Err(fault)) => Outcome::Answered(Err(fault)),
            Outcome::NotBegun => Outcome::NotBegun,
            Outcome::Lost => Outcome::Lost,
            Outcome::Cancelled => Outcome::Cancelled,
        }
    }
}

pub(crate) fn wrong_answer() -> Fault {
    Fault::new(FaultCode::Internal, "taid answered a different call").hint(Hint::user(
        "install taid and this program from one release, and restart both",
    ))
}
