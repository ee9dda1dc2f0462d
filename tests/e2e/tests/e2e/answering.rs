//! A program that answers each mail once, and the agents that `live` starts.

use serde_json::json;
use tai_e2e::{Machine, mcp::Shim, wait_until};
use tai_sandbox::NewMail;

const SEND: &str = "POST /api/v1/send-email";

/// Starts tai-mcp as `live` does for an agent.
fn answering(machine: &Machine) -> Shim {
    let mut command = machine.command("tai-mcp");
    command
        .args(["--answer", "1"])
        .env("TAI_MCP_INSTANCE", "desk");
    Shim::spawn(command).initialized("test", "2025-06-18")
}

#[test]
fn a_mail_gets_one_answer_also_while_that_of_a_killed_agent_is_on_its_way() {
    let machine = Machine::new();
    let mail = NewMail {
        from: "bob@example.com".into(),
        to: "desk.alice@tai.chat".into(),
        ..NewMail::default()
    };
    let id = machine.sandbox.deliver(&mail).unwrap().unwrap();
    let taid = machine.start();
    taid.wait_until_live();
    let reply = |text: &str| json!({"message_id": id, "content": text});
    machine
        .sandbox
        .behave(|behaviour| behaviour.latency_ms = 3_000);
    let reads = machine.sandbox.count("GET /api/v1/messages/{id}");
    let mut killed = answering(&machine);
    killed.begin_call("reply_email", reply("first"));
    wait_until("the answer is being prepared", || {
        machine.sandbox.count("GET /api/v1/messages/{id}") > reads
    });
    killed.kill();
    for text in ["second", "third"] {
        let told = answering(&machine).call("reply_email", reply(text));
        insta::allow_duplicates! {
            insta::assert_snapshot!(told.text, @"
            error: email 1 is answered already
            caused by: a reply of this address was sent within the last week, is being sent, or waits for approval
            hint: do not answer it again; nothing was sent
            ");
        }
        machine.sandbox.behave(|behaviour| behaviour.latency_ms = 0);
        wait_until("the answer has left", || machine.sandbox.count(SEND) == 1);
    }
    assert_eq!(machine.sandbox.count(SEND), 1);
    // A person's agent may write again.
    let mut desk = machine.client("desk");
    let again = desk.call("reply_email", reply("fourth"));
    assert!(!again.is_error, "{}", again.text);
}
