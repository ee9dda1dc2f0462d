//! The configuration: environment variables, then the file, then defaults. The error of an invalid
//! value names its variable or key and states the rule.
//!
//! [`keys()`] lists the keys, and [`docs`] renders their documentation. This module selects the
//! configured credential source and does not read it. It uses `tai_auth` and `tai_proto`, and no
//! other module of the daemon.

mod choices;
pub mod docs;
mod error;
mod file;
mod instances;
mod keys;
mod kinds;
mod lookup;
mod patterns;
mod sources;

pub(crate) use choices::{ConfirmPolicy, LogLevel};
pub(crate) use error::ConfigError;
pub(crate) use instances::{ActivePolicy, Policy, Rules, SendLimits};
pub(crate) use keys::Settings;
pub use keys::{Key, keys};
pub(crate) use kinds::has_stray_ends;
pub(crate) use lookup::{Env, Setting};

use lookup::Lookup;
use secrecy::SecretString;
use std::path::Path;
use tai_auth::credentials::Source;
use tai_proto::variables;

/// The configuration of one profile.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// The profile.
    pub(crate) profile: String,
    /// Values of the keys.
    pub(crate) settings: Settings,
    /// The configured credential source.
    pub(crate) source: Source,
    /// Rules of each instance.
    pub(crate) policy: Policy,
    /// Values that are set, for `taid doctor`.
    pub(crate) changed: Vec<Setting>,
}

/// Inputs of a configuration.
pub(crate) struct Inputs<'a> {
    /// Looks up an environment variable.
    pub(crate) env: Env<'a>,
    /// The variable and the value of a password from the environment.
    pub(crate) password: Option<(&'static str, SecretString)>,
    /// Directory of `config.toml` (`config-PROFILE.toml` of other profiles than `default`).
    pub(crate) dir: Option<&'a Path>,
}

impl Config {
    /// Reads the configuration of `profile`.
    ///
    /// # Errors
    /// The first [`ConfigError`] found.
    pub(crate) fn load(profile: &str, inputs: Inputs<'_>) -> Result<Self, ConfigError> {
        let mut file = file::read(profile, inputs.dir)?;
        let paired = matches!(inputs.password, Some(("PASSWORD", _)));
        // An MCP client passes an empty value for a reference that it cannot resolve.
        let env = &|name: &str| match name {
            variables::PLAIN_USERNAME if !paired => None,
            _ => (inputs.env)(name).filter(|value| !value.is_empty()),
        };
        if let Some(username) = sources::credential_username(env)? {
            file.values.insert("username".to_owned(), username);
        }
        let mut lookup = Lookup {
            env,
            file: file.values,
            settings: Vec::new(),
        };
        let settings = Settings::read(&mut lookup)?;
        let changed = lookup.settings;
        let source = sources::choose(profile, &settings, inputs.password, env)?;
        Ok(Self {
            profile: profile.to_owned(),
            settings,
            source,
            policy: Policy::new(file.instances)?,
            changed,
        })
    }

    /// Reads the configuration of `profile` from this process's environment. `taid run` uses
    /// [`Config::load`] instead, because it removes the password from its environment first.
    ///
    /// # Errors
    /// The first [`ConfigError`] found.
    pub(crate) fn of_this_process(profile: &str) -> Result<Self, ConfigError> {
        let env = |name: &str| std::env::var(name).ok();
        let dirs = tai_proto::endpoint::project_dirs();
        let inputs = Inputs {
            env: &env,
            password: sources::password_in(&env),
            dir: dirs.as_ref().map(|dirs| dirs.config_dir()),
        };
        Self::load(profile, inputs)
    }
}

/// Entry point of tests/fuzz.
#[cfg(fuzzing)]
pub(crate) fn fuzz(text: &str) {
    if let Ok(file) = file::parse(text, Path::new("config.toml")) {
        let _ = Policy::new(file.instances);
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
