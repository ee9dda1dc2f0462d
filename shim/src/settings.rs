//! Configuration of the MCP client's entry for this server, read from the environment.
//!
//! An invalid value does not stop the server. Every call returns it as an error instead, because
//! MCP clients hide the errors of a server that does not start.

use std::path::PathBuf;
use tai_client::{AutoStart, GivenPassword};
use tai_proto::{
    Fault, FaultCode, Hint, Secret,
    names::{Instance, NameError, Profile, Username},
    variables,
};

/// Settings of one tai-mcp process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Instance of this client (seed: `INSTANCE`); `None` takes taid's.
    pub(crate) instance: Option<Instance>,
    /// Default recipient (seed: `USEREMAIL`).
    pub(crate) user_email: Option<String>,
    /// Profile of taid.
    pub(crate) profile: Profile,
    /// Account that taid must serve (seed: `NAME`), and the password that is offered to a taid
    /// without one.
    pub(crate) account: Option<(Username, Option<Secret>)>,
    /// Whether this process starts taid if it is not running.
    pub(crate) autostart: AutoStart,
    /// Socket of a running taid, which may be mounted or forwarded. It excludes a start.
    pub(crate) socket: Option<PathBuf>,
    /// Home directory of `--home`.
    pub(crate) home: Option<PathBuf>,
    /// Whether the start is announced on standard error. `LOG_LEVEL` warn and error disable it.
    pub(crate) announces_start: bool,
    /// Error of the first invalid value.
    pub(crate) problem: Option<Fault>,
}

impl Settings {
    /// Reads the settings from `env`. `given` is the password that was taken from the
    /// environment.
    pub(crate) fn from_env(
        env: &dyn Fn(&str) -> Option<String>,
        given: Option<GivenPassword>,
    ) -> Self {
        // Clients pass "" for a reference that they cannot resolve.
        let first = |names: &[&'static str]| {
            names.iter().find_map(|&name| {
                let value = env(name).filter(|value| !value.is_empty())?;
                Some((name, value))
            })
        };
        let mut problem = None;
        let mut refused = |variable: &str, error: NameError| {
            problem.get_or_insert_with(|| invalid(variable, error));
        };
        let plain_pair = given
            .as_ref()
            .is_some_and(|given| given.variable == variables::PLAIN_PASSWORD);
        let usernames: &[&'static str] = match plain_pair {
            true => &[variables::USERNAME, variables::PLAIN_USERNAME],
            false => &[variables::USERNAME],
        };
        let account = first(usernames).and_then(|(name, text)| match Username::new(text) {
            Ok(username) => Some((username, given.map(|given| given.password))),
            Err(error) => {
                refused(name, error);
                None
            }
        });
        let instance = first(&variables::INSTANCE).and_then(|(name, text)| {
            Instance::new(text)
                .map_err(|error| refused(name, error))
                .ok()
        });
        let profile = first(&[variables::PROFILE]).and_then(|(name, text)| {
            Profile::new(text)
                .map_err(|error| refused(name, error))
                .ok()
        });
        let value = |names: &[&'static str]| first(names).map(|(_, value)| value);
        let level = value(&variables::LOG_LEVEL).unwrap_or_default();
        Self {
            instance,
            user_email: value(&variables::USER_EMAIL),
            profile: profile.unwrap_or_default(),
            account,
            autostart: AutoStart::parse(value(&[variables::AUTOSTART]).as_deref())
                .unwrap_or(AutoStart::Never),
            socket: value(&[variables::SOCKET]).map(PathBuf::from),
            home: None,
            announces_start: !matches!(level.to_ascii_lowercase().as_str(), "warn" | "error"),
            problem,
        }
    }
}

fn invalid(variable: &str, error: NameError) -> Fault {
    Fault::new(
        FaultCode::BadRequest,
        format!("{variable} in this MCP client's configuration cannot be used"),
    )
    .because(error.to_string())
    .hint(Hint::each(
        format!("ask the user to correct {variable} in the MCP client's configuration and to restart the client"),
        format!("correct {variable} and run the command again"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_proto::Audience;

    #[test]
    fn the_prefixed_variable_wins_and_an_empty_one_counts_as_unset() {
        let env = |name: &str| match name {
            "TAI_MCP_INSTANCE" => Some("desk".to_owned()),
            "INSTANCE" => Some("host".to_owned()),
            "TAI_MCP_USEREMAIL" => Some(String::new()),
            "USEREMAIL" => Some("me@example.com".to_owned()),
            "LOG_LEVEL" => Some("Warn".to_owned()),
            _ => None,
        };
        let settings = Settings::from_env(&env, None);
        assert_eq!(settings.instance.unwrap().as_str(), "desk");
        assert_eq!(settings.user_email.as_deref(), Some("me@example.com"));
        assert!(settings.profile.is_default());
        assert!(!settings.announces_start);
        assert_eq!(settings.problem, None);
    }

    #[test]
    fn name_is_a_username_only_together_with_password() {
        let env = |name: &str| (name == "NAME").then(|| "LAPTOP".to_owned());
        let given = |variable| {
            let password = Secret::new("sandbox-password".to_owned());
            Some(GivenPassword { variable, password })
        };
        assert_eq!(Settings::from_env(&env, None).account, None);
        assert_eq!(
            Settings::from_env(&env, given("TAI_MCP_PASSWORD")).account,
            None
        );
        let (username, password) = Settings::from_env(&env, given("PASSWORD")).account.unwrap();
        assert_eq!(username.as_str(), "LAPTOP");
        assert!(password.is_some());
    }

    #[test]
    fn an_invalid_value_is_reported_with_the_name_of_its_variable() {
        let env = |name: &str| (name == "INSTANCE").then(|| "my desk".to_owned());
        let fault = Settings::from_env(&env, None).problem.unwrap();
        insta::assert_snapshot!(fault.render(Audience::Agent), @"
        error: INSTANCE in this MCP client's configuration cannot be used
        caused by: an instance has 1 to 64 characters: ASCII letters, digits, hyphens and underscores
        hint: ask the user to correct INSTANCE in the MCP client's configuration and to restart the client
        ");
    }
}
