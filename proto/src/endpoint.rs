//! Paths of a profile's daemon: its socket and its lock file. This module creates no files.
//!
//! A login shell and the stripped environment of an MCP client (HOME, LOGNAME, PATH, SHELL,
//! TERM, USER) must yield the same paths, so that client and daemon find each other.

use directories::ProjectDirs;
use std::path::{Path, PathBuf};
use tai_names::Profile;

/// Limit of a socket's path in bytes that holds on every Unix (macOS: 104 with the final zero).
const MAX_SOCKET_PATH: usize = 103;

/// Error for a profile without a usable endpoint.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EndpointError {
    /// The user has no home directory.
    #[error("no home directory is known: HOME is not set")]
    NoHome,
    /// The path does not fit into a socket address.
    #[error("the socket path has {length} bytes and the system allows {MAX_SOCKET_PATH}: {path}")]
    TooLong {
        /// Path of the socket.
        path: String,
        /// Length of the path in bytes.
        length: usize,
    },
}

/// Endpoint of one profile's daemon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    dir: PathBuf,
    profile: Profile,
}

impl Endpoint {
    /// Returns the endpoint of `profile` in the first of these directories that applies:
    ///
    /// 1. `$XDG_RUNTIME_DIR/tai`, if that path is absolute;
    /// 2. on Linux `/run/user/UID/tai`, if the user owns `/run/user/UID`;
    /// 3. `run` in the user's [state directory](state_dir): `~/.local/state/tai/run` on Linux,
    ///    `~/Library/Application Support/chat.tai.tai/run` on macOS.
    ///
    /// # Errors
    /// [`EndpointError::NoHome`] if no directory is known, [`EndpointError::TooLong`].
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

    /// Returns the directory of the socket and the lock file, which the daemon creates with mode
    /// 0700.
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

    /// Returns the path of the lock file, which a running daemon holds locked. The file contains
    /// the daemon's process id.
    pub fn lock(&self) -> PathBuf {
        self.dir.join(format!("{}.lock", self.profile))
    }
}

/// Returns tai's directories by the conventions of the system; `None` without a home directory.
pub fn project_dirs() -> Option<ProjectDirs> {
    ProjectDirs::from("chat", "tai", "tai")
}

/// Returns the directory for state that outlives a process, with the logs in `logs`. `None`
/// without a home directory.
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
    fn a_profile_has_one_socket_and_one_lock_in_the_same_directory() {
        let work = Profile::new("work").unwrap();
        let endpoint = Endpoint::in_dir(Path::new("/run/user/7/tai"), &work).unwrap();
        assert_eq!(endpoint.socket(), Path::new("/run/user/7/tai/work.sock"));
        assert_eq!(endpoint.lock(), Path::new("/run/user/7/tai/work.lock"));
    }

    #[test]
    fn a_socket_path_over_the_limit_is_refused_with_its_length() {
        let dir = format!("/{}", "d".repeat(120));
        let error = Endpoint::in_dir(Path::new(&dir), &Profile::default()).unwrap_err();
        assert!(
            matches!(error, EndpointError::TooLong { length: 134, .. }),
            "{error}"
        );
    }
}
