//! The environment of this process: which variables count is the rule of
//! [`tai_proto::names::environment`].

use super::ConfigError;
use secrecy::{ExposeSecret as _, SecretString};
use std::env::VarError;
use tai_proto::{
    names::environment,
    variables::{self, VariableError},
};

/// Looks up an environment variable.
pub(crate) type Env<'a> = environment::Lookup<'a>;

/// The environment of this process, without the password.
pub(super) struct Environment<'a> {
    env: Env<'a>,
    variables: environment::Environment<'a>,
    /// The variable of the password, and the password.
    password: Option<(&'static str, SecretString)>,
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
        let variable = password.as_ref().map(|(variable, _)| *variable);
        let variables = environment::Environment::new(env, variable);
        let password = password.filter(|(variable, _)| variables.counts(variable));
        if let Some((variable, password)) = &password {
            let value = Ok(password.expose_secret().to_owned());
            check(variable, value)?;
        }
        Ok(Self {
            env,
            variables,
            password,
        })
    }

    /// Returns the value of a variable; `None` if it is unset or empty, or does not count.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for a value that cannot be meant.
    pub(super) fn get(&self, name: &str) -> Result<Option<String>, ConfigError> {
        match name {
            "CREDENTIALS_DIRECTORY" => check(name, (self.env)(name)),
            name => {
                let value = self.variables.get(name);
                value.map_err(|rule| ConfigError::value(name, rule.to_string()))
            }
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
        self.variables.notes()
    }
}

/// Returns the password in an environment, and its variable.
///
/// # Errors
/// [`ConfigError::Value`] for a password that cannot be meant and counts.
pub(crate) fn password_in(
    env: Env<'_>,
) -> Result<Option<(&'static str, SecretString)>, ConfigError> {
    for name in variables::PASSWORDS {
        match env(name) {
            Ok(value) if !value.is_empty() => return Ok(Some((name, SecretString::from(value)))),
            Err(VarError::NotUnicode(_)) => {
                return taken_password(env, name, Err(VariableError::NotUtf8));
            }
            Ok(_) | Err(VarError::NotPresent) => {}
        }
    }
    Ok(None)
}

/// Returns the password that was taken out of an environment; `None` for a mistake in a variable that
/// does not count.
///
/// # Errors
/// [`ConfigError::Value`] for a password that cannot be meant and counts.
pub(crate) fn taken_password(
    env: Env<'_>,
    variable: &'static str,
    password: Result<SecretString, VariableError>,
) -> Result<Option<(&'static str, SecretString)>, ConfigError> {
    match password {
        Ok(password) => Ok(Some((variable, password))),
        Err(rule) if environment::Environment::new(env, Some(variable)).counts(variable) => {
            Err(ConfigError::value(variable, rule.to_string()))
        }
        Err(_) => Ok(None),
    }
}

fn check(name: &str, value: Result<String, VarError>) -> Result<Option<String>, ConfigError> {
    variables::check(value).map_err(|rule| ConfigError::value(name, rule.to_string()))
}
