//! Records of sends and leases are on the disk before the request that they permit, and a file that
//! cannot be written is reported before anything is sent.

use serde_json::json;
use std::{fs, os::unix::fs::FileTypeExt as _, process::Command, time::Duration};
use tai_e2e::{
    Machine,
    mcp::{Shim, ToolResult},
    processes::{observable, skipped},
    wait_until, within,
};
use tai_sandbox::NewMail;

fn send(shim: &mut Shim, content: &str) -> ToolResult {
    let mail = json!({"to": "other.alice@tai.chat", "subject": "s", "content": content});
    shim.call("send_email", mail)
}

fn deliver(machine: &Machine) {
    let mail = NewMail {
        from: "bob@example.com".into(),
        to: "desk.alice@tai.chat".into(),
        subject: Some("Question".into()),
        body_text: Some("text".into()),
        ..NewMail::default()
    };
    machine.sandbox.deliver(&mail).unwrap();
}

/// Checks that the trace has these three events in this order.
fn assert_order(trace: &str, events: [&str; 3]) {
    let mut lines = trace.lines();
    for event in events {
        let found = lines.by_ref().any(|line| match event {
            "sync" => line.contains("fdatasync") && line.ends_with("= 0"),
            event => line.contains(event),
        });
        assert!(found, "no {event} in time:\n{trace}");
    }
}

#[test]
fn a_record_is_on_the_disk_before_the_request_that_it_permits() {
    let what = "the order of writes, syncs and requests";
    let machine = Machine::new();
    if !Command::new("strace")
        .arg("-V")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        skipped(&format!("{what}: needs strace"));
        return;
    }
    deliver(&machine);
    let trace = machine.home().join("trace");
    let taid = machine.taid(&[]);
    // The tracer is a grandchild, so that taid is the child.
    let mut command = Command::new("strace");
    command.args(["-D", "-f", "-s", "80", "-e"]);
    command.arg("trace=write,writev,sendto,sendmsg,fdatasync,fsync");
    command
        .arg("-o")
        .arg(&trace)
        .arg(taid.get_program())
        .args(taid.get_args())
        .env_clear();
    for (name, value) in taid.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env("PATH", path);
    let Some(command) = observable(command, what) else {
        return;
    };
    let taid = machine.spawn(command);
    taid.wait_until_live();
    let mut shim = machine.client("desk");
    let sent = send(&mut shim, "text");
    assert!(!sent.is_error, "{}", sent.text);
    let read = shim.call("fetch_email", json!({}));
    assert!(read.text.contains("Question"), "{}", read.text);
    taid.terminate();
    assert_eq!(taid.wait().0, Some(0));
    let trace = fs::read_to_string(&trace).unwrap();
    assert_order(&trace, ["\"sending ", "sync", "POST /api/v1/send-email"]);
    assert_order(&trace, ["\"marked ", "sync", "PUT /api/v1/messages"]);
}

#[test]
fn a_record_of_the_bridge_that_cannot_be_used_stops_the_start() {
    let machine = Machine::new();
    fs::create_dir(machine.state_dir().join("bridge-default")).unwrap();
    let refused = machine.taid(&[]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let said = machine.plain(&refused.stderr);
    let said = said.replace(&machine.home().display().to_string(), "HOME");
    let (_, said) = said.split_once("starting...\n").unwrap();
    insta::assert_snapshot!(said, @"
    error: cannot use HOME/.local/state/tai/bridge-default, the record of the bridge: Is a directory (os error 21)
    hint: move it away: taid makes a file in its place
    ");
}

/// Returns the lines of `taid status` about files, and their hints.
fn status(machine: &Machine) -> String {
    let page = machine.plain(&machine.cli(&["status"]).stdout);
    let lines: Vec<&str> = page.lines().collect();
    let of_files = lines.windows(2).filter(|two| two[0].starts_with("files"));
    of_files
        .map(|two| format!("{}\n", two.join("\n")))
        .collect()
}

/// Returns the lines of `taid doctor` about files.
fn doctor(machine: &Machine) -> String {
    let page = machine.plain(&machine.cli(&["doctor"]).stdout);
    let of_files = page.lines().filter(|line| line.contains(" files "));
    of_files.map(|line| format!("{line}\n")).collect()
}

/// Returns the problems of `session_status`.
fn problems(shim: &mut Shim) -> String {
    let page = shim.call("session_status", json!({})).text;
    let problems = page.lines().filter(|line| line.starts_with("Problem"));
    problems.map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_file_that_cannot_be_used_is_reported_before_a_send_and_used_when_it_is_removed() {
    let machine = Machine::new();
    deliver(&machine);
    for name in [
        "sends-default",
        "undelivered-default",
        "unreadable-default",
        "audit-default.jsonl",
    ] {
        let path = machine.state_dir().join(name);
        let made = Command::new("mkfifo")
            .args(["-m", "600"])
            .arg(&path)
            .status()
            .unwrap();
        assert!(made.success());
    }
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    let refused = send(&mut shim, "text");
    assert!(refused.is_error);
    let home = machine.home().display().to_string();
    insta::assert_snapshot!(refused.text.replace(&home, "HOME"), @"
    error: the email was not sent: taid cannot record it, and without a record it could be sent twice
    caused by: cannot write HOME/.local/state/tai/sends-default: it is not a regular file with one name
    hint: nothing was sent; ask the user to move `HOME/.local/state/tai/sends-default` away if it is not a file of taid, or make it and its directory writable, then call again
    ");
    assert_eq!(
        machine.sandbox.mails().unwrap().len(),
        1,
        "nothing was sent"
    );
    // A mail is delivered, and not marked: after a power failure the mark would lose it.
    let read = shim.call("fetch_email", json!({}));
    assert!(read.text.contains("Question"), "{}", read.text);
    assert!(read.text.contains("is not marked as read"), "{}", read.text);
    assert!(!machine.sandbox.mails().unwrap()[0].is_read);
    let said = [status(&machine), doctor(&machine), problems(&mut shim)].concat();
    insta::assert_snapshot!(said.replace(&home, "HOME"), @"
    files      no mail is sent, because taid cannot write HOME/.local/state/tai/sends-default: it is not a regular file with one name
      hint     move `HOME/.local/state/tai/sends-default` away if it is not a file of taid, or make it and its directory writable
    files      no fetched mail is marked as read, because taid cannot write HOME/.local/state/tai/undelivered-default: it is not a regular file with one name
      hint     move `HOME/.local/state/tai/undelivered-default` away if it is not a file of taid, or make it and its directory writable
    files      a mail that crashed the reader is tried again after each start, because taid cannot write HOME/.local/state/tai/unreadable-default: it is not a regular file with one name
      hint     move `HOME/.local/state/tai/unreadable-default` away if it is not a file of taid, or make it and its directory writable
    ✗ files          HOME/.local/state/tai/sends-default cannot be written: it is not a regular file with one name; no mail is sent -> move `HOME/.local/state/tai/sends-default` away if it is not a file of taid, or make it and its directory writable
    ✗ files          HOME/.local/state/tai/undelivered-default cannot be written: it is not a regular file with one name; no fetched mail is marked as read -> move `HOME/.local/state/tai/undelivered-default` away if it is not a file of taid, or make it and its directory writable
    ✗ files          HOME/.local/state/tai/unreadable-default cannot be written: it is not a regular file with one name; a mail that crashed the reader is tried again after each start -> move `HOME/.local/state/tai/unreadable-default` away if it is not a file of taid, or make it and its directory writable
    ✗ files          HOME/.local/state/tai/audit-default.jsonl is not a regular file; nothing is audited -> move it away
    Problem: no mail is sent, because taid cannot record it in HOME/.local/state/tai/sends-default: it is not a regular file with one name. Ask the user to move `HOME/.local/state/tai/sends-default` away if it is not a file of taid, or make it and its directory writable
    Problem: no fetched mail is marked as read, because taid cannot record it in HOME/.local/state/tai/undelivered-default: it is not a regular file with one name. Ask the user to move `HOME/.local/state/tai/undelivered-default` away if it is not a file of taid, or make it and its directory writable
    Problem: a mail that crashed the reader is tried again after each start, because taid cannot record it in HOME/.local/state/tai/unreadable-default: it is not a regular file with one name. Ask the user to move `HOME/.local/state/tai/unreadable-default` away if it is not a file of taid, or make it and its directory writable
    ");
    for name in ["sends-default", "undelivered-default", "unreadable-default"] {
        let path = machine.state_dir().join(name);
        assert!(
            fs::metadata(&path).unwrap().file_type().is_fifo(),
            "{name} was replaced"
        );
        fs::remove_file(path).unwrap();
    }
    let said = [status(&machine), doctor(&machine), problems(&mut shim)].concat();
    insta::assert_snapshot!(said, @"✗ files          HOME/.local/state/tai/audit-default.jsonl is not a regular file; nothing is audited -> move it away");
    let sent = send(&mut shim, "text");
    assert!(!sent.is_error, "{}", sent.text);
    wait_until("the mail is marked", || {
        assert!(
            !shim
                .call("fetch_email", json!({}))
                .text
                .contains("Question")
        );
        machine.sandbox.mails().unwrap()[0].is_read
    });
}

#[test]
fn sends_and_fetches_wait_for_the_disk_a_few_milliseconds() {
    const COUNT: usize = 40;
    let machine = Machine::new();
    for _ in 0..COUNT {
        deliver(&machine);
    }
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = machine.client("desk");
    let mut median = |tool: &str, arguments: &dyn Fn(usize) -> serde_json::Value| {
        let mut times: Vec<Duration> = (0..COUNT)
            .map(|n| {
                let began = std::time::Instant::now();
                let answer = shim.call(tool, arguments(n));
                assert!(!answer.is_error, "{}", answer.text);
                began.elapsed()
            })
            .collect();
        times.sort();
        println!(
            "{tool}: p50 {:?}, max {:?}",
            times[COUNT / 2],
            times[COUNT - 1]
        );
        times[COUNT / 2]
    };
    median("fetch_email", &|_| json!({}));
    median("list_inbox", &|_| json!({"limit": 5}));
    let sending = median(
        "send_email",
        &|n| json!({"to": "bob@example.com", "subject": "s", "content": format!("{n}")}),
    );
    assert!(sending < within(Duration::from_secs(2)), "{sending:?}");
}
