//! The test harness: all processes of a test end with it.

use serde_json::json;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    process::Stdio,
};
use tai_e2e::{
    Machine,
    mcp::Shim,
    processes::{with_argument, write_program},
    wait_until,
};

/// Starts each kind of process that a test can start, then panics while they run.
#[allow(
    clippy::zombie_processes,
    reason = "the test is about processes without a wait"
)]
fn fail_in_the_middle(mark: &str) {
    let machine = Machine::new();
    let profile = ("TAI_MCP_PROFILE", mark);
    let mut taid = machine.bare_taid(&[profile]);
    taid.args(["--profile", mark]).stderr(Stdio::null());
    let _unguarded = taid.spawn().unwrap();
    let socket = machine.runtime_dir().join(format!("{mark}.sock"));
    wait_until("taid serves", || socket.exists());

    // A program of `live`, which leads its own process group, and its child.
    let begun = machine.home().join("begun");
    let script = machine.home().join(mark);
    let text = format!("#!/bin/sh\n>'{}'\nsleep 1000\n", begun.display());
    write_program(&script, &text);
    let mail = crate::mail::mail("desk.alice@tai.chat", "subject", "2026-01-01 00:00:00");
    machine.sandbox.deliver(&mail).unwrap().unwrap();
    let _taid = machine.start();
    let mut live = machine.command("tai-mcp");
    live.args(["live", "--instance", "desk", "--exec"])
        .arg(&script)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let _unguarded = live.spawn().unwrap();
    wait_until("the program runs", || begun.exists());
    assert!(with_argument(mark).len() >= 3, "{:?}", with_argument(mark));

    // A client that is killed while it starts taid.
    let other = format!("{mark}-by-client");
    let mut client = machine.command("tai-mcp");
    client
        .env("TAI_MCP_AUTOSTART", "1")
        .env("TAI_MCP_PROFILE", &other);
    let mut client = Shim::spawn(client).initialized("test", "2025-06-18");
    client.begin_call("list_inbox", json!({}));
    wait_until("taid is started", || !with_argument(&other).is_empty());
    drop(client);
    panic!("on purpose");
}

#[test]
#[cfg(target_os = "linux")]
fn a_failed_test_leaves_no_process() {
    for round in 0..5 {
        let mark = format!("left-{}-{round}", std::process::id());
        let failed = catch_unwind(AssertUnwindSafe(|| fail_in_the_middle(&mark)));
        let failed = failed.unwrap_err();
        let said = failed.downcast_ref::<&str>();
        assert_eq!(said, Some(&"on purpose"));
        assert_eq!(with_argument(&mark), Vec::<String>::new());
    }
}
