//! Lookup of each key's value: first in the environment, then in the file.

use super::{environment::Environment, error::ConfigError, kinds::Entry};
use std::{borrow::Cow, collections::BTreeMap};
use toml::Value;

/// A value and its origin: a variable, or a key of the file.
pub(super) struct Found {
    pub(super) value: Value,
    pub(super) origin: String,
}

/// A value that is set, for `taid doctor`. It is never a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    /// Key; `instances.NAME` of a table.
    pub(crate) key: Cow<'static, str>,
    /// Value. Of a list, only the first word, because arguments may be secret.
    pub(crate) value: String,
    /// The variable, or the key and the file.
    pub(crate) origin: String,
}

/// Sources of the keys' values.
pub(super) struct Lookup<'a> {
    pub(super) env: &'a Environment<'a>,
    /// Values of the file by key.
    pub(super) file: BTreeMap<String, Found>,
    /// Values found so far.
    pub(super) settings: Vec<Setting>,
}

impl Lookup<'_> {
    /// Reads one key.
    ///
    /// # Errors
    /// [`ConfigError::Value`].
    pub(super) fn read<E: Entry>(
        &mut self,
        key: &'static str,
        variables: &[&str],
        entry: &E,
    ) -> Result<E::Value, ConfigError> {
        let mut found = None;
        for name in variables {
            if found.is_none()
                && let Some(value) = self.env.get(name)?
            {
                found = Some(Found {
                    value: Value::String(value),
                    origin: (*name).to_owned(),
                });
            }
        }
        let found = found.or_else(|| self.file.remove(key));
        let value = entry.read(found.as_ref().map(|found| &found.value));
        let Some(found) = found else {
            return value.map_err(|rule| ConfigError::value("the default", rule));
        };
        let value = value.map_err(|rule| ConfigError::value(&found.origin, rule))?;
        self.settings.push(Setting {
            key: key.into(),
            value: entry.shown(&found.value),
            origin: found.origin,
        });
        Ok(value)
    }
}
