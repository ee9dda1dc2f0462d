//! `config.toml`: its keys, and reading it.

use super::ConfigError;
use serde::Deserialize;
use std::path::Path;

/// The file, as it is written. Every key is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) username: Option<String>,
    pub(super) instance: Option<String>,
    pub(super) user_email: Option<String>,
    pub(super) api_base_url: Option<String>,
    pub(super) api_timeout: Option<u64>,
    pub(super) poll_interval: Option<u64>,
    /// In seconds.
    pub(super) idle_exit: Option<u64>,
    pub(super) log_level: Option<String>,
    /// The program that prints the password, and its arguments.
    pub(super) password_command: Option<Vec<String>>,
    /// A file of mode 0600 with the password in its first line.
    pub(super) password_file: Option<String>,
    /// About which mails a person is asked first: `never`, `external` or `always`.
    pub(super) confirm_send: Option<String>,
    /// What each instance may do.
    #[serde(default)]
    pub(super) instances: std::collections::BTreeMap<String, super::permits::Instance>,
    /// Refused with a word on why.
    password: Option<toml::Value>,
}

/// The name of a profile's file.
pub(crate) fn file_name(profile: &str) -> String {
    match profile {
        "default" => "config.toml".to_owned(),
        other => format!("config-{other}.toml"),
    }
}

/// Reads a profile's file; one that is not there says nothing.
pub(super) fn read(profile: &str, dir: Option<&Path>) -> Result<File, ConfigError> {
    let Some(dir) = dir else {
        return Ok(File::default());
    };
    let path = &dir.join(file_name(profile));
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
    parse(&text, path)
}

/// Reads what is in the file at `path`.
pub(super) fn parse(text: &str, path: &Path) -> Result<File, ConfigError> {
    let file: File = toml::from_str(text).map_err(|error| {
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
