//! A file of records that outlives the daemon: appended to, and replaced when most of its
//! records are obsolete. It holds ids, addresses, digests and times, never the content of a
//! mail. If the file cannot be written, the daemon continues without it and logs a warning.
//!
//! A crash or a full disk can truncate the last line. Such a line has no line end, is ignored and
//! is overwritten by the next record. The file is not synced, so a power failure can lose its
//! last seconds.

use crate::os;
use std::{
    fmt::Display,
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek, SeekFrom, Write},
    marker::PhantomData,
    path::{Path, PathBuf},
    str::FromStr,
};

/// Limit of bytes that are read. Of a longer file, only the end is read.
const MAX_READ: u64 = 4 << 20;
/// Number of lines below which a file is never replaced.
const MIN_LINES: usize = 256;
/// Number of lines per needed record at which a file is replaced.
const LINES_PER_RECORD: usize = 4;

/// A journal of records `R`.
#[derive(Debug)]
pub(super) struct Journal<R> {
    /// `None` if nothing outlives the daemon.
    file: Option<JournalFile>,
    records: PhantomData<fn(R)>,
}

#[derive(Debug)]
struct JournalFile {
    path: PathBuf,
    file: File,
    /// Length of the whole lines, in bytes. The file's cursor is there.
    len: u64,
    /// Number of complete lines, including lines that are not records.
    lines: usize,
    /// Lines at which the file is replaced.
    max_lines: usize,
    /// Whether a record is missing from the file because a write failed.
    incomplete: bool,
}

impl<R: Display + FromStr> Journal<R> {
    /// Returns a journal that keeps nothing.
    pub(super) fn nowhere() -> Self {
        Self {
            file: None,
            records: PhantomData,
        }
    }

    /// Opens the file, creates it if it is missing, and returns its records in order. Lines
    /// that are not records are skipped. An unusable file is logged as a warning, and the journal keeps
    /// nothing.
    pub(super) fn open(path: PathBuf) -> (Self, Vec<R>) {
        let (file, bytes) = match JournalFile::open(path.clone()) {
            Ok(opened) => opened,
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "cannot open a journal; its records do not outlive taid");
                return (Self::nowhere(), Vec::new());
            }
        };
        // A power failure can leave arbitrary bytes in a file.
        let text = String::from_utf8_lossy(&bytes);
        let records: Vec<R> = text.lines().filter_map(|line| line.parse().ok()).collect();
        let skipped = file.lines.saturating_sub(records.len());
        if skipped > 0 {
            tracing::warn!(path = %path.display(), skipped, "a journal has lines that are not records");
        }
        let journal = Self {
            file: Some(file),
            records: PhantomData,
        };
        (journal, records)
    }

    /// Appends a record. If the file is too long or incomplete, it is replaced by `current`
    /// instead, the records that are needed now, this one among them.
    pub(super) fn append(&mut self, record: &R, current: impl FnOnce() -> Vec<R>) {
        let Some(file) = &mut self.file else { return };
        if file.incomplete || file.lines >= file.max_lines {
            file.replace(&current());
            if !file.incomplete {
                return;
            }
        }
        file.append(&format!("{record}\n"));
    }

    /// Replaces the file by the needed records if it has more lines than that.
    pub(super) fn shorten(&mut self, current: &[R]) {
        if let Some(file) = &mut self.file
            && file.lines > current.len()
        {
            file.replace(current);
        }
    }
}

impl JournalFile {
    /// Opens the file and returns its whole lines.
    fn open(path: PathBuf) -> io::Result<(Self, Vec<u8>)> {
        if let Some(dir) = path.parent() {
            os::private_dir(dir)?;
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)?;
        let meta = file.metadata()?;
        if !meta.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        tai_auth::private_file::check(&meta)?;
        let skipped = meta.len().saturating_sub(MAX_READ);
        file.seek(SeekFrom::Start(skipped))?;
        let mut bytes = Vec::new();
        (&mut file).take(MAX_READ).read_to_end(&mut bytes)?;
        let end = bytes.iter().rposition(|byte| *byte == b'\n');
        bytes.truncate(end.map_or(0, |end| end + 1));
        let len = skipped + bytes.len() as u64;
        file.seek(SeekFrom::Start(len))?;
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        if skipped > 0 {
            // The first line may have lost its beginning.
            let first = bytes.iter().position(|byte| *byte == b'\n');
            bytes.drain(..first.map_or(0, |end| end + 1));
        }
        let opened = Self {
            path,
            file,
            len,
            lines,
            max_lines: MIN_LINES.max(LINES_PER_RECORD * lines),
            incomplete: false,
        };
        Ok((opened, bytes))
    }

    fn append(&mut self, line: &str) {
        match append_at(&mut self.file, self.len, line.as_bytes()) {
            Ok(()) => {
                self.len += line.len() as u64;
                self.lines += 1;
            }
            Err(error) => {
                if !self.incomplete {
                    tracing::warn!(path = %self.path.display(), %error, "cannot write a journal");
                }
                self.incomplete = true;
            }
        }
    }

    /// Replaces the file in one step.
    fn replace(&mut self, records: &[impl Display]) {
        let text: String = records.iter().map(|record| format!("{record}\n")).collect();
        match replace_file(&self.path, text.as_bytes()) {
            Ok(file) => {
                self.file = file;
                self.len = text.len() as u64;
                self.lines = records.len();
                self.max_lines = MIN_LINES.max(LINES_PER_RECORD * records.len());
                self.incomplete = false;
            }
            Err(error) => {
                tracing::warn!(path = %self.path.display(), %error, "cannot replace a journal");
                // The longer file is still valid, so the next attempt waits until it has doubled.
                self.max_lines = MIN_LINES.max(self.lines.saturating_mul(2));
            }
        }
    }
}

/// Writes a line at `len`, where the cursor is. On failure the cursor is put back, so that the
/// next line overwrites the part that was written.
fn append_at(file: &mut (impl Write + Seek), len: u64, line: &[u8]) -> io::Result<()> {
    file.write_all(line).inspect_err(|_| {
        // If this fails too, the partial line and the next one are no records and are skipped.
        let _ = file.seek(SeekFrom::Start(len));
    })
}

/// Writes a file beside `path`, renames it to `path` and returns it, its cursor at the end.
fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let next = path.with_extension("new");
    let mut options = OpenOptions::new();
    let replaced = options
        .write(true)
        .create(true)
        .truncate(true)
        .open(&next)
        .and_then(|mut file| file.write_all(bytes).map(|()| file))
        .and_then(|file| std::fs::rename(&next, path).map(|()| file));
    if replaced.is_err() {
        // The partial file would occupy a full disk.
        let _ = std::fs::remove_file(&next);
    }
    replaced
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
