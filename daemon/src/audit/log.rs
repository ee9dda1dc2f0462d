//! The writer of the audit log. A failed write is reported in the log and in the status; it never
//! blocks a mail.

use super::{
    chain::{START, digest_of},
    entry::{Actor, Entry, Event, Record},
    files::{self, Appender, MAX_READ},
};
use crate::time::rfc3339;
use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};
use tai_auth::regular_file;
use tai_proto::names::Profile;

/// Limit of lines about refusals, failures, offers and mails that wait in one period, so that a
/// client cannot push the lines about sends out of the files.
const MAX_LIMITED: u32 = 100;
/// Period of [`MAX_LIMITED`].
const PERIOD: Duration = Duration::from_secs(60 * 60);

/// The audit log of a daemon.
#[derive(Debug)]
pub(crate) struct Audit {
    writer: Mutex<Writer>,
    /// Whether a thread is about to sync the file.
    syncing: Arc<AtomicBool>,
}

/// State of the audit log, for the status.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// Path of the current file; `None` if nothing is written.
    pub(crate) path: Option<PathBuf>,
    /// Number of the last line; 0 before the first.
    pub(crate) n: u64,
    /// Digest of the last line.
    pub(crate) digest: String,
    /// Reason for which lines are missing.
    pub(crate) error: Option<String>,
}

#[derive(Debug)]
struct Writer {
    file: Option<Appender>,
    head: Head,
    limited: Limited,
    /// Number of lines that could not be written since the last one that was.
    unwritten: u64,
}

/// The [limited](MAX_LIMITED) lines of the current period.
#[derive(Debug)]
struct Limited {
    since: Instant,
    written: u32,
    /// Number of events without a line since the last one that has one.
    left_out: u64,
}

impl Audit {
    /// Returns a log that writes nothing.
    #[cfg(test)]
    pub(crate) fn nowhere() -> Self {
        Self::with(None, Head::default())
    }

    /// Opens the log of a profile in a directory and continues its chain. If the file cannot be
    /// used, nothing is written, and the status says why.
    pub(crate) fn open(dir: &Path, profile: &Profile) -> Self {
        let path = files::path_in(dir, profile);
        match open(&path) {
            Ok((file, head, cut)) => {
                let audit = Self::with(Some(file), head);
                if cut {
                    audit.recover();
                }
                audit
            }
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "cannot open the audit log; no lines are written");
                let error = Some(error.to_string());
                let path = Some(path);
                Self::with(
                    None,
                    Head {
                        path,
                        error,
                        ..Head::default()
                    },
                )
            }
        }
    }

    fn with(file: Option<Appender>, head: Head) -> Self {
        Self {
            writer: Mutex::new(Writer {
                file,
                head,
                limited: Limited {
                    since: Instant::now(),
                    written: 0,
                    left_out: 0,
                },
                unwritten: 0,
            }),
            syncing: Arc::default(),
        }
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the state of the log.
    pub(crate) fn head(&self) -> Head {
        self.writer().head.clone()
    }

    /// Writes a line about an event with an effect, and syncs the file in the background.
    pub(crate) fn effect(&self, record: Record) {
        let mut writer = self.writer();
        let left_out = std::mem::take(&mut writer.limited.left_out);
        writer.write(record, left_out);
        let file = writer.file.as_ref().map(Appender::for_sync);
        drop(writer);
        if let Some(Ok(file)) = file
            && !self.syncing.swap(true, Ordering::AcqRel)
        {
            let syncing = self.syncing.clone();
            let sync = move || {
                // A line that is written from here on starts a sync of its own.
                syncing.store(false, Ordering::Release);
                if let Err(error) = file.sync_data() {
                    tracing::error!(%error, "cannot sync the audit log");
                }
            };
            match tokio::runtime::Handle::try_current() {
                Ok(runtime) => drop(runtime.spawn_blocking(sync)),
                Err(_) => sync(),
            }
        }
    }

    /// Writes a line about an event that costs its caller nothing: a refusal, a failure, an offer
    /// or a mail that waits. Beyond a limit per hour, such events are only counted.
    pub(crate) fn limited(&self, record: Record) {
        let mut writer = self.writer();
        if let Some(left_out) = writer.limited.admit(Instant::now()) {
            writer.write(record, left_out);
        }
    }

    fn recover(&self) {
        let record = Record {
            event: Event::Recover,
            actor: Actor::daemon(),
            digest: None,
            mail_id: None,
            outcome: "the line before was cut".to_owned(),
        };
        self.writer().write(record, 0);
    }
}

impl Limited {
    /// Returns the number of events that were left out before this one; `None` if it is left out too.
    fn admit(&mut self, now: Instant) -> Option<u64> {
        if now.duration_since(self.since) >= PERIOD {
            (self.since, self.written) = (now, 0);
        }
        if self.written >= MAX_LIMITED {
            self.left_out += 1;
            return None;
        }
        self.written += 1;
        Some(std::mem::take(&mut self.left_out))
    }
}

impl Writer {
    fn write(&mut self, record: Record, left_out: u64) {
        let Some(file) = &mut self.file else { return };
        let entry = Entry {
            n: self.head.n + 1,
            prev: self.head.digest.clone(),
            time: rfc3339(SystemTime::now()),
            unwritten: self.unwritten,
            record,
            left_out,
        };
        let written = serde_json::to_string(&entry)
            .map_err(io::Error::other)
            .and_then(|line| file.append(format!("{line}\n").as_bytes()).map(|()| line));
        match written {
            Ok(line) => {
                self.head.n = entry.n;
                self.head.digest = digest_of(line.as_bytes());
                self.unwritten = 0;
                if self.head.error.take().is_some() {
                    tracing::info!("the audit log can be written again");
                }
            }
            Err(error) => {
                if self.head.error.is_none() {
                    tracing::error!(%error, "cannot write the audit log");
                }
                self.head.error = Some(error.to_string());
                self.unwritten += 1;
                self.limited.left_out += left_out;
            }
        }
    }
}

/// Opens the current file. Returns it, the end of the chain, and whether the last line was cut.
fn open(path: &Path) -> io::Result<(Appender, Head, bool)> {
    let mut file = Appender::open(path)?;
    let mut head = Head {
        path: Some(path.to_owned()),
        digest: START.to_owned(),
        ..Head::default()
    };
    let mut cut = false;
    for path in files::existing(path) {
        let text = regular_file::read(&path, MAX_READ)?;
        cut = !text.is_empty() && !text.ends_with(b"\n");
        for line in text.split(|byte| *byte == b'\n') {
            if line.is_empty() {
                continue;
            }
            let entry = serde_json::from_slice::<Entry>(line);
            head.n = entry.map_or(head.n, |entry| entry.n);
            head.digest = digest_of(line);
        }
    }
    if cut {
        file.append(b"\n")?;
    }
    Ok((file, head, cut))
}

#[cfg(test)]
#[path = "log_tests.rs"]
mod tests;
