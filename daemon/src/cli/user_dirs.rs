//! Directories of the user that contain the configurations of programs.

use std::path::PathBuf;

/// Directories of a user.
#[derive(Debug, Clone)]
pub(super) struct UserDirs {
    /// Home directory.
    pub(super) home: PathBuf,
    /// The system's directory for the data of programs.
    pub(super) config: PathBuf,
    /// `$XDG_CONFIG_HOME` or `~/.config`, on every system.
    pub(super) dot_config: PathBuf,
}

impl UserDirs {
    /// Returns this user's directories; `None` without a home directory.
    pub(super) fn of_this_user() -> Option<Self> {
        let home = std::env::home_dir()?;
        let dot_config = std::env::var_os("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .filter(|dir| dir.is_absolute())
            .unwrap_or_else(|| home.join(".config"));
        let config = if cfg!(target_os = "macos") {
            home.join("Library/Application Support")
        } else if cfg!(windows) {
            home.join("AppData/Roaming")
        } else {
            dot_config.clone()
        };
        Some(Self {
            home,
            config,
            dot_config,
        })
    }
}
