//! Reads `config.toml` into one value per key. `keys.rs` defines the keys.

use super::{ConfigError, instances::Table, keys, lookup::Found};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs::Metadata,
    io,
    path::{Path, PathBuf},
};
use tai_auth::{private_file, regular_file};
use tai_proto::names::Profile;
use toml::{Spanned, Value};

/// Key of the tables `[instances.NAME]`.
const INSTANCES: &str = "instances";

/// Longest file, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// The parsed file. Every key is optional.
#[derive(Default)]
pub(super) struct File {
    /// Values by key. All keys are known.
    pub(super) values: BTreeMap<String, Found>,
    /// Tables `[instances.NAME]` by name.
    pub(super) instances: BTreeMap<String, Table>,
    /// Name of the file.
    pub(super) name: String,
    /// Whether there is a file with more than white space.
    pub(super) has_text: bool,
}

/// Returns the path of a profile's file in `dir`.
pub(super) fn path_of(profile: &Profile, dir: &Path) -> PathBuf {
    dir.join(profile.config_file())
}

/// Reads a profile's file in `dir`. A missing file counts as empty.
///
/// # Errors
/// Any [`ConfigError`] except [`ConfigError::Value`].
pub(super) fn read(profile: &Profile, dir: Option<&Path>) -> Result<File, ConfigError> {
    let Some(dir) = dir else {
        return Ok(File::default());
    };
    let path = path_of(profile, dir);
    let failed = |source| ConfigError::Read {
        path: path.clone(),
        source,
    };
    let file = match regular_file::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return match [path.as_path(), dir]
                .into_iter()
                .find(|place| is_dangling(place))
            {
                // Another user who can remove the file could remove the rules in it.
                None => match dir.metadata() {
                    Ok(meta) => check(&path, dir, &meta).map(|()| File::default()),
                    Err(_) => Ok(File::default()),
                },
                Some(link) => Err(ConfigError::Read {
                    path: link.to_owned(),
                    source: io::Error::other("it is a link to what does not exist"),
                }),
            };
        }
        Err(source) => return Err(failed(source)),
    };
    // What is checked is what is read.
    check(&path, &path, &file.metadata().map_err(failed)?)?;
    let beside = path.canonicalize().map_err(failed)?;
    for dir in [Some(dir), beside.parent()].into_iter().flatten() {
        check(&path, dir, &dir.metadata().map_err(failed)?)?;
    }
    let text = regular_file::rest_as_text(file, MAX_FILE).map_err(failed)?;
    parse(&text, &path)
}

/// Returns whether a path is a link whose target does not exist: a file that was configured, and not none.
fn is_dangling(path: &Path) -> bool {
    path.is_symlink() && !path.exists()
}

/// Checks that no other user can change the file or directory `place`.
fn check(path: &Path, place: &Path, meta: &Metadata) -> Result<(), ConfigError> {
    private_file::check_unshared(meta).map_err(|problem| ConfigError::Unsafe {
        path: path.to_owned(),
        place: place.to_owned(),
        problem,
    })
}

/// Parses the text of the file at `path`.
///
/// # Errors
/// As [`read`].
pub(super) fn parse(text: &str, path: &Path) -> Result<File, ConfigError> {
    /// Tables of the file.
    #[derive(Deserialize)]
    struct Tables {
        #[serde(default)]
        instances: BTreeMap<String, Table>,
    }
    let place = Place { text, path };
    // The `Display` of the parser's error quotes the line, which may contain a password, so only
    // its message is used.
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
        name: name.into_owned(),
        has_text: !text.trim().is_empty(),
    })
}

/// The file of an error.
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
