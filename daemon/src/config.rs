//! The configuration: defaults, then the file, then the environment. Every bad value is an
//! error that names the variable or the key and says the rule. The password is not part of
//! it: see [`crate::session::credentials`].

use crate::session::credentials::Source;
use reqwest::Url;
use serde::Deserialize;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tai_proto::name;

/// What the daemon runs with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Which of the user's daemons this is.
    pub profile: String,
    /// Where the credentials come from.
    pub credentials: Source,
    /// The registered username.
    pub username: Option<String>,
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
    /// How much is logged (seed: `LOG_LEVEL`).
    pub log_level: LogLevel,
}

/// Seed: `LOG_LEVEL` (`error|warn|info|debug`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
}

/// A value that cannot be used, or a file that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{origin} cannot be used: {rule}")]
    Value { origin: String, rule: String },
    #[error("the configuration file {} cannot be read", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("line {line} of the configuration file {} is not valid: {message}", path.display())]
    Parse {
        path: PathBuf,
        line: usize,
        message: String,
    },
    #[error("the configuration file {} has a password in it", path.display())]
    PasswordInFile { path: PathBuf },
}

impl ConfigError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            ConfigError::Value { .. } => "Correct it and start taid again.",
            ConfigError::Read { .. } => {
                "Check that the file and its directory are yours and readable."
            }
            ConfigError::Parse { .. } => {
                "Correct the line, or move the file away to run without it."
            }
            ConfigError::PasswordInFile { .. } => {
                "Remove it and set TAI_MCP_PASSWORD where taid is started; then change the password, \
                 which others may have read."
            }
        }
    }
}

/// The file, as it is written. Every key is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    username: Option<String>,
    instance: Option<String>,
    user_email: Option<String>,
    api_base_url: Option<String>,
    api_timeout: Option<u64>,
    poll_interval: Option<u64>,
    log_level: Option<String>,
    password: Option<toml::Value>,
}

/// A value and where it came from.
struct Found {
    value: String,
    origin: String,
}

/// The variable that holds the password, the first that is set of these.
const PASSWORD_VARIABLES: [&str; 2] = ["TAI_MCP_PASSWORD", "PASSWORD"];

/// Looks a variable up. An empty one is one that is not set: MCP clients pass `""` for a
/// reference they could not resolve.
type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Config {
    /// Reads everything for `profile`. `env` looks a variable up; `dir` is where `config.toml`
    /// may be (`config-PROFILE.toml` for other profiles than `default`).
    ///
    /// # Errors
    /// The first [`ConfigError`] found.
    pub fn load(profile: &str, env: Env<'_>, dir: Option<&Path>) -> Result<Self, ConfigError> {
        let file = match dir {
            Some(dir) => read(&dir.join(file_name(profile)))?,
            None => File::default(),
        };
        let env = &|name: &str| env(name).filter(|value| !value.is_empty());
        let pick = |variables: &[&str], key: &str, in_file: Option<String>| -> Option<Found> {
            let set = variables.iter().find_map(|name| {
                env(name).map(|value| Found {
                    value,
                    origin: (*name).to_owned(),
                })
            });
            set.or_else(|| {
                in_file.map(|value| Found {
                    value,
                    origin: format!("`{key}` in {}", file_name(profile)),
                })
            })
        };
        let text = |number: Option<u64>| number.map(|number| number.to_string());

        let username = pick(&["TAI_MCP_USERNAME", "NAME"], "username", file.username)
            .map(|found| checked(found, name::username))
            .transpose()?;
        let instance = pick(&["TAI_MCP_INSTANCE", "INSTANCE"], "instance", file.instance)
            .map(|found| checked(found, name::instance))
            .transpose()?;
        let user_email = pick(
            &["TAI_MCP_USEREMAIL", "USEREMAIL"],
            "user_email",
            file.user_email,
        );
        let base_url = match pick(
            &["TAI_MCP_API_BASE_URL", "API_BASE_URL"],
            "api_base_url",
            file.api_base_url,
        ) {
            Some(found) => base_url(&found)?,
            None => base_url(&Found {
                value: "https://tai.chat".into(),
                origin: "the default".into(),
            })?,
        };
        let api_timeout = pick(
            &["TAI_MCP_API_TIMEOUT", "API_TIMEOUT"],
            "api_timeout",
            text(file.api_timeout),
        )
        .map_or(Ok(30_000), |found| milliseconds(&found, 5_000, 300_000))?;
        let poll_interval = pick(
            &["TAI_MCP_POLL_INTERVAL", "POLL_INTERVAL"],
            "poll_interval",
            text(file.poll_interval),
        )
        .map_or(Ok(5_000), |found| milliseconds(&found, 1_000, 60_000))?;
        let log_level = match pick(
            &["TAI_MCP_LOG_LEVEL", "LOG_LEVEL"],
            "log_level",
            file.log_level,
        ) {
            Some(found) => log_level(&found)?,
            None => LogLevel::Info,
        };
        let password = PASSWORD_VARIABLES
            .into_iter()
            .find(|name| env(name).is_some());
        let credentials = match (&username, password) {
            (Some(username), Some(variable)) => {
                check_password(variable, env)?;
                Source::Environment {
                    username: username.clone(),
                    variable,
                }
            }
            _ => Source::Nowhere,
        };
        Ok(Self {
            profile: profile.to_owned(),
            credentials,
            username,
            instance,
            user_email: user_email.map(|found| found.value),
            base_url,
            api_timeout: Duration::from_millis(api_timeout),
            poll_interval: Duration::from_millis(poll_interval),
            log_level,
        })
    }
}

fn file_name(profile: &str) -> String {
    match profile {
        "default" => "config.toml".to_owned(),
        other => format!("config-{other}.toml"),
    }
}

fn read(path: &Path) -> Result<File, ConfigError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(File::default()),
        Err(source) => {
            return Err(ConfigError::Read {
                path: path.to_owned(),
                source,
            });
        }
    };
    let file: File = toml::from_str(&text).map_err(|error| {
        // toml's own words for it quote the line, which may hold what is never to be shown.
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = 1 + before.unwrap_or_default().matches('\n').count();
        let message = error.message().to_owned();
        ConfigError::Parse {
            path: path.to_owned(),
            line,
            message,
        }
    })?;
    if file.password.is_some() {
        return Err(ConfigError::PasswordInFile {
            path: path.to_owned(),
        });
    }
    Ok(file)
}

fn bad(origin: &str, rule: impl ToString) -> ConfigError {
    ConfigError::Value {
        origin: origin.to_owned(),
        rule: rule.to_string(),
    }
}

fn checked(
    found: Found,
    rule: impl Fn(&str) -> Result<(), name::NameError>,
) -> Result<String, ConfigError> {
    rule(&found.value).map_err(|error| bad(&found.origin, error))?;
    Ok(found.value)
}

/// Seed: "All authentication goes over HTTPS"; loopback, where the sandbox is, excepted.
fn base_url(found: &Found) -> Result<Url, ConfigError> {
    let url: Url = found
        .value
        .parse()
        .map_err(|_| bad(&found.origin, "it is not a URL"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad(
            &found.origin,
            "a URL with a username or password in it is not taken",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(bad(&found.origin, "a base URL ends before any ? or #"));
    }
    let loopback = match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback => Ok(url),
        "http" => Err(bad(
            &found.origin,
            "it must begin with https://; http:// is for loopback alone",
        )),
        _ => Err(bad(&found.origin, "it must begin with https://")),
    }
}

fn milliseconds(found: &Found, least: u64, most: u64) -> Result<u64, ConfigError> {
    let rule = || format!("it is a number of milliseconds from {least} to {most}");
    let number: u64 = found
        .value
        .trim()
        .parse()
        .map_err(|_| bad(&found.origin, rule()))?;
    if (least..=most).contains(&number) {
        Ok(number)
    } else {
        Err(bad(&found.origin, rule()))
    }
}

fn log_level(found: &Found) -> Result<LogLevel, ConfigError> {
    match found.value.to_ascii_lowercase().as_str() {
        "error" => Ok(LogLevel::Error),
        "warn" => Ok(LogLevel::Warn),
        "info" => Ok(LogLevel::Info),
        "debug" => Ok(LogLevel::Debug),
        _ => Err(bad(&found.origin, "it is one of error, warn, info, debug")),
    }
}

/// Seed: "Password: 8-128 characters". Its own bytes are never shown, not even their number.
fn check_password(variable: &str, env: Env<'_>) -> Result<(), ConfigError> {
    let fits = env(variable).is_some_and(|password| (8..=128).contains(&password.chars().count()));
    if fits {
        Ok(())
    } else {
        Err(bad(variable, "a password has 8 to 128 characters"))
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
