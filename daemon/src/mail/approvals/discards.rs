//! The mails that a person discarded or changed within ten minutes. A client is not told of a decision with
//! `taid approve`; one that submits the same mail again is told then, and the person is not asked twice.

use crate::mail::{bounded::Bounded, digest::Digest};
use std::time::Duration;
use tai_auth::session::stamp::Stamp;

/// Time for which a discarded mail is remembered.
const WINDOW: Duration = Duration::from_secs(10 * 60);
/// Limit of discarded mails. Beyond it the oldest are forgotten.
const MAX: usize = 256;

/// The discarded mails with their numbers.
#[derive(Debug, Default)]
pub(super) struct Discards(Bounded<Digest, (u64, Stamp), MAX>);

impl Discards {
    /// Adds a mail.
    pub(super) fn add(&mut self, digest: Digest, number: u64, now: Stamp) {
        self.0.retain(|(_, at)| at.is_within(WINDOW, now));
        self.0.put(digest, (number, now));
    }

    /// Returns the number of the mail that was discarded last and has this digest.
    pub(super) fn number(&self, digest: &Digest, now: Stamp) -> Option<u64> {
        let (number, at) = self.0.get(digest)?;
        at.is_within(WINDOW, now).then_some(*number)
    }
}
