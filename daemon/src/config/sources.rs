//! Selects the configured credential source, and reads none.
//!
//! The first configured source of this list is used. If it fails, the failure is reported, and no
//! later source is tried.
//!
//! 1. The variables `TAI_MCP_PASSWORD`, then `PASSWORD`.
//! 2. The systemd credential `tai-password` (and `tai-username`).
//! 3. `password_command`, 4. `password_file`.
//! 5. The system's keyring, then the password that a client offers.

use super::{ConfigError, Env, Settings, lookup::Found};
use secrecy::{ExposeSecret as _, SecretString};
use std::path::PathBuf;
use tai_auth::credentials::{CredentialOrigin, Credentials, Source, is_password};
use tai_proto::variables;

/// Returns the password in an environment, and its variable. An empty variable counts as unset.
pub(super) fn password_in(env: Env<'_>) -> Option<(&'static str, SecretString)> {
    variables::PASSWORDS.into_iter().find_map(|name| {
        let value = env(name).filter(|value| !value.is_empty())?;
        Some((name, SecretString::from(value)))
    })
}

/// Returns the file of a systemd credential (`LoadCredential=`), if there is one.
fn credential(env: Env<'_>, name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env("CREDENTIALS_DIRECTORY")?).join(name);
    path.exists().then_some(path)
}

/// Reads the systemd credential `tai-username`, if there is one.
pub(super) fn credential_username(env: Env<'_>) -> Result<Option<Found>, ConfigError> {
    let Some(path) = credential(env, "tai-username") else {
        return Ok(None);
    };
    let text =
        std::fs::read_to_string(&path).map_err(|source| ConfigError::Read { path, source })?;
    Ok(Some(Found {
        value: toml::Value::String(text.trim().to_owned()),
        origin: "the systemd credential tai-username".to_owned(),
    }))
}

/// Selects the source.
pub(super) fn choose(
    profile: &str,
    settings: &Settings,
    password: Option<(&'static str, SecretString)>,
    env: Env<'_>,
) -> Result<Source, ConfigError> {
    let (command, file) = (&settings.password_command, &settings.password_file);
    if command.is_some() && file.is_some() {
        let rule = "`password_file` is set too; set only one of them";
        return Err(ConfigError::value("`password_command`", rule));
    }
    if let Some((variable, password)) = &password {
        check_password(variable, password)?;
    }
    let credential = credential(env, "tai-password");
    let Some(username) = settings.username.clone() else {
        // Only the keyring stores the username too.
        let other =
            password.is_some() || credential.is_some() || command.is_some() || file.is_some();
        let profile = profile.to_owned();
        return Ok(match other {
            true => Source::Unconfigured { username: None },
            false => Source::Keyring {
                username: None,
                profile,
            },
        });
    };
    Ok(if let Some((variable, password)) = password {
        let origin = CredentialOrigin::Variable(variable);
        let credentials = Credentials { username, password };
        Source::Held {
            credentials,
            origin,
        }
    } else if let Some(path) = credential {
        Source::Systemd { username, path }
    } else if let Some(argv) = command.clone() {
        Source::Command { username, argv }
    } else if let Some(path) = file.clone() {
        Source::File { username, path }
    } else {
        Source::Keyring {
            username: Some(username),
            profile: profile.to_owned(),
        }
    })
}

/// Checks a password (seed: "Password: 8-128 characters"). The error does not
/// contain its length.
fn check_password(variable: &str, password: &SecretString) -> Result<(), ConfigError> {
    match is_password(password.expose_secret()) {
        true => Ok(()),
        false => Err(ConfigError::value(variable, "expected 8 to 128 characters")),
    }
}
