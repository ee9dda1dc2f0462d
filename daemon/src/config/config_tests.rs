//! Where values come from, and their rules.

use super::*;
use std::{env::VarError, time::Duration};
use tai_proto::names::{Instance, Username};

/// Loads the configuration of the default profile. In a value, `\u{FFFD}` stands for a byte that is
/// not UTF-8.
pub(super) fn load(env: &[(&str, &str)], file: Option<&str>) -> Result<Config, String> {
    let dir = tempfile::tempdir().unwrap();
    if let Some(text) = file {
        std::fs::write(dir.path().join("config.toml"), text).unwrap();
    }
    load_in(env, dir.path(), "default", None)
}

pub(super) fn load_in(
    env: &[(&str, &str)],
    dir: &Path,
    profile: &str,
    account: Option<&Username>,
) -> Result<Config, String> {
    let env = |name: &str| {
        let mut set = env.iter().filter(|(key, _)| *key == name);
        match set.next() {
            None => Err(VarError::NotPresent),
            Some((_, value)) if value.contains('\u{FFFD}') => {
                Err(VarError::NotUnicode(value.into()))
            }
            Some((_, value)) => Ok((*value).to_owned()),
        }
    };
    let load = || {
        let inputs = Inputs {
            env: &env,
            password: password_in(&env)?,
            dir: Some(dir),
            account,
        };
        Config::load(&Profile::new(profile).unwrap(), inputs)
    };
    load().map_err(|error| error.to_string())
}

#[test]
fn seed_defaults_apply_to_values_that_are_not_set() {
    let config = load(&[], None).unwrap();
    assert_eq!(
        config.settings.api_base_url.to_string(),
        "https://tai.chat/"
    );
    assert_eq!(config.settings.api_timeout, Duration::from_secs(30));
    assert_eq!(
        config.settings.poll_interval,
        tai_timing::poll::DEFAULT_INTERVAL
    );
    assert_eq!(config.settings.log_level, LogLevel::Info);
    assert_eq!(
        (
            config.source.username(),
            config.settings.instance,
            config.settings.user_email
        ),
        (None, None, None)
    );
}

#[test]
fn seed_the_prefixed_variable_wins_then_the_plain_one_then_the_file() {
    let file = "username = \"filed\"\ninstance = \"filed\"\nuser_email = \"f@example.com\"\n";
    let env = [
        ("NAME", "named"),
        ("PASSWORD", "sandbox-password"),
        ("TAI_MCP_PASSWORD", ""),
        ("TAI_MCP_INSTANCE", "prefixed"),
        ("INSTANCE", "plain"),
        ("POLL_INTERVAL", "7000"),
    ];
    let config = load(&env, Some(file)).unwrap();
    assert_eq!(
        config.source.username().map(Username::as_str),
        Some("named")
    );
    assert_eq!(
        config.settings.instance.as_ref().map(Instance::as_str),
        Some("prefixed")
    );
    assert_eq!(config.settings.poll_interval, Duration::from_secs(7));
    let user_email = config.settings.user_email.map(String::from);
    assert_eq!(user_email.as_deref(), Some("f@example.com"));
    assert_eq!(config.source.to_string(), "the variable PASSWORD");
}

#[test]
fn seed_a_value_out_of_range_is_an_error_that_names_its_variable_or_key() {
    for (variable, good, bad) in [
        (
            "TAI_MCP_API_TIMEOUT",
            ["5000", "300000"],
            ["4999", "300001"],
        ),
        ("TAI_MCP_POLL_INTERVAL", ["1000", "60000"], ["999", "60001"]),
        ("TAI_MCP_LOG_LEVEL", ["error", "DEBUG"], ["trace", "1"]),
        (
            "TAI_MCP_API_BASE_URL",
            ["https://example.com", "http://[::1]:1"],
            ["http://example.com", "ftp://x"],
        ),
        ("TAI_MCP_USERNAME", ["abc", "A-1"], ["ab", "a_b"]),
    ] {
        for value in good {
            assert!(
                load(&[(variable, value)], None).is_ok(),
                "{variable}={value}"
            );
        }
        for value in bad {
            let error = load(&[(variable, value)], None).unwrap_err();
            assert!(error.starts_with(variable), "{error}");
        }
    }
    let error = load(&[], Some("api_timeout = 1\n")).unwrap_err();
    assert!(error.starts_with("`api_timeout` in config.toml"), "{error}");
}

#[test]
fn seed_a_password_has_8_to_128_characters_and_no_error_contains_it() {
    let with = |password: &str| {
        load(
            &[
                ("TAI_MCP_USERNAME", "alice"),
                ("TAI_MCP_PASSWORD", password),
            ],
            None,
        )
    };
    assert!(with(&"é".repeat(128)).is_ok());
    for bad in ["seven77", &"x".repeat(129)] {
        let error = with(bad).unwrap_err();
        assert!(
            error.starts_with("TAI_MCP_PASSWORD") && !error.contains(bad),
            "{error}"
        );
    }
}

#[test]
fn a_url_with_a_password_or_a_query_is_refused() {
    for url in [
        "https://user:secret@tai.chat",
        "https://tai.chat/?x=1",
        "https://tai.chat/#a",
        "tai.chat",
        "",
    ] {
        let result = load(&[("TAI_MCP_API_BASE_URL", url)], None);
        assert!(
            url.is_empty() || result.is_err_and(|error| !error.contains("secret")),
            "{url}"
        );
    }
}

/// Returns a directory of credentials as systemd provides it.
pub(super) fn credentials_dir() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("tai-password"), "sandbox-password\n").unwrap();
    dir
}

#[test]
fn the_first_configured_source_of_the_password_is_used() {
    let dir = credentials_dir();
    let credentials = ("CREDENTIALS_DIRECTORY", dir.path().to_str().unwrap());
    let command = "password_command = [\"pass\", \"show\", \"tai\"]\n";
    let file = "password_file = \"/home/alice/.tai\"\n";
    let name = ("TAI_MCP_USERNAME", "alice");
    let first = |env: &[(&str, &str)], file: &str| {
        let config = load(env, Some(file)).unwrap();
        config.source.to_string().replace(credentials.1, "DIR")
    };
    let all = [name, credentials, ("TAI_MCP_PASSWORD", "sandbox-password")];
    assert_eq!(first(&all, command), "the variable TAI_MCP_PASSWORD");
    assert_eq!(
        first(&all[..2], command),
        "the systemd credential DIR/tai-password"
    );
    assert_eq!(first(&all[..1], command), "the command `pass`");
    assert_eq!(first(&all[..1], file), "the file /home/alice/.tai");
    assert_eq!(first(&all[..1], ""), "the keyring");
    assert_eq!(first(&[], ""), "the keyring");
    // A password without a username is not usable.
    assert_eq!(first(&all[2..], ""), "no source");
}

#[test]
fn a_username_from_a_systemd_credential_is_checked() {
    let dir = credentials_dir();
    let env = [("CREDENTIALS_DIRECTORY", dir.path().to_str().unwrap())];
    std::fs::write(dir.path().join("tai-username"), "bob\n").unwrap();
    let config = load(&env, Some("username = \"filed\"\n")).unwrap();
    assert_eq!(config.source.username().map(Username::as_str), Some("bob"));
    std::fs::write(dir.path().join("tai-username"), "b b\n").unwrap();
    let error = load(&env, None).unwrap_err();
    assert!(
        error.starts_with("the systemd credential tai-username"),
        "{error}"
    );
}

#[test]
fn an_unusable_source_is_refused() {
    for (file, rule) in [
        ("password_command = []\n", "expected a list"),
        (
            "password_command = \"pass show tai\"\n",
            "such as [\"pass\"",
        ),
        (
            "password_command = [\"pass show tai\"]\n",
            "a string of its own",
        ),
        (
            "password_command = [\"$HOME/bin/pass\"]\n",
            "no shell replaces",
        ),
        (
            "password_command = [\"cat\", \"~/pw\"]\n",
            "no shell replaces",
        ),
        ("password_file = \"here\"\n", "begins with `/`"),
        (
            "password_file = \"/a\"\npassword_command = [\"b\"]\n",
            "only one of them",
        ),
    ] {
        let error = load(&[("TAI_MCP_USERNAME", "alice")], Some(file)).unwrap_err();
        assert!(error.contains(rule), "{file}: {error}");
    }
}

#[test]
fn a_value_with_a_space_or_quote_at_either_end_is_refused() {
    for value in [" alice", "alice ", "\"alice", "alice'", "alice\n"] {
        let error = load(&[("TAI_MCP_USERNAME", value)], None).unwrap_err();
        assert!(
            error.starts_with("TAI_MCP_USERNAME") && error.contains("a space or a quote"),
            "{value:?}: {error}"
        );
    }
}

#[test]
fn the_tools_of_an_instance_can_be_limited() {
    let file = "[instances.reader]\nread_only = true\n[instances.bot]\ntools = [\"send_email\"]\n";
    let policy = load(&[], Some(file)).unwrap().policy;
    let refused = |instance: Option<&str>, tool| {
        let instance = instance.map(|name| name.parse().unwrap());
        policy.rules(instance.as_ref()).forbids_tool(tool).is_some()
    };
    let names = |instance| {
        let tools = tai_proto::Tool::ALL.into_iter();
        let refused = tools.filter(|tool| refused(Some(instance), *tool));
        refused.map(tai_proto::Tool::name).collect::<Vec<_>>()
    };
    let writes = ["send_email", "reply_email", "delete_email"];
    assert_eq!(names("reader"), writes);
    assert_eq!(names("Reader"), writes);
    assert!(!refused(Some("bot"), tai_proto::Tool::SendEmail));
    assert!(refused(Some("bot"), tai_proto::Tool::ListInbox));
    assert!(
        !refused(Some("other"), tai_proto::Tool::SendEmail)
            && !refused(None, tai_proto::Tool::SendEmail)
    );
    let error = load(&[], Some("[instances.x]\ntools = [\"shell\"]\n")).unwrap_err();
    assert!(
        error.contains("[instances.x]") && error.contains("send_email"),
        "{error}"
    );
}

#[test]
fn a_rule_of_an_instance_names_its_table_and_key() {
    let file = "[instances.Desk]\nallow_to = [\"*@example.com\"]\nallow_from = []\n\
        sends_per_hour = 5\nread_only = true\ntools = [\"list_inbox\"]\n";
    let policy = load(&[], Some(file)).unwrap().policy;
    let rules = policy.rules(Some(&"desk".parse().unwrap()));
    let eve = tai_proto::names::Address::new("eve@evil.org").unwrap();
    let said = [
        rules.forbids_recipient(&eve),
        rules.hides_sender(|| Some(eve.clone())),
        rules.hides_sender(|| None),
        rules.forbids_tool(tai_proto::Tool::SendEmail),
        rules.forbids_tool(tai_proto::Tool::FetchEmail),
        Some(rules.rule("sends_per_hour", 5)),
    ];
    insta::assert_snapshot!(said.map(Option::unwrap).join("\n"), @r#"
    [instances.Desk] allow_to = ["*@example.com"]
    [instances.Desk] allow_from = []
    [instances.Desk] allow_from = []
    [instances.Desk] read_only = true
    [instances.Desk] tools = [list_inbox]
    [instances.Desk] sends_per_hour = 5
    "#);
    let other = policy.rules(Some(&"lab".parse().unwrap()));
    assert_eq!(other.forbids_recipient(&eve), None);
    assert_eq!(other.limits(), SendLimits::default());
}

#[test]
fn a_rule_that_cannot_be_kept_is_refused() {
    let error = |file: &str| load(&[], Some(file)).unwrap_err();
    let errors = [
        "[instances.x]\nallow_to = [\"example.com\"]\n",
        "[instances.x]\nsends_per_hour = 0\n",
        "[instances.x]\nsends_per_day = 1001\n",
        "[instances.\"a.b\"]\n",
        "[instances.x]\n[instances.X]\n",
    ];
    insta::assert_snapshot!(errors.map(error).join("\n"), @"
    `allow_to` of [instances.x] is not valid: `example.com` is no pattern: expected `*`, or an address such as `bob@example.com` or `*@example.com`, in which `*` stands for any text
    `sends_per_hour` of [instances.x] is not valid: expected a number from 1 to 1000
    `sends_per_day` of [instances.x] is not valid: expected a number from 1 to 1000
    [instances.a.b] is not valid: an instance is 1 to 64 letters, digits, hyphens or underscores
    [instances.x] is not valid: two tables have this name; names are case-insensitive
    ");
}

#[test]
fn an_error_in_the_file_names_its_line_and_never_quotes_it() {
    let error = |file: &str| {
        let error = load(&[], Some(file)).unwrap_err();
        let (before, after) = error.split_once('/').unwrap();
        let (_, after) = after.split_once("config.toml").unwrap();
        format!("{before}config.toml{after}")
    };
    insta::assert_snapshot!(error("# mine\nusernam = \"hunter2\"\n"), @"line 2 of the configuration file config.toml is not valid: unknown key `usernam`; the keys are username, password_command, password_file, instance, user_email, api_base_url, proxy, no_proxy, ca_file, api_timeout, poll_interval, idle_exit, confirm_send, shared_leases, shared_leases_password_command, shared_leases_ttl, notify, log_level, instances");
    insta::assert_snapshot!(error("instance = hunter2\n"), @"line 1 of the configuration file config.toml is not valid: string values must be quoted, expected literal string");
    insta::assert_snapshot!(error("\n[instances.a]\nread = true\n"), @"line 3 of the configuration file config.toml is not valid: unknown field `read`, expected one of `read_only`, `tools`, `allow_to`, `allow_from`, `sends_per_hour`, `sends_per_day`, `socket`");
    insta::assert_snapshot!(error("\n\npassword = \"hunter2\"\n"), @"the configuration file config.toml contains a password");
}

#[test]
fn every_set_value_is_listed_with_its_origin() {
    let file = "password_command = [\"op\", \"read\", \"secret\"]\npoll_interval = 7000\n";
    let env = [
        ("TAI_MCP_USERNAME", "alice"),
        ("TAI_MCP_LOG_LEVEL", "debug"),
    ];
    let changed = load(&env, Some(file)).unwrap().changed;
    let lines: Vec<String> = changed
        .iter()
        .map(|set| format!("{} = {}, {}", set.key, set.value, set.origin))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    username = alice, TAI_MCP_USERNAME
    password_command = op, `password_command` in config.toml
    poll_interval = 7000, `poll_interval` in config.toml
    log_level = debug, TAI_MCP_LOG_LEVEL
    ");
}
