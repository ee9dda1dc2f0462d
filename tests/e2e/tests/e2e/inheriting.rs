//! What a client passes on to the processes that it starts: it changes no taid that other clients
//! use.

use serde_json::json;
use std::{
    fs::{File, TryLockError},
    process::Command,
};
use tai_e2e::{
    Machine, PASSWORD,
    mcp::{Shim, ToolResult},
    processes::{in_shell, write_program},
    wait_until,
};

/// Returns a client that starts taid, with the limits and signals of `prelude`.
fn shim(machine: &Machine, prelude: &str) -> Shim {
    let mut command = machine.command("tai-mcp");
    command
        .env("TAI_MCP_AUTOSTART", "1")
        .env("TAI_MCP_INSTANCE", "desk");
    Shim::spawn(in_shell(prelude, &command)).initialized("test", "2025-06-18")
}

fn send(shim: &mut Shim) -> ToolResult {
    let content = "See you at ten.";
    shim.call(
        "send_email",
        json!({"to": "bob@example.com", "content": content}),
    )
}

/// Returns a machine whose password is the output of a program.
fn machine() -> Machine {
    let machine = Machine::new();
    let script = machine.home().join("password");
    write_program(&script, &format!("#!/bin/sh\necho {PASSWORD}\n"));
    machine.configure(&format!(
        "username = \"alice\"\npassword_command = [\"{}\"]\n",
        script.display()
    ));
    machine
}

#[test]
fn ignored_and_blocked_signals_of_a_client_change_no_taid() {
    let machine = machine();
    let mut shim = shim(
        &machine,
        r#"trap '' CHLD XFSZ && exec env --block-signal=TERM "$0" "$@""#,
    );
    let sent = send(&mut shim);
    assert!(
        !sent.is_error,
        "the program of the password ran: {}",
        sent.text
    );
    let pid = machine.status()["daemon"]["pid"].to_string();
    let killed = Command::new("kill").arg(&pid).status().unwrap();
    assert!(killed.success());
    wait_until("taid stops at SIGTERM", || {
        machine.log().contains("stopped")
    });
}

#[test]
fn soft_limits_of_a_client_change_no_taid() {
    let machine = machine();
    let mut shim = shim(&machine, "ulimit -S -f 1 -s 1024");
    let sent = send(&mut shim);
    assert!(!sent.is_error, "{}", sent.text);
    let pid = machine.status()["daemon"]["pid"].to_string();
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let soft = |name: &str| {
        let line = limits.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().split_whitespace().next().unwrap().to_owned()
    };
    assert_eq!(soft("Max file size"), "unlimited");
    assert_eq!(soft("Max stack size"), (8 << 20).to_string());
}

#[test]
fn a_hard_limit_on_the_size_of_files_is_named() {
    let machine = machine();
    let mut shim = shim(&machine, "ulimit -f 0");
    let sent = send(&mut shim);
    insta::assert_snapshot!(machine.plain(sent.text.as_bytes()), @"
    error: taid did not start: cannot use the lock file HOME/.local/state/tai/default.lock: File too large (os error 27)
    hint: ask the user to raise the limit on the size of files (`ulimit -f`) where taid is started, then call again
    ");
}

#[test]
fn an_auto_started_taid_keeps_no_lock_and_no_pipe_of_a_client() {
    let machine = machine();
    let file = machine.home().join("lock");
    let locking = format!("exec 7>'{}' && flock -n 7", file.display());
    let mut shim = shim(&machine, &locking);
    let sent = send(&mut shim);
    assert!(!sent.is_error, "{}", sent.text);
    let lock = File::open(&file).unwrap();
    assert!(matches!(lock.try_lock(), Err(TryLockError::WouldBlock)));
    drop(shim);
    wait_until("the lock is free", || lock.try_lock().is_ok());
    assert!(machine.status()["daemon"]["pid"].is_u64(), "taid runs");
}
