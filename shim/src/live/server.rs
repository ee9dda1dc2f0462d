//! The entry of tai-mcp in the configuration of an agent: the same instance, account, bridge and
//! daemon as those of `tai-mcp live`, and no password.

use crate::settings::{Settings, TaidChoice};
use std::collections::BTreeMap;
use tai_proto::{names::MailId, variables};

/// Directories of the system's conventions. Some agents do not pass these variables on, and tai-mcp
/// finds taid by them.
const DIRECTORIES: [&str; 3] = ["XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME"];

/// Returns the variables that tai-mcp reads.
fn all_variables() -> impl Iterator<Item = &'static str> {
    let one = [variables::AUTOSTART, variables::PROFILE, variables::SOCKET];
    let names = [variables::USERNAME, variables::PLAIN_USERNAME];
    let two = [
        variables::INSTANCE,
        variables::USER_EMAIL,
        variables::BRIDGE,
        variables::API_TIMEOUT,
        variables::POLL_INTERVAL,
        variables::LOG_LEVEL,
    ];
    let all = one.into_iter().chain(names).chain(variables::PASSWORDS);
    all.chain(two.into_iter().flatten()).chain(DIRECTORIES)
}

/// An MCP server on standard input and output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    /// Path of the executable.
    pub(super) command: String,
    /// Its arguments.
    pub(super) arguments: Vec<String>,
    /// All variables that it reads. One that does not count is empty, because Codex and opencode keep
    /// the variables of the user's own entry that this one lacks.
    pub(super) variables: BTreeMap<&'static str, String>,
}

impl Server {
    /// Returns the entry for these settings.
    pub(super) fn of(settings: &Settings) -> Self {
        let command = std::env::current_exe().map_or_else(
            |_| "tai-mcp".to_owned(),
            |path| path.to_string_lossy().into_owned(),
        );
        let read = |name: &str| variables::read(name).ok().flatten();
        Self::with(settings, command, &read)
    }

    /// Returns the entry for an agent that answers this mail. It takes no other mail from `live`, and if it
    /// outlives a killed one, it does not answer the mail a second time.
    pub(super) fn answering(&self, id: MailId) -> Self {
        let mut server = self.clone();
        let answer = ["--answer".to_owned(), id.to_string()];
        server.arguments.extend(answer);
        server
    }

    fn with(settings: &Settings, command: String, read: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut variables: BTreeMap<&'static str, String> =
            all_variables().map(|name| (name, String::new())).collect();
        let of_account = settings.of_account.iter();
        variables.extend(of_account.map(|variable| (variable.name, variable.value.clone())));
        for name in DIRECTORIES.into_iter().chain([variables::AUTOSTART]) {
            variables.extend(read(name).map(|value| (name, value)));
        }
        let instance = settings.instance.as_ref();
        let instance = instance.map(|instance| instance.as_str().to_owned());
        variables.extend(instance.map(|instance| (variables::INSTANCE[0], instance)));
        let user_email = settings.user_email.clone();
        variables.extend(user_email.map(|address| (variables::USER_EMAIL[0], address)));
        let account = settings.account.as_ref();
        let username = account.map(|(username, _)| username.as_str().to_owned());
        variables.extend(username.map(|username| (variables::USERNAME, username)));
        match &settings.target {
            TaidChoice::Any => {}
            TaidChoice::Profile(profile) => {
                variables.insert(variables::PROFILE, profile.as_str().to_owned());
            }
            TaidChoice::Socket(socket) => {
                let socket = socket.to_string_lossy().into_owned();
                variables.insert(variables::SOCKET, socket);
            }
        }
        let home = settings.home.as_ref();
        let home = home.map(|home| ["--home".to_owned(), home.to_string_lossy().into_owned()]);
        let arguments = home.into_iter().flatten().collect();
        Self {
            command,
            arguments,
            variables,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::env::VarError;
    use tai_client::GivenPassword;
    use tai_proto::Secret;

    #[test]
    fn the_agent_uses_the_same_daemon_and_gets_no_password() {
        let set = [
            ("NAME", "alice"),
            ("INSTANCE", "desk"),
            ("USEREMAIL", "me@example.com"),
            ("API_BASE_URL", "https://bridge.example"),
            ("TAI_MCP_PROFILE", "work"),
        ];
        let env = |name: &str| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map_or(Err(VarError::NotPresent), |(_, value)| Ok((*value).into()))
        };
        let given = GivenPassword {
            variable: "PASSWORD",
            password: Ok(Secret::new("canary".to_owned())),
        };
        let mut settings = Settings::from_env(&env, Some(given));
        settings.home = Some("/h".into());
        let read = |name: &str| (name == "XDG_RUNTIME_DIR").then(|| "/run/user/7".to_owned());
        let server = Server::with(&settings, "/bin/tai-mcp".into(), &read);
        let answering = server.answering(MailId::new(7).unwrap());
        assert_eq!(answering.arguments, ["--home", "/h", "--answer", "7"]);
        let variables: Vec<String> = server
            .variables
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        insta::assert_snapshot!(variables.join("\n"), @"
        API_BASE_URL=
        API_TIMEOUT=
        INSTANCE=
        LOG_LEVEL=
        NAME=
        PASSWORD=
        POLL_INTERVAL=
        TAI_MCP_API_BASE_URL=https://bridge.example
        TAI_MCP_API_TIMEOUT=
        TAI_MCP_AUTOSTART=
        TAI_MCP_INSTANCE=desk
        TAI_MCP_LOG_LEVEL=
        TAI_MCP_PASSWORD=
        TAI_MCP_POLL_INTERVAL=
        TAI_MCP_PROFILE=work
        TAI_MCP_SOCKET=
        TAI_MCP_USEREMAIL=me@example.com
        TAI_MCP_USERNAME=alice
        USEREMAIL=
        XDG_CONFIG_HOME=
        XDG_RUNTIME_DIR=/run/user/7
        XDG_STATE_HOME=
        ");

        // The same settings result in the presence of a user's own entry.
        let own = [
            ("TAI_MCP_SOCKET", "/run/other.sock"),
            ("TAI_MCP_PASSWORD", "x"),
            ("NAME", "bob"),
            ("PASSWORD", "y"),
            ("LOG_LEVEL", "warn"),
        ];
        let merged = |name: &str| {
            let ours = server.variables.get(name).cloned();
            let own = || own.iter().find(|(known, _)| *known == name);
            ours.or_else(|| own().map(|(_, value)| (*value).to_owned()))
                .ok_or(VarError::NotPresent)
        };
        assert!(
            own.iter()
                .all(|(name, _)| merged(name) == Ok(String::new()))
        );
        let (expected, found) = (&settings, Settings::from_env(&merged, None));
        assert_eq!(found.target, expected.target);
        assert_eq!(found.instance, expected.instance);
        let passed = |settings: &Settings| {
            let all = settings.of_account.iter();
            all.map(|variable| (variable.name, variable.value.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(passed(&found), passed(expected));
        assert_eq!(found.notes, Vec::<String>::new());
    }
}
