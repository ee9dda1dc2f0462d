//! The state of a sandbox. All requests share it.

use crate::{
    behaviour::Behaviour, breaker::Breaker, journal::Journal, secrets::TokenSecret, store::Store,
};
use serde::Serialize;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::watch;

pub(crate) type Shared = Arc<Mutex<World>>;

/// A copy of a mail that the delivery provider took, to any address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SentMail {
    /// Sender.
    pub from: String,
    /// Recipient.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text part.
    pub text: String,
    /// HTML part; empty without one.
    pub html: String,
}

/// The state of a sandbox. Its lock is never held across an await.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) secret: TokenSecret,
    pub(crate) behaviour: Behaviour,
    pub(crate) breaker: Breaker,
    pub(crate) journal: Journal,
    /// The mails that the delivery provider took, oldest first.
    pub(crate) sent: Vec<SentMail>,
    pub(crate) print_requests: bool,
    /// Changes when the held requests are released.
    pub(crate) released: watch::Sender<()>,
}

pub(crate) fn lock(shared: &Shared) -> MutexGuard<'_, World> {
    shared
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}
