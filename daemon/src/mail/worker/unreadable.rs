//! The mails on which a worker failed. A mail that exceeds its CPU time or crashes the worker costs
//! one worker, also after a restart of the daemon; the next release tries it again. A mail that
//! exceeds the wall-clock limit is tried again after a while, because the machine may be busy.

use super::record::UnreadableRecord;
use crate::{
    digest::Digest,
    mail::{
        bounded::Bounded,
        journal::{Journal, JournalError, SystemDisk},
    },
};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Limit of remembered mails. Beyond it the oldest is forgotten.
const MAX_MAILS: usize = 1_024;
/// Time after which a mail that exceeded the wall-clock limit is tried again.
const PAUSE: Duration = Duration::from_secs(10 * 60);

/// A mail: the bridge's id and the digest of its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MailKey {
    id: u64,
    body: Digest,
}

impl MailKey {
    /// Returns the key of a mail. Another release of taid computes another key.
    pub(super) fn new(id: u64, html: Option<&str>, text: Option<&str>) -> Self {
        let parts = [
            env!("CARGO_PKG_VERSION"),
            html.unwrap_or_default(),
            text.unwrap_or_default(),
        ];
        Self {
            id,
            body: Digest::of(&parts),
        }
    }

    /// Returns the bridge's id.
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    fn record(&self) -> UnreadableRecord {
        UnreadableRecord::Failed {
            id: self.id,
            body: self.body.clone(),
        }
    }
}

/// The remembered mails.
pub(super) struct Unreadable(Mutex<Book>);

struct Book {
    mails: Bounded<MailKey, (), MAX_MAILS>,
    /// Mails that are tried again, each with the time.
    paused: Bounded<MailKey, Instant, MAX_MAILS>,
    journal: Journal<UnreadableRecord>,
}

impl Unreadable {
    /// Opens the mails that a previous daemon remembered in this file; `None` keeps them in memory.
    pub(super) fn open(path: Option<PathBuf>) -> Self {
        let mut book = Book {
            mails: Bounded::default(),
            paused: Bounded::default(),
            journal: Journal::nowhere(),
        };
        if let Some(path) = path {
            let disk = Arc::new(SystemDisk);
            book.journal = Journal::open(path, disk, |UnreadableRecord::Failed { id, body }| {
                book.mails.put(MailKey { id, body }, ());
            });
        }
        let needed = records(&book.mails);
        book.journal.shorten(&needed);
        Self(Mutex::new(book))
    }

    /// Remembers a mail, also after a restart.
    pub(super) fn add(&self, mail: MailKey) {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        book.reopen();
        let record = mail.record();
        book.mails.put(mail, ());
        let Book { mails, journal, .. } = &mut *book;
        journal.append(&record, || records(mails));
    }

    /// Returns why no mail can be recorded; `None` if one can, as far as is known.
    pub(super) fn failing(&self) -> Option<JournalError> {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        book.reopen();
        book.journal.failing()
    }

    /// Remembers a mail for a while.
    pub(super) fn pause(&self, mail: MailKey) {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        book.paused.retain(|until| now < *until);
        book.paused.put(mail, now + PAUSE);
    }

    /// Returns whether the mail is remembered.
    pub(super) fn contains(&self, mail: &MailKey) -> bool {
        let book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let is_paused = book.paused.get(mail).is_some_and(|until| now < *until);
        is_paused || book.mails.get(mail).is_some()
    }
}

impl Book {
    /// Reads the file if it could not be opened before, and records the mails that it lacks.
    fn reopen(&mut self) {
        let Self { mails, journal, .. } = self;
        if journal.is_open() {
            return;
        }
        let mut earlier = Vec::new();
        journal.reopen(|UnreadableRecord::Failed { id, body }| earlier.push(MailKey { id, body }));
        if !journal.is_open() {
            return;
        }
        let since = records(mails);
        for mail in earlier {
            mails.put(mail, ());
        }
        for record in &since {
            journal.append(record, || records(mails));
        }
    }
}

fn records(mails: &Bounded<MailKey, (), MAX_MAILS>) -> Vec<UnreadableRecord> {
    mails.iter().map(|(mail, ())| mail.record()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(id: u64, html: &str) -> MailKey {
        MailKey::new(id, Some(html), None)
    }

    #[test]
    fn a_mail_is_remembered_with_its_body_and_after_a_restart() {
        crate::os::restrict_new_files();
        let dir = tempfile::tempdir().unwrap();
        let path = || Some(dir.path().join("unreadable"));
        Unreadable::open(path()).add(mail(7, "bomb"));
        let after = Unreadable::open(path());
        assert!(after.contains(&mail(7, "bomb")));
        assert!(!after.contains(&mail(7, "other")));
        assert!(!after.contains(&mail(8, "bomb")));
    }

    #[test]
    fn a_file_that_is_usable_again_gets_the_mails_since() {
        crate::os::restrict_new_files();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("unreadable");
        std::fs::create_dir(&path).unwrap();
        let open = || Unreadable::open(Some(path.clone()));
        let book = open();
        book.add(mail(7, "bomb"));
        assert_eq!(book.failing().unwrap().path, path);
        std::fs::remove_dir(&path).unwrap();
        assert_eq!(book.failing(), None);
        book.add(mail(8, "bomb"));
        let after = open();
        for id in [7, 8] {
            assert!(after.contains(&mail(id, "bomb")), "{id}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_paused_mail_is_tried_again_after_ten_minutes() {
        let book = Unreadable::open(None);
        book.pause(mail(7, "slow"));
        assert!(book.contains(&mail(7, "slow")));
        assert!(!book.contains(&mail(8, "slow")));
        tokio::time::advance(PAUSE).await;
        assert!(!book.contains(&mail(7, "slow")));
    }

    #[test]
    fn the_oldest_mails_are_forgotten() {
        crate::os::restrict_new_files();
        let dir = tempfile::tempdir().unwrap();
        let path = || Some(dir.path().join("unreadable"));
        let all = Unreadable::open(path());
        for id in 0..=MAX_MAILS as u64 {
            all.add(mail(id, "x"));
        }
        for book in [all, Unreadable::open(path())] {
            assert!(!book.contains(&mail(0, "x")));
            assert!(book.contains(&mail(1, "x")));
            assert!(book.contains(&mail(MAX_MAILS as u64, "x")));
        }
    }
}
