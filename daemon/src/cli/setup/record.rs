//! Records of the changes of configurations, so that `--remove` can restore the original bytes.
//! They are in one file of the state directory and contain paths and checksums.

use super::replace::{self, FileError};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

/// Name of the file in the state directory.
const FILE: &str = "setup.json";

/// Change of one configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// Checksum of the text that setup wrote.
    pub(super) after: String,
    /// Checksum of the original text, which is in the backup; `None` if setup created the file.
    pub(super) before: Option<String>,
    /// Directories that setup created, outermost first.
    pub(super) dirs: Vec<PathBuf>,
    /// Backup with the original text; `None` for the first one.
    #[serde(default)]
    pub(super) backup: Option<PathBuf>,
}

impl Record {
    /// Returns the backup of `file` and its text, if that is the original one.
    pub(super) fn original(&self, file: &Path) -> Option<(PathBuf, String)> {
        let backup = self.backup.clone();
        let backup = backup.unwrap_or_else(|| replace::backup_of(file));
        let text = replace::read(&backup).ok().flatten()?.text;
        (self.before.as_ref() == Some(&checksum(&text))).then_some((backup, text))
    }
}

/// The records of a user.
pub(super) struct Records {
    file: PathBuf,
    by_path: BTreeMap<String, Record>,
}

impl Records {
    /// Reads the records in the state directory. A file that cannot be read or understood counts
    /// as empty: without a record, only the entry is removed.
    pub(super) fn read(state: &Path) -> Self {
        let file = state.join(FILE);
        let text = replace::read(&file).ok().flatten();
        let by_path = text.and_then(|file| serde_json::from_str(&file.text).ok());
        Self {
            by_path: by_path.unwrap_or_default(),
            file,
        }
    }

    /// Returns the record of a configuration, if the text is what setup wrote.
    pub(super) fn of(&self, path: &Path, text: &str) -> Option<&Record> {
        let record = self.by_path.get(path.to_str()?)?;
        (record.after == checksum(text)).then_some(record)
    }

    /// Returns the last record of a configuration, which another program may have changed since.
    pub(super) fn last(&self, path: &Path) -> Option<&Record> {
        self.by_path.get(path.to_str()?)
    }

    /// Replaces or, with `None`, removes the record of a configuration.
    ///
    /// # Errors
    /// The file of the records cannot be written.
    pub(super) fn set(&mut self, path: &Path, record: Option<Record>) -> Result<(), FileError> {
        // A path that is not UTF-8 has no record.
        let Some(key) = path.to_str() else {
            return Ok(());
        };
        let changed = match record {
            Some(record) => self.by_path.insert(key.to_owned(), record.clone()) != Some(record),
            None => self.by_path.remove(key).is_some(),
        };
        if !changed {
            return Ok(());
        }
        if self.by_path.is_empty() {
            return Ok(std::fs::remove_file(&self.file)?);
        }
        let text = serde_json::to_string_pretty(&self.by_path).map_err(std::io::Error::other)?;
        if let Some(dir) = self.file.parent() {
            std::fs::create_dir_all(dir)?;
        }
        replace::write_private(&self.file, &text)
    }
}

/// Returns the SHA-256 checksum of a text in hexadecimal digits.
pub(super) fn checksum(text: &str) -> String {
    let mut digits = String::new();
    for byte in digest(&SHA256, text.as_bytes()).as_ref() {
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}
