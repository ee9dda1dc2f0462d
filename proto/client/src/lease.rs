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
    /// Connection that holds the lease, or held it until its end.
    connection: Arc<Connection>,
    stage: Stage,
}

/// Stage of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// A reminder reclaims the lease once its connection has ended.
    Reminded,
    /// A new connection reclaims the lease, and no reminder does.
    Left,
    /// The lease has ended.
    Ended(Delivery),
    /// Another lease of the same mail has replaced it.
    Replaced,
}

impl Tenure {
    fn has_ended(&self) -> bool {
        match self.stage {
            Stage::Reminded | Stage::Left => false,
            Stage::Ended(_) | Stage::Replaced => true,
        }
    }
}

impl Held {
    fn tenure(&self) -> MutexGuard<'_, Tenure> {
        self.tenure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the connection that holds the lease; `None` if the lease has ended.
    pub(crate) fn connection(&self) -> Option<Arc<Connection>> {
        let tenure = self.tenure();
        (!tenure.has_ended()).then(|| tenure.connection.clone())
    }

    /// Returns the connection of a lease that a reminder reclaims once the connection has ended.
    pub(crate) fn reminded(&self) -> Option<Arc<Connection>> {
        let tenure = self.tenure();
        (tenure.stage == Stage::Reminded).then(|| tenure.connection.clone())
    }

    /// Records that no reminder reclaims the lease any more.
    pub(crate) fn leave(&self) {
        let mut tenure = self.tenure();
        if !tenure.has_ended() {
            tenure.stage = Stage::Left;
        }
    }

    /// Records that a new connection holds the lease. Returns whether the mail is to be returned over it,
    /// because its reader gave it up meanwhile.
    pub(crate) fn reclaimed(&self, connection: &Arc<Connection>) -> bool {
        let mut tenure = self.tenure();
        match tenure.stage {
            Stage::Reminded | Stage::Left => {
                *tenure = Tenure {
                    connection: connection.clone(),
                    stage: Stage::Reminded,
                };
                false
            }
            Stage::Ended(Delivery::Delivered) => false,
            Stage::Ended(Delivery::Returned) | Stage::Replaced => true,
        }
    }

    /// Ends the lease. Returns the connection that holds it.
    fn end(&self, end: Stage) -> Arc<Connection> {
        let mut tenure = self.tenure();
        tenure.stage = end;
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
            stage: Stage::Reminded,
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
            self.held.end(Stage::Replaced);
        }
    }

    fn end(&mut self, delivery: Delivery) {
        if let Some(place) = self.place.take() {
            place.send(LeaseEnd {
                id: self.held.id,
                delivery,
                connection: self.held.end(Stage::Ended(delivery)),
            });
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.end(Delivery::Returned);
    }
}
