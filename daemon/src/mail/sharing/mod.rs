//! Whether the leases are of this machine alone, or shared with others through a store.
//!
//! The table of the leases decides between the clients of this machine. With a store, a client gets a
//! mail only if the store has leased it to this machine, and writes it only if the store says so
//! again. If the store does not answer, no client gets a mail.

mod keeper;
#[cfg_attr(
    not(any(feature = "shared-leases", test)),
    expect(dead_code, reason = "no store makes the answers")
)]
pub(crate) mod store;

#[cfg(test)]
pub(super) mod fake_store;

pub(super) use keeper::Keeper;

pub(crate) use store::{SharedLeases, StoreState};

use super::leases::Leases;
use std::sync::Arc;
use tai_auth::session::Session;

/// The range of the leases.
#[derive(Debug)]
pub(super) enum Sharing {
    /// This machine.
    Local,
    /// The machines that use the same store.
    Shared(Arc<Keeper>),
}

impl Sharing {
    /// Returns the range of these leases, and starts to renew them in the store.
    pub(super) fn of(
        shared: Option<SharedLeases>,
        leases: &Arc<Leases>,
        session: &Session,
    ) -> Self {
        match shared {
            None => Self::Local,
            Some(shared) => Self::Shared(Keeper::start(shared, leases, session.clone())),
        }
    }
}

#[cfg(test)]
impl Sharing {
    /// Stops the requests to the store, as in a suspended process, until the guard is dropped.
    pub(super) async fn suspend(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        match self {
            Self::Local => None,
            Self::Shared(keeper) => Some(keeper.suspend().await),
        }
    }
}
