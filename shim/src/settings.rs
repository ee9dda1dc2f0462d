//! Configuration of the MCP client's entry for this server, read from the environment.
//!
//! An invalid value does not stop the server. Every call returns it as an error instead, because
//! MCP clients hide the errors of a server that does not start.

use std::{env::VarError, fmt::Display, path::PathBuf, str::FromStr};
use tai_client::{AutoStart, GivenPassword, PassedVariable};
use tai_proto::{
    Fault, FaultCode, Hint, Secret,
    names::{Instance, MailId, Profile, Username, environment::Environment},
    variables,
};

/// Settings of one tai-mcp process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Instance of this client (seed: `INSTANCE`); `None` takes taid's.
    pub(crate) instance: Option<Instance>,
    /// Default recipient (seed: `USEREMAIL`).
    pub(crate) user_email: Option<String>,
    /// The taid that this client uses.
    pub(crate) target: TaidChoice,
    /// Account that taid must serve (seed: `NAME`), and the password that is offered to a taid
    /// without one.
    pub(crate) account: Option<(Username, Option<Secret>)>,
    /// URL of the bridge that taid must use (seed: `API_BASE_URL`).
    pub(crate) bridge: Option<String>,
    /// Variables for the taid of this client's account: the bridge and its time limits.
    pub(crate) of_account: Vec<PassedVariable>,
    /// Whether this process starts taid if it is not running.
    pub(crate) autostart: AutoStart,
    /// Home directory of `--home`.
    pub(crate) home: Option<PathBuf>,
    /// Email that the client, an agent of `live`, answers once. It marks, deletes and awaits no email.
    pub(crate) answers: Option<MailId>,
    /// Whether the start is announced on standard error. `LOG_LEVEL` warn and error disable it.
    pub(crate) announces_start: bool,
    /// Sentences about variables that are set and do not count.
    pub(crate) notes: Vec<String>,
    /// Error of the first invalid value.
    pub(crate) problem: Option<Fault>,
}

/// The taid that a client uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TaidChoice {
    /// The default profile's, or the account's own if that one serves another account.
    Any,
    /// The one of a profile.
    Profile(Profile),
    /// The one that listens on a socket, which may be mounted or forwarded. It is never started.
    Socket(PathBuf),
}

/// Reader that keeps the first error.
struct Reader<'a> {
    env: Environment<'a>,
    problem: Option<Fault>,
}

impl Reader<'_> {
    /// Returns the text of the first of these variables that is set and counts.
    fn text(&mut self, names: &[&'static str]) -> Option<(&'static str, String)> {
        match self.env.first(names) {
            Ok(found) => found,
            Err((name, rule)) => {
                self.refuse(name, rule);
                None
            }
        }
    }

    /// Returns the parsed value of the first of these variables that is set and counts.
    fn value<T: FromStr>(&mut self, names: &[&'static str]) -> Option<T>
    where
        T::Err: Display,
    {
        let (name, text) = self.text(names)?;
        text.parse().map_err(|rule| self.refuse(name, rule)).ok()
    }

    fn refuse(&mut self, variable: &str, rule: impl Display) {
        self.problem.get_or_insert_with(|| invalid(variable, rule));
    }
}

impl Settings {
    /// Reads the settings from `env`. `given` is the password that was taken from the
    /// environment.
    pub(crate) fn from_env(
        env: &dyn Fn(&str) -> Result<String, VarError>,
        given: Option<GivenPassword>,
    ) -> Self {
        let env = Environment::new(env, given.as_ref().map(|given| given.variable));
        let notes = env.notes();
        let given = given.filter(|given| env.counts(given.variable));
        let usernames: &[&'static str] = match env.has_pair() {
            true => &[variables::PLAIN_USERNAME],
            false => &[variables::USERNAME],
        };
        let mut env = Reader { env, problem: None };
        let password = given.and_then(|given| match given.password {
            Ok(password) => Some(password),
            Err(rule) => {
                env.refuse(given.variable, rule);
                None
            }
        });
        let account = env.value(usernames).map(|username| (username, password));
        let mut passed = |names: [&'static str; 2]| {
            let (given, value) = env.text(&names)?;
            let name = names[0];
            Some(PassedVariable { name, given, value })
        };
        let bridge = passed(variables::BRIDGE);
        let level = passed(variables::LOG_LEVEL);
        let others = [variables::API_TIMEOUT, variables::POLL_INTERVAL].map(passed);
        let of_account = [bridge.clone(), level.clone()].into_iter().chain(others);
        let of_account = of_account.flatten().collect();
        Self {
            instance: env.value(&variables::INSTANCE),
            user_email: env.text(&variables::USER_EMAIL).map(|(_, address)| address),
            target: target(&mut env),
            account,
            bridge: bridge.map(|bridge| bridge.value),
            of_account,
            autostart: autostart(&mut env),
            home: None,
            answers: None,
            announces_start: !level.is_some_and(|level| {
                matches!(level.value.to_ascii_lowercase().as_str(), "warn" | "error")
            }),
            notes,
            problem: env.problem,
        }
    }
}

fn target(env: &mut Reader<'_>) -> TaidChoice {
    let profile = env.value(&[variables::PROFILE]).map(TaidChoice::Profile);
    let socket = env.text(&[variables::SOCKET]).and_then(|(name, path)| {
        let path = PathBuf::from(path);
        if !path.is_absolute() {
            env.refuse(name, "the path is not absolute");
            return None;
        }
        Some(TaidChoice::Socket(path))
    });
    socket.or(profile).unwrap_or(TaidChoice::Any)
}

fn autostart(env: &mut Reader<'_>) -> AutoStart {
    let value = env.text(&[variables::AUTOSTART]).map(|(_, value)| value);
    AutoStart::parse(value.as_deref()).unwrap_or_else(|rule| {
        env.refuse(variables::AUTOSTART, rule);
        AutoStart::Never
    })
}

fn invalid(variable: &str, rule: impl Display) -> Fault {
    Fault::new(
        FaultCode::BadRequest,
        format!("{variable} in this MCP client's configuration cannot be used"),
    )
    .because(rule.to_string())
    .hint(Hint::each(
        format!("ask the user to correct {variable} in the MCP client's configuration and to restart the client"),
        format!("correct {variable} and run the command again"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;
    use tai_proto::{Audience, variables::VariableError};

    type Set<'a> = &'a [(&'a str, &'a str)];

    /// Reads the settings from these variables and a password.
    fn read(
        set: Set<'_>,
        password: Option<(&'static str, Result<&str, VariableError>)>,
    ) -> Settings {
        let env = |name: &str| match set.iter().find(|(known, _)| *known == name) {
            Some((_, "not UTF-8")) => Err(VarError::NotUnicode(OsString::new())),
            Some((_, value)) => Ok((*value).to_owned()),
            None => Err(VarError::NotPresent),
        };
        let given = password.map(|(variable, password)| GivenPassword {
            variable,
            password: password.map(|text| Secret::new(text.to_owned())),
        });
        Settings::from_env(&env, given)
    }

    const PAIR: Option<(&str, Result<&str, VariableError>)> = Some(("PASSWORD", Ok("secret")));

    #[test]
    fn the_prefixed_variable_wins_and_an_empty_one_counts_as_unset() {
        let set = [
            ("NAME", "alice"),
            ("TAI_MCP_INSTANCE", "desk"),
            ("INSTANCE", "host"),
            ("TAI_MCP_USEREMAIL", ""),
            ("USEREMAIL", "me@example.com"),
            ("LOG_LEVEL", "Warn"),
        ];
        let settings = read(&set, PAIR);
        assert_eq!(settings.instance.unwrap().as_str(), "desk");
        assert_eq!(settings.user_email.as_deref(), Some("me@example.com"));
        assert_eq!(settings.target, TaidChoice::Any);
        assert!(!settings.announces_start);
        assert_eq!(settings.problem, None);
    }

    #[test]
    fn common_names_count_only_beside_name_and_password() {
        let set = [
            ("NAME", "LAPTOP"),
            ("INSTANCE", "host"),
            ("API_BASE_URL", "http://localhost:3000"),
            ("LOG_LEVEL", "error"),
        ];
        for password in [None, Some(("TAI_MCP_PASSWORD", Ok("secret")))] {
            let settings = read(&set, password);
            assert_eq!(settings.account, None);
            assert_eq!((settings.instance, settings.bridge), (None, None));
            assert!(settings.announces_start);
            assert_eq!(
                settings.notes,
                [
                    "API_BASE_URL, INSTANCE, LOG_LEVEL are ignored without NAME and PASSWORD; \
                     use the names with the prefix TAI_MCP_"
                ]
            );
        }
        let settings = read(&set, PAIR);
        let (username, password) = settings.account.unwrap();
        assert_eq!(username.as_str(), "LAPTOP");
        assert!(password.is_some());
        assert_eq!(settings.bridge.as_deref(), Some("http://localhost:3000"));
        assert_eq!(
            settings.of_account,
            [
                PassedVariable {
                    name: "TAI_MCP_API_BASE_URL",
                    given: "API_BASE_URL",
                    value: "http://localhost:3000".to_owned()
                },
                PassedVariable {
                    name: "TAI_MCP_LOG_LEVEL",
                    given: "LOG_LEVEL",
                    value: "error".to_owned()
                }
            ]
        );
    }

    #[test]
    fn a_password_of_another_program_is_not_used_and_is_noted() {
        let settings = read(&[("TAI_MCP_USERNAME", "alice")], PAIR);
        let (username, password) = settings.account.unwrap();
        assert_eq!((username.as_str(), password), ("alice", None));
        assert!(settings.notes.concat().starts_with("PASSWORD is ignored"));
        let mistake = Some(("PASSWORD", Err(VariableError::NotUtf8)));
        let settings = read(&[("TAI_MCP_USERNAME", "alice")], mistake);
        assert_eq!(settings.problem, None);
    }

    #[test]
    fn a_socket_comes_before_a_profile() {
        let set = [
            ("TAI_MCP_PROFILE", "work"),
            ("TAI_MCP_SOCKET", "/run/tai.sock"),
        ];
        assert_eq!(
            read(&set, None).target,
            TaidChoice::Socket("/run/tai.sock".into())
        );
        let work = Profile::new("work").unwrap();
        assert_eq!(read(&set[..1], None).target, TaidChoice::Profile(work));
    }

    #[test]
    fn a_mistake_is_reported_with_the_name_of_its_variable() {
        let what = |set: Set<'_>, password| {
            let fault = read(set, password).problem.unwrap();
            format!("{}: {}", fault.what, fault.why)
        };
        let wrong: [(Set<'_>, _); 9] = [
            (&[("NAME", "alice"), ("INSTANCE", "my desk")], PAIR),
            (&[("TAI_MCP_USERNAME", "${user_config.username}")], None),
            (&[("TAI_MCP_API_BASE_URL", "not UTF-8")], None),
            (&[("TAI_MCP_PROFILE", "../x")], None),
            (&[("TAI_MCP_SOCKET", "tai.sock")], None),
            (&[("TAI_MCP_AUTOSTART", "never")], None),
            (&[("NAME", "a b")], PAIR),
            (
                &[("NAME", "alice")],
                Some(("PASSWORD", Err(VariableError::Unexpanded))),
            ),
            (&[], Some(("TAI_MCP_PASSWORD", Err(VariableError::NotUtf8)))),
        ];
        let page = wrong.map(|(set, password)| what(set, password));
        insta::assert_snapshot!(page.join("\n"), @"
        INSTANCE in this MCP client's configuration cannot be used: an instance has 1 to 64 characters: ASCII letters, digits, hyphens and underscores
        TAI_MCP_USERNAME in this MCP client's configuration cannot be used: the value is a reference that was not replaced, such as `${NAME}`
        TAI_MCP_API_BASE_URL in this MCP client's configuration cannot be used: the value is not UTF-8
        TAI_MCP_PROFILE in this MCP client's configuration cannot be used: a profile has 1 to 32 characters: lower-case ASCII letters, digits and hyphens
        TAI_MCP_SOCKET in this MCP client's configuration cannot be used: the path is not absolute
        TAI_MCP_AUTOSTART in this MCP client's configuration cannot be used: expected 0, false, no, off, 1, true, yes or on
        NAME in this MCP client's configuration cannot be used: a username has 3 to 50 characters: ASCII letters, digits and hyphens
        PASSWORD in this MCP client's configuration cannot be used: the value is a reference that was not replaced, such as `${NAME}`
        TAI_MCP_PASSWORD in this MCP client's configuration cannot be used: the value is not UTF-8
        ");
    }

    #[test]
    fn a_mistake_tells_the_agent_and_the_person_what_to_correct() {
        let fault = read(&[("TAI_MCP_INSTANCE", "my desk")], None)
            .problem
            .unwrap();
        insta::assert_snapshot!(fault.render(Audience::Agent), @"
        error: TAI_MCP_INSTANCE in this MCP client's configuration cannot be used
        caused by: an instance has 1 to 64 characters: ASCII letters, digits, hyphens and underscores
        hint: ask the user to correct TAI_MCP_INSTANCE in the MCP client's configuration and to restart the client
        ");
    }
}
