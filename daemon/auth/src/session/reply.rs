//! The answer to a request of a person or a client.

use super::error::SessionError;
use std::fmt;
use tokio::sync::oneshot;

/// Sender of the answer to a sign-in, a sign-out, an adoption or an offer.
pub(super) struct Reply(oneshot::Sender<Result<(), SessionError>>);

impl Reply {
    /// Creates a reply and the receiver of its answer.
    pub(super) fn new() -> (Self, oneshot::Receiver<Result<(), SessionError>>) {
        let (sender, receiver) = oneshot::channel();
        (Self(sender), receiver)
    }

    /// Waits until the requester no longer waits.
    pub(super) async fn gone(&mut self) {
        self.0.closed().await;
    }

    /// Sends the answer. A requester that no longer waits gets none.
    pub(super) fn send(self, answer: Result<(), SessionError>) {
        let _ = self.0.send(answer);
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reply")
    }
}
