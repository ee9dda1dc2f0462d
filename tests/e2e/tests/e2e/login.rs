//! `taid login` and `taid register` at a terminal and in scripts.

use rustix::process::{Pid, Signal, kill_process};
use std::process::{Command, Stdio};
use tai_e2e::{Machine, PASSWORD, terminal::Terminal, wait_until};
use tai_sandbox::FaultKind;

const LOGIN: &str = "POST /api/v1/login";

#[test]
fn a_mistake_is_reported_before_a_password_is_used() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let logins = machine.sandbox.count(LOGIN);
    let page = [
        &["login", "alice@tai.chat", "--password-stdin"][..],
        &["login", "desk.alice@tai.chat", "--password-stdin"],
        &["login", "al", "--password-stdin"],
        &["login", "bob", "--password-stdin"],
        &["register", "Alice_X", "--password-stdin"],
        &["register", "Carol", "--password-stdin"],
    ]
    .map(|arguments| machine.say(&machine.cli_reading(arguments, PASSWORD)));
    insta::assert_snapshot!(page.join("\n"), @"
    exit 1
    error: the username is not valid
    caused by: a username has 3 to 50 characters: ASCII letters, digits and hyphens
    hint: use the username of the address: alice

    exit 1
    error: the username is not valid
    caused by: a username has 3 to 50 characters: ASCII letters, digits and hyphens
    hint: use the username of the address: alice

    exit 1
    error: the username is not valid
    caused by: a username has 3 to 50 characters: ASCII letters, digits and hyphens
    hint: correct it and try again; nothing was sent

    exit 1
    error: this taid belongs to alice, not to bob
    caused by: one taid holds one account
    hint: to use both accounts, run `taid login bob --profile bob`, which reads config-bob.toml and not config.toml; to replace the account, run `taid logout` first

    exit 1
    error: the username is not valid
    caused by: the username of a new account has lower-case letters, digits and hyphens
    hint: correct it and try again; nothing was sent

    exit 1
    error: the username is not valid
    caused by: the username of a new account has lower-case letters, digits and hyphens
    hint: correct it and try again; nothing was sent
    ");
    assert_eq!(machine.sandbox.count(LOGIN), logins);
}

#[test]
fn a_password_on_standard_input_is_never_taken_for_a_username() {
    let machine = Machine::new();
    for command in ["login", "register"] {
        let output = machine.cli_reading(&[command, "--password-stdin"], PASSWORD);
        insta::allow_duplicates! {
            insta::assert_snapshot!(machine.say(&output), @"
            exit 2
            error: --password-stdin needs a USERNAME
            caused by: standard input has the password alone
            hint: name the account, as in `taid login alice --password-stdin`
            ");
        }
    }
    let asked = machine.sandbox.log();
    assert!(asked.is_empty(), "{asked:?}");
}

#[test]
fn a_password_prompt_that_a_signal_ends_restores_the_terminal() {
    let machine = Machine::new();
    let _taid = machine.start_bare(&[]);
    for (command, signal) in [
        ("login", None),
        ("login", Some(Signal::TERM)),
        ("register", Some(Signal::TERM)),
    ] {
        let taid = machine.command("taid");
        // The terminal must be the controlling one.
        let mut login = Command::new("setsid");
        login
            .arg("--ctty")
            .arg(taid.get_program())
            .args(taid.get_args());
        let variables = taid.get_envs();
        login.envs(variables.filter_map(|(name, value)| Some((name, value?))));
        login.args([command, "alice"]);
        let mut terminal = Terminal::spawn(login, 80);
        match command {
            "login" => terminal.wait_for("Password of alice"),
            _ => {
                terminal.wait_for("New password");
                terminal.type_in("some new password\r");
                terminal.wait_for("Repeat it");
            }
        }
        wait_until("the prompt switches off the echo", || !terminal.is_usual());
        match signal {
            None => terminal.type_in("half\u{3}"),
            Some(signal) => {
                let pid = i32::try_from(terminal.id()).ok().and_then(Pid::from_raw);
                kill_process(pid.unwrap(), signal).unwrap();
            }
        }
        let (code, screen, is_usual) = terminal.wait_and_look();
        assert!(is_usual, "{command} {signal:?}: {screen}");
        assert_ne!(code, Some(0), "{screen}");
    }
}

#[test]
fn a_login_that_is_interrupted_has_no_effect() {
    let machine = Machine::new();
    let _taid = machine.start_bare(&[("TAI_MCP_LOG_LEVEL", "debug")]);
    machine.sandbox.fail(FaultKind::Hang, 1, LOGIN);
    let mut child = machine
        .command("taid")
        .args(["login", "alice", "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), PASSWORD.as_bytes()).unwrap();
    wait_until("the login is under way", || {
        machine
            .log()
            .contains("Attempting login with username: alice")
    });
    let pid = i32::try_from(child.id())
        .ok()
        .and_then(Pid::from_raw)
        .unwrap();
    // A process that a shell starts in the background ignores SIGINT.
    kill_process(pid, Signal::TERM).unwrap();
    child.wait().unwrap();
    wait_until("the login is dropped", || {
        machine.log().contains("the login was cancelled")
    });
    machine.sandbox.heal();
    assert_eq!(machine.status()["session"]["state"], "signed_out");
    assert!(machine.login(PASSWORD).status.success());
}

#[test]
fn the_environment_of_the_node_server_serves_login_and_register() {
    let machine = Machine::new();
    let _taid = machine.start_bare(&[]);
    let run = |command: &str, name: &str| {
        let output = machine
            .command("taid")
            .arg(command)
            .env("NAME", name)
            .env("PASSWORD", PASSWORD)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        machine.say(&output)
    };
    insta::assert_snapshot!(run("login", "alice"), @"
    exit 0
    ✅ Login successful
    📧 Instance email: alice@tai.chat
    taid forgets the password when it exits; `taid login --save` keeps it, if a keyring runs.
    Next: `taid setup` adds tai to your MCP clients.
    ");
    let other = Machine::new();
    let _other = other.start_bare(&[]);
    let output = other
        .command("taid")
        .arg("register")
        .env("NAME", "carol")
        .env("PASSWORD", PASSWORD)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    insta::assert_snapshot!(other.say(&output), @"
    exit 0
    account created: carol@tai.chat
    ✅ Login successful
    📧 Instance email: carol@tai.chat
    taid forgets the password when it exits; `taid login --save` keeps it, if a keyring runs.
    Next: `taid setup` adds tai to your MCP clients.
    ");
    let capital = other
        .command("taid")
        .arg("register")
        .env("NAME", "Carol")
        .env("PASSWORD", PASSWORD)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    insta::assert_snapshot!(other.say(&capital), @"
    exit 1
    error: the username is not valid
    caused by: the username of a new account has lower-case letters, digits and hyphens
    hint: correct it and try again; nothing was sent
    ");
}
