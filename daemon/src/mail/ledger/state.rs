//! The states of a ledger entry and the pure function that changes them.

use std::time::Duration;
use tai_auth::session::stamp::Stamp;

/// Time for which the same mail is held back after it was sent.
pub(super) const WINDOW: Duration = Duration::from_secs(10 * 60);
/// Time for which the same mail is held back, and the status counts it, if its outcome is unknown.
pub(super) const UNKNOWN: Duration = Duration::from_secs(24 * 60 * 60);

/// Ledger entry of one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// The mail is being sent.
    Sending {
        /// The beginning of the latest attempt.
        since: Stamp,
        /// Number of further attempts in flight, of callers that insist.
        others: u32,
        /// The latest outcome of the attempts that ended.
        before: Option<Settled>,
    },
    /// No attempt is in flight.
    Settled(Settled),
}

/// The outcome of an attempt that may have sent the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// The bridge accepted the mail.
    Sent {
        /// The time of the answer.
        at: Stamp,
    },
    /// The bridge may have accepted the mail.
    Unknown {
        /// The time of the failure.
        at: Stamp,
    },
}

/// An event in the life of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// An attempt begins.
    Begin,
    /// The bridge accepted the mail.
    Accept,
    /// The mail was certainly not sent.
    Fail,
    /// The mail may have been sent.
    Lose,
    /// Time has passed.
    Age,
}

/// Returns the entry after an event; `None` if the entry has ended.
pub(super) fn step(entry: Option<Entry>, event: Event, now: Stamp) -> Option<Entry> {
    let settle = |settled| match entry {
        Some(Entry::Sending { since, others, .. }) if others > 0 => Entry::Sending {
            since,
            others: others - 1,
            before: Some(settled),
        },
        Some(Entry::Sending { .. } | Entry::Settled(_)) | None => Entry::Settled(settled),
    };
    match event {
        Event::Begin => Some(begin(entry, now)),
        Event::Accept => Some(settle(Settled::Sent { at: now })),
        Event::Lose => Some(settle(Settled::Unknown { at: now })),
        Event::Fail => match entry {
            Some(Entry::Sending {
                since,
                others,
                before,
            }) if others > 0 => Some(Entry::Sending {
                since,
                others: others - 1,
                before,
            }),
            Some(Entry::Sending { before, .. }) => before.map(Entry::Settled),
            Some(Entry::Settled(settled)) => Some(Entry::Settled(settled)),
            None => None,
        },
        Event::Age => match entry {
            Some(Entry::Settled(settled)) if is_obsolete(settled, now) => None,
            Some(Entry::Sending { .. } | Entry::Settled(_)) | None => entry,
        },
    }
}

fn begin(entry: Option<Entry>, now: Stamp) -> Entry {
    let (others, before) = match entry {
        None => (0, None),
        Some(Entry::Settled(settled)) => (0, Some(settled)),
        Some(Entry::Sending { others, before, .. }) => (others.saturating_add(1), before),
    };
    Entry::Sending {
        since: now,
        others,
        before,
    }
}

fn is_obsolete(settled: Settled, now: Stamp) -> bool {
    match settled {
        Settled::Sent { at } => !at.is_within(WINDOW, now),
        Settled::Unknown { at } => !at.is_within(WINDOW, now) && at.age(now) >= UNKNOWN,
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
