//! Places of long answers in memory. A call that has one asks the bridge for no other long answer: it
//! would wait for a place that only such calls give back.

use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// Place of a long answer among those whose bodies are in memory. The mails of an answer share it,
/// and the last one that is dropped makes room for another answer: bodies wait for their reader in
/// any number of calls, and would take any amount of memory.
#[derive(Debug, Clone, Default)]
pub struct Place {
    _permit: Option<Arc<OwnedSemaphorePermit>>,
}

impl Place {
    /// Returns the place of one answer.
    pub(super) fn of(permit: OwnedSemaphorePermit) -> Self {
        Self {
            _permit: Some(Arc::new(permit)),
        }
    }
}

/// A place is no part of a mail.
impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Place {}
