//! A file of lines that outlives the daemon: appended to, and written anew when most of it is
//! of no more use. It holds ids, digests and times, never anything of a mail. When it cannot
//! be written the daemon goes on without it, and says so.

use crate::os;
use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// The file; `None` inside when there is none to write to.
#[derive(Debug)]
pub(crate) struct Journal {
    path: Option<PathBuf>,
    file: Option<File>,
}

impl Journal {
    /// One that forgets, for programs that use the library and for tests.
    pub(crate) fn nowhere() -> Self {
        Self {
            path: None,
            file: None,
        }
    }

    /// Opens the file and returns its lines. One that cannot be used is a warning.
    pub(crate) fn open(path: PathBuf) -> (Self, Vec<String>) {
        match Self::read_and_open(&path) {
            Ok((file, text)) => {
                let lines = text.lines().map(str::to_owned).collect();
                let (path, file) = (Some(path), Some(file));
                (Self { path, file }, lines)
            }
            Err(error) => {
                tracing::warn!(%error, "{} cannot be used; what it is for does not outlive taid", path.display());
                (Self::nowhere(), Vec::new())
            }
        }
    }

    fn read_and_open(path: &Path) -> io::Result<(File, String)> {
        if let Some(dir) = path.parent() {
            os::private_dir(dir)?;
        }
        let text = match std::fs::read(path) {
            // A line that was cut by a crash may be anything.
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        os::check_private_file(&file.metadata()?)?;
        Ok((file, text))
    }

    /// Appends a line.
    pub(crate) fn append(&mut self, line: &str) {
        let Some(file) = &mut self.file else { return };
        if let Err(error) = file.write_all(format!("{line}\n").as_bytes()) {
            tracing::warn!(%error, "a journal cannot be written");
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
        let written = std::fs::write(&next, text)
            .and_then(|()| std::fs::rename(&next, path))
            .and_then(|()| OpenOptions::new().append(true).open(path));
        match written {
            Ok(file) => self.file = Some(file),
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
        os::keep_new_files_private();
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
    fn a_journal_that_cannot_be_written_stops_nothing() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("file"), "").unwrap();
        let (mut journal, lines) = Journal::open(dir.path().join("file/journal"));
        assert!(lines.is_empty());
        journal.append("a");
        journal.rewrite(&["b".to_owned()]);
    }
}
