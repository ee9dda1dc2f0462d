//! The failure of a request that a session made with its token.

use super::error::SessionError;
use crate::bridge::{BridgeError, TokenFailure, TokenProblem};

/// Reason why a request with a session's token failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError<E = BridgeError> {
    /// The session has no token. The request did not leave, or the bridge rejected it.
    #[error("there is no session with the bridge")]
    Session(#[from] SessionError),
    /// The bridge did not do what was asked, or did not say so.
    #[error("the request to the bridge failed")]
    Bridge(#[source] E),
}

impl<E: TokenFailure> RequestError<E> {
    /// Creates the error of a request that is not repeated.
    pub(super) fn of_work(error: E) -> Self {
        match error.token_problem() {
            Some(TokenProblem::Revoked) => RequestError::Session(SessionError::LoggedOut),
            Some(TokenProblem::Rejected(_)) | None => RequestError::Bridge(error),
        }
    }
}
