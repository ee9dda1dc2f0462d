//! Leases of unread mail.

use crate::Connection;
use std::sync::Arc;
use tai_proto::{call::Delivery, names::MailId};
use tokio::sync::mpsc::OwnedPermit;

/// End of a lease, for the report to the daemon.
pub(crate) struct LeaseEnd {
    pub(crate) id: MailId,
    pub(crate) delivery: Delivery,
    /// Connection that holds the lease. Its end returns a mail that was not delivered.
    pub(crate) connection: Arc<Connection>,
}

/// A delivery that no daemon has confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreported {
    pub(crate) id: MailId,
    /// Whether the account's own daemon leased the mail.
    pub(crate) is_of_account: bool,
}

/// Lease of a mail. Dropping it returns the mail, so that a cancelled call or a timeout does not
/// withhold the mail from other clients.
#[must_use = "dropping a lease returns the mail"]
pub struct Lease {
    id: MailId,
    connection: Arc<Connection>,
    /// Reserved place in the queue of lease ends; `None` once the lease has ended.
    place: Option<OwnedPermit<LeaseEnd>>,
}

impl Lease {
    pub(crate) fn new(
        id: MailId,
        connection: Arc<Connection>,
        place: OwnedPermit<LeaseEnd>,
    ) -> Self {
        Self {
            id,
            connection,
            place: Some(place),
        }
    }

    /// Returns the id of the mail.
    pub fn id(&self) -> MailId {
        self.id
    }

    /// Ends the lease as delivered: the reader has the mail.
    pub fn delivered(mut self) {
        self.end(Delivery::Delivered);
    }

    /// Ends the lease without a report, because another lease of the same mail replaces it.
    pub fn forget(mut self) {
        self.place = None;
    }

    fn end(&mut self, delivery: Delivery) {
        if let Some(place) = self.place.take() {
            place.send(LeaseEnd {
                id: self.id,
                delivery,
                connection: self.connection.clone(),
            });
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.end(Delivery::Returned);
    }
}
