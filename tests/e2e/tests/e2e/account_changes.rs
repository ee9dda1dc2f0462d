//! The account of a taid stays the same until its user signs out, whatever is slow, down or changed
//! by another program.

use super::held::Keyring;
use rustix::process::Signal;
use serde_json::json;
use std::{fs::File, path::Path, process::Command};
use tai_e2e::{
    Machine, PASSWORD, USER, mcp::Shim, processes::send_signal, terminal::Terminal, wait_until,
};
use tai_sandbox::NewMail;

const LOGIN: &str = "POST /api/v1/login";

/// Runs a command of taid that reads the password from standard input.
fn with_password(machine: &Machine, args: &[&str], more: &[(&str, &str)]) -> Command {
    let password = machine.home().join("password");
    std::fs::write(&password, PASSWORD).unwrap();
    let mut command = machine.command("taid");
    command.args(args).arg("--password-stdin");
    command.envs(more.iter().copied());
    command.stdin(File::open(&password).unwrap());
    command
}

/// Lists the inbox and returns whether it is that of the address.
fn lists_mail_of(client: &mut Shim, address: &str) -> bool {
    let listed = client.call("list_inbox", json!({}));
    assert!(!listed.is_error, "{}", listed.text);
    listed.text.contains(address)
}

/// Prepares a bridge with a second account, an empty configuration, and a keyring; `None` on a
/// machine without the programs.
fn with_bob_and_keyring(machine: &Machine) -> Option<Keyring> {
    machine.sandbox.add_account("bob", PASSWORD).unwrap();
    machine.configure("");
    Keyring::start(machine)
}

/// Gives another home the configuration of the machine.
fn copy_configuration(machine: &Machine, home: &Path) {
    let config = home.join(".config/tai");
    std::fs::create_dir_all(&config).unwrap();
    let file = machine.config_dir().join("config.toml");
    std::fs::copy(file, config.join("config.toml")).unwrap();
}

#[test]
fn a_connected_client_gets_no_mail_of_the_account_that_the_user_signs_in_to_later() {
    let machine = Machine::new();
    machine.sandbox.add_account("bob", PASSWORD).unwrap();
    let _taid = machine.start_bare(&[]);
    assert!(machine.login(PASSWORD).status.success());
    let account = [
        ("TAI_MCP_INSTANCE", "desk"),
        ("TAI_MCP_USERNAME", USER),
        ("TAI_MCP_PASSWORD", PASSWORD),
        ("TAI_MCP_AUTOSTART", "1"),
    ];
    let mut client = machine
        .shim_with(&account)
        .initialized("test", "2025-06-18");
    let mut free = machine.client("desk");
    for client in [&mut client, &mut free] {
        assert!(lists_mail_of(client, "desk.alice@tai.chat"));
    }
    assert!(machine.cli(&["logout", "--yes"]).status.success());
    let bob = with_password(&machine, &["login", "bob"], &[]).output();
    assert!(bob.unwrap().status.success());
    // A client that names no account gets that of taid.
    assert!(lists_mail_of(&mut free, "desk.bob@tai.chat"));
    for _ in 0..2 {
        assert!(lists_mail_of(&mut client, "desk.alice@tai.chat"));
    }
    // It has started the own taid of its account.
    let all = machine.cli(&["status", "--all"]);
    assert!(machine.plain(&all.stdout).contains("alice"));
    assert!(machine.cli(&["stop", "--profile", USER]).status.success());
}

#[test]
fn a_taid_keeps_its_account_when_another_program_replaces_the_saved_password() {
    let machine = Machine::new();
    let Some(keyring) = with_bob_and_keyring(&machine) else {
        return;
    };
    let bus = keyring.bus();
    let save = |username: &str, more: &[(&str, &str)]| {
        let mut command = with_password(&machine, &["login", username, "--save"], more);
        machine.say(&command.env(bus.0, bus.1).output().unwrap())
    };
    let saved = save(USER, &[]);
    assert!(saved.starts_with("exit 0\n"), "{saved}");
    let _taid = machine.start_bare(&[bus]);
    let mut client = machine.client("desk");
    assert!(lists_mail_of(&mut client, "desk.alice@tai.chat"));

    // The entry is that of a profile and a bridge, whatever the home is.
    let home = machine.home().join("other");
    copy_configuration(&machine, &home);
    let home = home.to_str().unwrap();
    let mut logout = machine.command("taid");
    logout
        .args(["logout", "--yes", "--home", home])
        .env(bus.0, bus.1);
    assert!(logout.output().unwrap().status.success());
    let mut login = with_password(
        &machine,
        &["login", "bob", "--save", "--home", home],
        &[bus],
    );
    let said = machine.say(&login.output().unwrap());
    assert!(said.starts_with("exit 0\n"), "{said}");

    machine.sandbox.revoke_all_tokens();
    let listed = client.call("list_inbox", json!({}));
    insta::assert_snapshot!(listed.text, @"
    error: the password source failed
    caused by: the keyring has the password of another username
    hint: ask the user to run `taid stop` and `taid logout` to delete it, and then `taid login --save`; or correct a configured username, then call again
    ");
    assert_eq!(machine.status()["account"]["username"], USER);
}

#[test]
fn a_saved_password_that_could_not_be_read_is_not_replaced() {
    let machine = Machine::new();
    let Some(keyring) = with_bob_and_keyring(&machine) else {
        return;
    };
    let bus = keyring.bus();
    let save = |username: &str| with_password(&machine, &["login", username, "--save"], &[bus]);
    assert!(save(USER).output().unwrap().status.success());
    let logins = machine.sandbox.count(LOGIN);

    // Commands and taid wait for a keyring that answers later than D-Bus waits.
    send_signal(keyring.pid(), Signal::STOP);
    let mut bob = save("bob");
    bob.env("TAI_MCP_AUTOSTART", "0");
    let mut bob = bob.spawn().unwrap();
    let _taid = machine.start_bare(&[bus]);
    wait_until("the keyring is asked again", || {
        machine
            .log()
            .contains("the keyring does not answer; asking it again")
    });
    assert_eq!(machine.sandbox.count(LOGIN), logins);
    send_signal(keyring.pid(), Signal::CONT);
    assert!(lists_mail_of(
        &mut machine.client("desk"),
        "desk.alice@tai.chat"
    ));
    assert!(!bob.wait().unwrap().success());
    let said = machine.say(&save(USER).output().unwrap());
    assert!(said.starts_with("exit 0\n"), "{said}");
}

#[test]
fn nothing_is_created_or_replaced_while_the_keyring_is_locked() {
    let machine = Machine::new();
    let Some(keyring) = with_bob_and_keyring(&machine) else {
        return;
    };
    let bus = keyring.bus();
    let run = |args: &[&str]| {
        let autostart = ("TAI_MCP_AUTOSTART", "1");
        let output = with_password(&machine, args, &[bus, autostart]).output();
        machine.say(&output.unwrap())
    };
    assert!(run(&["login", USER, "--save"]).starts_with("exit 0\n"));
    keyring.lock();
    let logins = machine.sandbox.count(LOGIN);
    let refused = run(&["register", "carol", "--save"]);
    insta::assert_snapshot!(refused, @"
    exit 1
    error: nothing was done, because the password could not be saved
    caused by: the keyring is locked or denies access
    hint: unlock or start the keyring, or delete its entry with `taid stop` and `taid logout`, and run the command again; or run it without `--save`
    ");
    assert_eq!(run(&["login", "bob", "--save"]), refused);
    assert_eq!(machine.sandbox.count("POST /api/v1/register"), 0);
    assert_eq!(machine.sandbox.count(LOGIN), logins);
    assert!(machine.cli(&["stop"]).status.success());
    machine.configure("username = \"carol\"\n");
    assert_eq!(run(&["register", "carol", "--save"]), refused);
    assert!(machine.cli(&["stop"]).status.success());
    machine.configure("");
    // The way without the keyring, with a word about what it leaves open.
    let said = run(&["login", "bob"]);
    insta::assert_snapshot!(said, @"
    exit 0
    ✅ Login successful
    📧 Instance email: bob@tai.chat
    taid forgets the password when it exits; `taid login --save` keeps it, if a keyring runs.
    Next: `taid setup` adds tai to your MCP clients.
    note: the keyring is locked or denies access, so its account is not known
    ");
    assert!(machine.cli(&["stop"]).status.success());
}

#[test]
fn a_logout_ends_no_other_account_than_the_one_that_it_asked_about() {
    let machine = Machine::new();
    machine.sandbox.add_account("bob", PASSWORD).unwrap();
    let _taid = machine.start_bare(&[]);
    assert!(machine.login(PASSWORD).status.success());
    let mut command = machine.command("taid");
    command.arg("logout");
    let mut terminal = Terminal::spawn(command, 100);
    terminal.wait_for("Sign out alice?");
    assert!(machine.cli(&["logout", "--yes"]).status.success());
    let bob = with_password(&machine, &["login", "bob"], &[]).output();
    assert!(bob.unwrap().status.success());
    terminal.type_in("y\n");
    let (code, page) = terminal.wait();
    assert_eq!(code, Some(1), "{page}");
    assert!(
        page.contains("taid has another account than alice by now"),
        "{page}"
    );
    assert_eq!(machine.status()["account"]["username"], "bob");
}

#[test]
fn a_logout_deletes_the_password_that_taid_does_not_reach_any_more() {
    let machine = Machine::new();
    let Some(keyring) = with_bob_and_keyring(&machine) else {
        return;
    };
    let bus = keyring.bus();
    let other = machine.home().join("other");
    copy_configuration(&machine, &other);
    let here = machine.home().to_owned();
    let run = |home: &Path, mut command: Command| {
        command.arg("--home").arg(home).env(bus.0, bus.1);
        machine.say(&command.env("TAI_MCP_AUTOSTART", "0").output().unwrap())
    };
    let save = |home: &Path, username: &str| {
        let login = with_password(&machine, &["login", username, "--save"], &[]);
        let said = run(home, login);
        assert!(said.starts_with("exit 0\n"), "{said}");
    };
    let logout = |home: &Path| {
        let mut logout = machine.command("taid");
        logout.args(["logout", "--yes"]);
        run(home, logout)
    };
    save(&here, USER);
    // The bus of the session in which taid was started is gone.
    let gone = format!("unix:path={}/gone", here.display());
    let _taid = machine.start_bare(&[(bus.0, &gone)]);
    assert!(machine.login(PASSWORD).status.success());
    insta::assert_snapshot!(logout(&here), @"
    exit 0
    signed out alice; the token and the password are deleted from memory and from the keyring
    ");

    // The entry is that of a profile and a bridge, and now of the account of another home.
    save(&other, "bob");
    insta::assert_snapshot!(logout(&here), @"
    exit 0
    alice was signed out before; the token and the password are deleted from memory
    ");
    insta::assert_snapshot!(logout(&other), @"
    exit 0
    taid is not running; the password is deleted from the keyring
    ");
}

#[test]
fn after_a_logout_no_password_of_the_account_is_saved() {
    let machine = Machine::new();
    let Some(keyring) = Keyring::start(&machine) else {
        return;
    };
    machine.configure("");
    let bus = keyring.bus();
    let save = || with_password(&machine, &["login", USER, "--save"], &[bus]);
    let logout = || {
        let mut logout = machine.command("taid");
        logout.args(["logout", "--yes"]).env(bus.0, bus.1);
        logout
    };
    let is_saved = || logout().output().unwrap().status.success();

    // taid was started without the keyring that the shell has.
    assert!(save().output().unwrap().status.success());
    let taid = machine.start_bare(&[]);
    assert!(machine.login(PASSWORD).status.success());
    let said = machine.say(&logout().output().unwrap());
    assert!(said.contains("from memory and from the keyring"), "{said}");
    taid.stop();
    assert!(!is_saved());

    // The logout comes while the keyring does not answer the login.
    let taid = machine.start_bare(&[bus]);
    let logins = machine.sandbox.count(LOGIN);
    machine.sandbox.hold(1, LOGIN);
    let mut login = save().spawn().unwrap();
    wait_until("the keyring was read", || {
        machine.sandbox.count(LOGIN) > logins
    });
    send_signal(keyring.pid(), Signal::STOP);
    machine.sandbox.release();
    wait_until("taid has signed in", || {
        machine.status()["session"]["state"] == "live"
    });
    let mut leaving = logout().spawn().unwrap();
    wait_until("taid has signed out", || {
        machine.status()["session"]["state"] == "logged_out"
    });
    send_signal(keyring.pid(), Signal::CONT);
    let _ = (login.wait().unwrap(), leaving.wait().unwrap());
    taid.stop();
    assert!(!is_saved());
}

#[test]
fn a_client_and_a_command_keep_the_bridge_that_they_began_with() {
    let machine = Machine::new();
    let other = Machine::new();
    for (bridge, subject) in [(&machine.sandbox, "seen"), (&other.sandbox, "unseen")] {
        let mail = NewMail {
            from: "someone@example.com".into(),
            to: "desk.alice@tai.chat".into(),
            subject: Some(subject.into()),
            ..NewMail::default()
        };
        assert_eq!(bridge.deliver(&mail).unwrap(), Some(1));
    }
    let taid = machine.start();
    // It connects when it is asked for its tools.
    let mut client = machine.client("desk");
    client.request("tools/list", json!({}));
    wait_until("the client is listed", || {
        machine.status()["clients"][0]["name"] == "test"
    });
    assert!(lists_mail_of(&mut client, "desk.alice@tai.chat"));
    let mut command = machine.command("taid");
    command.args(["delete", "1"]);
    let mut terminal = Terminal::spawn(command, 100);
    terminal.wait_for("seen");

    taid.stop();
    machine.configure(&format!("api_base_url = \"{}\"\n", other.sandbox.url()));
    let _taid = machine.start();
    terminal.type_in("y\n");
    let (code, page) = terminal.wait();
    assert_eq!(code, Some(1), "{page}");
    assert!(page.contains("taid has another bridge"), "{page}");
    let refused = client.call("mark_read", json!({"email_id": 1}));
    insta::assert_snapshot!(refused.text, @"
    error: taid has another bridge than at the beginning of this session
    caused by: the ids of mails belong to a bridge, and this session has those of the earlier one
    hint: ask the user to restart this MCP client, or to restore `api_base_url`; nothing was done
    ");
    for bridge in [&machine.sandbox, &other.sandbox] {
        let mails = bridge.mails().unwrap();
        assert!(!mails[0].is_read);
    }
    // A new session has the mails of the new bridge.
    let marked = machine
        .client("desk")
        .call("mark_read", json!({"email_id": 1}));
    assert!(!marked.is_error, "{}", marked.text);
    assert!(other.sandbox.mails().unwrap()[0].is_read);
}
