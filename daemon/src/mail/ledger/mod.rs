//! The ledger of sent mails, which prevents accidental duplicates. The bridge has no idempotency
//! key (bridge-api.md, trap 13), so a mail that was sent within the last ten minutes, or may have
//! been sent within the last day, is held back. The ledger also counts the sends of each address
//! for the limits of the configuration, and knows which mails an address answered. It holds only
//! digests, addresses and times, and outlives the daemon in a file, so that a restart resets no
//! limit.

mod book;
mod rates;
mod record;
mod replies;
mod state;

pub(crate) use book::Outcome;
pub(super) use book::{HeldBack, Quota, Refusal};
pub(super) use rates::OverLimit;

use super::journal::{Disk, JournalError, Promise, SkippedLines};
use crate::digest::Digest;
use book::Book;
use replies::{ReplyEvent, ReplyKey};
use state::{Entry, Event, Settled, UNKNOWN};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};
use tai_auth::session::{clock::Clock, stamp::Stamp};
use tai_proto::{
    mail::ReplyState,
    names::{Address, MailId},
};
use tokio::time::Instant;

/// The ledger of a daemon.
pub(super) struct Ledger {
    book: Mutex<Book>,
    clock: Arc<dyn Clock>,
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
    /// The replies that the mail belongs to.
    reply: Option<ReplyKey>,
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
        let book = Mutex::new(Book::open(path, disk, clock.stamp()));
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
        let sender = quota.sender.key();
        book.count(&sender, now);
        Ok(Attempt {
            ledger: self,
            digest: digest.clone(),
            promise: book.journal.promise(),
            counted: (sender, now),
            reply: None,
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

    /// Records that a reply of the sender to a mail waits for a person's approval.
    pub(super) fn hold_reply(&self, sender: &Address, original: MailId) {
        let now = self.clock.stamp();
        let key = reply_key(sender, original);
        self.book().change_reply(&key, ReplyEvent::Hold, now);
    }

    /// Returns what is known about the reply of an address to a mail, within the last week.
    pub(super) fn find_reply(&self, sender: &Address, original: MailId) -> ReplyState {
        let now = self.clock.stamp();
        self.book().find_reply(&reply_key(sender, original), now)
    }

    /// Returns the sends of the last day whose outcome is unknown, oldest first.
    pub(super) fn unknown(&self) -> Vec<(SystemTime, Digest)> {
        let now = self.clock.stamp();
        let book = self.book();
        let unknown = |(digest, entry): (&Digest, &Entry)| match entry {
            Entry::Settled(Settled::Unknown { at }) if at.is_within(UNKNOWN, now) => {
                Some((at.wall, digest.clone()))
            }
            Entry::Settled(Settled::Unknown { .. } | Settled::Sent { .. })
            | Entry::Sending { .. } => None,
        };
        let mut unknown: Vec<_> = book.entries.iter().filter_map(unknown).collect();
        unknown.sort();
        unknown
    }
}

impl Ledger {
    /// Returns why no send can be recorded; `None` if one can, as far as is known.
    pub(super) fn failing(&self) -> Option<JournalError> {
        let now = self.clock.stamp();
        let mut book = self.book();
        book.reopen(now);
        book.journal.failing()
    }

    /// Returns the lines of the file that are not records, for a day.
    pub(super) fn skipped(&self) -> Option<SkippedLines> {
        self.book().journal.skipped()
    }
}

fn reply_key(sender: &Address, original: MailId) -> ReplyKey {
    ReplyKey {
        sender: sender.key(),
        original: original.get(),
    }
}

impl Attempt<'_> {
    /// Records that the mail answers another one.
    pub(super) fn answers(&mut self, original: MailId) {
        let now = self.ledger.clock.stamp();
        let key = ReplyKey {
            sender: self.counted.0.clone(),
            original: original.get(),
        };
        let mut book = self.ledger.book();
        book.change_reply(&key, ReplyEvent::Begin, now);
        self.promise = book.journal.promise();
        self.reply = Some(key);
    }

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
        if let Some(key) = &self.reply {
            book.change_reply(key, self.outcome.into(), now);
        }
        if self.outcome == Event::Fail {
            let (sender, at) = self.counted.clone();
            book.uncount(sender, at);
        }
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
