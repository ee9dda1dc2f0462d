//! Reading and checking the files of the audit log.

use super::{
    chain::{START, digest_of},
    entry::{Entry, Event},
    files::{self, MAX_READ},
};
use std::{
    io,
    path::{Path, PathBuf},
};
use tai_auth::regular_file;
use tai_proto::names::Profile;

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// The file.
    pub(crate) file: PathBuf,
    /// Number of the line in the file, from 1.
    pub(crate) number: usize,
    /// The text without its line end.
    pub(crate) text: Vec<u8>,
    /// Whether the line has a line end.
    pub(crate) is_ended: bool,
}

/// Result of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Number of checked lines.
    pub(crate) lines: usize,
    /// Number of the first line. A number over 1 means that older files were removed, as the
    /// rotation does.
    pub(crate) first: u64,
    /// Number of lines that a crash or a full disk cut.
    pub(crate) cut: usize,
    /// Number of lines that could not be written, as the next line says.
    pub(crate) unwritten: u64,
    /// The first line that breaks the chain; `None` for an unbroken one.
    pub(crate) broken: Option<Broken>,
}

/// A line that breaks the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    /// The file; empty if there are no lines.
    pub(crate) file: PathBuf,
    /// Number of the line in the file, from 1; 0 if there are no lines.
    pub(crate) number: usize,
    /// The reason.
    pub(crate) why: &'static str,
}

/// The end of the chain that a running daemon knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownEnd {
    /// Number of the line.
    pub(crate) n: u64,
    /// Digest of the line.
    pub(crate) digest: String,
}

/// Reads all lines of a profile's audit log in a directory, oldest first.
///
/// # Errors
/// The system's error.
pub(crate) fn read(dir: &Path, profile: &Profile) -> io::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for file in files::existing(&files::path_in(dir, profile)) {
        let text = regular_file::read(&file, MAX_READ)?;
        let pieces = text.split_inclusive(|byte| *byte == b'\n');
        for (index, piece) in pieces.enumerate() {
            let ended = piece.strip_suffix(b"\n");
            lines.push(Line {
                file: file.clone(),
                number: index + 1,
                text: ended.unwrap_or(piece).to_owned(),
                is_ended: ended.is_some(),
            });
        }
    }
    Ok(lines)
}

/// Returns the entry of a line; `None` if the line is cut or is no entry.
pub(crate) fn entry(line: &Line) -> Option<Entry> {
    serde_json::from_slice(&line.text).ok()
}

/// Checks the chain. A line that a crash cut is told apart from a changed one: it is the last line
/// and has no line end, or the next line is [`Event::Recover`] and has its digest. `known` is the
/// end that the running daemon knows, which must be among the lines.
pub(crate) fn check(lines: &[Line], known: Option<&KnownEnd>) -> Verdict {
    let mut verdict = Verdict {
        lines: 0,
        first: 1,
        cut: 0,
        unwritten: 0,
        broken: None,
    };
    let mut before: Option<(u64, String)> = None;
    let mut cut_before = false;
    let mut known_found = known.is_none_or(|known| known.n == 0);
    for (index, line) in lines.iter().enumerate() {
        let is_last = index + 1 == lines.len();
        let digest = digest_of(&line.text);
        let n = before.as_ref().map(|(n, _)| *n);
        let broken = match entry(line) {
            Some(entry) => {
                verdict.unwritten = verdict.unwritten.saturating_add(entry.unwritten);
                let mut result = follows(&entry, before.as_ref(), cut_before);
                if index == 0 {
                    verdict.first = entry.n;
                    if entry.n != 1 && !files::is_oldest(&line.file) {
                        result = Some("lines before it were removed");
                    }
                }
                if let Some(known) = known.filter(|known| known.n == entry.n) {
                    known_found = known.digest == digest;
                }
                cut_before = false;
                before = Some((entry.n, digest));
                match (result, line.is_ended || is_last) {
                    (Some(why), _) => Some(why),
                    (None, false) => Some("it has no line end"),
                    (None, true) => None,
                }
            }
            // Two cut lines in a row have no line of the daemon between them.
            None if cut_before => Some("it is no entry"),
            None if is_last && line.is_ended => Some("it is no entry"),
            None => {
                verdict.cut += 1;
                cut_before = true;
                before = Some((n.unwrap_or_default(), digest));
                None
            }
        };
        if let Some(why) = broken {
            verdict.broken = Some(Broken {
                file: line.file.clone(),
                number: line.number,
                why,
            });
            return verdict;
        }
        verdict.lines += 1;
    }
    if !known_found {
        let last = lines.last();
        verdict.broken = Some(Broken {
            file: last.map(|line| line.file.clone()).unwrap_or_default(),
            number: last.map_or(0, |line| line.number),
            why: "the lines end before the line that the running taid wrote last, or differ from it",
        });
    }
    verdict
}

/// Returns the reason for which an entry does not follow the line before.
fn follows(
    entry: &Entry,
    before: Option<&(u64, String)>,
    cut_before: bool,
) -> Option<&'static str> {
    match before {
        None if entry.n == 1 && entry.prev != START => Some("the first line has a line before it"),
        None => None,
        Some((_, digest)) if entry.prev != *digest => {
            Some("it does not follow the line before, which was changed, removed or moved")
        }
        Some(_) if cut_before && entry.record.event != Event::Recover => {
            Some("the line before it is no entry, and was not cut by a crash")
        }
        Some((n, _)) if entry.n != n + 1 && !(cut_before && *n == 0) => {
            Some("its number is not the next one")
        }
        Some(_) => None,
    }
}
