//! The daemons of accounts that clients name: one daemon and one login for each.

use std::{
    io::Read as _,
    process::{Command, Stdio},
};
use tai_e2e::{Killed, Machine, PASSWORD, USER, processes::is_running, raw::Raw, wait_until};
use tai_proto::{
    Answer,
    account::{AccountClaim, PasswordNeed},
    call::{ClaimAccount, OfferCredentials},
};

const LOGIN: &str = "POST /api/v1/login";

/// Starts the daemon of an account, as a client does.
pub(super) fn start_for(machine: &Machine, account: &str, more: &[(&str, &str)]) -> Killed {
    let mut command = machine.command("taid");
    command
        .args(["run", "--by-client", "--account", account])
        .envs(more.iter().copied())
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    Killed::spawn(&mut command)
}

#[test]
fn a_prompt_names_the_bridge_that_only_a_client_has_chosen() {
    let machine = Machine::new();
    machine.configure("");
    // The same sandbox by another name, as a client could name another bridge.
    let url = machine.sandbox.url().replace("127.0.0.1", "localhost");
    let _daemon = start_for(&machine, USER, &[("TAI_MCP_API_BASE_URL", &url)]);
    let profiles = || {
        let entries = std::fs::read_dir(machine.runtime_dir())
            .into_iter()
            .flatten();
        let names = entries
            .flatten()
            .map(|entry| entry.file_name().into_string().unwrap());
        let mut own = names.filter_map(|name| name.strip_suffix(".admin.sock").map(str::to_owned));
        own.next()
    };
    wait_until("taid serves", || profiles().is_some());
    let profile = profiles().unwrap();
    // `script` provides the terminal that a password is asked for at.
    let taid = tai_e2e::executables().join("taid");
    let home = machine.home().display();
    let line = format!(
        "'{}' --home '{home}' login {USER} --profile {profile}",
        taid.display()
    );
    let mut login = Command::new("script");
    login
        .args(["-qec", &line, "/dev/null"])
        .env("TAI_MCP_AUTOSTART", "0");
    let login = login.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut login = login.spawn().unwrap();
    let (mut screen, mut output) = (String::new(), login.stdout.take().unwrap());
    let question = format!("Password of {USER} at {url}: ");
    let mut piece = [0; 1024];
    while !screen.contains(&question) {
        let length = output.read(&mut piece).unwrap();
        assert!(length > 0, "{screen}");
        screen.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
    login.kill().unwrap();
    login.wait().unwrap();
}

#[test]
fn each_account_of_a_client_has_a_daemon_of_its_own_and_one_login() {
    let machine = Machine::new();
    machine
        .sandbox
        .add_account("bob", "password-of-bob")
        .unwrap();
    machine.configure(&format!(
        "username = \"{USER}\"\nconfirm_send = \"always\"\n"
    ));
    let sockets = ["default.sock", "bob.sock"].map(|name| machine.runtime_dir().join(name));
    let _daemons = [
        start_for(&machine, USER, &[]),
        start_for(&machine, "bob", &[]),
    ];
    let accounts = [(USER, PASSWORD), ("bob", "password-of-bob")];
    for (socket, (username, password)) in sockets.iter().zip(accounts) {
        wait_until("taid serves", || Raw::connect(socket).is_ok());
        let mut raw = Raw::open(socket);
        raw.request(
            1,
            ClaimAccount {
                username: Some(username.parse().unwrap()),
                bridge: None,
            },
        );
        assert_eq!(
            raw.answer().1,
            Ok(Answer::ClaimAccount(AccountClaim::Serves(
                PasswordNeed::Needed
            )))
        );
        let offer = |password: &str| OfferCredentials {
            credentials: tai_proto::account::Credentials {
                username: username.parse().unwrap(),
                password: tai_proto::Secret::new(password.to_owned()),
            },
        };
        raw.request(2, offer(password));
        assert_eq!(raw.answer().1, Ok(Answer::OfferCredentials(())));
        // A password that works is not replaced.
        raw.request(3, offer("another-password"));
        assert_eq!(raw.answer().1, Ok(Answer::OfferCredentials(())));
    }
    for (profile, (username, _)) in ["default", "bob"].into_iter().zip(accounts) {
        wait_until("the account is signed in", || {
            let output = machine.cli(&["status", "--json", "--profile", profile]);
            let status: serde_json::Value =
                serde_json::from_slice(&output.stdout).unwrap_or_default();
            status["session"]["state"] == "live" && status["account"]["username"] == username
        });
    }
    assert_eq!(machine.sandbox.count(LOGIN), 2);
}

#[test]
fn a_persons_login_ends_the_accounts_own_daemon() {
    let machine = Machine::new();
    let default = machine.start_bare(&[]);
    let own = start_for(&machine, USER, &[]);
    let socket = machine.runtime_dir().join("alice.sock");
    wait_until("taid serves", || Raw::connect(&socket).is_ok());
    assert!(machine.login(PASSWORD).status.success());
    wait_until("the account's own daemon has ended", || {
        !is_running(own.id())
    });
    default.wait_until_live();
}
