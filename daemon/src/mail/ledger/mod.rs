//! The ledger of sent mails, which prevents accidental duplicates. The bridge has no idempotency
//! key (bridge-api.md, trap 13), so a mail that was or may have been sent within the last ten
//! minutes is held back. The ledger also counts the sends of each address for the limits of the
//! configuration. It holds only digests, addresses and times, and outlives the daemon in a file, so
//! that a restart resets no limit.

mod rates;
mod state;

pub(super) use rates::OverLimit;

use super::{
    digest::Digest,
    journal::{Disk, Journal, JournalError, Promise},
    record::LedgerRecord,
};
use crate::config::SendLimits;
use rates::Rates;
use state::{Entry, Event, Settled, WINDOW, step};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};
use tai_auth::session::{clock::Clock, stamp::Stamp};
use tai_proto::names::Address;
use tokio::time::Instant;

/// Limit of entries. Beyond it the oldest entries are dropped.
const MAX_ENTRIES: usize = 4096;

/// Outcome of an earlier send of the same mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The mail is being sent.
    Sending,
    /// The bridge accepted the mail.
    Sent,
    /// The mail may have been sent.
    Unknown,
}

/// The same mail was sent within [`WINDOW`], or may have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HeldBack {
    /// Outcome of the earlier send.
    pub(super) outcome: Outcome,
    /// Time since the earlier send; `None` if the machine was restarted since.
    pub(super) ago: Option<Duration>,
}

/// Reason for which an attempt may not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The same mail was or may have been sent.
    Same(HeldBack),
    /// The sender has reached a limit.
    OverLimit(OverLimit),
}

/// The sender of a mail and the limits of its sends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quota<'a> {
    /// The sender.
    pub(super) sender: &'a Address,
    /// The limits.
    pub(super) limits: SendLimits,
}

/// The ledger of a daemon.
pub(super) struct Ledger {
    book: Mutex<Book>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct Book {
    entries: HashMap<Digest, Entry>,
    rates: Rates,
    journal: Journal<LedgerRecord>,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            rates: Rates::default(),
            journal: Journal::nowhere(),
        }
    }
}

/// An attempt to send a mail. Dropping it records that its outcome is unknown.
#[must_use = "dropping it records an unknown outcome"]
pub(super) struct Attempt<'a> {
    ledger: &'a Ledger,
    digest: Digest,
    /// The record of the attempt.
    promise: Promise,
    /// The sender's pool of the counts, and the time of the attempt.
    counted: (String, Stamp),
    outcome: Event,
}

impl Ledger {
    /// Returns a ledger that does not outlive the daemon.
    pub(super) fn in_memory(clock: Arc<dyn Clock>) -> Self {
        let book = Mutex::new(Book::default());
        Self { book, clock }
    }

    /// Opens the ledger that a previous daemon kept in this file.
    pub(super) fn open(path: PathBuf, disk: Arc<dyn Disk>, clock: Arc<dyn Clock>) -> Self {
        let now = clock.stamp();
        let mut book = Book::default();
        book.journal = Journal::open(path, disk, |record| {
            load(&mut book.entries, &mut book.rates, record, now);
        });
        book.drop_obsolete(now);
        let needed = needed(&book.entries, &book.rates);
        book.journal.shorten(&needed);
        let book = Mutex::new(book);
        Self { book, clock }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins an attempt to send a mail. `insist` overrides the hold-back, but no limit.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(super) fn begin(
        &self,
        digest: &Digest,
        insist: bool,
        quota: Quota<'_>,
    ) -> Result<Attempt<'_>, Refusal> {
        let now = self.clock.stamp();
        let mut book = self.book();
        book.reopen(now);
        book.check(digest, insist, quota, now)?;
        book.change(digest, Event::Begin, now);
        let sender = pool(quota.sender);
        book.rates.add(&sender, now);
        book.write(&LedgerRecord::Counted {
            sender: sender.clone(),
            at: now,
        });
        Ok(Attempt {
            ledger: self,
            digest: digest.clone(),
            promise: book.journal.promise(),
            counted: (sender, now),
            outcome: Event::Lose,
        })
    }

    /// Checks whether [`Ledger::begin`] would succeed now.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(super) fn check(
        &self,
        digest: &Digest,
        insist: bool,
        quota: Quota<'_>,
    ) -> Result<(), Refusal> {
        let now = self.clock.stamp();
        self.book().check(digest, insist, quota, now)
    }

    /// Returns the sends of the last day whose outcome is unknown, oldest first.
    pub(super) fn unknown(&self) -> Vec<(SystemTime, Digest)> {
        let book = self.book();
        let unknown = |(digest, entry): (&Digest, &Entry)| match entry {
            Entry::Settled(Settled::Unknown { at }) => Some((at.wall, digest.clone())),
            Entry::Settled(Settled::Sent { .. }) | Entry::Sending { .. } => None,
        };
        let mut unknown: Vec<_> = book.entries.iter().filter_map(unknown).collect();
        unknown.sort();
        unknown
    }
}

impl Book {
    /// Reads the file if it could not be opened before.
    fn reopen(&mut self, now: Stamp) {
        let Self {
            entries,
            rates,
            journal,
        } = self;
        let mut earlier = HashMap::new();
        journal.reopen(|record| load(&mut earlier, rates, record, now));
        for (digest, entry) in earlier {
            entries.entry(digest).or_insert(entry);
        }
    }

    fn drop_obsolete(&mut self, now: Stamp) {
        drop_obsolete(&mut self.entries, now);
        self.rates.drop_obsolete(now);
    }

    fn check(
        &mut self,
        digest: &Digest,
        insist: bool,
        quota: Quota<'_>,
        now: Stamp,
    ) -> Result<(), Refusal> {
        self.check_same(digest, insist, now)
            .map_err(Refusal::Same)?;
        self.rates.drop_obsolete(now);
        let sender = pool(quota.sender);
        let checked = self.rates.check(&sender, quota.limits, now);
        checked.map_err(Refusal::OverLimit)
    }

    fn check_same(&mut self, digest: &Digest, insist: bool, now: Stamp) -> Result<(), HeldBack> {
        drop_obsolete(&mut self.entries, now);
        let Some(entry) = self.entries.get(digest).filter(|_| !insist) else {
            return Ok(());
        };
        let (outcome, at) = match entry {
            Entry::Sending { since, .. } => (Outcome::Sending, *since),
            Entry::Settled(Settled::Sent { at }) => (Outcome::Sent, *at),
            Entry::Settled(Settled::Unknown { at }) => (Outcome::Unknown, *at),
        };
        let ago = at.exact_age(now);
        match outcome {
            Outcome::Sending => Err(HeldBack { outcome, ago }),
            Outcome::Sent | Outcome::Unknown if at.is_within(WINDOW, now) => {
                Err(HeldBack { outcome, ago })
            }
            Outcome::Sent | Outcome::Unknown => Ok(()),
        }
    }

    /// Applies an event and journals the change.
    fn change(&mut self, digest: &Digest, event: Event, now: Stamp) {
        let before = self.entries.remove(digest);
        let after = step(before, event, now);
        if let Some(entry) = after {
            self.entries.insert(digest.clone(), entry);
        }
        let remembered = |entry: Option<Entry>| entry.map(|entry| record(digest, entry));
        let (old, new) = (remembered(before), remembered(after));
        if new != old {
            let digest = digest.clone();
            self.write(&new.unwrap_or(LedgerRecord::Closed { digest }));
        }
    }

    fn write(&mut self, record: &LedgerRecord) {
        let (entries, rates) = (&self.entries, &self.rates);
        self.journal.append(record, || needed(entries, rates));
    }
}

/// Applies a record of the file.
fn load(entries: &mut HashMap<Digest, Entry>, rates: &mut Rates, record: LedgerRecord, now: Stamp) {
    let (digest, settled) = match record {
        // A send that was in flight when the daemon died may have succeeded.
        LedgerRecord::Sending { digest, at } | LedgerRecord::Unknown { digest, at } => {
            (digest, Settled::Unknown { at })
        }
        LedgerRecord::Sent { digest, at } => (digest, Settled::Sent { at }),
        LedgerRecord::Closed { digest } => {
            entries.remove(&digest);
            return;
        }
        LedgerRecord::Counted { sender, at } => return rates.add(&sender, at),
        LedgerRecord::Uncounted { sender, at } => return rates.remove(&sender, at),
    };
    // The memory for a long file is bounded.
    if entries.len() >= 2 * MAX_ENTRIES {
        drop_obsolete(entries, now);
    }
    entries.insert(digest, Entry::Settled(settled));
}

/// Returns the record of an entry that must outlive the daemon.
fn record(digest: &Digest, entry: Entry) -> LedgerRecord {
    let digest = digest.clone();
    match entry {
        Entry::Sending { since, .. } => LedgerRecord::Sending { digest, at: since },
        Entry::Settled(Settled::Sent { at }) => LedgerRecord::Sent { digest, at },
        Entry::Settled(Settled::Unknown { at }) => LedgerRecord::Unknown { digest, at },
    }
}

fn needed(entries: &HashMap<Digest, Entry>, rates: &Rates) -> Vec<LedgerRecord> {
    let records = entries.iter();
    let records = records.map(|(digest, entry)| record(digest, *entry));
    let counts = rates.iter().map(|(sender, at)| LedgerRecord::Counted {
        sender: sender.to_owned(),
        at,
    });
    records.chain(counts).collect()
}

/// Returns the name under which an address's sends are counted. Addresses are case-insensitive.
fn pool(address: &Address) -> String {
    address.as_str().to_ascii_lowercase()
}

/// Drops obsolete entries, and the oldest entries if there are [`MAX_ENTRIES`]. The file keeps
/// them until it is replaced.
fn drop_obsolete(entries: &mut HashMap<Digest, Entry>, now: Stamp) {
    entries.retain(|_, entry| step(Some(*entry), Event::Age, now).is_some());
    if entries.len() < MAX_ENTRIES {
        return;
    }
    let mut settled: Vec<((bool, Duration, SystemTime), Digest)> = entries
        .iter()
        .filter_map(|(digest, entry)| match entry {
            Entry::Settled(Settled::Sent { at } | Settled::Unknown { at }) => {
                let age = (at.boot == now.boot, at.since_boot, at.wall);
                Some((age, digest.clone()))
            }
            Entry::Sending { .. } => None,
        })
        .collect();
    settled.sort();
    // Dropping several at once makes the sort rare.
    let surplus = entries.len() - MAX_ENTRIES + MAX_ENTRIES / 16;
    for (_, digest) in settled.into_iter().take(surplus) {
        entries.remove(&digest);
    }
}

impl Attempt<'_> {
    /// Waits until the record of the attempt survives a power failure. Without it, a later daemon
    /// does not hold the mail back, so the mail must not be sent.
    ///
    /// # Errors
    /// [`JournalError`].
    pub(super) async fn recorded(&self, deadline: Instant) -> Result<(), JournalError> {
        self.promise.clone().kept(deadline).await
    }

    /// Records that the bridge accepted the mail.
    pub(super) fn accept(mut self) {
        self.outcome = Event::Accept;
    }

    /// Records that the mail was certainly not sent. The same mail may be sent again.
    pub(super) fn fail(mut self) {
        self.outcome = Event::Fail;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let now = self.ledger.clock.stamp();
        let mut book = self.ledger.book();
        book.change(&self.digest, self.outcome, now);
        if self.outcome == Event::Fail {
            let (sender, at) = self.counted.clone();
            book.rates.remove(&sender, at);
            book.write(&LedgerRecord::Uncounted { sender, at });
        }
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
