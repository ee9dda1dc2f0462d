//! Clients with accounts of their own: each account has one daemon, which its clients find without a
//! profile, and a person's login comes first.

use rustix::process::Signal;
use serde_json::{Value, json};
use tai_e2e::{Machine, PASSWORD, USER, mcp::Shim, processes::send_signal, wait_until};

const LOGIN: &str = "POST /api/v1/login";

/// Returns a machine with the accounts alice and bob.
fn machine() -> Machine {
    let machine = Machine::new();
    machine.sandbox.add_account("bob", PASSWORD).unwrap();
    machine
}

/// Starts a client whose account is at the bridge of another machine.
fn client_at(machine: &Machine, name: &str, other: &Machine) -> Shim {
    client(machine, name, &[("API_BASE_URL", &other.sandbox.url())])
}

/// Starts a client with a configuration of the Node server, which may start taid.
fn client(machine: &Machine, name: &str, more: &[(&str, &str)]) -> Shim {
    let mut command = machine.command("tai-mcp");
    command
        .env("TAI_MCP_AUTOSTART", "1")
        .env("NAME", name)
        .env("PASSWORD", PASSWORD)
        .env("INSTANCE", "desk")
        .envs(more.iter().copied());
    Shim::spawn(command).initialized("test", "2025-06-18")
}

/// Asserts that the client reads the inbox of an account.
fn reads(client: &mut Shim, name: &str) {
    let result = client.call("list_inbox", json!({}));
    let address = format!("desk.{name}@tai.chat");
    assert!(
        !result.is_error && result.text.contains(&address),
        "{name}: {}",
        result.text
    );
}

/// Returns the profiles and accounts of the running daemons.
fn daemons(machine: &Machine) -> Vec<(String, String)> {
    let output = machine.cli(&["status", "--all", "--json"]);
    let all: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let all = all.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    all.iter()
        .map(|status| {
            (
                text(&status["daemon"]["profile"]),
                text(&status["account"]["username"]),
            )
        })
        .collect()
}

/// Returns the process ids of the running daemons.
fn pids(machine: &Machine) -> Vec<u32> {
    let output = machine.cli(&["status", "--all", "--json"]);
    let all: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    all.iter()
        .map(|status| status["daemon"]["pid"].as_u64().unwrap() as u32)
        .collect()
}

fn named(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(profile, name)| ((*profile).to_owned(), (*name).to_owned()))
        .collect()
}

#[test]
fn two_node_server_configurations_have_two_daemons_without_a_profile() {
    let machine = machine();
    let mut clients: Vec<_> = [USER, "bob", USER, "bob"]
        .into_iter()
        .map(|name| (name, client(&machine, name, &[])))
        .collect();
    for (name, client) in &mut clients {
        reads(client, name);
    }
    assert_eq!(daemons(&machine), named(&[("alice", USER), ("bob", "bob")]));
    assert_eq!(machine.sandbox.count(LOGIN), 2);
}

#[test]
fn the_default_daemon_serves_the_account_of_the_configuration_file() {
    let machine = machine();
    machine.configure("username = \"alice\"\n");
    reads(&mut client(&machine, USER, &[]), USER);
    reads(&mut client(&machine, "bob", &[]), "bob");
    let expected = named(&[("bob", "bob"), ("default", USER)]);
    assert_eq!(daemons(&machine), expected);
}

#[test]
fn a_client_that_names_the_bridge_uses_the_account_at_that_bridge() {
    let machine = machine();
    let url = machine.sandbox.url();
    let named = [("API_BASE_URL", url.as_str())];
    for more in [&named[..], &[], &named] {
        reads(&mut client(&machine, USER, more), USER);
        assert_eq!(daemons(&machine), self::named(&[("alice", USER)]));
    }
    // It finds the daemon without starting another one to ask.
    let more = [named[0], ("TAI_MCP_AUTOSTART", "0")];
    reads(&mut client(&machine, USER, &more), USER);
}

#[test]
fn a_client_that_names_the_bridge_of_the_file_is_told_the_profile_that_its_daemon_would_have() {
    let machine = machine();
    let taid = machine.start();
    taid.wait_until_live();
    let url = machine.sandbox.url();
    let more = [("API_BASE_URL", url.as_str()), ("TAI_MCP_AUTOSTART", "0")];
    let result = client(&machine, "bob", &more).call("list_inbox", json!({}));
    let hint = "set TAI_MCP_PROFILE=bob for it";
    assert!(result.text.contains(hint), "{}", result.text);
}

#[test]
fn one_account_name_at_two_bridges_has_two_daemons() {
    let machine = machine();
    let other = self::machine();
    let mut clients = [
        (USER, &machine, client(&machine, USER, &[])),
        ("bob", &other, client_at(&machine, "bob", &other)),
        (USER, &other, client_at(&machine, USER, &other)),
    ];
    for (name, bridge, client) in &mut clients {
        let before = bridge.sandbox.count(LOGIN);
        reads(client, name);
        assert_eq!(bridge.sandbox.count(LOGIN), before + 1, "{name}");
    }
    let daemons = daemons(&machine);
    let names: Vec<_> = daemons.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, [USER, USER, "bob"], "{daemons:?}");
    assert_eq!(
        (machine.sandbox.count(LOGIN), other.sandbox.count(LOGIN)),
        (1, 2)
    );
}

#[test]
fn after_the_end_of_its_daemon_a_client_comes_back_to_its_own_account() {
    let machine = machine();
    let other = self::machine();
    let mut clients = [
        (USER, client(&machine, USER, &[])),
        ("bob", client(&machine, "bob", &[])),
        ("bob", client_at(&machine, "bob", &other)),
    ];
    for (name, client) in &mut clients {
        reads(client, name);
    }
    let before = daemons(&machine);
    for pid in pids(&machine) {
        send_signal(pid, Signal::KILL);
    }
    // The second bridge's client comes first: no daemon is left to compare with.
    for (name, client) in clients.iter_mut().rev() {
        reads(client, name);
    }
    assert_eq!(daemons(&machine), before);
    assert_eq!(before.len(), 3);
    assert_eq!(machine.sandbox.count(LOGIN), 4);
    assert_eq!(other.sandbox.count(LOGIN), 2);
}

#[test]
fn a_client_that_names_another_bridge_is_led_to_its_own_daemon() {
    let machine = machine();
    let other = self::machine();
    let taid = machine.start();
    taid.wait_until_live();
    let mut own = client(&machine, USER, &[]);
    reads(&mut own, USER);
    reads(&mut client_at(&machine, USER, &other), USER);
    assert_eq!(
        (machine.sandbox.count(LOGIN), other.sandbox.count(LOGIN)),
        (1, 1)
    );
    let refused = client(
        &machine,
        USER,
        &[
            ("TAI_MCP_PROFILE", "default"),
            ("API_BASE_URL", &other.sandbox.url()),
        ],
    )
    .call("list_inbox", json!({}));
    let text = refused.text.replace(&other.sandbox.url(), "OTHER");
    insta::assert_snapshot!(machine.plain(text.as_bytes()), @"
    error: this program is configured for the bridge OTHER, but taid uses BRIDGE
    caused by: one taid has one account at one bridge
    hint: ask the user to remove TAI_MCP_API_BASE_URL or API_BASE_URL from this program's environment (taid's bridge is `api_base_url` in its configuration file, where the saved password goes), then call again
    ");
}

#[test]
fn a_client_does_not_sign_in_a_daemon_that_belongs_to_another_account_or_to_none() {
    let machine = machine();
    let taid = machine.start_bare(&[]);
    reads(&mut client(&machine, "bob", &[]), "bob");
    assert_eq!(machine.status()["session"]["state"], "signed_out");
    // A person's account is not replaced either.
    assert!(machine.login(PASSWORD).status.success());
    reads(&mut client(&machine, "bob", &[]), "bob");
    assert_eq!(machine.status()["account"]["username"], USER);
    assert_eq!(machine.status()["daemon"]["pid"], taid.pid());
}

#[test]
fn after_the_login_of_a_person_the_clients_of_the_account_use_the_default_daemon() {
    let machine = machine();
    let mut alice = client(&machine, USER, &[]);
    reads(&mut alice, USER);
    assert_eq!(daemons(&machine), named(&[("alice", USER)]));
    let _taid = machine.start_bare(&[]);
    assert!(machine.login(PASSWORD).status.success());
    wait_until("the account's own daemon has ended", || {
        daemons(&machine) == named(&[("default", USER)])
    });
    reads(&mut alice, USER);
    assert_eq!(daemons(&machine), named(&[("default", USER)]));
}

#[test]
fn approve_without_a_profile_names_the_accounts_own_daemon_with_a_mail_that_waits() {
    let machine = machine();
    machine.configure("confirm_send = \"always\"\n");
    let mut bob = client(&machine, "bob", &[]);
    let mail = json!({"to": "alice@tai.chat", "subject": "Figures", "content": "one"});
    let waits = bob.call("send_email", mail).text;
    assert!(waits.contains("`taid approve 1 --profile bob`"), "{waits}");
    let listed = machine.cli(&["approve"]);
    let line = "1 mail waits at the taid of the profile bob: `taid approve --profile bob`\n";
    assert_eq!(machine.plain(&listed.stdout), line);
    assert_eq!(listed.status.code(), Some(3));
}

#[test]
fn after_the_logout_of_a_person_no_client_signs_the_account_in_again() {
    let machine = machine();
    let _taid = machine.start_bare(&[]);
    assert!(machine.login(PASSWORD).status.success());
    assert!(machine.cli(&["logout", "--yes"]).status.success());
    let result = client(&machine, USER, &[]).call("list_inbox", json!({}));
    assert!(
        result.text.contains("taid is signed out"),
        "{}",
        result.text
    );
    assert_eq!(daemons(&machine).len(), 1);
}

#[test]
fn a_client_with_a_profile_or_without_auto_start_is_told_why_no_daemon_serves_it() {
    let machine = machine();
    let taid = machine.start();
    taid.wait_until_live();
    let mut page = String::new();
    for more in [
        ("TAI_MCP_PROFILE", "default"),
        ("TAI_MCP_SOCKET", machine.socket().to_str().unwrap()),
        ("TAI_MCP_AUTOSTART", "0"),
    ] {
        let result = client(&machine, "bob", &[more]).call("list_inbox", json!({}));
        page.push_str(&format!("{}: {}\n", more.0, result.text));
    }
    insta::assert_snapshot!(page, @"
    TAI_MCP_PROFILE: error: this client is configured for bob, but taid is signed in as alice
    caused by: one taid holds one account
    hint: ask the user to configure this client for alice, or set TAI_MCP_PROFILE=bob for it and sign in with `taid login bob --profile bob`, which reads config-bob.toml and not config.toml, then call again
    TAI_MCP_SOCKET: error: this client is configured for bob, but taid is signed in as alice
    caused by: one taid holds one account
    hint: ask the user to configure this client for alice, or set TAI_MCP_PROFILE=bob for it and sign in with `taid login bob --profile bob`, which reads config-bob.toml and not config.toml, then call again
    TAI_MCP_AUTOSTART: error: this client is configured for bob, but taid is signed in as alice
    caused by: one taid holds one account
    hint: ask the user to configure this client for alice, or set TAI_MCP_PROFILE=bob for it and sign in with `taid login bob --profile bob`, which reads config-bob.toml and not config.toml, then call again
    ");
}

#[test]
fn a_client_without_an_account_is_told_that_the_daemon_uses_another_bridge() {
    let machine = machine();
    let taid = machine.start();
    taid.wait_until_live();
    let mut other = machine
        .shim_with(&[("TAI_MCP_API_BASE_URL", "https://mail.example/")])
        .initialized("test", "2025-06-18");
    let text = other.call("list_inbox", json!({})).text;
    insta::assert_snapshot!(machine.plain(text.as_bytes()), @"
    error: this program is configured for the bridge https://mail.example, but taid uses BRIDGE
    caused by: one taid has one account at one bridge
    hint: ask the user to remove TAI_MCP_API_BASE_URL or API_BASE_URL from this program's environment (taid's bridge is `api_base_url` in its configuration file, where the saved password goes), then call again
    ");
}

#[test]
fn common_variables_of_another_program_have_no_effect_and_are_reported() {
    let machine = machine();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = machine
        .shim_with(&[
            ("PASSWORD", "another-programs-password"),
            ("API_BASE_URL", "http://localhost:3000"),
            ("TAI_MCP_INSTANCE", "desk"),
        ])
        .initialized("test", "2025-06-18");
    reads(&mut shim, USER);
    let status = shim.call("session_status", json!({})).structured;
    insta::assert_snapshot!(status["ignored_settings"].to_string(), @r#"["PASSWORD is ignored: it counts only together with NAME and without TAI_MCP_USERNAME and TAI_MCP_PASSWORD, because it may belong to another program","API_BASE_URL is ignored without NAME and PASSWORD; use the names with the prefix TAI_MCP_"]"#);
}
