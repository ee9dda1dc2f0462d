//! The files of the audit log: the current one and the rotated ones, `NAME.1` being the newest.

use crate::os;
use std::{
    fs::File,
    io::{self, Write as _},
    path::{Path, PathBuf},
};
use tai_proto::names::Profile;

/// Length at which a file is rotated, in bytes.
pub(super) const MAX_FILE: u64 = 1 << 20;
/// Length up to which a file is read, in bytes. Only a line of another program makes it longer.
pub(super) const MAX_READ: u64 = 4 * MAX_FILE;
/// Number of files that are kept, with the current one.
const KEPT: u32 = 5;

/// A file that is only appended to.
#[derive(Debug)]
pub(super) struct Appender {
    path: PathBuf,
    file: File,
    /// Length of the file in bytes.
    len: u64,
    /// Length that the next line may not exceed without a rotation.
    rotate_at: u64,
}

/// Returns the path of the audit log of a profile in a directory.
pub(crate) fn path_in(dir: &Path, profile: &Profile) -> PathBuf {
    dir.join(format!("audit-{profile}.jsonl"))
}

/// Returns the paths of the files that exist, oldest first.
pub(super) fn existing(path: &Path) -> Vec<PathBuf> {
    let all = (0..KEPT).rev().map(|age| rotated(path, age));
    all.filter(|path| path.exists()).collect()
}

/// Returns the file of a profile in a directory that is too long to be read, so that nothing is
/// written.
pub(crate) fn too_long(dir: &Path, profile: &Profile) -> Option<PathBuf> {
    let length = |path: &PathBuf| std::fs::metadata(path).map_or(0, |meta| meta.len());
    let mut files = existing(&path_in(dir, profile)).into_iter();
    files.find(|path| length(path) > MAX_READ)
}

/// Returns whether a file is the oldest that is kept. Only the rotation removes lines before it.
pub(super) fn is_oldest(path: &Path) -> bool {
    let age = path.extension().and_then(|age| age.to_str());
    age.and_then(|age| age.parse().ok()) == Some(KEPT - 1)
}

/// Returns the path of the file of an age; 0 is the current one.
fn rotated(path: &Path, age: u32) -> PathBuf {
    if age == 0 {
        return path.to_owned();
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{age}"));
    PathBuf::from(name)
}

impl Appender {
    /// Opens the file, and creates it and its directory if they are missing, private to the user.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let place = path.parent().zip(path.file_name());
        let (dir, name) = place.ok_or_else(|| io::Error::other("it is not a file"))?;
        os::private_dir(dir)?;
        let file = os::append_private(dir, &name.to_string_lossy())?;
        let meta = file.metadata()?;
        tai_auth::private_file::check(&meta)?;
        Ok(Self {
            path: path.to_owned(),
            file,
            len: meta.len(),
            rotate_at: MAX_FILE,
        })
    }

    /// Appends bytes. A file that would become too long is rotated before. On failure the part that
    /// was written is removed.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if os::files::is_unlinked(&self.file) {
            return Err(io::Error::other(
                "its file was deleted; the next start of taid creates it",
            ));
        }
        if self.len > 0 && self.len + bytes.len() as u64 > self.rotate_at {
            self.rotate().inspect_err(|_| {
                // Later lines go to the same file, without a rotation for each, as long as the
                // next start can read it.
                self.rotate_at = (self.len + MAX_FILE).min(MAX_READ);
            })?;
        }
        if let Err(error) = self.file.write_all(bytes) {
            // If this fails too, the cut line is found and closed by a later start.
            let _ = self.remove_cut_line();
            return Err(error);
        }
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Removes the part of a line that was written before an error.
    fn remove_cut_line(&self) -> io::Result<()> {
        self.file.set_len(self.len)
    }

    /// Returns the file for a sync on another thread.
    pub(super) fn for_sync(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// Moves each file to the next age and opens a new current one. A failed rotation leaves a name
    /// free, and the next one moves only the files before that name: repeated failures push no file
    /// out.
    fn rotate(&mut self) -> io::Result<()> {
        // The last lines of a file are not lost once the next file exists.
        self.file.sync_data()?;
        let free = (0..KEPT).find(|age| !rotated(&self.path, *age).exists());
        for age in (1..=free.unwrap_or(KEPT - 1)).rev() {
            std::fs::rename(rotated(&self.path, age - 1), rotated(&self.path, age))?;
        }
        *self = Self::open(&self.path)?;
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt as _};

    #[test]
    fn a_link_leads_to_no_other_file() {
        let dir = tempfile::tempdir().unwrap();
        os::restrict_new_files();
        let dir = dir.path().join("audit");
        let path = path_in(&dir, &Profile::default());
        os::private_dir(&dir).unwrap();
        let target = dir.join("target");
        fs::write(&target, "").unwrap();
        std::os::unix::fs::symlink(&target, &path).unwrap();
        assert!(Appender::open(&path).is_err());
        fs::remove_file(&path).unwrap();
        fs::hard_link(&target, &path).unwrap();
        assert!(Appender::open(&path).is_err());
        fs::remove_file(&path).unwrap();
        fs::write(&path, "a\n").unwrap();
        Appender::open(&path).unwrap().append(b"b\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"a\nb\n");
        assert_eq!(fs::read(&target).unwrap(), b"");
    }

    #[test]
    fn a_failed_rotation_keeps_the_lines_also_if_the_next_write_fails() {
        let above = tempfile::tempdir().unwrap();
        let dir = above.path().join("audit");
        let path = path_in(&dir, &Profile::default());
        let mode = |mode| {
            fs::set_permissions(above.path(), fs::Permissions::from_mode(mode)).unwrap();
        };
        let mut log = Appender::open(&path).unwrap();
        let full = usize::try_from(MAX_FILE).unwrap();
        log.append(&vec![b'a'; full]).unwrap();
        // The file is renamed, and the next one is refused.
        mode(0o777);
        let error = log.append(b"b\n").unwrap_err();
        insta::assert_snapshot!(error.to_string().replace(&*above.path().to_string_lossy(), "DIR"), @"another user can replace DIR: `chmod go-w` it, or use another directory");
        let kept = || fs::metadata(rotated(&path, 1)).unwrap().len();
        log.remove_cut_line().unwrap();
        assert_eq!(kept(), MAX_FILE);
        // Later lines go to the same file, without a rotation for each.
        log.append(b"c\n").unwrap();
        log.remove_cut_line().unwrap();
        assert_eq!(kept(), MAX_FILE + 2);
        assert!(!rotated(&path, 2).exists());
        // The next rotation works again.
        mode(0o700);
        log.append(&vec![b'd'; full - 2]).unwrap();
        log.append(b"e\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"e\n");
    }

    #[test]
    fn rotations_that_fail_again_and_again_push_no_file_out() {
        let above = tempfile::tempdir().unwrap();
        let path = path_in(&above.path().join("audit"), &Profile::default());
        let mut log = Appender::open(&path).unwrap();
        let full = usize::try_from(MAX_FILE).unwrap();
        for name in *b"abcde" {
            log.append(&vec![name; full]).unwrap();
        }
        fs::set_permissions(above.path(), fs::Permissions::from_mode(0o777)).unwrap();
        for _ in 0..20 {
            let _ = log.append(&vec![b'f'; full / 2]);
        }
        let first = |path: &PathBuf| fs::read(path).unwrap()[0];
        let kept = existing(&path);
        assert_eq!(kept.iter().map(first).collect::<Vec<_>>(), b"bcde");
        let longest = fs::metadata(rotated(&path, 1)).unwrap().len();
        assert_eq!(longest, MAX_READ, "the next start can read it");
    }
}
