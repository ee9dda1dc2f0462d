//! Which variables count, which bridge gets a password, and which file is obeyed.

use super::{
    tests::{credentials_dir, load, load_in},
    *,
};

#[test]
fn a_common_name_counts_only_beside_name_and_password() {
    let common = [
        ("API_BASE_URL", "http://127.0.0.1:3000"),
        ("INSTANCE", "web-1"),
        ("LOG_LEVEL", "error"),
    ];
    let name = ("NAME", "bob");
    let password = ("PASSWORD", "sandbox-password");
    let file = "username = \"alice\"\npassword_file = \"/alice\"\n";
    let of = |more: &[(&str, &str)]| {
        let config = load(&[&common[..], more].concat(), Some(file)).unwrap();
        let url = config.settings.api_base_url;
        let user = config.source.username().unwrap();
        let mut text = format!("{user} from {} at {url}\n", config.source);
        for note in config.ignored {
            text.push_str(&format!("    {note}\n"));
        }
        text
    };
    let page = [
        of(&[name, password]),
        of(&[name]),
        of(&[password]),
        of(&[password, ("TAI_MCP_USERNAME", "carol")]),
        of(&[name, password, ("TAI_MCP_USERNAME", "carol")]),
        of(&[name, password, ("TAI_MCP_PASSWORD", "other-password")]),
    ];
    insta::assert_snapshot!(page.concat(), @"
    bob from the variable PASSWORD at http://127.0.0.1:3000/
    alice from the file /alice at https://tai.chat/
        API_BASE_URL, INSTANCE, LOG_LEVEL are ignored without NAME and PASSWORD; use the names with the prefix TAI_MCP_
    alice from the file /alice at https://tai.chat/
        PASSWORD is ignored: it counts only together with NAME and without TAI_MCP_USERNAME and TAI_MCP_PASSWORD, because it may belong to another program
        API_BASE_URL, INSTANCE, LOG_LEVEL are ignored without NAME and PASSWORD; use the names with the prefix TAI_MCP_
    carol from the file /alice at https://tai.chat/
        PASSWORD is ignored: it counts only together with NAME and without TAI_MCP_USERNAME and TAI_MCP_PASSWORD, because it may belong to another program
        API_BASE_URL, INSTANCE, LOG_LEVEL are ignored without NAME and PASSWORD; use the names with the prefix TAI_MCP_
    carol from the file /alice at https://tai.chat/
        PASSWORD is ignored: it counts only together with NAME and without TAI_MCP_USERNAME and TAI_MCP_PASSWORD, because it may belong to another program
        API_BASE_URL, INSTANCE, LOG_LEVEL are ignored without NAME and PASSWORD; use the names with the prefix TAI_MCP_
    alice from the variable TAI_MCP_PASSWORD at https://tai.chat/
        PASSWORD is ignored: it counts only together with NAME and without TAI_MCP_USERNAME and TAI_MCP_PASSWORD, because it may belong to another program
        API_BASE_URL, INSTANCE, LOG_LEVEL are ignored without NAME and PASSWORD; use the names with the prefix TAI_MCP_
    ");
}

#[test]
fn a_value_that_nobody_can_have_meant_is_an_error_that_names_its_variable() {
    let mut page = String::new();
    for (name, value) in [
        ("TAI_MCP_API_BASE_URL", "https://m\u{FFFD}il.example"),
        ("TAI_MCP_API_BASE_URL", "${URL}"),
        ("TAI_MCP_USERNAME", "${user_config.username}"),
        ("TAI_MCP_INSTANCE", "'desk'"),
        ("TAI_MCP_USEREMAIL", "Bob <bob@example.com>"),
        ("TAI_MCP_USEREMAIL", "bob@localhost"),
        ("TAI_MCP_USEREMAIL", "mailto:bob@example.com"),
        ("TAI_MCP_USEREMAIL", "ann@example.com, bob@example.com"),
        ("TAI_MCP_PASSWORD", "passw\u{FFFD}rd-latin1"),
        ("TAI_MCP_PASSWORD", "${TAI_MCP_PASSWORD}"),
        ("TAI_MCP_PASSWORD", "\"sandbox-password\""),
    ] {
        let error = load(&[(name, value)], None).unwrap_err();
        assert!(!error.contains(value), "{error}");
        page.push_str(&format!("{error}\n"));
    }
    let error = load(&[("NAME", "bob"), ("PASSWORD", "${PASSWORD}")], None).unwrap_err();
    page.push_str(&error);
    insta::assert_snapshot!(page, @"
    TAI_MCP_API_BASE_URL is not valid: the value is not UTF-8
    TAI_MCP_API_BASE_URL is not valid: the value is a reference that was not replaced, such as `${NAME}`
    TAI_MCP_USERNAME is not valid: the value is a reference that was not replaced, such as `${NAME}`
    TAI_MCP_INSTANCE is not valid: the value is enclosed in quotes; write it without them
    TAI_MCP_USEREMAIL is not valid: give the address alone, without a display name, such as bob@example.com
    TAI_MCP_USEREMAIL is not valid: the part after @ is a domain with a dot, such as example.com
    TAI_MCP_USEREMAIL is not valid: give the address without `mailto:`
    TAI_MCP_USEREMAIL is not valid: expected one mail address, such as `bob@example.com`, not a list
    TAI_MCP_PASSWORD is not valid: the value is not UTF-8
    TAI_MCP_PASSWORD is not valid: the value is a reference that was not replaced, such as `${NAME}`
    TAI_MCP_PASSWORD is not valid: the value is enclosed in quotes; write it without them
    PASSWORD is not valid: the value is a reference that was not replaced, such as `${NAME}`
    ");
    // The variable of another program stops nothing.
    for value in ["${PASSWORD}", "l\u{FFFD}tin1"] {
        assert!(load(&[("PASSWORD", value), ("API_BASE_URL", value)], None).is_ok());
    }
}

#[test]
fn a_password_is_for_the_bridge_that_its_own_place_names() {
    let dir = credentials_dir();
    let systemd = ("CREDENTIALS_DIRECTORY", dir.path().to_str().unwrap());
    let url = ("TAI_MCP_API_BASE_URL", "https://env.example");
    let named = ("TAI_MCP_USERNAME", "alice");
    let password = ("TAI_MCP_PASSWORD", "sandbox-password");
    let filed = "api_base_url = \"https://file.example\"\n";
    let command = "password_command = [\"pass\"]\n";
    let file = "password_file = \"/pw\"\n";
    let mut page = String::new();
    for (env, toml) in [
        (vec![named, password], ""),
        (vec![named, password], filed),
        (vec![named, password, url], filed),
        (vec![named, url, systemd], filed),
        (vec![named, url], &format!("{filed}{command}")),
        (vec![named, url], &format!("{filed}{file}")),
        (vec![named, url], file),
        (vec![named, url], filed),
        (vec![url], ""),
    ] {
        let config = load(&env, Some(toml)).unwrap();
        let source = config.source.to_string().replace(systemd.1, "DIR");
        let bridge = config.source.bridge().unwrap();
        let url = config.settings.api_base_url;
        page.push_str(&format!("taid at {url}: {source} for {bridge}\n"));
    }
    insta::assert_snapshot!(page, @"
    taid at https://tai.chat/: the variable TAI_MCP_PASSWORD for https://tai.chat
    taid at https://file.example/: the variable TAI_MCP_PASSWORD for https://file.example
    taid at https://env.example/: the variable TAI_MCP_PASSWORD for https://env.example
    taid at https://env.example/: the systemd credential DIR/tai-password for https://file.example
    taid at https://env.example/: the command `pass` for https://file.example
    taid at https://env.example/: the file /pw for https://file.example
    taid at https://env.example/: the file /pw for https://tai.chat
    taid at https://env.example/: the keyring for https://file.example
    taid at https://env.example/: the keyring for https://tai.chat
    ");
}

#[test]
fn the_profile_of_an_account_has_the_rules_of_the_file_and_not_its_credentials() {
    let dir = tempfile::tempdir().unwrap();
    let text = "username = \"alice\"\npassword_file = \"/alice\"\nconfirm_send = \"always\"\n\
                api_base_url = \"https://file.example\"\n[instances.bot]\nread_only = true\n";
    std::fs::write(dir.path().join("config.toml"), text).unwrap();
    let bob: Username = "bob".parse().unwrap();
    let load = |env: &[(&str, &str)]| {
        let config = load_in(env, dir.path(), "bob", Some(&bob)).unwrap();
        assert_eq!(config.settings.confirm_send, ConfirmPolicy::Always);
        let bot = "bot".parse().unwrap();
        let rules = config.policy.rules(Some(&bot));
        let bot = rules.forbids_tool(tai_proto::Tool::SendEmail);
        assert!(bot.is_some());
        let keyring = config
            .keyring
            .map_or("none".to_owned(), |it| it.to_string());
        let (source, url) = (&config.source, config.settings.api_base_url);
        let user = source.username().unwrap();
        format!("{user} at {url}: {source}, keyring for {keyring}\n")
    };
    let mut page = load(&[]);
    page.push_str(&load(&[("TAI_MCP_API_BASE_URL", "https://env.example")]));
    page.push_str(&load(&[("TAI_MCP_API_BASE_URL", "http://127.0.0.1:1")]));
    std::fs::write(
        dir.path().join("config-bob.toml"),
        "password_file = \"/bob\"\nconfirm_send = \"always\"\n[instances.bot]\nread_only = true\n",
    )
    .unwrap();
    page.push_str(&load(&[]));
    insta::assert_snapshot!(page, @"
    bob at https://file.example/: the keyring, keyring for https://file.example
    bob at https://env.example/: the keyring, keyring for https://env.example
    bob at http://127.0.0.1:1/: no source, keyring for none
    bob at https://tai.chat/: the file /bob, keyring for https://tai.chat
    ");
}

#[cfg(unix)]
#[test]
fn what_stands_in_the_place_of_the_file_and_is_no_file_is_an_error_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("tai");
    let path = config.join("config.toml");
    let load = || match load_in(&[], &config, "default", None) {
        Ok(_) => "ok".to_owned(),
        Err(error) => error.replace(dir.path().to_str().unwrap(), "DIR"),
    };
    let mut page = vec![load()];
    std::os::unix::fs::symlink(dir.path().join("lost"), &config).unwrap();
    page.push(load());
    std::fs::remove_file(&config).unwrap();
    std::fs::create_dir(&config).unwrap();
    page.push(load());
    std::os::unix::fs::symlink(dir.path().join("lost"), &path).unwrap();
    page.push(load());
    std::fs::remove_file(&path).unwrap();
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, &path, mode).unwrap();
    page.push(load());
    std::fs::remove_file(&path).unwrap();
    let file = std::fs::File::create(&path).unwrap();
    file.set_len(2 << 20).unwrap();
    page.push(load());
    insta::assert_snapshot!(page.join("\n"), @"
    ok
    cannot read the configuration file DIR/tai
    ok
    cannot read the configuration file DIR/tai/config.toml
    cannot read the configuration file DIR/tai/config.toml
    cannot read the configuration file DIR/tai/config.toml
    ");
}

#[cfg(unix)]
#[test]
fn a_file_that_other_users_can_change_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("tai");
    let path = config.join("config.toml");
    std::fs::create_dir(&config).unwrap();
    std::fs::write(&path, "").unwrap();
    let chmod = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let load = || load_in(&[], &config, "default", None).map(drop);
    let mut page = String::new();
    for (file, directory) in [
        (0o644, 0o755),
        (0o600, 0o700),
        (0o666, 0o755),
        (0o646, 0o755),
        (0o644, 0o777),
        (0o644, 0o1777),
    ] {
        chmod(&path, file);
        chmod(&config, directory);
        let said = load().err().unwrap_or_else(|| "ok".to_owned());
        page.push_str(&format!("{file:o} in {directory:o}: {said}\n"));
    }
    chmod(&config, 0o700);
    // A link is as safe as the file that it leads to.
    let target = dir.path().join("shared");
    std::fs::create_dir(&target).unwrap();
    std::fs::rename(&path, target.join("config.toml")).unwrap();
    std::os::unix::fs::symlink(target.join("config.toml"), &path).unwrap();
    chmod(&target, 0o755);
    assert_eq!(load(), Ok(()));
    chmod(&target, 0o777);
    page.push_str(&load().unwrap_err());
    let page = page.replace(dir.path().to_str().unwrap(), "DIR");
    insta::assert_snapshot!(page, @"
    644 in 755: ok
    600 in 700: ok
    666 in 755: the configuration file DIR/tai/config.toml is not used: DIR/tai/config.toml has mode 0666, so other users can change it
    646 in 755: the configuration file DIR/tai/config.toml is not used: DIR/tai/config.toml has mode 0646, so other users can change it
    644 in 777: the configuration file DIR/tai/config.toml is not used: DIR/tai has mode 0777, so other users can change it
    644 in 1777: the configuration file DIR/tai/config.toml is not used: DIR/tai has mode 1777, so other users can change it
    the configuration file DIR/tai/config.toml is not used: DIR/shared has mode 0777, so other users can change it
    ");
}
