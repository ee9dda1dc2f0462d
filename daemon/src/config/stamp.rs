//! The state of the configuration files, which tells whether they changed since they were read.

use super::file;
use std::{
    fs::Metadata,
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};
use tai_proto::names::Profile;

/// The files of a configuration, and the state of each. The first that is there is the one that counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stamp(Vec<(PathBuf, State)>);

/// State of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Absent,
    /// The metadata cannot be read.
    Unknown,
    Present {
        length: u64,
        modified: Option<SystemTime>,
        identity: Identity,
    },
}

/// Time of the last change of the metadata, device and inode. Programs set the time of modification: each
/// file of a Nix store has the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Identity {
    changed: (i64, i64),
    device: u64,
    inode: u64,
}

impl Stamp {
    /// Returns the present state of the files that a profile's configuration in `dir` may be read from.
    pub(super) fn of(profile: &Profile, dir: Option<&Path>) -> Self {
        let Some(dir) = dir else {
            return Self::default();
        };
        let mut paths = vec![file::path_of(profile, dir)];
        let shared = file::path_of(&Profile::default(), dir);
        if !paths.contains(&shared) {
            paths.push(shared);
        }
        Self(paths.into_iter().map(with_state).collect())
    }

    /// Returns the present state of the same files.
    pub(crate) fn again(&self) -> Self {
        let paths = self.0.iter().map(|(path, _)| path.clone());
        Self(paths.map(with_state).collect())
    }

    /// Returns whether no file can be there.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether the file that counted in the state `before` is not there any more.
    pub(crate) fn has_lost_file_of(&self, before: &Self) -> bool {
        let mut states = self.0.iter().zip(&before.0);
        let counts = states.find_map(|((_, now), (_, before))| match (now, before) {
            (State::Present { .. } | State::Unknown, _) => Some(false),
            (State::Absent, State::Present { .. } | State::Unknown) => Some(true),
            (State::Absent, State::Absent) => None,
        });
        counts.unwrap_or(false)
    }
}

fn with_state(path: PathBuf) -> (PathBuf, State) {
    let state = match path.metadata() {
        Ok(meta) => State::Present {
            length: meta.len(),
            modified: meta.modified().ok(),
            identity: identity(&meta),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => State::Absent,
        Err(_) => State::Unknown,
    };
    (path, state)
}

#[cfg(unix)]
fn identity(meta: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    Identity {
        changed: (meta.ctime(), meta.ctime_nsec()),
        device: meta.dev(),
        inode: meta.ino(),
    }
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Identity {
    Identity {
        changed: (0, 0),
        device: 0,
        inode: 0,
    }
}
