//! The file of a journal: opened, appended to, and replaced in one step.

use super::{
    disk::Disk,
    line::{DAMAGED, for_each_line},
};
use crate::os::{self, files::NextFile};
use std::{
    fs::File,
    io::{self, BufReader, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

/// Limit of bytes that are read. Of a longer file, only the end is read.
pub(super) const MAX_READ: u64 = 16 << 20;
/// Number of lines below which a file is never replaced.
pub(super) const MIN_LINES: usize = 256;
/// Number of lines per needed record at which a file is replaced.
const LINES_PER_RECORD: usize = 4;

/// An open file of whole lines.
#[derive(Debug)]
pub(super) struct LineFile {
    file: File,
    /// Length of the whole lines, in bytes. The cursor is there.
    len: u64,
    /// Number of whole lines, including lines that are not records.
    pub(super) lines: usize,
    /// Number of lines at which the file is replaced.
    max_lines: usize,
}

impl LineFile {
    /// Opens the file, creates it and its directory if they are missing, and calls `each` with its
    /// lines. A partial line at its end is removed. A pipe, a link, a directory and a file of
    /// another user are errors.
    pub(super) fn open(path: &Path, mut each: impl FnMut(&[u8])) -> io::Result<Self> {
        let (dir, name) = parts(path)?;
        os::private_dir(dir)?;
        let mut file = os::open_private(dir, &name)?;
        let meta = file.metadata()?;
        tai_auth::private_file::check(&meta)?;
        let skipped = meta.len().saturating_sub(MAX_READ);
        if skipped > 0 {
            tracing::warn!(path = %path.display(), skipped, "a journal is too long: its first bytes are not read");
        }
        file.seek(SeekFrom::Start(skipped))?;
        let mut lines = 0;
        let whole = for_each_line(&mut BufReader::with_capacity(1 << 16, &file), |line| {
            lines += 1;
            // The first line may have lost its beginning, and the lines before it are not read.
            let is_whole = skipped == 0 || lines > 1;
            each(if is_whole { line } else { DAMAGED });
        })?;
        let len = skipped + whole;
        if meta.len() > len {
            // On failure, the next line overwrites the partial line.
            let _ = file.set_len(len);
        }
        file.seek(SeekFrom::Start(len))?;
        Ok(Self::new(file, len, lines))
    }

    fn new(file: File, len: u64, lines: usize) -> Self {
        Self {
            file,
            len,
            lines,
            max_lines: MIN_LINES.max(LINES_PER_RECORD.saturating_mul(lines)),
        }
    }

    /// Returns whether most lines are obsolete.
    pub(super) fn is_long(&self) -> bool {
        self.lines >= self.max_lines
    }

    /// Returns whether the file has no name any more, so that no later daemon finds its lines.
    pub(super) fn is_unlinked(&self) -> bool {
        os::files::is_unlinked(&self.file)
    }

    /// Returns the file for a sync on another thread.
    pub(super) fn for_sync(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// Appends whole lines. On failure the file has none of them: the cursor is put back, so that
    /// the next lines overwrite the part that was written.
    pub(super) fn append(&mut self, disk: &dyn Disk, lines: &[u8]) -> io::Result<()> {
        if let Err(error) = disk.write(&mut self.file, lines) {
            // If these fail too, the partial line and the next one are no records and are skipped.
            let _ = self.file.set_len(self.len);
            let _ = self.file.seek(SeekFrom::Start(self.len));
            return Err(error);
        }
        self.len += lines.len() as u64;
        self.lines += lines.iter().filter(|byte| **byte == b'\n').count();
        Ok(())
    }

    /// Removes all lines.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        (self.len, self.lines) = (0, 0);
        self.max_lines = MIN_LINES;
        Ok(())
    }

    /// Postpones the next replacement until the file has twice as many lines.
    pub(super) fn postpone(&mut self) {
        self.max_lines = MIN_LINES.max(self.lines.saturating_mul(2));
    }
}

/// A file that is about to replace a journal.
#[derive(Debug)]
pub(super) struct Replacement {
    lines: LineFile,
    file: NextFile,
}

impl Replacement {
    /// Writes a file beside `path`, with lines that survive a power failure.
    pub(super) fn write(path: &Path, disk: &dyn Disk, lines: &[u8]) -> io::Result<Self> {
        let (dir, _) = parts(path)?;
        os::private_dir(dir)?;
        let (open, file) = NextFile::create_again(beside(path))?;
        let mut next = Self {
            lines: LineFile::new(open, 0, 0),
            file,
        };
        next.lines.append(disk, lines)?;
        disk.sync(&next.lines.file)?;
        Ok(next)
    }

    /// Appends the lines that were written to the old file meanwhile, and takes its name.
    pub(super) fn take_name(
        self,
        path: &Path,
        disk: &dyn Disk,
        tail: &[u8],
    ) -> io::Result<LineFile> {
        let Self { mut lines, file } = self;
        let needed = lines.lines;
        lines.append(disk, tail)?;
        file.take_name(path)?;
        lines.max_lines = MIN_LINES.max(LINES_PER_RECORD.saturating_mul(needed));
        Ok(lines)
    }
}

/// Makes the name of a replaced file survive a power failure.
pub(super) fn sync_name(path: &Path) -> io::Result<()> {
    os::files::sync_dir(parts(path)?.0)
}

/// Returns the path of the file that is about to replace `path`.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut next = path.as_os_str().to_owned();
    next.push(".new");
    PathBuf::from(next)
}

fn parts(path: &Path) -> io::Result<(&Path, String)> {
    let parent = path.parent().zip(path.file_name());
    let (dir, name) = parent.ok_or_else(|| io::Error::other("it is not a file"))?;
    Ok((dir, name.to_string_lossy().into_owned()))
}
