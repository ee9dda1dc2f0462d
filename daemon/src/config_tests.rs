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
    Config::load("default", &env, Some(dir.path())).map_err(|error| error.to_string())
}

#[test]
fn seed_defaults_hold_where_nothing_is_said() {
    let config = load(&[], None).unwrap();
    assert_eq!(config.base_url.as_str(), "https://tai.chat/");
    assert_eq!(config.api_timeout, Duration::from_secs(30));
    assert_eq!(config.poll_interval, Duration::from_secs(5));
    assert_eq!(config.log_level, LogLevel::Info);
    assert_eq!(
        (config.username, config.instance, config.user_email),
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
    assert_eq!(config.username.as_deref(), Some("prefixed"));
    assert_eq!(config.instance.as_deref(), Some("plain"));
    assert_eq!(config.user_email.as_deref(), Some("f@example.com"));
    assert!(matches!(
        config.credentials,
        Source::Environment {
            variable: "PASSWORD",
            ..
        }
    ));
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
