//! Leases of unread mail.

use tai_proto::{call::Delivery, names::MailId};
use tokio::sync::mpsc::OwnedPermit;

/// The end of a lease, on its way to the daemon.
pub(crate) type LeaseEnd = (MailId, Delivery);

/// A leased mail. Dropping the lease returns the mail, so that a call that is cancelled or runs
/// out of time at any point withholds nothing.
#[must_use = "dropping a lease returns the mail"]
#[derive(Debug)]
pub struct Lease {
    id: MailId,
    /// A place in the queue to the daemon, taken while the lease lives.
    place: Option<OwnedPermit<LeaseEnd>>,
}

impl Lease {
    pub(crate) fn new(id: MailId, place: OwnedPermit<LeaseEnd>) -> Self {
        Self {
            id,
            place: Some(place),
        }
    }

    /// Returns the mail's id.
    pub fn id(&self) -> MailId {
        self.id
    }

    /// Ends the lease: the reader has the mail.
    pub fn delivered(mut self) {
        self.end(Delivery::Delivered);
    }

    /// Forgets the lease without a report: another lease of the same mail takes its place.
    pub fn forget(mut self) {
        self.place = None;
    }

    fn end(&mut self, delivery: Delivery) {
        if let Some(place) = self.place.take() {
            place.send((self.id, delivery));
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.end(Delivery::Returned);
    }
}
