//! Which source of the password is configured: the order is in the doc of [`super`]. It
//! looks at what is configured and asks nobody for a password.

use super::{ConfigError, Env, Found, rules::bad};
use secrecy::{ExposeSecret as _, SecretString};
use std::path::PathBuf;
use tai_auth::credentials::{Credentials, Giver, PASSWORD_VARIABLES, Source, is_password};

/// The password in an environment, and the variable that has it.
pub(crate) fn password_in(env: Env<'_>) -> Option<(&'static str, SecretString)> {
    PASSWORD_VARIABLES.into_iter().find_map(|name| {
        let value = env(name).filter(|value| !value.is_empty())?;
        Some((name, SecretString::from(value)))
    })
}

/// systemd's file for a credential of this name, if there is one.
fn credential(env: Env<'_>, name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env("CREDENTIALS_DIRECTORY")?).join(name);
    path.exists().then_some(path)
}

/// The username that systemd was told, if it was told one.
pub(super) fn credential_username(env: Env<'_>) -> Result<Option<Found>, ConfigError> {
    let Some(path) = credential(env, "tai-username") else {
        return Ok(None);
    };
    let text =
        std::fs::read_to_string(&path).map_err(|source| ConfigError::Read { path, source })?;
    Ok(Some(Found {
        value: text.trim().to_owned(),
        origin: "the systemd credential tai-username".to_owned(),
    }))
}

/// What there is to choose from.
pub(super) struct Choice<'a> {
    pub(super) profile: &'a str,
    pub(super) username: Option<String>,
    pub(super) password: Option<(&'static str, SecretString)>,
    pub(super) env: Env<'a>,
    pub(super) command: Option<Vec<String>>,
    pub(super) file: Option<String>,
}

pub(super) fn choose(choice: Choice<'_>) -> Result<Source, ConfigError> {
    let Choice {
        profile,
        username,
        password,
        env,
        command,
        file,
    } = choice;
    if command.is_some() && file.is_some() {
        let rule = "`password_file` is there too, and only one of them can be meant";
        return Err(bad("`password_command`", rule));
    }
    if command.as_ref().is_some_and(Vec::is_empty) {
        let rule = "it is a list: the program, then its arguments";
        return Err(bad("`password_command`", rule));
    }
    if let Some((variable, password)) = &password {
        check_password(variable, password)?;
    }
    let Some(username) = username else {
        // The keyring knows whose password it has; the others do not.
        let profile = profile.to_owned();
        let alone = password.is_none() && command.is_none() && file.is_none();
        return Ok(match alone && credential(env, "tai-password").is_none() {
            true => Source::Keyring {
                username: None,
                profile,
            },
            false => Source::Nowhere { username: None },
        });
    };
    Ok(if let Some((variable, password)) = password {
        let giver = Giver::Variable(variable);
        let credentials = Credentials { username, password };
        Source::Held { credentials, giver }
    } else if let Some(path) = credential(env, "tai-password") {
        Source::Systemd { username, path }
    } else if let Some(argv) = command {
        Source::Command { username, argv }
    } else if let Some(path) = file {
        let path = absolute(&path)?;
        Source::File { username, path }
    } else {
        Source::Keyring {
            username: Some(username),
            profile: profile.to_owned(),
        }
    })
}

/// A relative path would depend on where taid was started.
fn absolute(path: &str) -> Result<PathBuf, ConfigError> {
    let full = match path.strip_prefix("~/") {
        Some(rest) => std::env::home_dir().map(|home| home.join(rest)),
        None => Some(PathBuf::from(path)),
    };
    full.filter(|path| path.is_absolute())
        .ok_or_else(|| bad("`password_file`", "it begins with / or with ~/"))
}

/// Seed: "Password: 8-128 characters". Its own bytes are never shown, not even their number.
fn check_password(variable: &str, password: &SecretString) -> Result<(), ConfigError> {
    if is_password(password.expose_secret()) {
        Ok(())
    } else {
        Err(bad(variable, "a password has 8 to 128 characters"))
    }
}
