//! The log: to standard error for whoever watches, and to a file a day for later (seed:
//! `logs/tai-mcp.log`, which is a link to the present day's file). A log that cannot be
//! written never stops the daemon.

use crate::{config::LogLevel, os};
use std::{
    io,
    path::{Path, PathBuf},
};
use tracing::level_filters::LevelFilter;
use tracing_appender::{
    non_blocking::{NonBlockingBuilder, WorkerGuard},
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{fmt::writer::MakeWriterExt as _, util::SubscriberInitExt as _};

/// The name that always leads to the present file.
const LINK: &str = "tai-mcp.log";
/// Days kept.
const KEPT: usize = 7;
/// Lines that may wait for a slow disk; more are dropped rather than waited for.
const WAITING: usize = 8192;

/// Keeps the log's writer alive. Dropping it writes what waits.
#[derive(Debug)]
pub(crate) struct Log {
    _guard: WorkerGuard,
    /// The log file; `None` when there is only standard error.
    pub(crate) path: Option<PathBuf>,
}

/// Starts logging. Without a directory, or with one that cannot be written, there is only
/// standard error, and it says so.
pub(crate) fn start(level: LogLevel, dir: Option<&Path>) -> Log {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let opened = dir.map(|dir| (dir.join(LINK), open(dir)));
    let (path, file, problem) = match opened {
        Some((path, Ok(file))) => (Some(path), Some(file), None),
        Some((path, Err(error))) => (None, None, Some((path, error))),
        None => (None, None, None),
    };
    let sink: Box<dyn io::Write + Send> = match file {
        Some(file) => Box::new(file),
        None => Box::new(io::sink()),
    };
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(WAITING)
        .lossy(true)
        .thread_name("taid-log")
        .finish(sink);
    // Only what this program says: libraries at debug level would put headers into the log.
    let own = |meta: &tracing::Metadata<'_>| meta.target().starts_with("taid");
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_ansi(false)
        // It would say so on standard error and panic where that is closed.
        .log_internal_errors(false)
        .with_writer(io::stderr.with_filter(own).and(writer.with_filter(own)))
        .finish();
    // Tests start more than one daemon in a process; the first log stays.
    let _ = subscriber.try_init();
    if let Some((path, error)) = problem {
        tracing::warn!(%error, "the log file {} cannot be written; logging to standard error alone", path.display());
    }
    Log {
        _guard: guard,
        path,
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
