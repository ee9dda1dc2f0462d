//! Paths of a profile's daemon: its socket and its lock file. This module creates no files.

use crate::{door::Door, places::Places};
use std::path::{Path, PathBuf};
use tai_names::Profile;

/// Limit of a socket's path in bytes that holds on every Unix (macOS: 104 with the final zero).
const MAX_SOCKET_PATH: usize = 103;

/// The path of a socket does not fit into a socket address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the socket path has {length} bytes and the system allows {MAX_SOCKET_PATH}: {path}")]
pub struct TooLong {
    /// Path of the socket.
    pub path: String,
    /// Length of the path in bytes.
    pub length: usize,
}

/// Endpoint of one profile's daemon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    dir: PathBuf,
    state: PathBuf,
    profile: Profile,
}

impl Endpoint {
    /// Returns the endpoint that a daemon of `profile` creates: in the first of the
    /// [runtime directories](Places::runtime).
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn of_profile(places: &Places, profile: &Profile) -> Result<Self, TooLong> {
        let fallback = || places.state().join("run");
        let dir = places.runtime().into_iter().next().unwrap_or_else(fallback);
        Self::in_dir(&dir, places.state(), profile)
    }

    /// Returns the endpoint of `profile` with its sockets in `dir` and its lock file in `state`.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn in_dir(dir: &Path, state: &Path, profile: &Profile) -> Result<Self, TooLong> {
        let endpoint = Self {
            dir: dir.to_owned(),
            state: state.to_owned(),
            profile: profile.clone(),
        };
        // The longest of the two that each daemon has.
        let path = Door::Persons.beside(&endpoint.socket());
        let length = path.as_os_str().len();
        if cfg!(unix) && length > MAX_SOCKET_PATH {
            return Err(TooLong {
                path: path.display().to_string(),
                length,
            });
        }
        Ok(endpoint)
    }

    /// Returns the directory of the socket, which the daemon creates with mode 0700.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Returns the state directory, which contains the lock file.
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// Returns the profile.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Returns the path of the socket; on Windows the name of the pipe.
    pub fn socket(&self) -> PathBuf {
        if cfg!(windows) {
            let user = std::env::var("USERNAME").unwrap_or_default();
            PathBuf::from(format!(r"\\.\pipe\tai-{user}-{}", self.profile))
        } else {
            self.dir.join(format!("{}.sock", self.profile))
        }
    }

    /// Returns the path of the lock file, which a running daemon holds locked. The file contains
    /// its [`Record`](crate::record::Record).
    pub fn lock(&self) -> PathBuf {
        lock_file(&self.state, &self.profile)
    }
}

/// Returns the path of the lock file of `profile` in a state directory.
pub fn lock_file(state: &Path, profile: &Profile) -> PathBuf {
    state.join(format!("{profile}.lock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_has_one_socket_and_one_lock() {
        let work = Profile::new("work").unwrap();
        let (run, state) = (Path::new("/run/user/7/tai"), Path::new("/home/a/state"));
        let endpoint = Endpoint::in_dir(run, state, &work).unwrap();
        assert_eq!(endpoint.socket(), Path::new("/run/user/7/tai/work.sock"));
        assert_eq!(endpoint.lock(), Path::new("/home/a/state/work.lock"));
    }

    #[test]
    fn a_socket_path_over_the_limit_is_refused_with_its_length() {
        let dir = format!("/{}", "d".repeat(120));
        let dir = Path::new(&dir);
        let error = Endpoint::in_dir(dir, dir, &Profile::default()).unwrap_err();
        assert_eq!(error.length, 140);
    }
}
