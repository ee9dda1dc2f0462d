//! Which answers have a mail in them that is only lent, and what became of them: the server
//! says so before an answer goes to the transport, the transport when it was written.

use crate::{link::Receipt, transport::MAX_OPEN};
use rmcp::model::RequestId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::mpsc;

/// The mails that are in answers, by the request that is answered, and who is told when such
/// an answer was written.
#[derive(Clone)]
pub(crate) struct Receipts {
    mails: Arc<Mutex<HashMap<RequestId, u64>>>,
    tell: mpsc::Sender<Receipt>,
}

impl Receipts {
    pub(crate) fn new() -> (Self, mpsc::Receiver<Receipt>) {
        // As many as there can be open requests: nothing ever waits here.
        let (tell, told) = mpsc::channel(MAX_OPEN);
        let mails = Arc::default();
        (Self { mails, tell }, told)
    }

    fn mails(&self) -> MutexGuard<'_, HashMap<RequestId, u64>> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to this request will have this mail in it.
    pub(crate) fn expect(&self, request: RequestId, mail: u64) {
        self.mails().insert(request, mail);
    }

    /// The answer to this request was written, or never will be.
    pub(crate) async fn tell(&self, request: &RequestId, what: fn(u64) -> Receipt) {
        let mail = self.mails().remove(request);
        if let Some(mail) = mail {
            let _ = self.tell.send(what(mail)).await;
        }
    }
}
