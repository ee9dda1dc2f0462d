//! The bridge of a client's first connection. The ids of mails belong to a bridge, so that a client makes
//! no call to a daemon of another one.

use crate::Connection;
use std::sync::{Mutex, PoisonError};
use tai_proto::message::ClientLabel;
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

/// The bridge of the first connection whose daemon named it.
#[derive(Debug, Default)]
pub(super) struct FirstBridge(Mutex<Option<watch::Receiver<Option<ClientLabel>>>>);

impl FirstBridge {
    /// Keeps the bridge of a connection, if none is known.
    pub(super) fn keep(&self, connection: &Connection) {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = first.as_ref().is_some_and(|first| first.borrow().is_some());
        if !is_known {
            *first = Some(connection.bridge());
        }
    }

    fn name(&self) -> Option<ClientLabel> {
        let first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = first.as_ref()?;
        first.borrow().clone()
    }

    /// Returns whether the daemon of a connection has another bridge.
    pub(super) async fn is_other(&self, connection: &Connection, deadline: Instant) -> bool {
        let Some(first) = self.name() else {
            return false;
        };
        let mut bridge = connection.bridge();
        let named = tokio::select! {
            named = timeout_at(deadline, bridge.wait_for(Option::is_some)) => named,
            () = connection.ended() => return false,
        };
        matches!(named, Ok(Ok(bridge)) if bridge.as_ref() != Some(&first))
    }
}
