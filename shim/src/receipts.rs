//! Leases of mails whose answers are not written yet.
//!
//! The tool adds a lease; the transport ends it once the answer is written or dropped.

use rmcp::model::RequestId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tai_client::Lease;

/// Leases by the request whose answer contains the mail.
#[derive(Clone, Default)]
pub(crate) struct Receipts(Arc<Mutex<HashMap<RequestId, Lease>>>);

impl Receipts {
    fn leases(&self) -> MutexGuard<'_, HashMap<RequestId, Lease>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores the lease of the mail in the answer to `request`.
    pub(crate) fn expect(&self, request: RequestId, lease: Lease) {
        self.leases().insert(request, lease);
    }

    /// Ends the lease as delivered, if `request` has one. The answer was written.
    pub(crate) fn written(&self, request: &RequestId) {
        let lease = self.leases().remove(request);
        if let Some(lease) = lease {
            lease.delivered();
        }
    }

    /// Returns the mail to taid, if `request` has one. The answer will not be written.
    pub(crate) fn dropped(&self, request: &RequestId) {
        let lease = self.leases().remove(request);
        drop(lease);
    }
}
