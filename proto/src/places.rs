//! Directories of a user: the configuration, the state, and candidates for the sockets. This
//! module creates none.
//!
//! A login shell, a service, and the stripped environments of MCP clients must lead to the same
//! daemon. Therefore the state directory depends on the home directory alone, and `XDG_STATE_HOME`
//! has no effect.

use directories::ProjectDirs;
use std::path::{Path, PathBuf};

/// The user has no home directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no home directory is known: HOME is not set, and the user database has no entry")]
pub struct NoHome;

/// Directories of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    home: PathBuf,
    config: PathBuf,
    state: PathBuf,
    /// Whether `--home` gave the home directory. If so, no variable has an effect.
    is_given: bool,
}

impl Places {
    /// Returns the directories below a home directory that the user gave with `--home`.
    pub fn at(home: &Path) -> Self {
        Self {
            config: config_below(home),
            state: state_below(home),
            home: home.to_owned(),
            is_given: true,
        }
    }

    /// Returns the directories for the environment of this process: `HOME` (the user database's
    /// entry if it is not set) and, for the configuration, `XDG_CONFIG_HOME`.
    ///
    /// # Errors
    /// [`NoHome`].
    pub fn of_environment() -> Result<Self, NoHome> {
        let home = std::env::home_dir().filter(|home| home.is_absolute());
        let home = home.or_else(database_home).ok_or(NoHome)?;
        let config = project_dirs()
            .map(|dirs| dirs.config_dir().to_owned())
            .filter(|config| config.is_absolute())
            .unwrap_or_else(|| config_below(&home));
        Ok(Self {
            config,
            state: state_below(&home),
            home,
            is_given: false,
        })
    }

    /// Returns the directories of the user database's home directory, in which clients start daemons
    /// whatever their `HOME` is; `None` if they are these, without an entry, and with `--home`.
    pub fn of_other_home(&self) -> Option<Self> {
        if self.is_given {
            return None;
        }
        let other = Self {
            is_given: false,
            ..Self::at(&database_home()?)
        };
        (other.state != self.state).then_some(other)
    }

    /// Returns the home directory.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Returns the home directory if `--home` gave it.
    pub fn given_home(&self) -> Option<&Path> {
        self.is_given.then_some(self.home.as_path())
    }

    /// Returns the directory of the configuration files.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// Returns the directory of state that outlives a process: `~/.local/state/tai` on Linux.
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// Returns the directories in which the daemon may have its sockets, in order of preference:
    ///
    /// 1. `$XDG_RUNTIME_DIR/tai`, if that directory is the user's own and private;
    /// 2. on Linux `/run/user/UID/tai`, under the same condition;
    /// 3. `run` in the state directory. It is the only one with `--home`.
    pub fn runtime(&self) -> Vec<PathBuf> {
        let given = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        let mut dirs: Vec<PathBuf> = match self.is_given {
            true => Vec::new(),
            false => given.into_iter().chain(system_runtime_dir()).collect(),
        };
        dirs.retain(|dir| dir.is_absolute() && is_private(dir));
        dirs.dedup();
        let mut dirs: Vec<PathBuf> = dirs.into_iter().map(|dir| dir.join("tai")).collect();
        dirs.push(self.state.join("run"));
        dirs
    }
}

/// Returns tai's directories by the conventions of the system; `None` without a home directory.
fn project_dirs() -> Option<ProjectDirs> {
    ProjectDirs::from("chat", "tai", "tai")
}

fn config_below(home: &Path) -> PathBuf {
    if cfg!(target_os = "macos") {
        home.join("Library/Application Support/chat.tai.tai")
    } else if cfg!(windows) {
        home.join("AppData/Roaming/tai/tai/config")
    } else {
        home.join(".config/tai")
    }
}

fn state_below(home: &Path) -> PathBuf {
    if cfg!(target_os = "macos") {
        home.join("Library/Application Support/chat.tai.tai")
    } else if cfg!(windows) {
        home.join("AppData/Local/tai/tai/data")
    } else {
        home.join(".local/state/tai")
    }
}

/// Returns the directory that logind creates for the user.
fn system_runtime_dir() -> Option<PathBuf> {
    #[cfg(target_os = "linux")]
    return Some(PathBuf::from(format!(
        "/run/user/{}",
        rustix::process::geteuid().as_raw()
    )));
    #[cfg(not(target_os = "linux"))]
    None
}

/// Returns whether a directory belongs to this user, is no link, and admits no other user.
#[cfg(unix)]
fn is_private(dir: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::symlink_metadata(dir).is_ok_and(|meta| {
        let own = meta.uid() == rustix::process::geteuid().as_raw();
        meta.is_dir() && own && meta.mode() & 0o077 == 0
    })
}

#[cfg(not(unix))]
fn is_private(_: &Path) -> bool {
    false
}

/// Returns the home directory of `HOME` for a started daemon, which otherwise has no variable of
/// its client: only if the user database has no home of this user, as in many containers. No other
/// one exists then.
pub fn undisputed_home() -> Option<PathBuf> {
    match database_home() {
        Some(_) => None,
        None => std::env::home_dir().filter(|home| home.is_absolute()),
    }
}

/// Returns the home directory in the user database; `None` without an entry, and if the directory
/// is not there or belongs to another user, as those of service users do.
#[cfg(unix)]
fn database_home() -> Option<PathBuf> {
    use std::os::unix::fs::MetadataExt as _;
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).ok()??;
    let is_own =
        |home: &PathBuf| std::fs::metadata(home).is_ok_and(|meta| meta.uid() == user.uid.as_raw());
    Some(user.dir).filter(|home| home.is_absolute() && is_own(home))
}

/// Returns the profile directory of the user, which Windows does not take from a variable.
#[cfg(not(unix))]
fn database_home() -> Option<PathBuf> {
    directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_home_decides_every_directory() {
        let places = Places::at(Path::new("/tmp/trial"));
        assert!(places.config().starts_with("/tmp/trial"));
        assert!(places.state().starts_with("/tmp/trial"));
        assert_eq!(places.runtime(), [places.state().join("run")]);
    }

    #[cfg(unix)]
    #[test]
    fn only_a_private_directory_of_the_user_is_used_for_sockets() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let dir = tempfile::tempdir().unwrap();
        let (own, link) = (dir.path().join("own"), dir.path().join("link"));
        std::fs::create_dir(&own).unwrap();
        symlink(&own, &link).unwrap();
        for (mode, expected) in [(0o700, true), (0o750, false), (0o701, false)] {
            std::fs::set_permissions(&own, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(is_private(&own), expected, "{mode:o}");
        }
        std::fs::set_permissions(&own, std::fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!is_private(&link));
        assert!(!is_private(&dir.path().join("absent")));
    }
}
