//! Signing in and out: with `taid login`, and with the configuration of clients.

use serde_json::json;
use tai_e2e::{Killed, Machine, PASSWORD, USER, wait_until};

const LOGIN: &str = "POST /api/v1/login";

#[test]
fn a_login_succeeds_only_after_the_bridge_accepted_it() {
    let machine = Machine::new();
    let _taid = machine.start_bare(&[("TAI_MCP_INSTANCE", "desk")]);
    let wrong = machine.login("mistyped-password");
    insta::assert_snapshot!(machine.say(&wrong), @"
    exit 4
    error: Authentication failed - invalid username or password
    caused by: the bridge refused the login, and reports no failure of its own
    hint: check the username and the password (case matters) and run `taid login` again; the session has not changed
    ");
    assert_eq!(machine.status()["session"]["state"], "signed_out");
    let right = machine.login(PASSWORD);
    insta::assert_snapshot!(machine.say(&right), @"
    exit 0
    ✅ Login successful
    📧 Instance email: desk.alice@tai.chat
    taid forgets the password when it exits; `taid login --save` keeps it, if a keyring runs.
    Next: `taid setup` adds tai to your MCP clients.
    ");
    let status = machine.status();
    assert_eq!(status["session"]["state"], "live");
    assert_eq!(status["account"]["source"], "`taid login`");
    assert_eq!(machine.sandbox.count(LOGIN), 2);
    let mut shim = machine.client("desk");
    assert!(!shim.call("list_inbox", json!({})).is_error);
}

#[test]
fn a_mistyped_login_does_not_affect_a_live_session() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    assert_eq!(machine.login("mistyped-password").status.code(), Some(4));
    assert_eq!(machine.status()["session"]["state"], "live");
    assert_eq!(
        machine.status()["account"]["source"],
        "the variable TAI_MCP_PASSWORD"
    );
    let mut shim = machine.client("desk");
    assert!(!shim.call("list_inbox", json!({})).is_error);
}

#[test]
fn a_login_ends_the_wait_after_a_refused_password() {
    let machine = Machine::new();
    let _taid = machine.start_with(&[("TAI_MCP_PASSWORD", "another-sandbox-password")]);
    wait_until("the login is refused", || {
        machine.status()["session"]["failed_logins"] == 1
    });
    assert!(machine.login(PASSWORD).status.success());
    let mut shim = machine.client("desk");
    assert!(!shim.call("list_inbox", json!({})).is_error);
}

#[test]
fn a_logout_ends_the_session_of_all_clients_until_the_next_login() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = machine
        .shim_with(&[("NAME", USER), ("PASSWORD", PASSWORD)])
        .initialized("test", "2025-06-18");
    assert!(!shim.call("list_inbox", json!({})).is_error);
    insta::assert_snapshot!(machine.say(&machine.cli(&["logout", "--yes"])), @"
    exit 0
    signed out alice; the token and the password are deleted from memory
    note: the next start of taid signs in again with the password from the variable TAI_MCP_PASSWORD
    ");
    insta::assert_snapshot!(shim.call("list_inbox", json!({})).text, @"
    error: taid is signed out
    caused by: `taid logout` signed it out
    hint: ask the user to run `taid login`, then call again
    ");
    let status = machine.cli(&["status"]);
    assert_eq!(status.status.code(), Some(4));
    let page = machine.plain(&status.stdout);
    assert!(page.contains("signed out by `taid logout`"), "{page}");
    assert!(!page.contains("  error"), "{page}");
    assert_eq!(machine.sandbox.count(LOGIN), 1, "taid logged in again");
    assert!(machine.login(PASSWORD).status.success());
    assert!(!shim.call("list_inbox", json!({})).is_error);
}

#[test]
fn a_node_server_configuration_signs_taid_in_for_all_clients() {
    let machine = Machine::new();
    machine.configure("username = \"alice\"\n");
    let _taid = machine.start_bare(&[]);
    let config = [
        ("NAME", USER),
        ("PASSWORD", PASSWORD),
        ("INSTANCE", "desktop"),
    ];
    let mut shims: Vec<_> = (0..5)
        .map(|_| machine.shim_with(&config).initialized("test", "2025-06-18"))
        .collect();
    for shim in &mut shims {
        let result = shim.call("list_inbox", json!({}));
        assert!(
            result.text.contains("desktop.alice@tai.chat"),
            "{}",
            result.text
        );
    }
    assert_eq!(machine.sandbox.count(LOGIN), 1);
    let status = machine.status();
    assert_eq!(status["account"]["source"], "an MCP client's configuration");
    // A client without a password uses the existing session.
    let mut shim = machine.client("other");
    assert!(!shim.call("list_inbox", json!({})).is_error);
}

#[test]
fn a_client_of_another_account_gets_a_hint_about_profiles_and_changes_nothing() {
    let machine = Machine::new();
    machine.sandbox.add_account("bob", PASSWORD).unwrap();
    let taid = machine.start();
    taid.wait_until_live();
    let mut bob = machine
        .shim_with(&[("NAME", "bob"), ("PASSWORD", PASSWORD)])
        .initialized("test", "2025-06-18");
    insta::assert_snapshot!(bob.call("list_inbox", json!({})).text, @"
    error: this client is configured for bob, but taid is signed in as alice
    caused by: one taid holds one account
    hint: ask the user to configure this client for alice, or set TAI_MCP_PROFILE=bob for it and sign in with `taid login bob --profile bob`, which reads config-bob.toml and not config.toml, then call again
    ");
    let login = machine.cli_reading(&["login", "bob", "--password-stdin"], PASSWORD);
    insta::assert_snapshot!(machine.say(&login), @"
    exit 1
    error: this taid belongs to alice, not to bob
    caused by: one taid holds one account
    hint: to use both accounts, run `taid login bob --profile bob`, which reads config-bob.toml and not config.toml; to replace the account, run `taid logout` first
    ");
    assert_eq!(machine.sandbox.count(LOGIN), 1);
    assert_eq!(machine.status()["account"]["username"], USER);
}

#[test]
fn the_name_variable_of_wsl_is_not_an_account() {
    let machine = Machine::new();
    let _taid = machine.start_with(&[("NAME", "LAPTOP-7")]);
    let mut shim = machine
        .shim_with(&[("NAME", "LAPTOP-7")])
        .initialized("test", "2025-06-18");
    assert!(!shim.call("list_inbox", json!({})).is_error);
}

#[test]
fn status_all_lists_all_profiles() {
    let machine = Machine::new();
    assert_eq!(machine.cli(&["status", "--all"]).status.code(), Some(3));
    for profile in ["work", "home"] {
        machine.configure_profile(profile, "");
    }
    machine.sandbox.add_account("bob", PASSWORD).unwrap();
    let one = machine.start();
    one.wait_until_live();
    let two = machine.start_bare(&[("TAI_MCP_PROFILE", "work")]);
    drop(two);
    let bob = [("TAI_MCP_PROFILE", "home"), ("TAI_MCP_USERNAME", "bob")];
    let mut command = machine.taid(&bob);
    let _home = Killed::spawn(command.stderr(std::process::Stdio::null()));
    wait_until("both profiles serve", || {
        let output = machine.cli(&["status", "--all", "--json"]);
        let all: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let names: Vec<_> = all
            .as_array()
            .into_iter()
            .flatten()
            .map(|status| status["daemon"]["profile"].clone())
            .collect();
        output.status.success() && names == ["default", "home"]
    });
    let output = machine.cli(&["status", "--all"]);
    let page = String::from_utf8(output.stdout).unwrap();
    assert_eq!(page.lines().count(), 3, "{page}");
}

#[test]
fn without_a_daemon_login_fails_before_the_password_prompt() {
    let machine = Machine::new();
    insta::assert_snapshot!(machine.say(&machine.cli(&["login"])), @"
    exit 3
    error: taid is not running
    caused by: there is no taid at HOME/.local/state/tai/run/default.sock
    hint: TAI_MCP_AUTOSTART is off here, so no command starts taid; run `taid run` in another terminal, or unset the variable
    ");
    insta::assert_snapshot!(machine.say(&machine.cli(&["logout", "--yes"])), @"
    exit 3
    error: taid is not running
    caused by: there is no taid at HOME/.local/state/tai/run/default.sock
    hint: TAI_MCP_AUTOSTART is off here, so no command starts taid; run `taid run` in another terminal, or unset the variable
    ");
}

#[test]
fn the_password_prompt_does_not_echo_and_gives_three_tries() {
    let machine = Machine::new();
    let _taid = machine.start_bare(&[]);
    // `script` provides a terminal and types its input.
    let mut child = machine
        .command("taid")
        .get_envs()
        .fold(
            &mut std::process::Command::new("script"),
            |command, (name, value)| command.env(name, value.unwrap_or_default()),
        )
        .args([
            "-qec",
            &format!(
                "'{}' login {USER}",
                tai_e2e::executables().join("taid").display()
            ),
            "/dev/null",
        ])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut screen = String::new();
    let mut piece = [0; 1024];
    for (prompts, password) in ["mistyped-password", "mistyped-again", PASSWORD]
        .iter()
        .enumerate()
    {
        // The terminal echoes input that is typed before the prompt.
        while screen.matches("Password of alice: ").count() <= prompts {
            let n = std::io::Read::read(&mut output, &mut piece).unwrap();
            assert!(n > 0, "{screen}");
            screen.push_str(&String::from_utf8_lossy(&piece[..n]));
        }
        // The prompt appears before echo is switched off.
        wait_until("the terminal does not echo", || is_silent(child.id()));
        std::io::Write::write_all(&mut input, format!("{password}\n").as_bytes()).unwrap();
    }
    std::io::Read::read_to_string(&mut output, &mut screen).unwrap();
    assert!(child.wait().unwrap().success(), "{screen}");
    assert!(screen.contains("✅ Login successful"), "{screen}");
    assert!(!screen.contains(PASSWORD), "{screen}");
    assert_eq!(screen.matches("; try again").count(), 2, "{screen}");
}

/// Returns whether the terminal of the child of `script` does not echo.
fn is_silent(script: u32) -> bool {
    let children = format!("/proc/{script}/task/{script}/children");
    let children = std::fs::read_to_string(children).unwrap_or_default();
    let Some(child) = children.split_whitespace().next() else {
        return false;
    };
    let terminal = std::fs::read_link(format!("/proc/{child}/fd/1")).unwrap_or_default();
    let stty = std::process::Command::new("stty")
        .arg("-F")
        .arg(terminal)
        .arg("-a")
        .output();
    stty.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).contains(" -echo "))
}

#[test]
fn a_password_cannot_be_given_as_an_argument() {
    let machine = Machine::new();
    let output = machine.cli(&["login", USER, PASSWORD]);
    assert_eq!(output.status.code(), Some(2));
}
