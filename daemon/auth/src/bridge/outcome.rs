//! The outcome of a send: sent, certainly not sent, or unknown. The table in `retry` decides, and no
//! other code can call a mail unsent.

use super::{
    error::{BridgeError, TokenFailure, TokenProblem},
    retry::had_no_effect,
};

/// Outcome of a send with the receipt `T`: sent, or one of the two cases of [`SendFailure`].
pub type SendOutcome<T> = Result<T, SendFailure>;

/// Reason why a mail has no receipt. The two cases are never confused: a mail that may have
/// been sent must not be sent again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendFailure {
    /// The mail was certainly not sent.
    #[error("the mail was not sent")]
    NotSent(#[source] CertainReason),
    /// The mail may have been sent.
    #[error("it is unknown whether the mail was sent")]
    Unknown(#[source] BridgeError),
}

/// Error after which a mail was certainly not sent. Only the conversion of an error to a
/// [`SendFailure`] makes one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct CertainReason(BridgeError);

impl CertainReason {
    /// Returns the error.
    pub fn into_error(self) -> BridgeError {
        self.0
    }
}

/// Classifies the last error of a send. A send is repeated only after errors without effect,
/// so the last error alone decides.
impl From<BridgeError> for SendFailure {
    fn from(error: BridgeError) -> Self {
        match had_no_effect(&error) {
            true => SendFailure::NotSent(CertainReason(error)),
            false => SendFailure::Unknown(error),
        }
    }
}

impl TokenFailure for SendFailure {
    fn token_problem(&self) -> Option<TokenProblem<'_>> {
        match self {
            SendFailure::NotSent(reason) => reason.0.token_problem(),
            SendFailure::Unknown(_) => None,
        }
    }
}

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
