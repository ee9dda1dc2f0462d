//! The leased mails that are in answers, until the transport has written the answers.

use rmcp::model::RequestId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tai_client::Lease;

/// The leases by the request whose answer carries the mail.
#[derive(Clone, Default)]
pub(crate) struct Receipts(Arc<Mutex<HashMap<RequestId, Lease>>>);

impl Receipts {
    fn leases(&self) -> MutexGuard<'_, HashMap<RequestId, Lease>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the lease of the mail that the answer to `request` carries.
    pub(crate) fn expect(&self, request: RequestId, lease: Lease) {
        self.leases().insert(request, lease);
    }

    /// Ends the lease, if there is one: the answer to `request` was written.
    pub(crate) fn written(&self, request: &RequestId) {
        let lease = self.leases().remove(request);
        if let Some(lease) = lease {
            lease.delivered();
        }
    }

    /// Returns the mail, if there is one: the answer to `request` will not be written.
    pub(crate) fn dropped(&self, request: &RequestId) {
        let lease = self.leases().remove(request);
        drop(lease);
    }
}
