//! Orderly stops of an auto-started taid while its clients call.

use rustix::process::Signal;
use serde_json::{Value, json};
use tai_e2e::{Machine, PASSWORD, mcp::Shim, processes::send_signal, wait_until};

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

/// Stops taid while a mail is being sent, which takes this time. Returns the call.
fn stop_while_sending(machine: &Machine, client: &mut Shim, latency_ms: u64) -> Value {
    machine
        .sandbox
        .behave(|behaviour| behaviour.latency_ms = latency_ms);
    let mail = json!({"to": "alice@tai.chat", "content": "x"});
    let send = client.begin_call("send_email", mail);
    wait_until("the send is under way", || {
        machine.sandbox.count("POST /api/v1/send-email") == 1
    });
    stop(machine);
    send
}

#[test]
fn new_and_connected_clients_of_a_draining_taid_are_answered_by_its_successor() {
    let machine = machine();
    let mut connected = shim(&machine);
    connected.call("list_inbox", json!({}));
    let send = stop_while_sending(&machine, &mut connected, 1_500);
    machine.sandbox.behave(|behaviour| behaviour.latency_ms = 0);
    let list = connected.begin_call("list_inbox", json!({}));
    let mut new = shim(&machine);
    for answer in [
        new.call("list_inbox", json!({})),
        connected.finish_call(&list),
        connected.finish_call(&send),
    ] {
        assert!(!answer.is_error, "{}", answer.text);
    }
    assert_eq!(machine.sandbox.count("POST /api/v1/send-email"), 1);
}

#[test]
fn a_send_that_takes_longer_than_other_calls_may_is_completed() {
    let machine = machine();
    let mut connected = shim(&machine);
    connected.call("list_inbox", json!({}));
    let send = stop_while_sending(&machine, &mut connected, 11_000);
    let answer = connected.finish_call(&send);
    assert!(!answer.is_error, "{}", answer.text);
    assert_eq!(machine.sandbox.count("POST /api/v1/send-email"), 1);
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
