//! `config.toml`: reads it into one value per key. [`super::keys`] knows what they mean.

use super::{ConfigError, keys, lookup::Found, tools::Instance};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use toml::{Spanned, Value};

/// The table `[instances.NAME]`.
const INSTANCES: &str = "instances";

/// The file, every key of it optional.
#[derive(Default)]
pub(super) struct File {
    /// Values by key; all of them are keys that exist.
    pub(super) values: BTreeMap<String, Found>,
    /// `[instances.NAME]`.
    pub(super) instances: BTreeMap<String, Instance>,
}

/// Returns the name of a profile's file.
fn file_name(profile: &str) -> String {
    match profile {
        "default" => "config.toml".to_owned(),
        other => format!("config-{other}.toml"),
    }
}

/// Reads a profile's file in `dir`. An absent file is an empty one.
///
/// # Errors
/// Any [`ConfigError`] but [`ConfigError::Value`].
pub(super) fn read(profile: &str, dir: Option<&Path>) -> Result<File, ConfigError> {
    let Some(dir) = dir else {
        return Ok(File::default());
    };
    let path = dir.join(file_name(profile));
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(&text, &path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(File::default()),
        Err(source) => Err(ConfigError::Read { path, source }),
    }
}

/// Parses the text of the file at `path`.
///
/// # Errors
/// As [`read`].
pub(super) fn parse(text: &str, path: &Path) -> Result<File, ConfigError> {
    /// The part of the file that has a shape of its own.
    #[derive(Deserialize)]
    struct Tables {
        #[serde(default)]
        instances: BTreeMap<String, Instance>,
    }
    let place = Place { text, path };
    // Of the parser's error only the message is used: its `Display` quotes the line, which
    // may hold a password.
    let not_valid = |error: toml::de::Error| {
        place.error(error.span().map_or(0, |span| span.start), error.message())
    };
    let entries: BTreeMap<Spanned<String>, Value> = toml::from_str(text).map_err(not_valid)?;
    let tables: Tables = toml::from_str(text).map_err(not_valid)?;
    let known: Vec<&str> = keys().iter().map(|key| key.name).collect();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut values = BTreeMap::new();
    for (key, value) in entries {
        let start = key.span().start;
        let key = key.into_inner();
        match key.as_str() {
            INSTANCES => {}
            "password" => {
                return Err(ConfigError::PasswordInFile {
                    path: path.to_owned(),
                });
            }
            key if known.contains(&key) => {
                let origin = format!("`{key}` in {name}");
                values.insert(key.to_owned(), Found { value, origin });
            }
            _ => {
                let known = known.join(", ");
                let message = format!("unknown key `{key}`; the keys are {known}, {INSTANCES}");
                return Err(place.error(start, &message));
            }
        }
    }
    Ok(File {
        values,
        instances: tables.instances,
    })
}

/// The file that an error is about.
struct Place<'a> {
    text: &'a str,
    path: &'a Path,
}

impl Place<'_> {
    fn error(&self, offset: usize, message: &str) -> ConfigError {
        let before = self.text.get(..offset).unwrap_or_default();
        ConfigError::Parse {
            path: PathBuf::from(self.path),
            line: 1 + before.matches('\n').count(),
            message: message.to_owned(),
        }
    }
}
