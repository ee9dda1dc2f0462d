//! Reports of a daemon with another environment.

use super::{super::check::State, *};
use std::env::VarError;
use std::fmt::Write as _;
use tai_proto::{names::Profile, status::SettingStatus};

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn shell() -> Shell {
    Shell {
        home: some("/home/alice"),
        config_dir: some("/home/alice/.config/tai"),
        path: some("/usr/bin"),
        session_bus: some("unix:path=/run/user/7/bus"),
        network: vec!["HTTPS_PROXY".to_owned()],
    }
}

fn daemon() -> EnvironmentStatus {
    let Shell {
        home,
        config_dir,
        path,
        session_bus,
        network,
    } = shell();
    EnvironmentStatus {
        home,
        config_dir,
        path,
        session_bus,
        network,
        settings: Vec::new(),
    }
}

/// Returns the configuration of this shell's variables, without a file.
fn configured(env: &dyn Fn(&str) -> Result<String, VarError>) -> Config {
    let inputs = crate::config::Inputs {
        env,
        password: None,
        dir: None,
        account: None,
    };
    Config::load(&Profile::default(), inputs).unwrap()
}

fn page(daemon: &EnvironmentStatus, config: Option<&Config>) -> String {
    let mut page = String::new();
    for check in examine(daemon, &shell(), config, false) {
        let (state, found, remedy) = (check.state, check.found, check.remedy);
        let _ = writeln!(page, "{state:?} {}: {found} | {remedy}", check.name);
    }
    page
}

#[test]
fn a_daemon_with_the_environment_of_this_shell_has_no_differences() {
    insta::assert_snapshot!(page(&daemon(), None), @"Ok home: taid has the directories of this shell |");
    let old = EnvironmentStatus::default();
    let shell = Shell {
        session_bus: None,
        ..shell()
    };
    let checks = examine(&old, &shell, None, true);
    assert!(checks.iter().all(|check| check.remedy.is_empty()));
}

#[test]
fn another_home_path_bus_or_setting_of_the_daemon_is_named() {
    let setting = |key: &str, value: &str| SettingStatus {
        key: key.to_owned(),
        value: value.to_owned(),
        origin: format!("`{key}` in config.toml"),
    };
    let daemon = EnvironmentStatus {
        home: some("/root"),
        config_dir: some("/root/.config/tai"),
        path: some("/opt/bin"),
        session_bus: None,
        network: vec!["SSL_CERT_FILE".to_owned()],
        settings: vec![
            setting("password_command", "pass"),
            setting("api_base_url", "https://tai.chat"),
        ],
    };
    let env = |name: &str| match name {
        "TAI_MCP_API_BASE_URL" => Ok("https://mail.example.org".to_owned()),
        "TAI_MCP_LOG_LEVEL" => Ok("debug".to_owned()),
        _ => Err(VarError::NotPresent),
    };
    let config = configured(&env);
    insta::assert_snapshot!(page(&daemon, Some(&config)), @"
    Wrong home: taid's home directory is /root, and this shell's is /home/alice | `taid stop`, then start taid from the environment that you want, or correct HOME and XDG_CONFIG_HOME
    Wrong home: taid's configuration directory is /root/.config/tai, and this shell's is /home/alice/.config/tai | `taid stop`, then start taid from the environment that you want, or correct HOME and XDG_CONFIG_HOME
    Skipped api_base_url: https://mail.example.org (from TAI_MCP_API_BASE_URL) has no effect: taid has https://tai.chat (from `api_base_url` in config.toml) | see `home`: taid reads /root/.config/tai
    Skipped log_level: debug (from TAI_MCP_LOG_LEVEL) has no effect: taid has the default | see `home`: taid reads /root/.config/tai
    Skipped program path: /opt/bin: `password_command` is found there | 
    Skipped taid's network: HTTPS_PROXY: set in this shell, not for taid; config.toml has `proxy` and `ca_file` for it; SSL_CERT_FILE: set for taid, not in this shell | 
    Wrong keyring: taid has no session bus, so it cannot reach the keyring of this session | `taid stop`; the next taid finds the bus
    ");
}

#[test]
fn another_xdg_directory_is_named_while_no_daemon_runs() {
    use std::path::Path;
    let mut dirs = UserDirs::below(Path::new("/home/alice"));
    assert_eq!(of_absent_daemon(&dirs), None);
    dirs = dirs.with_env(|name| (name == "XDG_CONFIG_HOME").then(|| "/home/alice/.config".into()));
    assert_eq!(of_absent_daemon(&dirs), None);
    dirs.dot_config = "/elsewhere".into();
    let found = of_absent_daemon(&dirs).map(|check| check.found);
    insta::assert_snapshot!(found.unwrap_or_default(), @"XDG_CONFIG_HOME is /elsewhere here; a taid that a program starts reads /home/alice/.config/tai instead");
}

#[test]
#[cfg(target_os = "linux")]
fn a_configuration_that_a_started_taid_would_not_read_is_wrong_until_it_is_linked() {
    let home = tempfile::tempdir().unwrap();
    let [ours, theirs] = ["conf", ".config"].map(|name| home.path().join(name));
    let mut dirs = UserDirs::below(home.path())
        .with_env(|name| (name == "XDG_CONFIG_HOME").then(|| "/elsewhere".into()));
    dirs.dot_config = ours.clone();
    let state = |dirs: &UserDirs| of_absent_daemon(dirs).map(|check| check.state);
    for dir in [&ours, &theirs] {
        std::fs::create_dir_all(dir).unwrap();
    }
    std::fs::create_dir(ours.join("tai")).unwrap();
    assert_eq!(state(&dirs), Some(State::Skipped));
    std::fs::write(ours.join("tai/config.toml"), "confirm_send = \"always\"").unwrap();
    let check = of_absent_daemon(&dirs).unwrap();
    assert_eq!(check.state, State::Wrong);
    let remedy = check.remedy.replace(home.path().to_str().unwrap(), "~");
    insta::assert_snapshot!(remedy, @"make ~/.config/tai a link to ~/conf/tai, or move your files there, and run `taid stop`");
    std::fs::create_dir(theirs.join("tai")).unwrap();
    std::fs::write(theirs.join("tai/config.toml"), "").unwrap();
    let remedy = of_absent_daemon(&dirs).unwrap().remedy;
    let remedy = remedy.replace(home.path().to_str().unwrap(), "~");
    insta::assert_snapshot!(remedy, @"both have files: move what you need from ~/conf/tai to ~/.config/tai, and run `taid stop`");
    std::fs::remove_dir_all(theirs.join("tai")).unwrap();
    std::os::unix::fs::symlink(ours.join("tai"), theirs.join("tai")).unwrap();
    assert_eq!(state(&dirs), None);
}

#[test]
fn a_value_in_a_file_that_taid_does_not_read_is_not_mended_by_a_restart() {
    let daemon = EnvironmentStatus {
        config_dir: some("/elsewhere/tai"),
        ..daemon()
    };
    let env = |name: &str| match name {
        "TAI_MCP_LOG_LEVEL" => Ok("debug".to_owned()),
        _ => Err(VarError::NotPresent),
    };
    let config = configured(&env);
    insta::assert_snapshot!(page(&daemon, Some(&config)), @"
    Skipped home: taid's configuration directory is /elsewhere/tai, and this shell's is /home/alice/.config/tai, which has no configuration | 
    Skipped log_level: debug (from TAI_MCP_LOG_LEVEL) has no effect: taid has the default | see `home`: taid reads /elsewhere/tai
    ");
}
