//! The mails whose time to wait for approval has passed. They are listed for a day, so that the
//! person learns that they were not sent.

use super::{
    same::Submission,
    state::{Approval, LOST_LIFE, Trace, is_expired},
};
use crate::mail::bounded::Bounded;
use tai_auth::session::stamp::Stamp;

/// Limit of the mails. Beyond it the oldest are forgotten.
const MAX: usize = 64;

/// The expired mails by their numbers.
#[derive(Debug, Default)]
pub(super) struct Expired(Bounded<u64, Trace, MAX>);

impl Expired {
    /// Adds the mail of an approval if it waited and its time has passed.
    pub(super) fn note(&mut self, approval: &Approval, now: Stamp) {
        let trace = match approval {
            _ if !is_expired(approval, now) => return,
            Approval::Held(waiting) => waiting.trace(),
            Approval::Sealed(trace) => trace.clone(),
            Approval::Asked { .. } | Approval::Sending(_) | Approval::Lost(_) => return,
        };
        let (number, digest) = (trace.number, &trace.digest);
        tracing::warn!(number, %digest, "a mail was not approved in time, and is not sent");
        self.0.put(number, trace);
    }

    /// Forgets the mails that a client has submitted again.
    pub(super) fn forget(&mut self, submission: Submission<'_>) {
        self.0.retain(|trace| !submission.repeats_earlier(trace));
    }

    /// Returns a mail.
    pub(super) fn get(&self, number: u64) -> Option<&Trace> {
        self.0.get(&number)
    }

    /// Removes a mail that a person discards.
    pub(super) fn remove(&mut self, number: u64) {
        self.0.remove(&number);
    }

    /// Returns the mails of the last day, oldest first.
    pub(super) fn of_last_day(&self, now: Stamp) -> impl Iterator<Item = &Trace> {
        let traces = self.0.iter().map(|(_, trace)| trace);
        traces.filter(move |trace| trace.since.age(now) < LOST_LIFE)
    }
}
