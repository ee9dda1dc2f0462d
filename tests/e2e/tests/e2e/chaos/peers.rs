//! Hostile clients of the socket and of the standard streams.

use super::{AT_ONCE, desk, works};
use serde_json::json;
use std::{
    collections::HashSet,
    io::{BufRead as _, BufReader, Write as _},
    process::Stdio,
    time::Instant,
};
use tai_e2e::{
    Killed, Machine,
    processes::{memory, peak_memory},
    raw::Raw,
    wait_until, within,
};
use tai_proto::{call::GetStatus, frame::MAX_FRAME, hello::Hello, message::Role};

#[test]
fn chaos_hostile_clients_do_not_delay_other_clients() {
    let machine = Machine::new();
    let taid = machine.start_with(&[("TAI_MCP_LOG_LEVEL", "warn")]);
    let mut shim = desk(&machine);
    works(&mut shim);
    let before = memory(taid.pid()).unwrap();
    let socket = machine.socket();
    let silent: Vec<Raw> = (0..30).map(|_| Raw::connect(&socket).unwrap()).collect();
    // The beginning of a frame of the largest permitted size.
    let huge: Vec<Raw> = (0..30)
        .map(|_| {
            let mut raw = Raw::open(&socket);
            raw.bytes(&u32::try_from(MAX_FRAME).unwrap().to_le_bytes());
            raw.bytes(&[7; 64]);
            raw
        })
        .collect();
    // Requests without reading answers, until the buffers are full.
    let deaf: Vec<_> = (0..20)
        .map(|_| {
            let mut raw = Raw::open(&socket);
            std::thread::spawn(move || {
                for id in 0..3_000 {
                    raw.request(id, GetStatus);
                }
            })
        })
        .collect();
    // Connections that end after the hello.
    let chatty: Vec<_> = (0..10)
        .map(|_| {
            let socket = socket.clone();
            std::thread::spawn(move || {
                for _ in 0..200 {
                    let mut raw = Raw::connect(&socket).unwrap();
                    raw.frame(&Hello::new("hostile"));
                }
            })
        })
        .collect();
    let started = Instant::now();
    (0..50).for_each(|_| works(&mut shim));
    // The first attempts may be refused while the other clients connect.
    let mut late = desk(&machine);
    wait_until("a new client is served", || {
        !late.call("list_inbox", json!({})).is_error
    });
    let took = started.elapsed();
    let grown = memory(taid.pid()).unwrap().saturating_sub(before);
    for thread in chatty.into_iter().chain(deaf) {
        thread.join().unwrap();
    }
    drop((silent, huge));
    works(&mut shim);
    assert!(took < within(AT_ONCE), "{took:?}");
    // 60 connections with a buffer each, and unread answers beyond the buffers of the kernel.
    assert!(grown < 80_000, "{grown} kB");
}

#[test]
fn chaos_ten_thousand_unread_answers_cost_bounded_memory_and_none_is_lost() {
    const REQUESTS: u32 = 10_000;
    let machine = Machine::new();
    let _taid = machine.start_with(&[("TAI_MCP_LOG_LEVEL", "warn")]);
    let mut command = machine.command("tai-mcp");
    command
        .env("TAI_MCP_INSTANCE", "desk")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut shim = Killed::spawn(&mut command);
    let pid = shim.id();
    let child = shim.child();
    let (mut input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let writer = std::thread::spawn(move || {
        let hello = json!({"jsonrpc": "2.0", "id": "hello", "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": {"name": "hostile", "version": "1"}}});
        writeln!(input, "{hello}").unwrap();
        for id in 0..REQUESTS {
            let call = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call",
                "params": {"name": "session_status", "arguments": {}}});
            writeln!(input, "{call}").unwrap();
        }
        input
    });
    // tai-mcp fills the pipe and then blocks, because its output is not read.
    let asleep = || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/io")).unwrap();
        stat.lines().next().unwrap().to_owned()
    };
    let mut last = String::new();
    let mut same = 0;
    wait_until("tai-mcp has stopped reading", || {
        let now = asleep();
        same = if now == last { same + 1 } else { 0 };
        last = now;
        same > 40
    });
    assert!(!writer.is_finished());
    let grown = memory(pid).unwrap();
    assert!(grown < 16_000, "{grown} kB");
    let mut answered = HashSet::new();
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        let answer: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert!(answer.get("result").is_some(), "{answer}");
        assert!(
            answered.insert(answer["id"].to_string()),
            "answered twice: {answer}"
        );
        if answered.len() as u32 == REQUESTS + 1 {
            break;
        }
    }
    assert_eq!(answered.len() as u32, REQUESTS + 1);
    drop(writer.join().unwrap());
    wait_until("tai-mcp ends after its input", || {
        shim.child().try_wait().unwrap().is_some()
    });
}

#[test]
fn chaos_16_mb_lines_and_duplicate_ids_are_refused_and_the_next_call_works() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    machine
        .sandbox
        .behave(|behaviour| behaviour.latency_ms = 300);
    let call = json!({"jsonrpc": "2.0", "id": "same", "method": "tools/call",
        "params": {"name": "list_inbox", "arguments": {}}});
    shim.send(&call);
    shim.send(&call);
    let mut said: Vec<_> = (0..2).map(|_| shim.next_line()).collect();
    said.sort_by_key(|answer| answer.get("error").is_none());
    assert_eq!(said[0]["error"]["code"], -32600, "{said:?}");
    assert!(said[1].get("result").is_some(), "{said:?}");
    shim.send_raw(&"x".repeat(16 << 20));
    let refused = shim.next_line();
    assert!(refused["error"]["code"].is_number(), "{refused}");
    works(&mut shim);
}

#[test]
fn chaos_clients_with_half_a_large_frame_need_bounded_memory() {
    let machine = Machine::new();
    let taid = machine.start_with(&[("LOG_LEVEL", "warn")]);
    let mut shim = desk(&machine);
    works(&mut shim);
    let before = peak_memory(taid.pid()).unwrap();
    let half: Vec<_> = (0..200)
        .map(|_| {
            let mut raw = Raw::open_as(&machine.socket(), Role::Agent { instance: None });
            std::thread::spawn(move || {
                raw.bytes(&u32::try_from(MAX_FRAME).unwrap().to_le_bytes());
                raw.bytes(&vec![7; MAX_FRAME - 1]);
                raw.is_hung_up_on()
            })
        })
        .collect();
    for _ in 0..20 {
        works(&mut shim);
    }
    // A large frame of another client has its turn.
    let mail =
        json!({"to": "other.alice@tai.chat", "subject": "large", "content": "x".repeat(500_000)});
    let answer = shim.call("send_email", mail);
    assert!(!answer.is_error, "{}", answer.text);
    let grown = peak_memory(taid.pid()).unwrap() - before;
    eprintln!("200 clients with half a frame: {grown} kB");
    assert!(grown < 60_000, "{grown} kB");
    for client in half {
        assert!(
            client.join().unwrap(),
            "a client that does not finish is hung up on"
        );
    }
    let kept = memory(taid.pid()).unwrap().saturating_sub(before);
    eprintln!("after them: {kept} kB");
    assert!(kept < 40_000, "{kept} kB");
    works(&mut shim);
}

#[test]
#[cfg(target_os = "linux")]
fn chaos_an_inherited_socket_that_does_not_listen_is_refused() {
    use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, bind, socket};
    let machine = Machine::new();
    std::fs::create_dir_all(machine.runtime_dir()).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(machine.runtime_dir(), mode).unwrap();
    let bound = socket(AddressFamily::UNIX, SocketType::STREAM, None).unwrap();
    bind(&bound, &SocketAddrUnix::new(machine.socket()).unwrap()).unwrap();
    let run = machine.taid(&[]);
    let mut shell = std::process::Command::new("sh");
    shell
        .args([
            "-c",
            "exec 3<&0 0</dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec \"$@\"",
            "sh",
        ])
        .arg(run.get_program())
        .args(run.get_args())
        .stdin(bound)
        .env_clear();
    for (name, value) in run.get_envs() {
        shell.env(name, value.unwrap_or_default());
    }
    let output = shell.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("passed a socket that does not listen"),
        "{said}"
    );
}
