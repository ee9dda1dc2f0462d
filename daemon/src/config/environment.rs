//! The environment: which variables count, and which belong to another program.
//!
//! A name without the prefix `TAI_MCP_` is a common name. It counts only beside the pair `NAME` and
//! `PASSWORD`, as configurations of the Node server have it. `tai_names::variables::check` says which
//! values are mistakes.

use super::ConfigError;
use secrecy::{ExposeSecret as _, SecretString};
use std::env::VarError;
use tai_proto::variables;

/// Looks up an environment variable.
pub(crate) type Env<'a> = &'a dyn Fn(&str) -> Result<String, VarError>;

/// Common names that are reported if they do not count.
const REPORTED: [&str; 7] = [
    variables::PLAIN_PASSWORD,
    "API_BASE_URL",
    "API_TIMEOUT",
    "POLL_INTERVAL",
    "INSTANCE",
    "USEREMAIL",
    "LOG_LEVEL",
];

/// The environment of this process, without the password.
pub(super) struct Environment<'a> {
    env: Env<'a>,
    has_pair: bool,
    /// The variable of the password, and the password.
    password: Option<(&'static str, SecretString)>,
    /// Variables that are set and do not count.
    ignored: Vec<&'static str>,
}

impl<'a> Environment<'a> {
    /// Creates the environment. `password` is the password that was taken out of it.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for a password that cannot be meant.
    pub(super) fn new(
        env: Env<'a>,
        password: Option<(&'static str, SecretString)>,
    ) -> Result<Self, ConfigError> {
        let is_set = |name: &str| match env(name) {
            Ok(value) => !value.is_empty(),
            Err(VarError::NotPresent) => false,
            Err(VarError::NotUnicode(_)) => true,
        };
        let has_plain = matches!(&password, Some((variables::PLAIN_PASSWORD, _)));
        let has_pair =
            has_plain && is_set(variables::PLAIN_USERNAME) && !is_set(variables::USERNAME);
        let ignored = REPORTED.into_iter().filter(|&name| match name {
            variables::PLAIN_PASSWORD => has_plain || is_set(name),
            name => is_set(name),
        });
        let ignored = match has_pair {
            true => Vec::new(),
            false => ignored.collect(),
        };
        let password = password.filter(|_| has_pair || !has_plain);
        if let Some((variable, password)) = &password {
            let value = Ok(password.expose_secret().to_owned());
            check(variable, value)?;
        }
        Ok(Self {
            env,
            has_pair,
            password,
            ignored,
        })
    }

    /// Returns the value of a variable; `None` if it is unset or empty, or does not count.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for a value that cannot be meant.
    pub(super) fn get(&self, name: &str) -> Result<Option<String>, ConfigError> {
        match self.has_pair || name.starts_with("TAI_MCP_") || name == "CREDENTIALS_DIRECTORY" {
            true => check(name, (self.env)(name)),
            false => Ok(None),
        }
    }

    /// Returns whether the environment has a password.
    pub(super) fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// Takes the password and its variable.
    pub(super) fn take_password(&mut self) -> Option<(&'static str, SecretString)> {
        self.password.take()
    }

    /// Returns a sentence for each group of variables that are set and do not count.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let (passwords, others): (Vec<&str>, Vec<&str>) = self
            .ignored
            .iter()
            .partition(|name| **name == variables::PLAIN_PASSWORD);
        if !passwords.is_empty() {
            notes.push(
                "PASSWORD is ignored: it counts only together with NAME and without \
                 TAI_MCP_USERNAME and TAI_MCP_PASSWORD, because it may belong to another program"
                    .to_owned(),
            );
        }
        if !others.is_empty() {
            let verb = if others.len() == 1 { "is" } else { "are" };
            notes.push(format!(
                "{} {verb} ignored without NAME and PASSWORD; use the names with the prefix TAI_MCP_",
                others.join(", ")
            ));
        }
        notes
    }
}

/// Returns the password in an environment, and its variable.
///
/// # Errors
/// [`ConfigError::Value`] for a password that is not UTF-8 and counts.
pub(crate) fn password_in(
    env: Env<'_>,
) -> Result<Option<(&'static str, SecretString)>, ConfigError> {
    let is_set = |name: &str| env(name).is_ok_and(|value| !value.is_empty());
    for name in variables::PASSWORDS {
        let counts = name == variables::PASSWORD
            || is_set(variables::PLAIN_USERNAME) && !is_set(variables::USERNAME);
        match env(name) {
            Ok(value) if !value.is_empty() => return Ok(Some((name, SecretString::from(value)))),
            Err(error @ VarError::NotUnicode(_)) if counts => {
                check(name, Err(error))?;
            }
            Ok(_) | Err(_) => {}
        }
    }
    Ok(None)
}

fn check(name: &str, value: Result<String, VarError>) -> Result<Option<String>, ConfigError> {
    variables::check(value).map_err(|rule| ConfigError::value(name, rule.to_string()))
}
