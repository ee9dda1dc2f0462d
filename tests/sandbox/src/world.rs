//! The state of a sandbox. All requests share it.

use crate::{Behaviour, behaviour::Breaker, journal::Journal, secrets::TokenSecret, store::Store};
use std::sync::{Arc, Mutex, MutexGuard};

pub(crate) type Shared = Arc<Mutex<World>>;

/// The state of a sandbox. Its lock is never held across an await.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) secret: TokenSecret,
    pub(crate) behaviour: Behaviour,
    pub(crate) breaker: Breaker,
    pub(crate) journal: Journal,
    pub(crate) print_requests: bool,
}

pub(crate) fn lock(shared: &Shared) -> MutexGuard<'_, World> {
    shared
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}
