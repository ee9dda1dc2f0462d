//! One daemon of a user for each account: a second one does not sign in, so that each mail goes to one
//! client and a send goes out once.

use serde_json::{Value, json};
use std::process::Output;
use tai_e2e::{Machine, PASSWORD, USER, mcp::Shim, wait_until};
use tai_sandbox::NewMail;

/// Starts a client of the instance `desk`, which may start taid.
fn client(machine: &Machine, more: &[(&str, &str)]) -> Shim {
    let mut command = machine.command("tai-mcp");
    command
        .env("TAI_MCP_AUTOSTART", "1")
        .env("TAI_MCP_INSTANCE", "desk")
        .envs(more.iter().copied());
    Shim::spawn(command).initialized("test", "2025-06-18")
}

/// Starts a client that names the account, and whose first call starts the account's own daemon.
fn client_of_account(machine: &Machine) -> Shim {
    let account = [("TAI_MCP_USERNAME", USER), ("TAI_MCP_PASSWORD", PASSWORD)];
    let mut client = client(machine, &account);
    let inbox = client.call("list_inbox", json!({}));
    assert!(!inbox.is_error, "{}", inbox.text);
    client
}

/// Writes the account with a password file into `config.toml`.
fn configure_account(machine: &Machine) {
    let file = machine.home().join("password");
    std::fs::write(&file, PASSWORD).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    machine.configure(&format!(
        "username = \"{USER}\"\npassword_file = \"{}\"\n",
        file.display()
    ));
}

fn deliver(machine: &Machine, count: usize) {
    for n in 0..count {
        let mail = NewMail {
            from: "someone@example.com".into(),
            to: format!("desk.{USER}@tai.chat"),
            subject: Some(format!("mail {n}")),
            body_text: Some("text".into()),
            ..NewMail::default()
        };
        machine.sandbox.deliver(&mail).unwrap().unwrap();
    }
}

/// Returns the id of the next mail; `None` without one.
fn fetch(client: &mut Shim) -> Option<u64> {
    let result = client.call("fetch_email", json!({}));
    result.structured["email"]["id"].as_u64()
}

fn send(client: &mut Shim) -> bool {
    let mail = json!({"to": "bob@example.com", "subject": "Figures", "content": "one"});
    !client.call("send_email", mail).is_error
}

/// Returns the profiles and session states of the running daemons.
fn daemons(machine: &Machine) -> Vec<(String, String)> {
    let output = machine.cli(&["status", "--all", "--json"]);
    let all: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    all.iter()
        .map(|status| {
            (
                text(&status["daemon"]["profile"]),
                text(&status["session"]["state"]),
            )
        })
        .collect()
}

fn named(profile: &str, state: &str) -> (String, String) {
    (profile.to_owned(), state.to_owned())
}

fn login(machine: &Machine, more: &[&str]) -> Output {
    let args = [&["login", USER, "--password-stdin"], more].concat();
    machine.cli_reading(&args, PASSWORD)
}

#[test]
fn of_two_daemons_of_an_account_one_signs_in_and_the_other_says_why_not() {
    let machine = Machine::new();
    let mut first = client_of_account(&machine);
    configure_account(&machine);
    deliver(&machine, 4);
    let mut second = client(&machine, &[]);
    let refused = second.call("list_inbox", json!({}));
    insta::assert_snapshot!(machine.plain(refused.text.as_bytes()), @"
    error: another taid of the same user has this account
    caused by: the taid of the profile alice has it, and two would give each mail twice
    hint: ask the user to run `taid stop --profile alice` to use this taid, or use the profile alice, then call again
    ");
    let ids = [&mut first, &mut second].map(|client| [fetch(client), fetch(client)]);
    assert_eq!(ids, [[Some(1), Some(2)], [None, None]]);
    let sent = [&mut first, &mut second].map(send);
    assert_eq!((sent, machine.sandbox.sent().len()), ([true, false], 1));
    assert_eq!(
        daemons(&machine),
        [named("alice", "live"), named("default", "waiting")]
    );
    let doctor = machine.cli(&["doctor"]);
    let doctor = machine.plain(&doctor.stdout);
    let line = |name: &str| doctor.lines().find(|line| line.contains(name)).unwrap();
    insta::assert_snapshot!(format!("{}\n{}", line(" login "), line("second daemon")), @"
    ✗ login          another taid of the same user has this account (the taid of the profile alice has it, and two would give each mail twice); the next call logs in -> run `taid stop --profile alice` to use this taid, or use the profile alice
    ✗ second daemon  the taid of the profile alice has the account alice too -> `taid stop --profile alice` to use this one, or use the profile alice
    ");
    // No restart is needed once the other one has stopped.
    let stopped = machine.cli(&["stop", "--profile", "alice"]);
    assert!(stopped.status.success());
    let ids = [&mut second, &mut first].map(fetch);
    assert_eq!(ids, [Some(3), Some(4)]);
    assert_eq!(daemons(&machine), [named("default", "live")]);
}

#[test]
fn the_accounts_own_daemon_keeps_the_account_while_a_mail_waits_there() {
    let machine = Machine::new();
    let _taid = machine.start_bare(&[]);
    let mut first = client_of_account(&machine);
    let mail = json!({"to": "bob@example.com", "content": "wait", "hold": true});
    first.call("send_email", mail);
    deliver(&machine, 3);
    insta::assert_snapshot!(machine.say(&login(&machine, &[])), @"
    exit 1
    1 mail waits at the taid of the profile alice: `taid approve --profile alice`
    error: another taid of the same user has this account
    caused by: the taid of the profile alice has it, and two would give each mail twice
    hint: run `taid stop --profile alice` to use this taid, or use the profile alice
    ");
    let mut second = client(&machine, &[]);
    assert_eq!([&mut first, &mut second].map(fetch), [Some(1), None]);
    let approved = machine.cli(&["approve", "1", "--yes", "--profile", "alice"]);
    assert!(approved.status.success(), "{}", machine.say(&approved));
    assert!(login(&machine, &[]).status.success());
    wait_until("the account's own daemon has ended", || {
        daemons(&machine) == [named("default", "live")]
    });
    assert_eq!([&mut first, &mut second].map(fetch), [Some(2), Some(3)]);
}

#[test]
fn a_login_of_a_second_profile_is_refused_until_the_first_one_has_signed_out() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let _work = machine.start_profile("work", &[]);
    let work = ["--profile", "work"];
    insta::assert_snapshot!(machine.say(&login(&machine, &work)), @"
    exit 1
    error: another taid of the same user has this account
    caused by: the taid of the profile default has it, and two would give each mail twice
    hint: run `taid stop --profile default` to use this taid, or use the profile default
    ");
    assert!(machine.cli(&["logout", "--yes"]).status.success());
    assert!(login(&machine, &work).status.success());
    insta::assert_snapshot!(machine.say(&login(&machine, &[])), @"
    exit 1
    error: another taid of the same user has this account
    caused by: the taid of the profile work has it, and two would give each mail twice
    hint: run `taid stop --profile work` to use this taid, or use the profile work
    ");
}

#[test]
fn the_accounts_own_daemon_outlives_a_refused_password_and_takes_a_login_of_its_profile() {
    let machine = Machine::new();
    let _taid = machine.start_bare(&[]);
    let _client = client_of_account(&machine);
    let refused = machine.cli_reading(&["login", USER, "--password-stdin"], "not the password");
    assert_eq!(refused.status.code(), Some(4), "{}", machine.say(&refused));
    let all = daemons(&machine);
    assert!(all.contains(&named("alice", "live")), "{all:?}");
    // The own daemon has the bridge of config.toml, which its profile does not name.
    let output = login(&machine, &["--profile", "alice"]);
    assert!(output.status.success(), "{}", machine.say(&output));
}

#[test]
fn after_the_files_of_the_state_were_removed_one_daemon_serves_all_clients() {
    let machine = Machine::new();
    let first = machine.start();
    first.wait_until_live();
    let mut old = client(&machine, &[]);
    assert!(!old.call("list_inbox", json!({})).is_error);
    // The daemon locks a file again that was removed.
    std::fs::remove_file(machine.state_dir().join("default.lock")).unwrap();
    assert!(!old.call("fetch_email", json!({})).is_error);
    let refused = machine.taid(&[]).output().unwrap();
    assert_eq!(refused.status.code(), Some(6), "{}", machine.say(&refused));
    // Its socket is in this directory too, so that the next daemon does not find it.
    std::fs::remove_dir_all(machine.state_dir()).unwrap();
    let second = machine.start();
    second.wait_until_live();
    let mut new = client(&machine, &[]);
    assert_eq!([&mut old, &mut new].map(send), [true, false]);
    assert_eq!(machine.sandbox.sent().len(), 1);
    assert_eq!(daemons(&machine), [named("default", "live")]);
    // A service manager starts a daemon again that ends with an error.
    let (code, stderr) = first.wait();
    assert_eq!(code, Some(7), "{stderr}");
    assert!(stderr.contains("error: the lock files of taid were removed while it ran"));
}

#[cfg(unix)]
#[test]
fn a_lock_file_that_cannot_be_created_again_is_logged_once() {
    let machine = Machine::new();
    let daemon = machine.start();
    daemon.wait_until_live();
    let mut client = client(&machine, &[]);
    assert!(!client.call("list_inbox", json!({})).is_error);
    let is_lock = |name: &str| name == "default.lock" || name.starts_with("account-");
    let files = std::fs::read_dir(machine.state_dir()).unwrap();
    let files = files.map(|file| file.unwrap());
    let locks: Vec<_> = files
        .filter(|file| is_lock(&file.file_name().to_string_lossy()))
        .map(|file| file.path())
        .collect();
    for lock in &locks {
        std::fs::remove_file(lock).unwrap();
        std::fs::create_dir(lock).unwrap();
    }
    for _ in 0..3 {
        assert!(!client.call("fetch_email", json!({})).is_error);
    }
    daemon.terminate();
    let (code, stderr) = daemon.wait();
    assert_eq!((locks.len(), code), (2, Some(0)), "{stderr}");
    assert_eq!(stderr.matches("was removed").count(), 2, "{stderr}");
}
