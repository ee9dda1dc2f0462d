//! Where the daemon of a profile is to be found. It must come to the same place in a login
//! shell and in the stripped environment MCP clients pass (HOME, LOGNAME, PATH, SHELL, TERM,
//! USER), or the two sides would miss each other. It looks, and creates nothing.

use crate::name;
use directories::ProjectDirs;
use std::path::{Path, PathBuf};

/// The longest path a Unix socket can have everywhere (macOS: 104 with the closing zero).
const MAX_SOCKET_PATH: usize = 103;

/// Why there is no endpoint.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EndpointError {
    /// The profile's name is not one.
    #[error(transparent)]
    Profile(#[from] name::NameError),
    /// The user has no home directory.
    #[error("no home directory is known: HOME is not set")]
    NoHome,
    /// The path does not fit into a socket address.
    #[error("the socket's path has {length} bytes, the system allows {MAX_SOCKET_PATH}: {path}")]
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
    profile: String,
}

impl Endpoint {
    /// The endpoint of `profile`, in the first of these that applies: `$XDG_RUNTIME_DIR/tai`
    /// when that is absolute; on Linux `/run/user/UID/tai` when that directory is the
    /// user's own, which is what XDG_RUNTIME_DIR would have said; `run` in the directory
    /// for the user's state (`~/.local/state/tai/run`; `~/Library/Application
    /// Support/tai/run` on macOS).
    ///
    /// # Errors
    /// Any [`EndpointError`].
    pub fn of_profile(profile: &str) -> Result<Self, EndpointError> {
        name::profile(profile)?;
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

    /// The endpoint of `profile` in a directory of the caller's choice.
    ///
    /// # Errors
    /// Any [`EndpointError`] but [`EndpointError::NoHome`].
    pub fn in_dir(dir: &Path, profile: &str) -> Result<Self, EndpointError> {
        name::profile(profile)?;
        let endpoint = Self {
            dir: dir.to_owned(),
            profile: profile.to_owned(),
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

    /// The directory the socket and the lock are in: the user's own and mode 0700.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The profile.
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// The socket, or on Windows the named pipe.
    pub fn socket(&self) -> PathBuf {
        if cfg!(windows) {
            let user = std::env::var("USERNAME").unwrap_or_default();
            PathBuf::from(format!(r"\\.\pipe\tai-{user}-{}", self.profile))
        } else {
            self.dir.join(format!("{}.sock", self.profile))
        }
    }

    /// The file whose lock the one daemon of this profile holds. It holds the daemon's pid.
    pub fn lock(&self) -> PathBuf {
        self.dir.join(format!("{}.lock", self.profile))
    }
}

/// The directories of this product, by the system's conventions.
pub fn project_dirs() -> Option<ProjectDirs> {
    ProjectDirs::from("chat", "tai", "tai")
}

/// Where what outlives a process but is not configuration is kept; logs are in `logs` in it.
pub fn state_dir() -> Option<PathBuf> {
    let dirs = project_dirs()?;
    Some(dirs.state_dir().unwrap_or(dirs.data_local_dir()).to_owned())
}

/// Whether a peer's effective user id, as its socket tells it, is that of this process. A
/// system that does not tell is not trusted.
#[cfg(unix)]
pub fn is_own_user(peer: Option<u32>) -> bool {
    peer == Some(rustix::process::geteuid().as_raw())
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
        let endpoint = Endpoint::in_dir(Path::new("/run/user/7/tai"), "work").unwrap();
        assert_eq!(endpoint.socket(), Path::new("/run/user/7/tai/work.sock"));
        assert_eq!(endpoint.lock(), Path::new("/run/user/7/tai/work.lock"));
    }

    #[test]
    fn a_path_that_does_not_fit_a_socket_address_is_refused_with_its_length() {
        let dir = format!("/{}", "d".repeat(120));
        let error = Endpoint::in_dir(Path::new(&dir), "default").unwrap_err();
        assert!(
            matches!(error, EndpointError::TooLong { length: 134, .. }),
            "{error}"
        );
    }

    #[test]
    fn a_profile_cannot_name_a_path() {
        assert!(Endpoint::in_dir(Path::new("/run"), "../x").is_err());
    }
}
