//! The place of a profile's daemon: its socket and its lock file. This module computes paths
//! and creates nothing.
//!
//! A login shell and the stripped environment of an MCP client (HOME, LOGNAME, PATH, SHELL,
//! TERM, USER) must arrive at the same place, or the two sides would miss each other.

use directories::ProjectDirs;
use std::path::{Path, PathBuf};
use tai_names::Profile;

/// The longest path of a Unix socket on every system (macOS: 104 with the closing zero).
const MAX_SOCKET_PATH: usize = 103;

/// The error for a profile that has no usable place.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EndpointError {
    /// The user has no home directory.
    #[error("no home directory is known: HOME is not set")]
    NoHome,
    /// The path does not fit into a socket address.
    #[error("the socket path has {length} bytes and the system allows {MAX_SOCKET_PATH}: {path}")]
    TooLong {
        /// The path.
        path: String,
        /// Its length in bytes.
        length: usize,
    },
}

/// The place of one profile's daemon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    dir: PathBuf,
    profile: Profile,
}

impl Endpoint {
    /// Returns the endpoint of `profile` in the first of these directories that applies:
    /// `$XDG_RUNTIME_DIR/tai` if that path is absolute; on Linux `/run/user/UID/tai` if
    /// `/run/user/UID` is the user's own; `run` in the user's state directory
    /// (`~/.local/state/tai/run`; `~/Library/Application Support/tai/run` on macOS).
    ///
    /// # Errors
    /// Any [`EndpointError`].
    pub fn of_profile(profile: &Profile) -> Result<Self, EndpointError> {
        let runtime = std::env::var_os("XDG_RUNTIME_DIR")
            .map(PathBuf::from)
            .filter(|dir| dir.is_absolute())
            .or_else(system_runtime_dir);
        let dir = match runtime {
            Some(dir) => dir.join("tai"),
            None => state_dir().ok_or(EndpointError::NoHome)?.join("run"),
        };
        Self::in_dir(&dir, profile)
    }

    /// Returns the endpoint of `profile` in a given directory.
    ///
    /// # Errors
    /// [`EndpointError::TooLong`].
    pub fn in_dir(dir: &Path, profile: &Profile) -> Result<Self, EndpointError> {
        let endpoint = Self {
            dir: dir.to_owned(),
            profile: profile.clone(),
        };
        let path = endpoint.socket();
        let length = path.as_os_str().len();
        if cfg!(unix) && length > MAX_SOCKET_PATH {
            return Err(EndpointError::TooLong {
                path: path.display().to_string(),
                length,
            });
        }
        Ok(endpoint)
    }

    /// Returns the directory of the socket and the lock file. It belongs to the user and has
    /// mode 0700.
    pub fn dir(&self) -> &Path {
        &self.dir
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

    /// Returns the path of the lock file, which the running daemon of the profile holds locked.
    /// The file contains the daemon's process id.
    pub fn lock(&self) -> PathBuf {
        self.dir.join(format!("{}.lock", self.profile))
    }
}

/// Returns the product's directories by the system's conventions.
pub fn project_dirs() -> Option<ProjectDirs> {
    ProjectDirs::from("chat", "tai", "tai")
}

/// Returns the directory for state that outlives a process. Logs are in `logs` below it.
pub fn state_dir() -> Option<PathBuf> {
    let dirs = project_dirs()?;
    Some(dirs.state_dir().unwrap_or(dirs.data_local_dir()).to_owned())
}

#[cfg(target_os = "linux")]
fn system_runtime_dir() -> Option<PathBuf> {
    use std::os::unix::fs::MetadataExt;
    let uid = rustix::process::getuid().as_raw();
    let dir = PathBuf::from(format!("/run/user/{uid}"));
    let meta = std::fs::symlink_metadata(&dir).ok()?;
    (meta.is_dir() && meta.uid() == uid).then_some(dir)
}

#[cfg(not(target_os = "linux"))]
fn system_runtime_dir() -> Option<PathBuf> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_has_one_socket_and_one_lock_side_by_side() {
        let work = Profile::new("work").unwrap();
        let endpoint = Endpoint::in_dir(Path::new("/run/user/7/tai"), &work).unwrap();
        assert_eq!(endpoint.socket(), Path::new("/run/user/7/tai/work.sock"));
        assert_eq!(endpoint.lock(), Path::new("/run/user/7/tai/work.lock"));
    }

    #[test]
    fn a_path_that_does_not_fit_a_socket_address_is_refused_with_its_length() {
        let dir = format!("/{}", "d".repeat(120));
        let error = Endpoint::in_dir(Path::new(&dir), &Profile::default()).unwrap_err();
        assert!(
            matches!(error, EndpointError::TooLong { length: 134, .. }),
            "{error}"
        );
    }
}
