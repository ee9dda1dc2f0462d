//! The mails that a person discarded or changed within ten minutes. A client is not told of a decision with
//! `taid approve`; one that submits the same mail again is told then, and the person is not asked twice.

use crate::mail::{bounded::Bounded, digest::Digest};
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

    /// Returns the mail that was discarded last and has this digest.
    pub(super) fn last(&self, digest: &Digest, now: Stamp) -> Option<Discarded> {
        let (mail, at) = self.0.get(digest)?;
        at.is_within(WINDOW, now).then_some(*mail)
    }
}
