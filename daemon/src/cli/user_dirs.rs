//! Directories of the user that contain the configurations of programs, and the variables that
//! decide them.

use directories::BaseDirs;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};
use tai_proto::places::Places;

/// Variable for the configurations of programs that follow the XDG rule.
pub(super) const XDG_CONFIG_HOME: &str = "XDG_CONFIG_HOME";

/// Directories of a user.
#[derive(Debug, Clone)]
pub(super) struct UserDirs {
    /// Home directory.
    pub(super) home: PathBuf,
    /// The system's directory for the data of programs.
    pub(super) config: PathBuf,
    /// `$XDG_CONFIG_HOME` or `~/.config`, on every system.
    pub(super) dot_config: PathBuf,
    /// The data of packaged applications: `AppData\Local\Packages` on Windows.
    pub(super) packages: Option<PathBuf>,
    /// Looks up an environment variable.
    env: fn(&str) -> Option<OsString>,
}

impl UserDirs {
    /// Returns the directories below the home directory that `--home` gave, or this user's; `None`
    /// without a home directory.
    pub(super) fn of(places: &Places) -> Option<Self> {
        match places.given_home() {
            Some(home) => Some(Self::below(home)),
            None => Self::of_this_user(),
        }
    }

    /// Returns this user's directories; `None` without a home directory.
    fn of_this_user() -> Option<Self> {
        let dirs = BaseDirs::new()?;
        let env = |name: &str| std::env::var_os(name);
        let home = dirs.home_dir().to_owned();
        let dot_config = absolute(env(XDG_CONFIG_HOME)).unwrap_or_else(|| home.join(".config"));
        Some(Self {
            home,
            config: dirs.config_dir().to_owned(),
            dot_config,
            packages: cfg!(windows).then(|| dirs.data_local_dir().join("Packages")),
            env,
        })
    }

    /// Returns the directories below `home`, without regard to the environment.
    pub(super) fn below(home: &Path) -> Self {
        let dot_config = home.join(".config");
        Self {
            home: home.to_owned(),
            config: if cfg!(target_os = "macos") {
                home.join("Library/Application Support")
            } else if cfg!(windows) {
                home.join("AppData/Roaming")
            } else {
                dot_config.clone()
            },
            dot_config,
            packages: cfg!(windows).then(|| home.join("AppData/Local/Packages")),
            env: |_| None,
        }
    }

    /// Returns the directory that a client's own variable names. A relative path is relative to
    /// the current directory.
    pub(super) fn named_by(&self, variable: &str) -> Option<PathBuf> {
        let value = (self.env)(variable).filter(|value| !value.is_empty())?;
        std::path::absolute(value).ok()
    }

    /// Returns whether `XDG_CONFIG_HOME` decides [`UserDirs::dot_config`].
    pub(super) fn follows_xdg(&self) -> bool {
        absolute((self.env)(XDG_CONFIG_HOME)).is_some()
    }

    /// Returns the same directories with other variables.
    #[cfg(test)]
    pub(super) fn with_env(self, env: fn(&str) -> Option<OsString>) -> Self {
        Self { env, ..self }
    }
}

/// Returns whether two paths are one directory. A directory that is missing is equal only in its name.
pub(super) fn is_same_directory(one: &Path, other: &Path) -> bool {
    one == other
        || match (one.canonicalize(), other.canonicalize()) {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
        }
}

/// Returns an absolute path of a variable. The XDG rule ignores relative ones.
fn absolute(value: Option<OsString>) -> Option<PathBuf> {
    value.map(PathBuf::from).filter(|path| path.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_home_decides_every_directory_and_no_variable_has_an_effect() {
        let home = Path::new("/trial");
        let dirs = UserDirs::of(&Places::at(home)).unwrap();
        assert_eq!(dirs.home, home);
        for dir in [&dirs.config, &dirs.dot_config] {
            assert!(dir.starts_with(home), "{dir:?}");
        }
        assert_eq!(dirs.named_by("PATH"), None);
        assert!(!dirs.follows_xdg());
    }
}
