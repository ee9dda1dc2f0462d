//! Leases of unread mail.

use crate::Connection;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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

/// State of a lease, which the client reclaims from a new daemon until the lease has ended.
pub(crate) struct Held {
    pub(crate) id: MailId,
    tenure: Mutex<Tenure>,
}

struct Tenure {
    /// Connection that holds the lease.
    connection: Arc<Connection>,
    /// Whether the lease has ended, and how; `Some(None)` if another lease replaces it.
    end: Option<Option<Delivery>>,
    /// Whether no reminder reclaims the lease any more.
    is_left: bool,
}

impl Held {
    fn tenure(&self) -> MutexGuard<'_, Tenure> {
        self.tenure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the connection that holds the lease; `None` if the lease has ended.
    pub(crate) fn connection(&self) -> Option<Arc<Connection>> {
        let tenure = self.tenure();
        tenure.end.is_none().then(|| tenure.connection.clone())
    }

    /// Returns the connection of a lease that a reminder reclaims once the connection has ended.
    pub(crate) fn reminded(&self) -> Option<Arc<Connection>> {
        let tenure = self.tenure();
        (tenure.end.is_none() && !tenure.is_left).then(|| tenure.connection.clone())
    }

    /// Records that no reminder reclaims the lease any more.
    pub(crate) fn leave(&self) {
        self.tenure().is_left = true;
    }

    /// Records that a new connection holds the lease. Returns whether the mail is to be returned over it,
    /// because its reader gave it up meanwhile.
    pub(crate) fn reclaimed(&self, connection: &Arc<Connection>) -> bool {
        let mut tenure = self.tenure();
        match tenure.end {
            None => {
                tenure.connection = connection.clone();
                tenure.is_left = false;
                false
            }
            Some(Some(Delivery::Delivered)) => false,
            Some(Some(Delivery::Returned) | None) => true,
        }
    }

    /// Ends the lease. Returns the connection that holds it.
    fn end(&self, end: Option<Delivery>) -> Arc<Connection> {
        let mut tenure = self.tenure();
        tenure.end = Some(end);
        tenure.connection.clone()
    }
}

/// Lease of a mail. Dropping it returns the mail, so that a cancelled call or a timeout does not
/// withhold the mail from other clients.
#[must_use = "dropping a lease returns the mail"]
pub struct Lease {
    held: Arc<Held>,
    /// Reserved place in the queue of lease ends; `None` once the lease has ended.
    place: Option<OwnedPermit<LeaseEnd>>,
}

impl Lease {
    pub(crate) fn new(
        id: MailId,
        connection: Arc<Connection>,
        place: OwnedPermit<LeaseEnd>,
    ) -> Self {
        let tenure = Mutex::new(Tenure {
            connection,
            end: None,
            is_left: false,
        });
        Self {
            held: Arc::new(Held { id, tenure }),
            place: Some(place),
        }
    }

    /// Returns the state of the lease.
    pub(crate) fn held(&self) -> &Arc<Held> {
        &self.held
    }

    /// Returns the id of the mail.
    pub fn id(&self) -> MailId {
        self.held.id
    }

    /// Ends the lease as delivered: the reader has the mail.
    pub fn delivered(mut self) {
        self.end(Delivery::Delivered);
    }

    /// Ends the lease without a report, because another lease of the same mail replaces it.
    pub fn forget(mut self) {
        if self.place.take().is_some() {
            self.held.end(None);
        }
    }

    fn end(&mut self, delivery: Delivery) {
        if let Some(place) = self.place.take() {
            place.send(LeaseEnd {
                id: self.held.id,
                delivery,
                connection: self.held.end(Some(delivery)),
            });
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.end(Delivery::Returned);
    }
}
