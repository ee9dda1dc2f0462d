//! Selects the configured credential source and the bridge that it is for, and reads none.
//!
//! The first configured source is used, and its failure is reported: the variable `TAI_MCP_PASSWORD`,
//! or `PASSWORD` beside `NAME`; the systemd credentials `tai-password` and `tai-username`;
//! `password_command`; `password_file`; the keyring, then the password that a client offers.
//!
//! A password of the environment is for the bridge of the environment, else for that of the file.
//! Every other one is for the bridge of the file, whatever the environment says.

use super::{ConfigError, Settings, environment::Environment, lookup::Found};
use secrecy::{ExposeSecret as _, SecretString};
use std::path::PathBuf;
use tai_auth::{
    base_url::Origin,
    credentials::{CredentialOrigin, Credentials, PASSWORD_RULE, Source, is_password},
    regular_file,
};
use tai_proto::names::Profile;

/// Longest file of a systemd credential with a name, in bytes.
const MAX_NAME: u64 = 4 << 10;

/// The bridges that get the passwords of a configuration.
pub(super) struct Bindings {
    /// Bridge of the file, else the default.
    pub(super) file: Origin,
    /// Bridge of the keyring's entry; `None` disables the keyring.
    pub(super) keyring: Option<Origin>,
}

/// Returns the file of a systemd credential (`LoadCredential=`), if there is one.
fn credential(env: &Environment<'_>, name: &str) -> Result<Option<PathBuf>, ConfigError> {
    let dir = env.get("CREDENTIALS_DIRECTORY")?;
    let path = dir.map(|dir| PathBuf::from(dir).join(name));
    Ok(path.filter(|path| path.exists()))
}

/// Reads the systemd credential `tai-username`, if there is one.
pub(super) fn credential_username(env: &Environment<'_>) -> Result<Option<Found>, ConfigError> {
    let Some(path) = credential(env, "tai-username")? else {
        return Ok(None);
    };
    let text = regular_file::read_text(&path, MAX_NAME)
        .map_err(|source| ConfigError::Read { path, source })?;
    Ok(Some(Found {
        value: toml::Value::String(text.trim().to_owned()),
        origin: "the systemd credential tai-username".to_owned(),
    }))
}

/// Selects the source.
pub(super) fn choose(
    profile: &Profile,
    settings: &Settings,
    env: &mut Environment<'_>,
    bindings: &Bindings,
) -> Result<Source, ConfigError> {
    let (command, file) = (&settings.password_command, &settings.password_file);
    if command.is_some() && file.is_some() {
        let rule = "`password_file` is set too; set only one of them";
        return Err(ConfigError::value("`password_command`", rule));
    }
    let credential = credential(env, "tai-password")?;
    let is_elsewhere =
        env.has_password() || credential.is_some() || command.is_some() || file.is_some();
    let keyring = |username| match &bindings.keyring {
        Some(bridge) => Source::Keyring {
            username,
            profile: profile.clone(),
            bridge: bridge.clone(),
        },
        None => Source::Unconfigured { username },
    };
    let password = env.take_password();
    if let Some((variable, password)) = &password {
        check_password(variable, password)?;
    }
    let Some(username) = settings.username.clone() else {
        // Only the keyring stores the username too.
        return Ok(match is_elsewhere {
            true => Source::Unconfigured { username: None },
            false => keyring(None),
        });
    };
    let bridge = bindings.file.clone();
    Ok(if let Some((variable, password)) = password {
        Source::Held {
            credentials: Credentials {
                username,
                password,
                bridge: settings.api_base_url.origin(),
            },
            origin: CredentialOrigin::Variable(variable),
        }
    } else if let Some(path) = credential {
        Source::Systemd {
            username,
            path,
            bridge,
        }
    } else if let Some(argv) = command.clone() {
        Source::Command {
            username,
            argv,
            bridge,
        }
    } else if let Some(path) = file.clone() {
        Source::File {
            username,
            path,
            bridge,
        }
    } else {
        keyring(Some(username))
    })
}

/// Checks a password (seed: "Password: 8-128 characters"). The error does not
/// contain its length.
fn check_password(variable: &str, password: &SecretString) -> Result<(), ConfigError> {
    match is_password(password.expose_secret()) {
        true => Ok(()),
        false => Err(ConfigError::value(
            variable,
            format!("expected {PASSWORD_RULE}"),
        )),
    }
}
