//! The state of the configuration files, which tells whether they changed since they were read.

use super::file;
use std::{
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};
use tai_proto::names::Profile;

/// The files of a configuration, and the state of each.
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
    },
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

    /// Returns the present state of the same files. A file that was there and is not any more keeps its
    /// state: a home directory may be unmounted while the daemon runs, and the rules in it still count.
    pub(crate) fn again(&self) -> Self {
        let states = self
            .0
            .iter()
            .map(|(path, before)| match with_state(path.clone()) {
                (path, State::Absent) => (path, before.clone()),
                other => other,
            });
        Self(states.collect())
    }
}

fn with_state(path: PathBuf) -> (PathBuf, State) {
    let state = match path.metadata() {
        Ok(meta) => State::Present {
            length: meta.len(),
            modified: meta.modified().ok(),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => State::Absent,
        Err(_) => State::Unknown,
    };
    (path, state)
}
