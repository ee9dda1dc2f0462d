//! The mails that a person discarded or changed within ten minutes. A client is not told of a
//! decision with `taid approve`; one that submits the same mail again is told then, and the person
//! is not asked twice.

use super::error::ApprovalError;
use crate::{digest::Digest, mail::bounded::Bounded};
use std::time::Duration;
use tai_auth::session::stamp::Stamp;

/// Time for which a discarded mail is remembered.
const WINDOW: Duration = Duration::from_secs(10 * 60);
/// Limit of discarded mails. Beyond it the oldest are forgotten.
const MAX: usize = 256;

/// The discarded mails with the times of the decisions.
#[derive(Debug, Default)]
pub(super) struct Discards(Bounded<Digest, (Discarded, Stamp), MAX>);

/// A mail that a person discarded or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Discarded {
    pub(super) number: u64,
    /// Whether an earlier daemon may have sent it.
    pub(super) maybe_sent: bool,
}

impl Discards {
    /// Adds a mail.
    pub(super) fn add(&mut self, digest: Digest, mail: Discarded, now: Stamp) {
        self.0.retain(|(_, at)| at.is_within(WINDOW, now));
        self.0.put(digest, (mail, now));
    }

    /// Checks that no mail with this digest was discarded.
    ///
    /// # Errors
    /// [`ApprovalError::Discarded`] or [`ApprovalError::DiscardedUncertain`].
    pub(super) fn check(&self, digest: &Digest, now: Stamp) -> Result<(), ApprovalError> {
        let last = self
            .0
            .get(digest)
            .filter(|(_, at)| at.is_within(WINDOW, now));
        match last.map(|(mail, _)| *mail) {
            None => Ok(()),
            Some(Discarded {
                number,
                maybe_sent: false,
            }) => Err(ApprovalError::Discarded(number)),
            Some(Discarded {
                number,
                maybe_sent: true,
            }) => Err(ApprovalError::DiscardedUncertain(number)),
        }
    }
}
