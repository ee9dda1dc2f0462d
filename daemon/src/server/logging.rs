//! The log: lines on standard error, and one file per day. `logs/tai-mcp.log` (seed) is a link to
//! the file of the current day. A failure to write the log never stops the daemon.

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
use tai_proto::names::Profile;
use tracing::level_filters::LevelFilter;
use tracing_appender::{
    non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard},
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{fmt::writer::MakeWriterExt as _, util::SubscriberInitExt as _};

/// Name of the link to the current file.
const LINK: &str = "tai-mcp.log";
/// Number of daily files that are kept.
const MAX_FILES: usize = 7;
/// Number of lines that wait for a slow disk. Further lines are dropped. A queue has memory for all
/// of them from its start, 32 bytes each.
const MAX_QUEUED: usize = 2048;
/// Limit of a day's file, in bytes. Further lines are dropped.
const MAX_DAY: u64 = 32 << 20;

/// The writers of the log. Dropping it writes the queued lines.
#[derive(Debug)]
pub(crate) struct Log {
    _guards: [WorkerGuard; 2],
    slow: ErrorCounter,
    full: Arc<AtomicU64>,
    /// The log file; `None` if there is only standard error.
    pub(crate) path: Option<PathBuf>,
}

impl Log {
    /// Returns the number of lines that were dropped because the disk was slow or the day's file
    /// was full.
    pub(crate) fn dropped(&self) -> u64 {
        let slow = u64::try_from(self.slow.dropped_lines()).unwrap_or(u64::MAX);
        slow.saturating_add(self.full.load(Ordering::Relaxed))
    }
}

/// Returns the log directory of a profile. The default profile's log is at the seed's path.
pub(crate) fn dir(state: &Path, profile: &Profile) -> PathBuf {
    let logs = state.join("logs");
    match profile.is_default() {
        true => logs,
        false => logs.join(profile.as_str()),
    }
}

/// Returns the path of the link to the current file in a log directory.
pub(crate) fn current_file(dir: &Path) -> PathBuf {
    dir.join(LINK)
}

/// Starts logging to a file in `dir` and, if `to_stderr` is set, to standard error. If the file
/// cannot be written, a warning is logged to standard error.
pub(crate) fn start(level: LogLevel, dir: Option<&Path>, to_stderr: bool) -> Log {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let opened = dir.map(|dir| (current_file(dir), open(dir)));
    let (path, file, problem) = match opened {
        Some((path, Ok(file))) => (Some(path), Some(file), None),
        Some((path, Err(error))) => (None, None, Some((path, error))),
        None => (None, None, None),
    };
    let full = Arc::new(AtomicU64::new(0));
    let of_today = dir.map(Path::to_owned);
    let sink: Box<dyn io::Write + Send> = match file.zip(of_today) {
        Some((file, dir)) => Box::new(Capped {
            file,
            reopen: move || {
                let file = open(&dir)?;
                Ok((file, length(&current_file(&dir))))
            },
            day: today(),
            // An earlier taid has written to the file of the day, too.
            written: path.as_deref().map_or(0, length),
            limit: MAX_DAY,
            dropped: full.clone(),
        }),
        None => Box::new(io::sink()),
    };
    // Each writer has its own thread, so a blocked standard error stops neither the daemon nor the
    // file.
    let (writer, file_guard) = non_blocking("taid-log", OneLine(sink));
    let stderr: Box<dyn io::Write + Send> = match to_stderr {
        true => Box::new(io::stderr()),
        false => Box::new(io::sink()),
    };
    let (watched, watched_guard) = non_blocking("taid-stderr", OneLine(stderr));
    let slow = writer.error_counter();
    // Lines of other crates are excluded, because at debug level they contain HTTP headers.
    let own = |meta: &tracing::Metadata<'_>| meta.target().starts_with("tai");
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_ansi(false)
        // The report of an internal error panics if standard error is closed.
        .log_internal_errors(false)
        .with_writer(watched.with_filter(own).and(writer.with_filter(own)))
        .finish();
    // Tests start several daemons in one process; the first subscriber stays.
    let _ = subscriber.try_init();
    if let Some((path, error)) = problem {
        tracing::warn!(path = %path.display(), %error, "cannot write the log file; logging to standard error only");
    }
    Log {
        _guards: [file_guard, watched_guard],
        slow,
        full,
        path,
    }
}

fn non_blocking(
    thread: &str,
    sink: OneLine<Box<dyn io::Write + Send>>,
) -> (NonBlocking, WorkerGuard) {
    NonBlockingBuilder::default()
        .buffered_lines_limit(MAX_QUEUED)
        .lossy(true)
        .thread_name(thread)
        .finish(sink)
}

/// Writer of events, each of which is one call and becomes one line. A line break inside an event
/// would forge a line, and other control characters would control the reader's terminal. They
/// become spaces and U+FFFD.
struct OneLine<W>(W);

impl<W: io::Write> io::Write for OneLine<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = event.strip_suffix(b"\n").unwrap_or(event);
        let is_clean = text.iter().all(|byte| (b' '..=b'~').contains(byte));
        if is_clean {
            self.0.write_all(event)?;
        } else {
            let mut line = tai_auth::one_line(&String::from_utf8_lossy(text));
            line.push('\n');
            self.0.write_all(line.as_bytes())?;
        }
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writer with a limit per day, so that a misbehaving client cannot fill the disk.
struct Capped<W, R> {
    file: W,
    /// Opens the file of the present day, and returns it with its length.
    reopen: R,
    day: u64,
    written: u64,
    limit: u64,
    dropped: Arc<AtomicU64>,
}

impl<W: io::Write, R: Fn() -> io::Result<(W, u64)>> io::Write for Capped<W, R> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let day = today();
        if day > self.day {
            (self.day, self.written) = (day, 0);
        } else if day < self.day
            // The file would stay that of the later day: the clock was ahead.
            && let Ok((file, written)) = (self.reopen)()
        {
            (self.file, self.day, self.written) = (file, day, written);
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

/// Returns the number of the day, in UTC.
fn today() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs() / 86_400
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |meta| meta.len())
}

fn open(dir: &Path) -> io::Result<RollingFileAppender> {
    os::private_dir(dir)?;
    RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("taid")
        .filename_suffix("log")
        .max_log_files(MAX_FILES)
        .latest_symlink(LINK)
        .build(dir)
        .map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn an_event_is_one_line_without_control_characters() {
        let mut lines = OneLine(Vec::new());
        for event in [
            "INFO ✅ Login successful\n",
            "WARN a\nb\r\n\u{1b}[2J\u{9b}2J\u{202e}\u{2028}c\n",
        ] {
            lines.write_all(event.as_bytes()).unwrap();
        }
        assert_eq!(
            String::from_utf8(lines.0).unwrap(),
            "INFO ✅ Login successful\nWARN a b  \u{fffd}[2J\u{fffd}2J\u{fffd} c\n"
        );
    }

    #[test]
    fn lines_beyond_the_daily_limit_are_dropped_and_counted() {
        let dropped = Arc::new(AtomicU64::new(0));
        let mut capped = Capped {
            file: Vec::new(),
            reopen: || Ok((b"earlier".to_vec(), 7)),
            day: today(),
            written: 2,
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

    #[test]
    fn after_a_clock_that_was_ahead_lines_go_to_the_file_of_the_day() {
        let opened = std::cell::Cell::new(0);
        let mut capped = Capped {
            file: Vec::new(),
            reopen: || {
                opened.set(opened.get() + 1);
                match opened.get() {
                    1 => Err(io::Error::other("no descriptors")),
                    _ => Ok((b"earlier".to_vec(), 7)),
                }
            },
            day: today() + 20_000,
            written: 2,
            limit: 12,
            dropped: Arc::default(),
        };
        capped.write_all(b"one").unwrap();
        assert_eq!(capped.file, b"one", "no line is lost");
        for line in [b"two", b"tri"] {
            capped.write_all(line).unwrap();
        }
        assert_eq!(capped.file, b"earliertwo", "the file has an earlier part");
        assert_eq!(opened.get(), 2);
    }
}
