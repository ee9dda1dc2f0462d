//! What the client's configuration says, from the environment. A value that cannot be used
//! does not keep the server from starting: the first call says what is wrong with it, where
//! the person can see it.

/// The settings of one shim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The instance this client is (seed: `INSTANCE`).
    pub(crate) instance: Option<String>,
    /// Who gets mail that names nobody (seed: `USEREMAIL`).
    pub(crate) user_email: Option<String>,
    /// Which of the user's daemons.
    pub(crate) profile: String,
    /// Whether the start is announced on standard error: at `LOG_LEVEL` info and debug.
    pub(crate) greets: bool,
}

impl Settings {
    pub(crate) fn from_env(env: &dyn Fn(&str) -> Option<String>) -> Self {
        // Clients pass "" for a reference they could not resolve.
        let first = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| env(name).filter(|value| !value.is_empty()))
        };
        let level = first(&["TAI_MCP_LOG_LEVEL", "LOG_LEVEL"]).unwrap_or_default();
        Self {
            instance: first(&["TAI_MCP_INSTANCE", "INSTANCE"]),
            user_email: first(&["TAI_MCP_USEREMAIL", "USEREMAIL"]),
            profile: first(&["TAI_MCP_PROFILE"]).unwrap_or_else(|| "default".to_owned()),
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
        let settings = Settings::from_env(&env);
        assert_eq!(settings.instance.as_deref(), Some("desk"));
        assert_eq!(settings.user_email.as_deref(), Some("me@example.com"));
        assert_eq!(settings.profile, "default");
        assert!(!settings.greets);
    }
}
