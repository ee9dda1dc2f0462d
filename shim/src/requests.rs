//! Open requests of the MCP client, and what their answers contain.
//!
//! The transport opens a request, and closes it once its answer is written or the client cancels
//! it. A tool adds the mail that its answer shows. One lock guards all, so that a mail is added to an
//! open request only.

mod prepared;
mod reading;

pub(crate) use prepared::{Pieces, Prepared, whole};
pub(crate) use reading::ShownMail;

use reading::Reading;
use rmcp::model::RequestId;
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tai_client::Lease;
use tai_proto::{mail::Window, names::MailId};
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

/// Open requests by their ids, and the mail that the agent reads in parts.
#[derive(Clone, Default)]
pub(crate) struct OpenRequests(Arc<Mutex<Requests>>);

#[derive(Default)]
struct Requests {
    open: HashMap<RequestId, OpenRequest>,
    /// Number of the requests so far.
    opened: u64,
    reading: Reading,
}

struct OpenRequest {
    /// Tells the request from others with its id.
    turn: Turn,
    /// Permit of the transport, free again once the request is closed.
    _permit: OwnedSemaphorePermit,
    /// Mail in the answer.
    mail: Option<ShownMail>,
    /// Part of the answer that is JSON already.
    prepared: Option<Prepared>,
    progress: Progress,
}

/// Number of a request. A client may give the id of a cancelled request to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn(u64);

/// Progress of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// No byte of its answer is written. The client can cancel it.
    Open,
    /// Its answer is being written. It is too late for a cancellation.
    BeingWritten,
}

impl OpenRequests {
    fn requests(&self) -> MutexGuard<'_, Requests> {
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
        let mut requests = self.requests();
        requests.opened += 1;
        let turn = Turn(requests.opened);
        match requests.open.entry(id) {
            Entry::Occupied(_) => Err(permit),
            Entry::Vacant(entry) => {
                entry.insert(OpenRequest {
                    turn,
                    _permit: permit,
                    mail: None,
                    prepared: None,
                    progress: Progress::Open,
                });
                Ok(())
            }
        }
    }

    /// Adds the mail in the answer. If the client has cancelled the request, its answer is not
    /// written, and a leased mail returns to taid. `cancelled` tells a cancelled request from a later
    /// one with the same id.
    pub(crate) fn add_mail(&self, id: &RequestId, cancelled: &CancellationToken, mail: ShownMail) {
        let mut requests = self.requests();
        match requests.open.get_mut(id) {
            Some(request) if !cancelled.is_cancelled() => request.mail = Some(mail),
            Some(_) | None => drop(mail),
        }
    }

    /// Adds a part of the answer that is JSON already, unless the client has cancelled the request. The
    /// answer must have the [place](Prepared) of the part. `cancelled` is as in [`Self::add_mail`].
    pub(crate) fn prepare(&self, id: &RequestId, cancelled: &CancellationToken, part: Prepared) {
        match self.requests().open.get_mut(id) {
            Some(request) if !cancelled.is_cancelled() => request.prepared = Some(part),
            Some(_) | None => {}
        }
    }

    /// Returns the number of the open request with this id, and takes the part of its answer that is JSON
    /// already.
    pub(crate) fn take_prepared(&self, id: &RequestId) -> Option<(Turn, Option<Prepared>)> {
        let mut requests = self.requests();
        let request = requests.open.get_mut(id)?;
        Some((request.turn, request.prepared.take()))
    }

    /// Closes a request whose answer was written. The last part of a leased mail counts as
    /// delivered; a mail with further parts stays leased until the agent reads another mail.
    pub(crate) fn close_written(&self, id: &RequestId) {
        let mut requests = self.requests();
        let request = requests.open.remove(id);
        if let Some(mail) = request.and_then(|request| request.mail) {
            requests.reading.shown(mail);
        }
    }

    /// Begins to write an answer. Returns whether its request, with this number, is open: no answer follows
    /// a cancellation, which has returned the mail to taid.
    pub(crate) fn begin_answer(&self, id: &RequestId, turn: Option<Turn>) -> bool {
        let mut requests = self.requests();
        match requests.open.get_mut(id) {
            Some(request) if Some(request.turn) == turn => {
                request.progress = Progress::BeingWritten;
                true
            }
            Some(_) | None => false,
        }
    }

    /// Closes a request whose answer was not written whole, and returns its mail to taid.
    pub(crate) fn close_failed(&self, id: &RequestId) {
        self.requests().open.remove(id);
    }

    /// Closes a cancelled request and returns its mail to taid. Returns whether the request was open
    /// and its answer was not being written.
    pub(crate) fn cancel(&self, id: &RequestId) -> bool {
        match self.requests().open.entry(id.clone()) {
            Entry::Occupied(entry) if entry.get().progress == Progress::Open => {
                entry.remove();
                true
            }
            Entry::Occupied(_) | Entry::Vacant(_) => false,
        }
    }

    /// Returns the leased mail that the agent has begun.
    pub(crate) fn begun(&self) -> Option<MailId> {
        self.requests().reading.begun()
    }

    /// Returns the number of the next part of a mail, 1 if the agent has not begun it or had parts with
    /// other limits: a number counted by other limits would leave out text that no answer contained.
    pub(crate) fn next_part(&self, id: MailId, window: Window) -> u32 {
        self.requests().reading.next_part(id, window)
    }

    /// Returns the limits by which the parts of a mail are counted that the agent has begun.
    pub(crate) fn window(&self, id: MailId) -> Option<Window> {
        self.requests().reading.window(id)
    }

    /// Takes the lease of a mail that the agent has begun.
    pub(crate) fn take_lease(&self, id: MailId) -> Option<Lease> {
        self.requests().reading.take(id)
    }

    /// Puts a lease back that was [taken](Self::take_lease), because no part was read.
    pub(crate) fn put_back(&self, lease: Lease) {
        self.requests().reading.hold(lease);
    }
}

#[cfg(test)]
#[path = "requests/requests_tests.rs"]
mod tests;
