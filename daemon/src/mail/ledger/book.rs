//! The entries of the ledger: of mails, of counted sends and of replies, and their file.

use super::{
    rates::{OverLimit, Rates},
    record::LedgerRecord,
    replies::{Replies, ReplyEvent, ReplyKey},
    state::{Entry, Event, Settled, step},
};
use crate::{
    config::SendLimits,
    digest::Digest,
    mail::journal::{Disk, Journal},
};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tai_auth::session::stamp::Stamp;
use tai_proto::{mail::ReplyState, names::Address};

/// Limit of entries. Beyond it the oldest entries are dropped.
pub(super) const MAX_ENTRIES: usize = 4096;

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

/// The same mail was sent within ten minutes, or may have been sent within a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mail) struct HeldBack {
    /// Outcome of the earlier send.
    pub(in crate::mail) outcome: Outcome,
    /// Time since the earlier send; `None` if the machine was restarted since.
    pub(in crate::mail) ago: Option<Duration>,
}

/// Reason for which an attempt may not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mail) enum Refusal {
    /// The same mail was or may have been sent.
    Same(HeldBack),
    /// The sender has reached a limit.
    OverLimit(OverLimit),
}

/// The sender of a mail and the limits of its sends.
#[derive(Debug, Clone, Copy)]
pub(in crate::mail) struct Quota<'a> {
    /// The sender.
    pub(in crate::mail) sender: &'a Address,
    /// The limits.
    pub(in crate::mail) limits: SendLimits,
}

/// The entries of a ledger and their file.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) entries: HashMap<Digest, Entry>,
    rates: Rates,
    replies: Replies,
    pub(super) journal: Journal<LedgerRecord>,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            rates: Rates::default(),
            replies: Replies::default(),
            journal: Journal::nowhere(),
        }
    }
}

impl Book {
    /// Opens the file of an earlier daemon.
    pub(super) fn open(path: PathBuf, disk: Arc<dyn Disk>, now: Stamp) -> Self {
        let mut book = Self::default();
        book.journal = Journal::open(path, disk, |record| {
            load(
                &mut book.entries,
                &mut book.rates,
                &mut book.replies,
                record,
                now,
            );
        });
        book.drop_obsolete(now);
        let needed = needed(&book.entries, &book.rates, &book.replies);
        book.journal.shorten(&needed);
        book
    }

    /// Reads the file if it could not be opened before.
    pub(super) fn reopen(&mut self, now: Stamp) {
        let Self {
            entries,
            rates,
            replies,
            journal,
        } = self;
        let mut earlier = HashMap::new();
        journal.reopen(|record| load(&mut earlier, rates, replies, record, now));
        for (digest, entry) in earlier {
            entries.entry(digest).or_insert(entry);
        }
    }

    fn drop_obsolete(&mut self, now: Stamp) {
        drop_obsolete(&mut self.entries, now);
        self.rates.drop_obsolete(now);
        self.replies.drop_obsolete(now);
    }

    /// Checks whether an attempt may begin.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(super) fn check(
        &mut self,
        digest: &Digest,
        insist: bool,
        quota: Quota<'_>,
        now: Stamp,
    ) -> Result<(), Refusal> {
        self.check_same(digest, insist, now)
            .map_err(Refusal::Same)?;
        self.rates.drop_obsolete(now);
        let sender = quota.sender.key();
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
        Err(HeldBack { outcome, ago })
    }

    /// Applies an event and journals the change.
    pub(super) fn change(&mut self, digest: &Digest, event: Event, now: Stamp) {
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

    /// Counts a send for the limits of its sender, in lower case.
    pub(super) fn count(&mut self, sender: &str, at: Stamp) {
        self.rates.add(sender, at);
        let sender = sender.to_owned();
        self.write(&LedgerRecord::Counted { sender, at });
    }

    /// Removes a send that certainly did not happen.
    pub(super) fn uncount(&mut self, sender: String, at: Stamp) {
        self.rates.remove(&sender, at);
        self.write(&LedgerRecord::Uncounted { sender, at });
    }

    /// Applies an event to the replies of an address to a mail, and journals the change.
    pub(super) fn change_reply(&mut self, key: &ReplyKey, event: ReplyEvent, now: Stamp) {
        if let Some(record) = self.replies.change(key, event, now) {
            self.write(&record);
        }
    }

    /// Returns what is known about the reply of an address to a mail.
    pub(super) fn find_reply(&mut self, key: &ReplyKey, now: Stamp) -> ReplyState {
        self.replies.drop_obsolete(now);
        self.replies.find(key)
    }

    fn write(&mut self, record: &LedgerRecord) {
        let (entries, rates, replies) = (&self.entries, &self.rates, &self.replies);
        self.journal
            .append(record, || needed(entries, rates, replies));
    }
}

/// Applies a record of the file.
fn load(
    entries: &mut HashMap<Digest, Entry>,
    rates: &mut Rates,
    replies: &mut Replies,
    record: LedgerRecord,
    now: Stamp,
) {
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
        LedgerRecord::Reply {
            original,
            sender,
            fate,
            at,
        } => return replies.load(ReplyKey { sender, original }, fate, at, now),
        LedgerRecord::Unreplied { original, sender } => {
            return replies.forget(&ReplyKey { sender, original });
        }
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

fn needed(entries: &HashMap<Digest, Entry>, rates: &Rates, replies: &Replies) -> Vec<LedgerRecord> {
    let records = entries.iter();
    let records = records.map(|(digest, entry)| record(digest, *entry));
    let counts = rates.iter().map(|(sender, at)| LedgerRecord::Counted {
        sender: sender.to_owned(),
        at,
    });
    records.chain(counts).chain(replies.records()).collect()
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
