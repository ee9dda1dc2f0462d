//! The files in which taid records what it must not do twice. Ids of mails belong to a bridge, so the
//! files of each bridge are kept apart: those of the present one have the usual names, and those of
//! an earlier one have the digest of its origin in their names.

use super::approvals::HELD_LIFE;
use crate::digest::Digest;
use crate::os;
use std::{
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};
use tai_auth::base_url::BaseUrl;
use tai_proto::names::Profile;

/// Most bytes of the recorded origin that are read.
const LONGEST: u64 = 4096;

/// The files of a [`MailService`](super::service::MailService). Missing directories are created,
/// accessible to the user only.
#[derive(Debug, Clone)]
pub(crate) struct StateFiles {
    /// The journal of the leases.
    pub(crate) leases: PathBuf,
    /// The journal of the ledger.
    pub(crate) ledger: PathBuf,
    /// The journal of the approvals.
    pub(crate) approvals: PathBuf,
    /// The directory of the sealed mails that wait for approval.
    pub(crate) held: PathBuf,
    /// The daemon that had the profile before.
    pub(crate) predecessor: Predecessor,
}

/// The bridge of the daemon that had the profile before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Predecessor {
    /// The present bridge, or none is known.
    SameBridge,
    /// Another bridge: what clients report about its mails is about no mail of this one.
    OtherBridge,
}

impl StateFiles {
    /// Returns the files of a profile in the directory for state.
    pub(crate) fn of(state: &Path, profile: &Profile) -> Self {
        Self {
            leases: state.join(format!("undelivered-{profile}")),
            ledger: state.join(format!("sends-{profile}")),
            approvals: state.join(format!("approvals-{profile}")),
            held: state.join(format!("held-{profile}")),
            predecessor: Predecessor::SameBridge,
        }
    }

    /// Returns the file of the mails that cannot be read.
    pub(crate) fn unreadable(state: &Path, profile: &Profile) -> PathBuf {
        state.join(format!("unreadable-{profile}"))
    }

    /// Returns the file with the origin of the bridge.
    pub(crate) fn record(state: &Path, profile: &Profile) -> PathBuf {
        state.join(format!("bridge-{profile}"))
    }

    /// Returns the files of a profile for the bridge with this origin. Sets those of an earlier
    /// bridge aside, and takes back those that were set aside for this one. The daemon must hold
    /// the lock of the profile. A stop at any point is made good by the next start.
    ///
    /// # Errors
    /// The error of the system. The files may be those of the earlier bridge.
    pub(crate) fn at_bridge(state: &Path, profile: &Profile, origin: &str) -> io::Result<Self> {
        let mut files = Self::of(state, profile);
        os::private_dir(state)?;
        let path = Self::record(state, profile);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut record = os::open_private(state, &name)?;
        let mut earlier = Vec::new();
        (&mut record).take(LONGEST).read_to_end(&mut earlier)?;
        let earlier = String::from_utf8_lossy(&earlier);
        // A damaged record says nothing about the files. Without its end, it can be another origin.
        let whole = earlier.strip_suffix('\n');
        let earlier = whole.filter(|origin| origin.parse::<BaseUrl>().is_ok());
        let earlier = earlier.unwrap_or_default();
        if earlier != origin {
            if !earlier.is_empty() {
                files.predecessor = Predecessor::OtherBridge;
                for path in files.all() {
                    rename(path, &aside(path, earlier))?;
                }
                // After a power failure, no record may name the new bridge beside the files of the
                // earlier one.
                os::files::sync_dir(state)?;
            }
            record.set_len(0)?;
            record.rewind()?;
            record.write_all(format!("{origin}\n").as_bytes())?;
            record.sync_all()?;
        }
        for path in files.all() {
            if !exists(path)? {
                rename(&aside(path, origin), path)?;
            }
        }
        files.remove_expired();
        os::files::sync_dir(state)?;
        Ok(files)
    }

    /// Removes the waiting mails that were set aside with another bridge and whose time is over. What
    /// cannot be removed stays for the next start.
    fn remove_expired(&self) {
        let (Some(state), Some(name)) = (self.held.parent(), self.held.file_name()) else {
            return;
        };
        let aside = format!("{}@", name.to_string_lossy());
        for entry in std::fs::read_dir(state).into_iter().flatten().flatten() {
            // The time of a directory is that of its last mail.
            let modified = entry.metadata().and_then(|meta| meta.modified());
            let age = modified.ok().and_then(|modified| modified.elapsed().ok());
            if entry.file_name().to_string_lossy().starts_with(&aside)
                && age.is_some_and(|age| age > HELD_LIFE)
            {
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
    }

    fn all(&self) -> [&Path; 4] {
        [&self.leases, &self.ledger, &self.approvals, &self.held]
    }
}

/// Returns the name of a file while it is set aside for a bridge.
fn aside(path: &Path, origin: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!("@{}", Digest::of(&[origin])));
    path.with_file_name(name)
}

fn exists(path: &Path) -> io::Result<bool> {
    match path.symlink_metadata() {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Renames a file, if it exists.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::rename(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "https://mail.tai.chat";
    const OTHER: &str = "http://127.0.0.1:8080";

    fn names(dir: &Path) -> Vec<String> {
        let all = std::fs::read_dir(dir).unwrap();
        let name = |entry: io::Result<std::fs::DirEntry>| {
            entry.unwrap().file_name().into_string().unwrap()
        };
        let mut names: Vec<String> = all.map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn each_bridge_has_files_of_its_own() {
        os::restrict_new_files();
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        let at = |origin| StateFiles::at_bridge(&state, &Profile::default(), origin).unwrap();
        let files = at(ONE);
        std::fs::write(&files.ledger, "of one").unwrap();
        std::fs::create_dir(&files.held).unwrap();
        std::fs::write(files.held.join("1"), "sealed").unwrap();
        assert_eq!(files.predecessor, Predecessor::SameBridge);
        let files = at(ONE);
        assert_eq!(files.predecessor, Predecessor::SameBridge);
        assert!(exists(&files.ledger).unwrap());
        let files = at(OTHER);
        assert_eq!(files.predecessor, Predecessor::OtherBridge);
        assert!(!exists(&files.ledger).unwrap());
        let digest = Digest::of(&[ONE]);
        assert_eq!(
            names(&state),
            [
                "bridge-default".to_owned(),
                format!("held-default@{digest}"),
                format!("sends-default@{digest}"),
            ]
        );
        std::fs::write(&files.ledger, "of the other").unwrap();
        let files = at(ONE);
        assert_eq!(std::fs::read_to_string(&files.ledger).unwrap(), "of one");
        assert_eq!(
            std::fs::read_to_string(files.held.join("1")).unwrap(),
            "sealed"
        );
        let files = at(OTHER);
        assert_eq!(
            std::fs::read_to_string(&files.ledger).unwrap(),
            "of the other"
        );
    }

    #[test]
    fn waiting_mails_of_another_bridge_are_removed_when_their_time_is_over() {
        os::restrict_new_files();
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        let at = |origin| StateFiles::at_bridge(&state, &Profile::default(), origin).unwrap();
        let files = at(ONE);
        std::fs::create_dir(&files.held).unwrap();
        std::fs::write(files.held.join("1"), "sealed").unwrap();
        let files = at(OTHER);
        std::fs::create_dir(&files.held).unwrap();
        let aside = aside(&files.held, ONE);
        let hours = |hours| std::time::SystemTime::now() - hours * HELD_LIFE;
        for (age, is_kept) in [(0, true), (2, false)] {
            for held in [&aside, &files.held] {
                let held = std::fs::File::open(held).unwrap();
                held.set_modified(hours(age)).unwrap();
            }
            at(OTHER);
            assert_eq!(aside.exists(), is_kept, "{age} h");
            assert!(files.held.exists());
        }
    }

    #[test]
    fn a_damaged_record_sets_no_file_aside() {
        os::restrict_new_files();
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        let files = StateFiles::at_bridge(&state, &Profile::default(), ONE).unwrap();
        std::fs::write(&files.ledger, "of one").unwrap();
        for damaged in [
            b"\xff\xfe".as_slice(),
            b"https",
            b"https://mail.tai.ch",
            &[b'x'; 10_000],
        ] {
            std::fs::write(state.join("bridge-default"), damaged).unwrap();
            let files = StateFiles::at_bridge(&state, &Profile::default(), ONE).unwrap();
            assert_eq!(std::fs::read_to_string(&files.ledger).unwrap(), "of one");
            let record = std::fs::read_to_string(state.join("bridge-default")).unwrap();
            assert_eq!(record.trim(), ONE);
        }
    }

    #[test]
    fn a_bridge_with_a_long_name_has_files() {
        os::restrict_new_files();
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        let long = format!("https://{}.example", vec!["a".repeat(60); 4].join("."));
        for origin in [&long, ONE, "https://a_1", "https://a:1", &long] {
            let files = StateFiles::at_bridge(&state, &Profile::default(), origin).unwrap();
            let text = std::fs::read_to_string(&files.ledger).unwrap_or_default();
            assert!(text.is_empty() || text == *origin, "{text}");
            std::fs::write(&files.ledger, origin).unwrap();
        }
    }

    #[test]
    fn a_stop_before_the_files_were_taken_back_is_made_good() {
        os::restrict_new_files();
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        let files = StateFiles::at_bridge(&state, &Profile::default(), ONE).unwrap();
        std::fs::write(aside(&files.ledger, ONE), "of one").unwrap();
        StateFiles::at_bridge(&state, &Profile::default(), ONE).unwrap();
        assert_eq!(std::fs::read_to_string(&files.ledger).unwrap(), "of one");
    }
}
