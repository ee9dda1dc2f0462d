//! What the client's configuration says, from the environment. A value that cannot be used
//! does not keep the server from starting: the first call says what is wrong with it, where
//! the person can see it.

use crate::secrets::Given;
use tai_proto::Secret;

/// The settings of one shim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The instance this client is (seed: `INSTANCE`).
    pub(crate) instance: Option<String>,
    /// Who gets mail that names nobody (seed: `USEREMAIL`).
    pub(crate) user_email: Option<String>,
    /// Which of the user's daemons.
    pub(crate) profile: String,
    /// The account this client was configured for, if it was for one.
    pub(crate) account: Option<Account>,
    /// Whether a daemon is started where none runs.
    pub(crate) autostart: bool,
    /// Whether the start is announced on standard error: at `LOG_LEVEL` info and debug.
    pub(crate) greets: bool,
}

/// An account, as today's client configurations name it (seed: `NAME`, `PASSWORD`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) username: String,
    /// Offered to a daemon that has none.
    pub(crate) password: Option<Secret>,
}

impl Settings {
    pub(crate) fn from_env(env: &dyn Fn(&str) -> Option<String>, given: Option<Given>) -> Self {
        // Clients pass "" for a reference they could not resolve.
        let first = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| env(name).filter(|value| !value.is_empty()))
        };
        // `NAME` and `PASSWORD` are a pair: on WSL, and elsewhere, `NAME` alone is the host's.
        let paired = given
            .as_ref()
            .is_some_and(|given| given.variable == "PASSWORD");
        let variables: &[&str] = match paired {
            true => &["TAI_MCP_USERNAME", "NAME"],
            false => &["TAI_MCP_USERNAME"],
        };
        let account = first(variables).map(|username| Account {
            username,
            password: given.map(|given| given.password),
        });
        let level = first(&["TAI_MCP_LOG_LEVEL", "LOG_LEVEL"]).unwrap_or_default();
        Self {
            instance: first(&["TAI_MCP_INSTANCE", "INSTANCE"]),
            user_email: first(&["TAI_MCP_USEREMAIL", "USEREMAIL"]),
            profile: first(&["TAI_MCP_PROFILE"]).unwrap_or_else(|| "default".to_owned()),
            account,
            autostart: first(&["TAI_MCP_AUTOSTART"]).is_none_or(|value| value != "0"),
            greets: !matches!(level.to_ascii_lowercase().as_str(), "warn" | "error"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefixed_variable_wins_and_an_empty_one_is_none() {
        let env = |name: &str| match name {
            "TAI_MCP_INSTANCE" => Some("desk".to_owned()),
            "INSTANCE" => Some("host".to_owned()),
            "TAI_MCP_USEREMAIL" => Some(String::new()),
            "USEREMAIL" => Some("me@example.com".to_owned()),
            "LOG_LEVEL" => Some("Warn".to_owned()),
            _ => None,
        };
        let settings = Settings::from_env(&env, None);
        assert_eq!(settings.instance.as_deref(), Some("desk"));
        assert_eq!(settings.user_email.as_deref(), Some("me@example.com"));
        assert_eq!(settings.profile, "default");
        assert!(!settings.greets);
    }

    #[test]
    fn name_is_a_username_only_together_with_password() {
        let env = |name: &str| (name == "NAME").then(|| "LAPTOP".to_owned());
        let given = |variable| {
            let password = Secret::new("sandbox-password".to_owned());
            Some(Given { variable, password })
        };
        assert_eq!(Settings::from_env(&env, None).account, None);
        assert_eq!(
            Settings::from_env(&env, given("TAI_MCP_PASSWORD")).account,
            None
        );
        let account = Settings::from_env(&env, given("PASSWORD")).account;
        assert_eq!(account.unwrap().username, "LAPTOP");
    }
}
