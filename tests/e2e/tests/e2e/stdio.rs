//! Standard streams of tai-mcp that are socket pairs, as Node gives them to its children; batches
//! and pages; the limits of a line and of open requests; the era of a session, and the end of its
//! input.

use crate::approval::{ELICIT, asking, mail, sent};
use serde_json::{Value, json};
use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    os::{fd::OwnedFd, unix::net::UnixStream},
    process::{Child, Stdio},
};
use tai_e2e::{Machine, PATIENCE, wait_until};

/// Number of answers that do not fit into the buffer of a socket.
const MANY: u64 = 200;

/// Limit of open requests of a client.
const MAX_OPEN: usize = 256;

/// Starts tai-mcp between two socket pairs, and returns the ends of the client.
fn between_sockets(machine: &Machine) -> (Child, UnixStream, UnixStream) {
    let (to, stdin) = UnixStream::pair().unwrap();
    let (from, stdout) = UnixStream::pair().unwrap();
    let child = machine
        .command("tai-mcp")
        .env("TAI_MCP_INSTANCE", "desk")
        .stdin(OwnedFd::from(stdin))
        .stdout(OwnedFd::from(stdout))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    from.set_read_timeout(Some(PATIENCE)).unwrap();
    (child, to, from)
}

#[test]
fn a_client_that_reads_late_gets_every_answer_over_a_socket() {
    let machine = Machine::new();
    let (mut child, mut to, from) = between_sockets(&machine);
    let mut send = |id: u64, method: &str, params: Value| {
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        writeln!(to, "{request}").unwrap();
    };
    let client = json!({"name": "test", "version": "1"});
    send(
        0,
        "initialize",
        json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}),
    );
    for id in 1..=MANY {
        send(id, "tools/list", json!({}));
    }
    let mut ids: Vec<u64> = BufReader::new(&from)
        .lines()
        .take(MANY as usize + 1)
        .map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap())
        .map(|answer| answer["id"].as_u64().unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..=MANY).collect::<Vec<_>>());
    // The end of the input ends tai-mcp.
    drop(to);
    wait_until("tai-mcp has ended", || child.try_wait().unwrap().is_some());
}

#[test]
fn a_client_that_closes_its_socket_ends_tai_mcp() {
    let machine = Machine::new();
    let (mut child, mut to, from) = between_sockets(&machine);
    drop(from);
    wait_until("tai-mcp has ended", || {
        // It may have ended before.
        let _ = writeln!(to, r#"{{"jsonrpc": "2.0", "id": 1, "method": "ping"}}"#);
        child.try_wait().unwrap().is_some()
    });
}

#[test]
fn a_batch_is_answered_in_the_revision_that_has_batches() {
    let machine = Machine::new();
    let ping = |id: u32| json!({"jsonrpc": "2.0", "id": id, "method": "ping"});
    let notification = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let batch = json!([ping(7), notification, {"jsonrpc": "2.0", "id": 8}, ping(9)]).to_string();
    let mut shim = machine.shim("desk").initialized("test", "2025-03-26");
    shim.send_raw(&batch);
    let mut ids: Vec<String> = (0..3).map(|_| shim.next_line()["id"].to_string()).collect();
    ids.sort();
    assert_eq!(ids, ["7", "9", "null"]);
    let mut shim = machine.client("desk");
    shim.send_raw(&batch);
    let refused = shim.next_line();
    assert_eq!(
        (&refused["id"], &refused["error"]["code"]),
        (&Value::Null, &json!(-32600))
    );
}

#[test]
fn a_list_has_one_page_and_refuses_other_cursors() {
    let machine = Machine::new();
    let mut shim = machine.shim("desk").initialized("test", "2025-11-25");
    for method in [
        "tools/list",
        "prompts/list",
        "resources/list",
        "resources/templates/list",
    ] {
        let listed = shim.request(method, json!({"cursor": "bogus"}));
        assert_eq!(listed["error"]["code"], -32602, "{method}");
    }
}

#[test]
fn answers_are_read_while_each_open_request_waits_for_one() {
    let machine = crate::approval::machine("always");
    let _taid = machine.start();
    let mut shim = asking(&machine);
    let calls: Vec<Value> = (0..MAX_OPEN)
        .map(|number| shim.begin_call("send_email", mail(&number.to_string())))
        .collect();
    let questions: Vec<Value> = calls.iter().map(|_| shim.hear(ELICIT)).collect();
    let refused = shim.request("ping", json!({}));
    assert_eq!(refused["error"]["code"], -32600, "{refused}");
    let (accepted, declined) = questions.split_last().unwrap();
    shim.answer(accepted, json!({"action": "accept"}));
    for question in declined {
        shim.answer(question, json!({"action": "decline"}));
    }
    for call in &calls {
        shim.finish(call);
    }
    assert_eq!(sent(&machine).len(), 1);
    let pong = shim.request("ping", json!({}));
    assert_eq!(pong["result"], json!({}), "{pong}");
}

#[test]
fn an_oversized_line_gets_an_error_and_the_next_line_is_read() {
    let machine = Machine::new();
    let mut shim = machine.client("desk");
    let params = format!("{{\"name\":\"{}\"}}", "a".repeat(9 << 20));
    for (line, id) in [
        (format!(r#"{{"x":{params}}}"#), json!(null)),
        (
            format!(r#"{{"jsonrpc":"2.0","id":41,"method":"tools/call","params":{params}}}"#),
            json!(41),
        ),
        // As the SDK for TypeScript writes it.
        (
            format!(r#"{{"method":"tools/call","params":{params},"jsonrpc":"2.0","id":42}}"#),
            json!(42),
        ),
    ] {
        shim.send_raw(&line);
        let answer = shim.next_line();
        assert_eq!(answer["id"], id);
        assert_eq!(answer["error"]["code"], -32600);
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains("8388608 bytes; shorten it"), "{message}");
    }
    assert!(shim.request("tools/list", json!({}))["result"].is_object());
}

#[test]
fn a_call_with_an_argument_twice_sends_nothing() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = machine.shim("desk").initialized("test", "2025-03-26");
    // A notification has no answer, so the next line is that of the first call.
    let cancelled = r#"{"requestId":9,"reason":"a","reason":"b"}"#;
    shim.send_raw(&format!(
        r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{cancelled}}}"#
    ));
    let arguments = r#"{"to":"a@tai.chat","content":"x","to":"b@tai.chat"}"#;
    let call = |arguments: &str, id: u8| {
        let params = format!(r#"{{"name":"send_email","arguments":{arguments}}}"#);
        format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{params}}}"#)
    };
    for (line, id, code) in [
        (call(arguments, 41), json!(41), -32600),
        // As some models write them.
        (call(&json!(arguments).to_string(), 42), json!(42), -32602),
        (format!("[{}]", call(arguments, 43)), json!(null), -32600),
    ] {
        shim.send_raw(&line);
        let answer = shim.next_line();
        assert_eq!(answer["id"], id);
        assert_eq!(answer["error"]["code"], code);
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains("\"to\" twice; write it once"), "{message}");
    }
    assert_eq!(machine.sandbox.count("POST /api/v1/send-email"), 0);
}

#[test]
fn a_named_pipe_whose_other_end_was_closed_before_the_start_is_read_to_its_end() {
    let machine = Machine::new();
    let path = machine.home().join("requests");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    // Open for both, so that neither waits for the other.
    let both = File::options().read(true).write(true).open(&path).unwrap();
    let input = File::open(&path).unwrap();
    writeln!(&both, r#"{{"jsonrpc":"2.0","id":1,"method":"ping"}}"#).unwrap();
    drop(both);
    let mut command = machine.command("tai-mcp");
    command.stdin(input).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    wait_until("it has ended", || child.try_wait().unwrap().is_some());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n");
}

#[test]
fn a_handshake_after_a_request_of_the_era_without_one_is_refused() {
    let machine = Machine::new();
    let mut shim = machine.shim("desk").modern();
    let listed = shim.request("tools/list", json!({}));
    assert!(listed["result"]["tools"].is_array(), "{listed}");
    let client = json!({"name": "test", "version": "1"});
    let hello = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client});
    let refused = shim.request("initialize", hello)["error"].to_string();
    assert!(
        refused.contains("send `_meta` with each request"),
        "{refused}"
    );
    let listed = shim.request("tools/list", json!({}));
    assert!(listed["result"]["tools"].is_array(), "{listed}");
}

#[test]
fn the_last_message_needs_no_line_break() {
    let machine = Machine::new();
    for (last, answers) in [
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#, 1),
        // A client that was killed while it wrote.
        (r#"{"jsonrpc":"2.0","id":7,"method":"pi"#, 0),
    ] {
        let (mut child, mut to, from) = between_sockets(&machine);
        to.write_all(last.as_bytes()).unwrap();
        drop(to);
        let lines: Vec<String> = BufReader::new(&from).lines().map(Result::unwrap).collect();
        assert_eq!(lines.len(), answers, "{lines:?}");
        assert!(child.wait().unwrap().success());
    }
}
