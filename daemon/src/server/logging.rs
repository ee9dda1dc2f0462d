//! The log: to standard error for whoever watches, and to a file a day for later (seed:
//! `logs/tai-mcp.log`, which is a link to the present day's file). A log that cannot be
//! written never stops the daemon.

use crate::{config::LogLevel, os};
use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};
use tracing::level_filters::LevelFilter;
use tracing_appender::{
    non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard},
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{fmt::writer::MakeWriterExt as _, util::SubscriberInitExt as _};

/// The name that always leads to the present file.
const LINK: &str = "tai-mcp.log";
/// Days kept.
const KEPT: usize = 7;
/// Lines that may wait for a slow disk; more are dropped rather than waited for.
const WAITING: usize = 8192;
/// A day's file takes no more than this; what comes after it is dropped.
const MAX_DAY: u64 = 32 << 20;

/// Keeps the log's writers alive. Dropping it writes what waits.
#[derive(Debug)]
pub(crate) struct Log {
    _guards: [WorkerGuard; 2],
    slow: ErrorCounter,
    full: Arc<AtomicU64>,
    /// The log file; `None` when there is only standard error.
    pub(crate) path: Option<PathBuf>,
}

impl Log {
    /// Lines that are in no file: the disk was too slow, or the day's file full.
    pub(crate) fn dropped(&self) -> u64 {
        let slow = u64::try_from(self.slow.dropped_lines()).unwrap_or(u64::MAX);
        slow.saturating_add(self.full.load(Ordering::Relaxed))
    }
}

/// Where a profile's log is; the default one's is where the seed has it.
pub(crate) fn dir(profile: &str) -> Option<PathBuf> {
    let logs = tai_proto::endpoint::state_dir()?.join("logs");
    Some(match profile {
        "default" => logs,
        other => logs.join(other),
    })
}

/// The name that always leads to the present file, in a log's directory.
pub(crate) fn present(dir: &Path) -> PathBuf {
    dir.join(LINK)
}

/// Starts logging, to standard error as well where somebody may read that. Without a
/// directory, or with one that cannot be written, there is only standard error, and it says so.
pub(crate) fn start(level: LogLevel, dir: Option<&Path>, to_stderr: bool) -> Log {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let opened = dir.map(|dir| (present(dir), open(dir)));
    let (path, file, problem) = match opened {
        Some((path, Ok(file))) => (Some(path), Some(file), None),
        Some((path, Err(error))) => (None, None, Some((path, error))),
        None => (None, None, None),
    };
    let full = Arc::new(AtomicU64::new(0));
    let sink: Box<dyn io::Write + Send> = match file {
        Some(file) => Box::new(Capped {
            file,
            day: 0,
            written: 0,
            limit: MAX_DAY,
            dropped: full.clone(),
        }),
        None => Box::new(io::sink()),
    };
    // Each has a thread of its own: whoever stopped reading standard error stops neither the
    // daemon nor the file.
    let (writer, file_guard) = non_blocking("taid-log", sink);
    let stderr: Box<dyn io::Write + Send> = match to_stderr {
        true => Box::new(io::stderr()),
        false => Box::new(io::sink()),
    };
    let (watched, watched_guard) = non_blocking("taid-stderr", stderr);
    let slow = writer.error_counter();
    // Only what this program says: libraries at debug level would put headers into the log.
    let own = |meta: &tracing::Metadata<'_>| meta.target().starts_with("tai");
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_ansi(false)
        // It would say so on standard error and panic where that is closed.
        .log_internal_errors(false)
        .with_writer(watched.with_filter(own).and(writer.with_filter(own)))
        .finish();
    // Tests start more than one daemon in a process; the first log stays.
    let _ = subscriber.try_init();
    if let Some((path, error)) = problem {
        tracing::warn!(%error, "the log file {} cannot be written; logging to standard error alone", path.display());
    }
    Log {
        _guards: [file_guard, watched_guard],
        slow,
        full,
        path,
    }
}

fn non_blocking(thread: &str, sink: Box<dyn io::Write + Send>) -> (NonBlocking, WorkerGuard) {
    NonBlockingBuilder::default()
        .buffered_lines_limit(WAITING)
        .lossy(true)
        .thread_name(thread)
        .finish(sink)
}

/// A day's file up to a limit, so that a client gone wild cannot fill the disk.
struct Capped<W> {
    file: W,
    day: u64,
    written: u64,
    limit: u64,
    dropped: Arc<AtomicU64>,
}

impl<W: io::Write> io::Write for Capped<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let day = since.unwrap_or_default().as_secs() / 86_400;
        if day != self.day {
            self.day = day;
            self.written = 0;
        }
        let length = u64::try_from(line.len()).unwrap_or(u64::MAX);
        if self.written.saturating_add(length) > self.limit {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return Ok(line.len());
        }
        self.written += length;
        self.file.write_all(line).map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn open(dir: &Path) -> io::Result<RollingFileAppender> {
    os::private_dir(dir)?;
    RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("taid")
        .filename_suffix("log")
        .max_log_files(KEPT)
        .latest_symlink(LINK)
        .build(dir)
        .map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_full_day_drops_lines_and_counts_them() {
        let dropped = Arc::new(AtomicU64::new(0));
        let mut capped = Capped {
            file: Vec::new(),
            day: 0,
            written: 0,
            limit: 10,
            dropped: dropped.clone(),
        };
        for _ in 0..5 {
            capped.write_all(b"four").unwrap();
        }
        assert_eq!(capped.file, b"fourfour");
        assert_eq!(dropped.load(Ordering::Relaxed), 3);
        capped.day -= 1;
        capped.write_all(b"next").unwrap();
        assert_eq!(capped.file, b"fourfournext");
    }
}
