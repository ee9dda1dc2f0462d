//! Orderly stops of an auto-started taid while its clients call.

use super::account_daemons::start_for;
use rustix::process::Signal;
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
};
use tai_e2e::{Machine, PASSWORD, mcp::Shim, processes::send_signal, wait_until};
use tai_sandbox::FaultKind;

const SEND: &str = "POST /api/v1/send-email";

/// Starts a client that may start taid.
fn shim(machine: &Machine) -> Shim {
    let mut command = machine.command("tai-mcp");
    command
        .env("TAI_MCP_AUTOSTART", "1")
        .env("NAME", "alice")
        .env("PASSWORD", PASSWORD)
        .env("INSTANCE", "desk");
    Shim::spawn(command).initialized("test", "2025-06-18")
}

/// Returns a machine whose default profile has the account of the clients.
fn machine() -> Machine {
    let machine = Machine::new();
    machine.configure("username = \"alice\"\n");
    machine
}

/// Stops the running taid in order.
fn stop(machine: &Machine) {
    let pid = machine.status()["daemon"]["pid"].to_string();
    send_signal(pid.parse().unwrap(), Signal::TERM);
}

/// Stops taid while the bridge holds a mail that is being sent. Returns the call.
fn stop_while_sending(machine: &Machine, client: &mut Shim) -> Value {
    machine.sandbox.hold(1, SEND);
    let mail = json!({"to": "alice@tai.chat", "content": "x"});
    let send = client.begin_call("send_email", mail);
    wait_until("the send is under way", || machine.sandbox.count(SEND) == 1);
    stop(machine);
    wait_until("taid does not listen any more", || {
        !machine.socket().exists()
    });
    send
}

#[test]
fn new_and_connected_clients_of_a_draining_taid_are_answered_by_its_successor() {
    let machine = machine();
    let mut connected = shim(&machine);
    connected.call("list_inbox", json!({}));
    let mut new = shim(&machine);
    let send = stop_while_sending(&machine, &mut connected);
    let list = connected.begin_call("list_inbox", json!({}));
    let first = new.begin_call("list_inbox", json!({}));
    machine.sandbox.release();
    for answer in [
        new.finish_call(&first),
        connected.finish_call(&list),
        connected.finish_call(&send),
    ] {
        assert!(!answer.is_error, "{}", answer.text);
    }
    assert_eq!(machine.sandbox.count(SEND), 1);
}

#[test]
fn a_send_that_takes_longer_than_other_calls_may_is_completed() {
    let machine = machine();
    let mut connected = shim(&machine);
    connected.call("list_inbox", json!({}));
    let send = stop_while_sending(&machine, &mut connected);
    wait_until("other calls have had their time", || {
        machine.log().contains("waiting for sends only")
    });
    machine.sandbox.release();
    let answer = connected.finish_call(&send);
    assert!(!answer.is_error, "{}", answer.text);
    assert_eq!(machine.sandbox.count(SEND), 1);
}

#[test]
fn an_orderly_stop_leaves_no_call_unknown() {
    let machine = machine();
    let mut clients: Vec<Shim> = (0..4).map(|_| shim(&machine)).collect();
    for _ in 0..4 {
        for client in &mut clients {
            client.call("list_inbox", json!({}));
        }
        let mut begun = Vec::new();
        for n in 1..=40 {
            for client in &mut clients {
                begun.push(client.begin_call("delete_email", json!({"email_id": n})));
            }
            if n == 20 {
                stop(&machine);
            }
        }
        for (n, id) in begun.iter().enumerate() {
            let client = &mut clients[n % 4];
            let answer = client.finish_call(id);
            assert!(answer.text.contains("not found"), "{}", answer.text);
        }
    }
}

#[test]
fn a_client_is_told_that_the_taid_of_its_account_stops_also_beside_one_of_another_account() {
    let machine = machine();
    machine.sandbox.add_account("bob", PASSWORD).unwrap();
    let _default = machine.start();
    let _own = start_for(&machine, "bob", &[("TAI_MCP_API_TIMEOUT", "300000")]);
    let client = |instance: &str| {
        machine.shim_with(&[
            ("NAME", "bob"),
            ("PASSWORD", PASSWORD),
            ("INSTANCE", instance),
        ])
    };
    let mut desk = client("desk").initialized("test", "2025-06-18");
    let socket = machine.runtime_dir().join("bob.sock");
    wait_until("both serve", || {
        socket.exists() && machine.socket().exists()
    });
    machine.sandbox.fail(FaultKind::Hang, 1, SEND);
    let mail = json!({"to": "alice@tai.chat", "content": "x"});
    desk.begin_call("send_email", mail);
    wait_until("the send is under way", || machine.sandbox.count(SEND) == 1);
    let status = machine
        .cli(&["status", "--profile", "bob", "--json"])
        .stdout;
    let status: Value = serde_json::from_slice(&status).unwrap();
    let pid = status["daemon"]["pid"].to_string();
    send_signal(pid.parse().unwrap(), Signal::TERM);
    wait_until("taid does not listen any more", || !socket.exists());

    let answer = client("lab")
        .initialized("test", "2025-06-18")
        .call("list_inbox", json!({}));
    insta::assert_snapshot!(answer.text.replace(&pid, "PID"), @"
    error: taid (pid PID) is stopping
    caused by: it completes the calls that it began, which takes at most a minute
    hint: call again in a minute
    ");
}

#[test]
fn a_draining_taid_is_said_to_stop_until_it_has_ended() {
    let machine = Machine::new();
    let taid = machine.start_with(&[("TAI_MCP_API_TIMEOUT", "300000")]);
    taid.wait_until_live();
    let mut client = machine.client("desk");
    machine.sandbox.fail(FaultKind::Hang, 1, SEND);
    client.begin_call(
        "send_email",
        json!({"to": "alice@tai.chat", "content": "x"}),
    );
    wait_until("the send is under way", || machine.sandbox.count(SEND) == 1);
    taid.terminate();
    let socket = machine.socket();
    wait_until("taid does not listen any more", || !socket.exists());

    let pid = taid.pid().to_string();
    let mut said = String::new();
    for command in [
        &["status"][..],
        &["run"],
        &["status", "--json"],
        &["status", "--all", "--json"],
        &["doctor"],
    ] {
        let page = machine.say(&machine.cli(command)).replace(&pid, "PID");
        let is_shown = |line: &&str| {
            let checks = ["daemon ", "version ", "socket "];
            command != ["doctor"] || checks.iter().any(|check| line.contains(check))
        };
        let lines = page.lines().filter(is_shown).collect::<Vec<_>>();
        said.push_str(&format!(
            "taid {}: {}\n",
            command.join(" "),
            lines.join("\n")
        ));
    }
    insta::assert_snapshot!(said, @r#"
    taid status: exit 1
    error: taid (pid PID) is stopping
    caused by: it completes the calls that it began, which takes at most a minute
    hint: `taid stop` waits for its end; then repeat the command
    taid run: exit 6
    error: the previous taid of profile default is stopping (pid PID, socket HOME/.local/state/tai/run/default.sock)
    hint: `taid stop` waits for its end; then repeat the command
    taid status --json: exit 1
    {
      "schema": 1,
      "daemon": {
        "profile": "default",
        "pid": PID,
        "draining": true
      }
    }
    error: taid (pid PID) is stopping
    caused by: it completes the calls that it began, which takes at most a minute
    hint: `taid stop` waits for its end; then repeat the command
    taid status --all --json: exit 1
    [
      {
        "schema": 1,
        "daemon": {
          "profile": "default",
          "pid": PID,
          "draining": true
        }
      }
    ]
    error: taid (pid PID) is stopping
    caused by: it completes the calls that it began, which takes at most a minute
    hint: `taid stop` waits for its end; then repeat the command
    taid doctor: - daemon         taid (pid PID) is stopping: it completes the calls that it began, which takes at most a minute
    ✓ version        0.1.0; not compared: taid is stopping
    - socket         HOME/.local/state/tai/run/default.sock does not exist: taid is stopping
    ✓ second daemon  no second taid
    "#);
    let mut lab = machine.client("lab");
    let answer = lab.call("list_inbox", json!({}));
    insta::assert_snapshot!(answer.text.replace(&pid, "PID"), @"
    error: taid (pid PID) is stopping
    caused by: it completes the calls that it began, which takes at most a minute
    hint: call again in a minute
    ");

    let mut stop = machine.command("taid");
    let mut stop = stop.arg("stop").stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(stop.stdout.take().unwrap()).lines();
    let mut next = || lines.next().unwrap().unwrap();
    assert_eq!(
        next(),
        "taid completes its calls first, which takes at most a minute"
    );
    taid.kill();
    assert_eq!(next(), "taid has stopped");
    assert!(stop.wait().unwrap().success());
    assert_eq!(machine.cli(&["status"]).status.code(), Some(3));
}
