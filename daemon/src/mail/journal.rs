//! A file of lines that outlives the daemon: appended to, and written anew when most of it is
//! of no more use. It holds ids, digests and times, never anything of a mail. When it cannot
//! be written the daemon goes on without it, and says so. A line that a crash or a full disk
//! cut off is not read, because half an id may be another's, and is written over: what is left
//! of it has no end, so that it is not read either.

use crate::os;
use std::{
    fs::{File, OpenOptions},
    io::{self, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

/// The file; `None` inside when there is none to write to.
#[derive(Debug)]
pub(crate) struct Journal {
    path: Option<PathBuf>,
    file: Option<File>,
    /// Of the whole lines, in bytes.
    len: u64,
}

impl Journal {
    /// One that forgets, for programs that use the library and for tests.
    pub(crate) fn nowhere() -> Self {
        Self {
            path: None,
            file: None,
            len: 0,
        }
    }

    /// Opens the file and returns its lines. One that cannot be used is a warning.
    pub(crate) fn open(path: PathBuf) -> (Self, Vec<String>) {
        match Self::read_and_open(&path) {
            Ok((file, bytes)) => {
                // A machine that lost its power may have left anything.
                let text = String::from_utf8_lossy(&bytes);
                let lines = text.lines().map(str::to_owned).collect();
                let len = bytes.len() as u64;
                let (path, file) = (Some(path), Some(file));
                (Self { path, file, len }, lines)
            }
            Err(error) => {
                tracing::warn!(%error, "{} cannot be used; what it is for does not outlive taid", path.display());
                (Self::nowhere(), Vec::new())
            }
        }
    }

    fn read_and_open(path: &Path) -> io::Result<(File, Vec<u8>)> {
        if let Some(dir) = path.parent() {
            os::private_dir(dir)?;
        }
        let mut bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        tai_auth::private_file::check(&file.metadata()?)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n');
        bytes.truncate(whole.map_or(0, |last| last + 1));
        file.seek(SeekFrom::Start(bytes.len() as u64))?;
        Ok((file, bytes))
    }

    /// Appends a line.
    pub(crate) fn append(&mut self, line: &str) {
        let Some(file) = &mut self.file else { return };
        let line = format!("{line}\n");
        match file.write_all(line.as_bytes()) {
            Ok(()) => self.len += line.len() as u64,
            Err(error) => {
                let _ = file.seek(SeekFrom::Start(self.len));
                tracing::warn!(%error, "a journal cannot be written");
            }
        }
    }

    /// Replaces everything, in one step.
    pub(crate) fn rewrite(&mut self, lines: &[String]) {
        let Some(path) = &self.path else { return };
        let mut text = String::new();
        for line in lines {
            text.push_str(line);
            text.push('\n');
        }
        let next = path.with_extension("new");
        let written = std::fs::write(&next, &text)
            .and_then(|()| std::fs::rename(&next, path))
            .and_then(|()| OpenOptions::new().write(true).open(path))
            .and_then(|mut file| file.seek(SeekFrom::End(0)).map(|_| file));
        match written {
            Ok(file) => {
                self.file = Some(file);
                self.len = text.len() as u64;
            }
            Err(error) => tracing::warn!(%error, "a journal cannot be written anew"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_there_again_and_what_was_replaced_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state/journal");
        os::restrict_new_files();
        let (mut journal, lines) = Journal::open(path.clone());
        assert!(lines.is_empty());
        journal.append("a");
        journal.append("b");
        assert_eq!(Journal::open(path.clone()).1, ["a", "b"]);
        journal.rewrite(&["c".to_owned()]);
        journal.append("d");
        assert_eq!(Journal::open(path).1, ["c", "d"]);
    }

    #[test]
    fn a_line_that_was_cut_off_is_not_taken_for_another() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        os::restrict_new_files();
        os::private_dir(dir.path()).unwrap();
        let (mut journal, _) = Journal::open(path.clone());
        journal.append("whole");
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"+1234 desk.alice@tai").unwrap();
        let (mut journal, lines) = Journal::open(path.clone());
        assert_eq!(lines, ["whole"]);
        journal.append("-1");
        assert_eq!(Journal::open(path).1, ["whole", "-1"]);
    }

    #[test]
    fn a_journal_that_cannot_be_written_stops_nothing() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("file"), "").unwrap();
        let (mut journal, lines) = Journal::open(dir.path().join("file/journal"));
        assert!(lines.is_empty());
        journal.append("a");
        journal.rewrite(&["b".to_owned()]);
    }
}
