//! The configuration: environment variables, then the file, then defaults. The error of an invalid
//! value names its variable or key and states the rule.
//!
//! [`keys()`] lists the keys, and [`docs`] renders their documentation. This module selects the
//! configured credential source and does not read it. It uses `tai_auth` and `tai_proto`, and no
//! other module of the daemon.

mod choices;
pub mod docs;
mod environment;
mod error;
mod file;
mod instances;
mod keys;
mod kinds;
mod lookup;
mod mail_address;
mod patterns;
mod sources;
mod stamp;
mod store_url;

pub(crate) use choices::{ConfirmPolicy, LogLevel, NotifyPolicy};
pub(crate) use environment::{Env, password_in, taken_password};
pub(crate) use error::ConfigError;
pub(crate) use instances::{ActivePolicy, Policy, Rules, SendLimits};
pub(crate) use keys::Settings;
pub use keys::{Key, keys};
pub(crate) use kinds::has_stray_ends;
pub(crate) use lookup::Setting;
pub(crate) use stamp::Stamp;

use environment::Environment;
use file::File;
use kinds::Entry as _;
use lookup::{Found, Lookup};
use secrecy::SecretString;
use sources::Bindings;
use std::path::Path;
use tai_auth::{
    base_url::{BaseUrl, Origin},
    bridge::{HttpBridge, NetworkOptions, SetupError},
    credentials::Source,
};
use tai_proto::names::{Profile, Username};

/// Key of the bridge.
const BRIDGE: &str = "api_base_url";
/// Keys of the file that belong to its account.
const OF_ACCOUNT: [&str; 3] = ["username", "password_command", "password_file"];

/// The configuration of one profile.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// The profile.
    pub(crate) profile: Profile,
    /// Values of the keys.
    pub(crate) settings: Settings,
    /// The account, if the profile is the profile of one account.
    account: Option<Username>,
    /// Whether the environment names the bridge.
    names_bridge: bool,
    /// The configured credential source.
    pub(crate) source: Source,
    /// The bridge whose password the keyring may contain; `None` if it may contain none.
    pub(crate) keyring: Option<Origin>,
    /// Rules of each instance: its tools, correspondents and limits.
    pub(crate) policy: Policy,
    /// Values that are set, for `taid doctor`.
    pub(crate) changed: Vec<Setting>,
    /// Sentences about variables that are set and ignored.
    pub(crate) ignored: Vec<String>,
    /// State of the files before they were read.
    pub(crate) stamp: Stamp,
    /// Whether there is a file with more than white space.
    pub(crate) has_text: bool,
}

/// Inputs of a configuration.
pub(crate) struct Inputs<'a> {
    /// Looks up an environment variable.
    pub(crate) env: Env<'a>,
    /// The variable and the value of a password from the environment.
    pub(crate) password: Option<(&'static str, SecretString)>,
    /// Directory of `config.toml` (`config-PROFILE.toml` of other profiles than `default`).
    pub(crate) dir: Option<&'a Path>,
    /// The account, if `profile` is the profile of one account.
    pub(crate) account: Option<&'a Username>,
}

impl Config {
    /// Returns the bridge if the environment names it.
    pub(crate) fn named_bridge(&self) -> Option<Origin> {
        let bridge = self.settings.api_base_url.origin();
        self.names_bridge.then_some(bridge)
    }

    /// Returns the profile of the own daemon of an account at this bridge. A client that names the
    /// bridge of the file has the account of those that name none.
    pub(crate) fn profile_of(&self, account: &Username) -> Profile {
        self.profile_at(account, self.names_bridge)
    }

    /// As [`Config::profile_of`], for a client that names this bridge or none.
    pub(crate) fn profile_at(&self, account: &Username, names_bridge: bool) -> Profile {
        let bridge = self.settings.api_base_url.origin();
        let is_of_file = self.keyring.as_ref() == Some(&bridge);
        let named = (names_bridge && !is_of_file).then_some(bridge.as_str());
        Profile::of_account(account, named)
    }

    /// Reads the configuration of `profile`.
    ///
    /// # Errors
    /// The first [`ConfigError`] found.
    pub(crate) fn load(profile: &Profile, inputs: Inputs<'_>) -> Result<Self, ConfigError> {
        let stamp = Stamp::of(profile, inputs.dir);
        let mut env = Environment::new(inputs.env, inputs.password)?;
        let names = Settings::variables(BRIDGE);
        let mut has_bridge = false;
        for name in names {
            has_bridge |= env.get(name)?.is_some();
        }
        let mut file = match inputs.account {
            None => file::read(profile, inputs.dir)?,
            Some(account) => of_account(profile, account, inputs.dir, has_bridge)?,
        };
        if let Some(username) = sources::credential_username(&env)? {
            file.values.insert("username".to_owned(), username);
        }
        let url = file_bridge(&file)?;
        let is_in_file = file.values.contains_key(BRIDGE);
        let mut lookup = Lookup {
            env: &env,
            file: file.values,
            settings: Vec::new(),
        };
        let settings = Settings::read(&mut lookup)?;
        let policy = Policy::new(file.instances)?;
        let mut changed = lookup.settings;
        store_url::check_set(&changed)?;
        changed.extend(policy.settings(&file.name));
        let bridge = settings.api_base_url.origin();
        let bindings = Bindings {
            keyring: match inputs.account {
                None => Some(url.origin()),
                // The profile is of the account at this bridge.
                Some(_) => (bridge.is_https() || is_in_file && !has_bridge).then_some(bridge),
            },
            file: url.origin(),
        };
        let source = sources::choose(profile, &settings, &mut env, &bindings)?;
        Ok(Self {
            profile: profile.clone(),
            account: inputs.account.cloned(),
            names_bridge: has_bridge,
            settings,
            source,
            keyring: bindings.keyring,
            policy,
            changed,
            ignored: env.notes(),
            stamp,
            has_text: file.has_text,
        })
    }

    /// Sets up the bridge that the configuration names. Nothing is sent.
    ///
    /// # Errors
    /// [`SetupError`].
    pub(crate) fn bridge(&self) -> Result<HttpBridge, SetupError> {
        let base = self.settings.api_base_url.clone();
        HttpBridge::with_options(base, self.settings.api_timeout, &self.network())
    }

    /// Returns the settings of the network.
    pub(crate) fn network(&self) -> NetworkOptions {
        self.settings.network(&self.profile.config_file())
    }

    /// Reads the configuration of `profile` from this process's environment. `taid run` uses
    /// [`Config::load`] instead, because it removes the password from its environment first.
    ///
    /// # Errors
    /// The first [`ConfigError`] found.
    pub(crate) fn of_this_process(profile: &Profile, dir: &Path) -> Result<Self, ConfigError> {
        Self::read(profile, None, dir)
    }

    /// Returns what reads this profile's configuration in `dir` again, on any thread.
    pub(crate) fn rereading(
        &self,
        dir: &Path,
    ) -> impl FnOnce() -> Result<Self, ConfigError> + Send + use<> {
        let (profile, account) = (self.profile.clone(), self.account.clone());
        let dir = dir.to_owned();
        move || Self::read(&profile, account.as_ref(), &dir)
    }

    fn read(
        profile: &Profile,
        account: Option<&Username>,
        dir: &Path,
    ) -> Result<Self, ConfigError> {
        let env = |name: &str| std::env::var(name);
        let inputs = Inputs {
            env: &env,
            password: password_in(&env)?,
            dir: Some(dir),
            account,
        };
        Self::load(profile, inputs)
    }
}

/// Reads the file of the profile of one account. Without a file of its own, the rules of
/// `config.toml` apply, and its credentials do not. `has_bridge` says that the environment names the
/// bridge, which precedes that of `config.toml`.
fn of_account(
    profile: &Profile,
    account: &Username,
    dir: Option<&Path>,
    has_bridge: bool,
) -> Result<File, ConfigError> {
    let has_own = dir.is_some_and(|dir| file::path_of(profile, dir).exists());
    let mut file = match has_own {
        true => file::read(profile, dir)?,
        false => {
            let mut file = file::read(&Profile::default(), dir)?;
            for key in OF_ACCOUNT {
                file.values.remove(key);
            }
            if has_bridge {
                file.values.remove(BRIDGE);
            }
            file
        }
    };
    let username = || Found {
        value: toml::Value::String(account.to_string()),
        origin: "the account of this profile".to_owned(),
    };
    file.values
        .entry("username".to_owned())
        .or_insert_with(username);
    Ok(file)
}

/// Returns the bridge of the file, else the default.
fn file_bridge(file: &File) -> Result<BaseUrl, ConfigError> {
    let found = file.values.get(BRIDGE);
    let url = keys::bridge().read(found.map(|found| &found.value));
    url.map_err(|rule| {
        let origin = found.map_or("the default", |found| &found.origin);
        ConfigError::value(origin, rule)
    })
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

#[cfg(test)]
mod binding_tests;
