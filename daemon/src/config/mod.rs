//! The configuration: defaults, then the file, then the environment. Every bad value is an
//! error that names the variable or the key and says the rule.
//!
//! The password comes from the first of these that is configured; one that is configured and
//! fails is an error, never a reason to try the next:
//!
//! 1. the variables `TAI_MCP_PASSWORD`, then `PASSWORD`;
//! 2. the systemd credential `tai-password` (and `tai-username`);
//! 3. `password_command` in the file;
//! 4. `password_file` in the file;
//! 5. the system's keyring, which `taid login --save` fills;
//! 6. an MCP client that was configured with one, once it connects.
//!
//! `taid login` comes before all of them until taid ends.

mod error;
mod file;
mod permits;
mod rules;
mod sources;

pub use error::ConfigError;
pub(crate) use file::file_name;
pub(crate) use permits::InForce;
pub use permits::Permits;
pub(crate) use rules::has_stray_ends;
pub(crate) use sources::password_in;
pub use tai_auth::credentials::PASSWORD_VARIABLES;

use crate::mail::approvals::Confirm;
use reqwest::Url;
use rules::{base_url, checked, confirm, log_level, milliseconds, seconds, tidy};
use secrecy::SecretString;
use std::{path::Path, time::Duration};
use tai_auth::credentials::Source;
use tai_proto::name;

/// What the daemon runs with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Which of the user's daemons this is.
    pub profile: String,
    /// Where the password comes from.
    pub source: Source,
    /// The instance of clients that name none.
    pub instance: Option<String>,
    /// The recipient of mails that name none (seed: `USEREMAIL`).
    pub user_email: Option<String>,
    /// The bridge (seed: `API_BASE_URL`).
    pub base_url: Url,
    /// How long one request may take (seed: `API_TIMEOUT`).
    pub api_timeout: Duration,
    /// How often new mail is looked for while somebody waits for it (seed: `POLL_INTERVAL`).
    pub poll_interval: Duration,
    /// After how long without clients a daemon ends that a client started.
    pub idle_exit: Duration,
    /// How much is logged (seed: `LOG_LEVEL`).
    pub log_level: LogLevel,
    /// About which mails a person is asked before they are sent.
    pub confirm: Confirm,
    /// What the instances may do.
    pub permits: Permits,
    /// Where each value that is not a default came from, for `taid doctor`.
    pub settings: Vec<Setting>,
}

/// Seed: `LOG_LEVEL` (`error|warn|info|debug`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
}

/// A value that somebody set, and where. Never a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its key in the file.
    pub key: &'static str,
    /// The value.
    pub value: String,
    /// The variable, or the key and its file.
    pub origin: String,
}

/// A value and where it came from.
struct Found {
    value: String,
    origin: String,
}

/// Looks a variable up.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What a configuration is made from.
pub struct Inputs<'a> {
    /// Looks a variable up.
    pub env: Env<'a>,
    /// The password that was in the environment, and the variable that had it.
    pub password: Option<(&'static str, SecretString)>,
    /// Where `config.toml` may be (`config-PROFILE.toml` for other profiles than `default`).
    pub dir: Option<&'a Path>,
}

impl Config {
    /// Reads everything for `profile`.
    ///
    /// # Errors
    /// The first [`ConfigError`] found.
    pub fn load(profile: &str, inputs: Inputs<'_>) -> Result<Self, ConfigError> {
        let file = file::read(profile, inputs.dir)?;
        // MCP clients pass "" for a reference they could not resolve.
        let env = &|name: &str| (inputs.env)(name).filter(|value| !value.is_empty());
        let mut settings = Vec::new();
        let filed = |key: &str, value: Option<String>| {
            let origin = format!("`{key}` in {}", file_name(profile));
            value.map(|value| Found { value, origin })
        };
        let mut pick = |variables: &[&str], key: &'static str, otherwise: Option<Found>| {
            let set = variables.iter().find_map(|name| {
                env(name).map(|value| Found {
                    value,
                    origin: (*name).to_owned(),
                })
            });
            let found = set.or(otherwise)?;
            settings.push(Setting {
                key,
                value: found.value.clone(),
                origin: found.origin.clone(),
            });
            Some(found)
        };
        let text = |number: Option<u64>| number.map(|number| number.to_string());

        // `NAME` and `PASSWORD` are a pair: on WSL, and elsewhere, `NAME` alone is the host's.
        let paired = matches!(inputs.password, Some(("PASSWORD", _)));
        let variables: &[&str] = if paired {
            &["TAI_MCP_USERNAME", "NAME"]
        } else {
            &["TAI_MCP_USERNAME"]
        };
        let credential = sources::credential_username(env)?;
        let otherwise = credential.or_else(|| filed("username", file.username));
        let username = pick(variables, "username", otherwise)
            .map(|found| checked(found, name::username))
            .transpose()?;
        let instance = pick(
            &["TAI_MCP_INSTANCE", "INSTANCE"],
            "instance",
            filed("instance", file.instance),
        )
        .map(|found| checked(found, name::instance))
        .transpose()?;
        let user_email = pick(
            &["TAI_MCP_USEREMAIL", "USEREMAIL"],
            "user_email",
            filed("user_email", file.user_email),
        )
        .map(|found| tidy(&found).map(|()| found.value))
        .transpose()?;
        let base_url = base_url(
            pick(
                &["TAI_MCP_API_BASE_URL", "API_BASE_URL"],
                "api_base_url",
                filed("api_base_url", file.api_base_url),
            )
            .unwrap_or_else(|| Found {
                value: "https://tai.chat".into(),
                origin: "the default".into(),
            }),
        )?;
        let api_timeout = pick(
            &["TAI_MCP_API_TIMEOUT", "API_TIMEOUT"],
            "api_timeout",
            filed("api_timeout", text(file.api_timeout)),
        )
        .map_or(Ok(30_000), |found| milliseconds(&found, 5_000, 300_000))?;
        let poll_interval = pick(
            &["TAI_MCP_POLL_INTERVAL", "POLL_INTERVAL"],
            "poll_interval",
            filed("poll_interval", text(file.poll_interval)),
        )
        .map_or(Ok(5_000), |found| milliseconds(&found, 1_000, 60_000))?;
        let idle_exit = pick(
            &["TAI_MCP_IDLE_EXIT"],
            "idle_exit",
            filed("idle_exit", text(file.idle_exit)),
        )
        .map_or(Ok(1_800), |found| seconds(&found, 1, 86_400))?;
        let log_level = pick(
            &["TAI_MCP_LOG_LEVEL", "LOG_LEVEL"],
            "log_level",
            filed("log_level", file.log_level),
        )
        .map_or(Ok(LogLevel::Info), |found| log_level(&found))?;
        // In the file alone: the environment is what MCP clients have a say in.
        let confirm = pick(
            &[],
            "confirm_send",
            filed("confirm_send", file.confirm_send),
        )
        .map_or(Ok(Confirm::Never), |found| confirm(&found))?;
        let source = sources::choose(sources::Choice {
            profile,
            username,
            password: inputs.password,
            env,
            command: file.password_command,
            file: file.password_file,
        })?;
        Ok(Self {
            profile: profile.to_owned(),
            source,
            instance,
            user_email,
            base_url,
            api_timeout: Duration::from_millis(api_timeout),
            poll_interval: Duration::from_millis(poll_interval),
            idle_exit: Duration::from_secs(idle_exit),
            log_level,
            confirm,
            permits: Permits::new(file.instances)?,
            settings,
        })
    }

    /// Reads everything for a command that does not take the password out of the environment
    /// first, as `taid run` does.
    ///
    /// # Errors
    /// The first [`ConfigError`] found.
    pub fn of_this_process(profile: &str) -> Result<Self, ConfigError> {
        let env = |name: &str| std::env::var(name).ok();
        let dirs = tai_proto::endpoint::project_dirs();
        let inputs = Inputs {
            env: &env,
            password: password_in(&env),
            dir: dirs.as_ref().map(|dirs| dirs.config_dir()),
        };
        Self::load(profile, inputs)
    }
}

/// A door for tests/fuzz.
#[cfg(fuzzing)]
pub(crate) fn fuzz(text: &str) {
    if let Ok(file) = file::parse(text, Path::new("config.toml")) {
        let _ = Permits::new(file.instances);
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
