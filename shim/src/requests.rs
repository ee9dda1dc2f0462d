//! Open requests of the MCP client, and the leases of the mails in their answers.
//!
//! The transport opens a request, and closes it once its answer is written or the client cancels
//! it. A tool adds a lease. One lock guards both, so that a lease is added to an open request only.

use rmcp::model::RequestId;
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tai_client::Lease;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

/// Open requests by their ids.
#[derive(Clone, Default)]
pub(crate) struct OpenRequests(Arc<Mutex<HashMap<RequestId, OpenRequest>>>);

struct OpenRequest {
    /// Permit of the transport, free again once the request is closed.
    _permit: OwnedSemaphorePermit,
    /// Lease of the mail in the answer.
    lease: Option<Lease>,
}

impl OpenRequests {
    fn requests(&self) -> MutexGuard<'_, HashMap<RequestId, OpenRequest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a request.
    ///
    /// # Errors
    /// The permit, if a request with this id is open.
    pub(crate) fn open(
        &self,
        id: RequestId,
        permit: OwnedSemaphorePermit,
    ) -> Result<(), OwnedSemaphorePermit> {
        match self.requests().entry(id) {
            Entry::Occupied(_) => Err(permit),
            Entry::Vacant(entry) => {
                entry.insert(OpenRequest {
                    _permit: permit,
                    lease: None,
                });
                Ok(())
            }
        }
    }

    /// Adds the lease of the mail in the answer. If the client has cancelled the request, its answer
    /// is not written, and the mail returns to taid. `cancelled` tells a cancelled request from a
    /// later one with the same id.
    pub(crate) fn add_lease(&self, id: &RequestId, cancelled: &CancellationToken, lease: Lease) {
        let mut requests = self.requests();
        match requests.get_mut(id) {
            Some(request) if !cancelled.is_cancelled() => request.lease = Some(lease),
            Some(_) | None => drop(lease),
        }
    }

    /// Closes a request whose answer was written. The mail in it counts as delivered.
    pub(crate) fn close_written(&self, id: &RequestId) {
        let request = self.requests().remove(id);
        if let Some(lease) = request.and_then(|request| request.lease) {
            lease.delivered();
        }
    }

    /// Closes a request without a written answer and returns its mail to taid. Returns whether the
    /// request was open.
    pub(crate) fn close_unwritten(&self, id: &RequestId) -> bool {
        self.requests().remove(id).is_some()
    }
}
