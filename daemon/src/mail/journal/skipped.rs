//! The lines of a journal that are not records. Damaged ones are counted, and the count outlives a
//! replacement of the file in a note. Whole ones of an unknown kind are kept, so that the newer
//! taid that wrote them finds them again. Both are reported for a day: the time for which a record
//! can hold a mail back.

use super::{
    fields::{NotARecord, fields, moment, parse_moment},
    line::line_of,
};
use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};
use tai_auth::session::stamp::Stamp;

/// Time for which skipped lines are reported.
const REPORTED_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// Limit of the kept lines, in bytes. Each line beyond it counts as damaged.
const MAX_KEPT: usize = 1 << 20;

/// The lines of a file that are not records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SkippedLines {
    /// The file.
    pub(crate) path: PathBuf,
    /// Number of damaged lines.
    pub(crate) damaged: u64,
    /// Number of whole lines of an unknown kind.
    pub(crate) unknown: u64,
}

/// The skipped lines of an open file.
#[derive(Debug, Default)]
pub(super) struct Skipped {
    damaged: u64,
    unknown: u64,
    /// The whole lines of an unknown kind.
    whole: String,
    /// The last note of the file, then the note for its replacements.
    note: Option<Note>,
    /// Whether the file has lines that its note does not count.
    is_new: bool,
    /// Whether some of these are damaged.
    has_damage: bool,
}

/// The note of the skipped lines of earlier starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Note {
    damaged: u64,
    unknown: u64,
    /// The time at which a line was skipped for the first time.
    at: Stamp,
}

impl Skipped {
    pub(super) fn add_damaged(&mut self) {
        self.damaged += 1;
    }

    /// Adds a line of an unknown kind, without its checksum.
    pub(super) fn add_unknown(&mut self, record: &str) {
        if let Ok(note) = record.parse() {
            self.note = Some(note);
            return;
        }
        let line = line_of(&record);
        if self.whole.len() + line.len() > MAX_KEPT {
            self.damaged += 1;
            return;
        }
        self.whole.push_str(&line);
        self.unknown += 1;
    }

    /// Adds what the note of the file says, once all lines are added.
    pub(super) fn settle(&mut self, now: Stamp) {
        let note = self.note.take();
        let noted = note.map_or(0, |note| note.unknown);
        self.has_damage = self.damaged > 0;
        self.is_new = self.has_damage || self.unknown > noted;
        let recent = note.filter(|note| note.at.is_within(REPORTED_FOR, now));
        self.damaged = recent
            .map_or(0, |note| note.damaged)
            .saturating_add(self.damaged);
        if self.damaged > 0 || self.unknown > 0 {
            self.note = Some(Note {
                damaged: self.damaged,
                unknown: self.unknown,
                at: note.filter(|_| !self.is_new).map_or(now, |note| note.at),
            });
        }
    }

    pub(super) fn damaged(&self) -> u64 {
        self.damaged
    }

    pub(super) fn unknown(&self) -> u64 {
        self.unknown
    }

    /// Returns whether the file has lines that its note does not count.
    pub(super) fn is_new(&self) -> bool {
        self.is_new
    }

    /// Returns whether the file has damaged lines that its note does not count.
    pub(super) fn has_damage(&self) -> bool {
        self.has_damage
    }

    /// Returns the lines that a replacement of the file has before its records.
    pub(super) fn kept(&self) -> String {
        let note = self.note.as_ref().map(line_of);
        format!("{}{}", note.unwrap_or_default(), self.whole)
    }

    /// Returns the number of these lines.
    pub(super) fn lines(&self) -> usize {
        let lines = self.unknown + u64::from(self.note.is_some());
        usize::try_from(lines).unwrap_or(usize::MAX)
    }

    /// Returns what is to be said about the file.
    pub(super) fn report(&self, path: &Path, now: Stamp) -> Option<SkippedLines> {
        let note = self.note?;
        note.at.is_within(REPORTED_FOR, now).then(|| SkippedLines {
            path: path.to_owned(),
            damaged: note.damaged,
            unknown: note.unknown,
        })
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            damaged,
            unknown,
            at,
        } = self;
        write!(f, "skipped {damaged},{unknown} {}", moment(*at))
    }
}

impl FromStr for Note {
    type Err = NotARecord;

    fn from_str(line: &str) -> Result<Self, NotARecord> {
        let ("skipped", counts, Some(at)) = fields(line)? else {
            return Err(NotARecord);
        };
        let (damaged, unknown) = counts.split_once(',').ok_or(NotARecord)?;
        let count = |text: &str| text.parse().map_err(|_| NotARecord);
        Ok(Self {
            damaged: count(damaged)?,
            unknown: count(unknown)?,
            at: parse_moment(at)?,
        })
    }
}

#[cfg(test)]
#[path = "skipped_tests.rs"]
mod tests;
