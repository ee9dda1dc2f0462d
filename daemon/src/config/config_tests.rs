//! Where a value comes from, and what it may be.

use super::*;

fn load(env: &[(&str, &str)], file: Option<&str>) -> Result<Config, String> {
    let dir = tempfile::tempdir().unwrap();
    if let Some(text) = file {
        std::fs::write(dir.path().join("config.toml"), text).unwrap();
    }
    let env = |name: &str| {
        env.iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    };
    let inputs = Inputs {
        env: &env,
        password: password_in(&env),
        dir: Some(dir.path()),
    };
    Config::load("default", inputs).map_err(|error| error.to_string())
}

#[test]
fn seed_defaults_hold_where_nothing_is_said() {
    let config = load(&[], None).unwrap();
    assert_eq!(config.base_url.as_str(), "https://tai.chat/");
    assert_eq!(config.api_timeout, Duration::from_secs(30));
    assert_eq!(config.poll_interval, Duration::from_secs(5));
    assert_eq!(config.log_level, LogLevel::Info);
    assert_eq!(
        (config.source.username(), config.instance, config.user_email),
        (None, None, None)
    );
}

#[test]
fn seed_the_prefixed_variable_wins_then_the_plain_one_then_the_file() {
    let file = "username = \"filed\"\ninstance = \"filed\"\nuser_email = \"f@example.com\"\n";
    let env = [
        ("TAI_MCP_USERNAME", "prefixed"),
        ("NAME", "LAPTOP-NAME-OF-WSL"),
        ("INSTANCE", "plain"),
        ("TAI_MCP_PASSWORD", ""),
        ("PASSWORD", "sandbox-password"),
    ];
    let config = load(&env, Some(file)).unwrap();
    assert_eq!(config.source.username(), Some("prefixed"));
    assert_eq!(config.instance.as_deref(), Some("plain"));
    assert_eq!(config.user_email.as_deref(), Some("f@example.com"));
    assert_eq!(config.source.to_string(), "the variable PASSWORD");
}

#[test]
fn seed_bounds_are_kept_and_a_bad_value_names_its_variable_or_key() {
    for (variable, good, bad) in [
        ("API_TIMEOUT", ["5000", "300000"], ["4999", "300001"]),
        ("POLL_INTERVAL", ["1000", "60000"], ["999", "60001"]),
        ("LOG_LEVEL", ["error", "DEBUG"], ["trace", "1"]),
        (
            "API_BASE_URL",
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
fn seed_a_password_has_8_to_128_characters_and_is_never_repeated() {
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
fn a_url_with_a_secret_or_a_query_in_it_is_refused() {
    for url in [
        "https://user:secret@tai.chat",
        "https://tai.chat/?x=1",
        "https://tai.chat/#a",
        "tai.chat",
        "",
    ] {
        let result = load(&[("API_BASE_URL", url)], None);
        assert!(
            url.is_empty() || result.is_err_and(|error| !error.contains("secret")),
            "{url}"
        );
    }
}

/// A directory as systemd makes it for a service's credentials.
fn credentials_dir() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("tai-password"), "sandbox-password\n").unwrap();
    dir
}

#[test]
fn the_password_comes_from_the_first_source_that_is_configured() {
    let dir = credentials_dir();
    let credentials = ("CREDENTIALS_DIRECTORY", dir.path().to_str().unwrap());
    let command = "password_command = [\"pass\", \"show\", \"tai\"]\n";
    let file = "password_file = \"/home/alice/.tai\"\n";
    let name = ("TAI_MCP_USERNAME", "alice");
    let first = |env: &[(&str, &str)], file: &str| {
        let config = load(env, Some(file)).unwrap();
        config.source.to_string().replace(credentials.1, "DIR")
    };
    let all = [
        name,
        credentials,
        ("PASSWORD", "sandbox-password"),
        ("TAI_MCP_PASSWORD", "sandbox-password"),
    ];
    assert_eq!(first(&all, command), "the variable TAI_MCP_PASSWORD");
    assert_eq!(first(&all[..3], command), "the variable PASSWORD");
    assert_eq!(
        first(&all[..2], command),
        "the systemd credential DIR/tai-password"
    );
    assert_eq!(first(&all[..1], command), "the command `pass`");
    assert_eq!(first(&all[..1], file), "the file /home/alice/.tai");
    assert_eq!(first(&all[..1], ""), "the keyring");
    assert_eq!(first(&[], ""), "the keyring");
    // A password without a username is nobody's.
    assert_eq!(first(&all[2..], ""), "nowhere");
}

#[test]
fn a_username_may_be_a_systemd_credential_and_is_checked_all_the_same() {
    let dir = credentials_dir();
    let env = [("CREDENTIALS_DIRECTORY", dir.path().to_str().unwrap())];
    std::fs::write(dir.path().join("tai-username"), "bob\n").unwrap();
    let config = load(&env, Some("username = \"filed\"\n")).unwrap();
    assert_eq!(config.source.username(), Some("bob"));
    std::fs::write(dir.path().join("tai-username"), "b b\n").unwrap();
    let error = load(&env, None).unwrap_err();
    assert!(
        error.starts_with("the systemd credential tai-username"),
        "{error}"
    );
}

#[test]
fn name_alone_is_the_hosts_and_not_a_username() {
    let config = load(&[("NAME", "LAPTOP-7")], Some("username = \"alice\"\n")).unwrap();
    assert_eq!(config.source.username(), Some("alice"));
    let env = [("NAME", "bob"), ("PASSWORD", "sandbox-password")];
    let config = load(&env, Some("username = \"alice\"\n")).unwrap();
    assert_eq!(config.source.username(), Some("bob"));
}

#[test]
fn a_source_that_cannot_be_meant_is_refused() {
    for (file, rule) in [
        ("password_command = []\n", "it is a list"),
        ("password_command = \"pass\"\n", "line 1"),
        ("password_file = \"here\"\n", "begins with /"),
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
fn a_value_with_stray_spaces_or_quotes_is_refused_by_name() {
    for value in [" alice", "alice ", "\"alice\"", "'alice'", "alice\n"] {
        let error = load(&[("TAI_MCP_USERNAME", value)], None).unwrap_err();
        assert!(
            error.starts_with("TAI_MCP_USERNAME") && error.contains("spaces or quotes"),
            "{value:?}: {error}"
        );
    }
}

#[test]
fn an_instance_may_be_kept_from_tools() {
    let file = "[instances.reader]\nread_only = true\n[instances.bot]\ntools = [\"send_email\"]\n";
    let permits = load(&[], Some(file)).unwrap().permits;
    let refused = |instance, call| permits.refusal(instance, call).is_some();
    assert!(refused(Some("Reader"), "send_email"));
    assert!(refused(Some("reader"), "delete_email"));
    assert!(!refused(Some("reader"), "fetch_email"));
    assert!(!refused(Some("bot"), "send_email"));
    assert!(refused(Some("bot"), "list_inbox"));
    assert!(!refused(Some("bot"), "info"), "not a tool");
    assert!(!refused(Some("other"), "send_email") && !refused(None, "send_email"));
    let error = load(&[], Some("[instances.x]\ntools = [\"shell\"]\n")).unwrap_err();
    assert!(
        error.contains("[instances.x]") && error.contains("send_email"),
        "{error}"
    );
}
