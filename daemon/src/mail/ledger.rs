//! What was sent, so that it is not sent again by mistake: the bridge has no idempotency key
//! (bridge-api.md, trap 12). It holds digests and times, never anything of a mail, and
//! outlives the daemon in a file.

use super::MailError;
use crate::mail::journal::Journal;
use ring::digest::{Context, SHA256};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};
use tai_auth::session::clock::{Clock, SystemClock};

/// The same mail again within this time is held back.
pub const WINDOW: Duration = Duration::from_secs(10 * 60);
/// Sends whose outcome is unknown are shown in the status for so long.
const SHOWN: Duration = Duration::from_secs(24 * 60 * 60);
/// More than anybody sends in a day; the oldest is forgotten.
const MAX_ENTRIES: usize = 4096;
/// Lines after which the file is written anew.
const MAX_LINES: usize = 4 * MAX_ENTRIES;

/// What became of a send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is under way.
    Sending,
    /// The bridge took it.
    Sent,
    /// It may have been sent.
    Unknown,
}

/// Which mail: the first half of a SHA-256 over everything that makes it what it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Digest(String);

impl Digest {
    /// Each part is preceded by its length, so that no two lists of parts look the same.
    pub(crate) fn of(parts: &[&str]) -> Self {
        let mut context = Context::new(&SHA256);
        for part in parts {
            context.update(&(part.len() as u64).to_le_bytes());
            context.update(part.as_bytes());
        }
        let bytes = context.finish();
        let half = bytes.as_ref().iter().take(16);
        Self(half.map(|byte| format!("{byte:02x}")).collect())
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The ledger of a daemon.
pub struct Ledger {
    book: Mutex<Book>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct Book {
    entries: HashMap<Digest, (SystemTime, Outcome)>,
    journal: Journal,
    lines: usize,
}

/// A send that is under way. Dropped without a word, its outcome is unknown.
pub(super) struct Sending<'a> {
    ledger: &'a Ledger,
    digest: Digest,
    outcome: Option<Outcome>,
}

impl Ledger {
    /// A ledger that does not outlive the daemon.
    pub fn in_memory() -> Self {
        Self::with(Journal::nowhere(), Vec::new(), Arc::new(SystemClock))
    }

    /// The ledger in this file.
    pub fn open(path: PathBuf) -> Self {
        Self::open_with_clock(path, Arc::new(SystemClock))
    }

    /// The same, with a clock of the caller's.
    pub fn open_with_clock(path: PathBuf, clock: Arc<dyn Clock>) -> Self {
        let (journal, lines) = Journal::open(path);
        Self::with(journal, lines, clock)
    }

    /// Lines read `1795428123 DIGEST sent`. What was under way when the daemon died may have
    /// been sent.
    fn with(journal: Journal, lines: Vec<String>, clock: Arc<dyn Clock>) -> Self {
        let mut entries = HashMap::new();
        for line in &lines {
            let mut words = line.split(' ');
            let (Some(at), Some(digest), Some(word)) = (words.next(), words.next(), words.next())
            else {
                continue;
            };
            let Some(at) = at
                .parse()
                .ok()
                .and_then(|s| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(s)))
            else {
                continue;
            };
            let digest = Digest(digest.to_owned());
            match word {
                "sending" | "unknown" => entries.insert(digest, (at, Outcome::Unknown)),
                "sent" => entries.insert(digest, (at, Outcome::Sent)),
                _ => entries.remove(&digest),
            };
        }
        let mut book = Book {
            entries,
            journal,
            lines: lines.len(),
        };
        book.tidy(clock.now().wall);
        book.rewrite();
        let book = Mutex::new(book);
        Self { book, clock }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a send, unless the same mail was sent a moment ago, or may have been. `insist`
    /// sends it all the same.
    ///
    /// # Errors
    /// [`MailError::Duplicate`].
    pub(super) fn begin(&self, digest: &Digest, insist: bool) -> Result<Sending<'_>, MailError> {
        let now = self.clock.now().wall;
        let mut book = self.book();
        book.look(digest, insist, now)?;
        book.note(digest, now, Outcome::Sending);
        Ok(Sending {
            ledger: self,
            digest: digest.clone(),
            outcome: Some(Outcome::Unknown),
        })
    }

    /// Whether [`Ledger::begin`] would begin now.
    pub(super) fn look(&self, digest: &Digest, insist: bool) -> Result<(), MailError> {
        self.book().look(digest, insist, self.clock.now().wall)
    }

    /// The sends of the last day whose outcome is unknown, oldest first.
    pub fn unknown(&self) -> Vec<(SystemTime, Digest)> {
        let book = self.book();
        let mut unknown: Vec<_> = book
            .entries
            .iter()
            .filter(|(_, (_, outcome))| *outcome == Outcome::Unknown)
            .map(|(digest, (at, _))| (*at, digest.clone()))
            .collect();
        unknown.sort_by_key(|(at, _)| *at);
        unknown
    }
}

impl Book {
    fn look(&mut self, digest: &Digest, insist: bool, now: SystemTime) -> Result<(), MailError> {
        self.tidy(now);
        let Some((at, outcome)) = self.entries.get(digest).filter(|_| !insist) else {
            return Ok(());
        };
        // A clock that was set back makes it look like now.
        let ago = now.duration_since(*at).unwrap_or_default();
        match ago < WINDOW {
            true => Err(MailError::Duplicate {
                digest: digest.clone(),
                outcome: *outcome,
                ago,
            }),
            false => Ok(()),
        }
    }

    fn note(&mut self, digest: &Digest, at: SystemTime, outcome: Outcome) {
        self.entries.insert(digest.clone(), (at, outcome));
        self.write(digest, at, word(outcome));
    }

    fn write(&mut self, digest: &Digest, at: SystemTime, word: &str) {
        self.lines += 1;
        if self.lines > MAX_LINES {
            self.rewrite();
        } else {
            self.journal.append(&line(digest, at, word));
        }
    }

    fn rewrite(&mut self) {
        let lines: Vec<String> = self
            .entries
            .iter()
            .map(|(digest, (at, outcome))| line(digest, *at, word(*outcome)))
            .collect();
        self.journal.rewrite(&lines);
        self.lines = lines.len();
    }

    /// Forgets what nobody needs any more.
    fn tidy(&mut self, now: SystemTime) {
        self.entries.retain(|_, (at, outcome)| {
            let ago = now.duration_since(*at).unwrap_or_default();
            ago < WINDOW || (*outcome == Outcome::Unknown && ago < SHOWN)
        });
        while self.entries.len() >= MAX_ENTRIES {
            let oldest = self.entries.iter().min_by_key(|(_, (at, _))| *at);
            let Some(oldest) = oldest.map(|(digest, _)| digest.clone()) else {
                return;
            };
            self.entries.remove(&oldest);
        }
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Sending => "sending",
        Outcome::Sent => "sent",
        Outcome::Unknown => "unknown",
    }
}

fn line(digest: &Digest, at: SystemTime, word: &str) -> String {
    let since = at.duration_since(SystemTime::UNIX_EPOCH);
    format!("{} {digest} {word}", since.unwrap_or_default().as_secs())
}

impl Sending<'_> {
    /// The bridge took it.
    pub(super) fn sent(mut self) {
        self.outcome = Some(Outcome::Sent);
    }

    /// It was not sent, for certain; the same mail may be sent again.
    pub(super) fn not_sent(mut self) {
        self.outcome = None;
    }
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        let now = self.ledger.clock.now().wall;
        let mut book = self.ledger.book();
        match self.outcome {
            Some(outcome) => book.note(&self.digest, now, outcome),
            None => {
                book.entries.remove(&self.digest);
                book.write(&self.digest, now, "not-sent");
            }
        }
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
