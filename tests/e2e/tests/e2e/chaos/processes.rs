//! Processes that are killed, suspended or short of resources.

use super::{AT_ONCE, desk, send, sent, works};
use crate::approve_watch::watch;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use std::{
    fs::{File, TryLockError},
    io::Read as _,
    time::{Duration, Instant},
};
use tai_e2e::{
    Machine,
    mcp::Shim,
    processes::{in_shell, send_signal},
    raw::Raw,
    wait_until, within,
};
use tai_proto::{FaultCode, call::GetInfo, message::Role};
use tai_sandbox::NewMail;

const SEND: &str = "POST /api/v1/send-email";

/// Returns a command that runs taid under a `ulimit` of the shell.
fn limited(machine: &Machine, limit: &str) -> std::process::Command {
    let taid = machine.taid(&[("TAI_MCP_LOG_LEVEL", "info")]);
    in_shell(&format!("ulimit {limit}"), &taid)
}

#[test]
fn chaos_a_suspended_taid_performs_each_call_once() {
    let machine = Machine::new();
    let taid = machine.start();
    let mut shim = desk(&machine);
    works(&mut shim);
    send_signal(taid.pid(), Signal::STOP);
    let call = send(&mut shim, "while it stood still");
    // A new client waits too.
    let mut late = desk(&machine);
    let other = late.begin_call("list_inbox", json!({}));
    assert_eq!(shim.next_within(Duration::from_millis(300)), None);
    send_signal(taid.pid(), Signal::CONT);
    assert!(!shim.finish_call(&call).is_error);
    assert!(!late.finish_call(&other).is_error);
    assert_eq!(sent(&machine, "while it stood still"), 1);
}

#[test]
fn chaos_an_answer_that_arrives_while_taid_is_suspended_past_its_limit_counts() {
    let machine = Machine::new();
    let limit = Duration::from_secs(5);
    let taid = machine.start_with(&[("TAI_MCP_API_TIMEOUT", "5000")]);
    let mut shim = desk(&machine);
    works(&mut shim);
    machine.sandbox.hold(1, SEND);
    let call = send(&mut shim, "while it stood still");
    wait_until("the bridge has the mail", || {
        machine.sandbox.count(SEND) == 1
    });
    send_signal(taid.pid(), Signal::STOP);
    machine.sandbox.release();
    let longer = limit + Duration::from_secs(1);
    assert_eq!(shim.next_within(longer), None);
    send_signal(taid.pid(), Signal::CONT);
    let result = shim.finish_call(&call);
    assert!(!result.is_error, "{}", result.text);
}

#[test]
fn chaos_a_suspended_client_does_not_delay_other_clients() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut still = desk(&machine);
    works(&mut still);
    let open: Vec<_> = (0..50)
        .map(|_| still.begin_call("list_inbox", json!({})))
        .collect();
    send_signal(still.pid(), Signal::STOP);
    let started = Instant::now();
    let mut shim = machine.shim("car").initialized("chaos", "2025-06-18");
    (0..20).for_each(|_| works(&mut shim));
    assert!(started.elapsed() < within(AT_ONCE));
    send_signal(still.pid(), Signal::CONT);
    for id in open {
        assert!(!still.finish_call(&id).is_error);
    }
}

#[test]
fn chaos_a_repeatedly_killed_taid_sends_each_mail_once_or_reports_it_unknown() {
    let machine = Machine::new();
    let client = |n: usize| -> Shim {
        let instance = format!("i{n}");
        let env = [
            ("TAI_MCP_AUTOSTART", "1"),
            ("TAI_MCP_USERNAME", tai_e2e::USER),
            ("TAI_MCP_PASSWORD", tai_e2e::PASSWORD),
            ("TAI_MCP_INSTANCE", instance.as_str()),
        ];
        machine.shim_with(&env).initialized("chaos", "2025-06-18")
    };
    // The taid of the account, while it holds its lock. Its number may be another process's
    // afterwards.
    let pid = || {
        let mut lock = File::open(machine.state_dir().join("alice.lock")).ok()?;
        let is_held = matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock));
        let mut record = String::new();
        lock.read_to_string(&mut record).ok()?;
        let pid: i32 = record.lines().next()?.parse().ok()?;
        is_held.then(|| Pid::from_raw(pid)).flatten()
    };
    let mut clients: Vec<Shim> = (0..4).map(client).collect();
    let (mut done, mut unknown, mut kills) = (0, 0, 0);
    for round in 0..6 {
        let calls: Vec<_> = clients
            .iter_mut()
            .enumerate()
            .map(|(n, shim)| {
                let subject = format!("mail {round} of {n}");
                (send(shim, &subject), subject)
            })
            .collect();
        if let Some(pid) = pid() {
            kill_process(pid, Signal::KILL).unwrap();
            kills += 1;
        }
        for ((id, subject), shim) in calls.iter().zip(&mut clients) {
            let answer = shim.finish_call(id);
            let times = sent(&machine, subject);
            match (
                answer.is_error,
                answer.text.contains("it is unknown whether"),
            ) {
                (false, _) => {
                    done += 1;
                    assert_eq!(times, 1, "{subject}");
                }
                (true, true) => {
                    unknown += 1;
                    assert!(times <= 1, "{subject}");
                }
                (true, false) => assert_eq!(times, 0, "{subject}: {}", answer.text),
            }
        }
    }
    assert!(kills > 0);
    assert!(done > 0, "{unknown} of 24 are unknown");
}

/// Waits until a new client is served. taid learns of the ends of connections one by one.
fn served_again(machine: &Machine) {
    wait_until("a new client is served", || {
        !desk(machine).call("list_inbox", json!({})).is_error
    });
}

#[test]
fn chaos_with_few_descriptors_connected_clients_send_and_others_connect_later() {
    let machine = Machine::new();
    let _taid = machine.spawn(limited(&machine, "-n 64"));
    let mut shim = desk(&machine);
    works(&mut shim);
    // More connections than taid has descriptors.
    let crowd: Vec<_> = (0..80).map(|_| Raw::connect(&machine.socket())).collect();
    wait_until("clients are refused", || {
        machine
            .log()
            .contains("client refused: too many connections")
    });
    let call = send(&mut shim, "with few descriptors");
    let sent = shim.finish_call(&call);
    assert!(!sent.is_error, "{}", sent.text);
    works(&mut shim);
    // The commands of a person have places of their own.
    assert!(machine.cli(&["status"]).status.success());
    assert!(!machine.log().contains("cannot accept a connection"));
    drop(crowd);
    served_again(&machine);
}

#[test]
fn chaos_a_client_or_a_command_beyond_the_limit_is_told_why() {
    let machine = Machine::new();
    let _taid = machine.spawn(limited(&machine, "-n 64"));
    let socket = machine.socket();
    // Returns connections until one is refused.
    let crowd = |open: &dyn Fn() -> Raw| {
        let mut crowd = Vec::new();
        loop {
            let mut raw = open();
            raw.request(1, GetInfo);
            match raw.answer().1 {
                Ok(_) => crowd.push(raw),
                Err(fault) => return (crowd, fault),
            }
        }
    };
    let agents = || Raw::open_as(&socket, Role::Agent { instance: None });
    let (agents, fault) = crowd(&agents);
    assert_eq!(fault.code, FaultCode::TooBusy);
    let list = desk(&machine).call("list_inbox", json!({}));
    insta::assert_snapshot!(list.text, @"
    error: taid serves no more clients
    caused by: it has 12 connections, as many as its limit of open files permits
    hint: ask the user to close MCP clients that are not in use, or raise taid's limit with `ulimit -n` or LimitNOFILE= in its unit, then call again
    ");
    assert!(machine.cli(&["status"]).status.success());
    let doctor = machine.plain(&machine.cli(&["doctor"]).stdout);
    let checked = doctor.lines().filter(|line| line.contains(" socket "));
    insta::assert_snapshot!(checked.collect::<Vec<_>>().join("\n"), @"✗ socket         taid serves no more clients: it has 12 connections, as many as its limit of open files permits -> close MCP clients that are not in use, or raise taid's limit with `ulimit -n` or LimitNOFILE= in its unit");
    let mut persons = Vec::new();
    // taid may not have seen the end of a command yet.
    wait_until("taid serves four commands", || {
        persons.extend(crowd(&|| Raw::open(&socket)).0);
        persons.len() == 4
    });
    let (_watch, mut until) = watch(&machine);
    until("taid serves no more commands; waiting for it");
    let mut said = machine.say(&machine.cli(&["status"]));
    let doctor = machine.plain(&machine.cli(&["doctor"]).stdout);
    for line in doctor.lines().filter(|line| line.contains("daemon  ")) {
        said.push_str(&format!("{line}\n"));
    }
    insta::assert_snapshot!(said, @"
    exit 1
    error: taid serves no more commands
    caused by: it has 4 connections of commands, as many as its limit of open files permits
    hint: wait until other `taid` commands have ended, or raise taid's limit with `ulimit -n` or LimitNOFILE= in its unit
    ✗ daemon         taid serves no more commands: it has 4 connections of commands, as many as its limit of open files permits -> wait until other `taid` commands have ended, or raise taid's limit with `ulimit -n` or LimitNOFILE= in its unit
    ✓ second daemon  no second taid
    ");
    drop((agents, persons));
    until("taid answers again");
    served_again(&machine);
    wait_until("a command is served", || {
        machine.cli(&["status"]).status.success()
    });
}

#[test]
fn chaos_a_memory_limit_does_not_stop_a_heavy_inbox() {
    let machine = Machine::new();
    let body = "0123456789abcdef".repeat(10_000);
    for n in 0..60 {
        let mail = NewMail {
            from: "someone@example.com".into(),
            to: "desk.alice@tai.chat".into(),
            subject: Some(format!("heavy {n}")),
            body_text: Some(body.clone()),
            ..NewMail::default()
        };
        machine.sandbox.deliver(&mail).unwrap().unwrap();
    }
    // Address space in kB. The executable and the stacks of its threads take most of it.
    let _taid = machine.spawn(limited(&machine, "-v 300000"));
    let mut shim = desk(&machine);
    let list = shim.call("list_inbox", json!({"limit": 60}));
    assert!(list.text.contains("heavy 59"), "{}", list.text);
    let found = shim.call("search_inbox", json!({"query": "heavy"}));
    assert!(!found.is_error, "{}", found.text);
}

#[test]
fn chaos_clients_beyond_the_limit_are_refused_and_admitted_later() {
    let machine = Machine::new();
    let _taid = machine.start_with(&[("TAI_MCP_LOG_LEVEL", "info")]);
    let open = |_| Raw::open_as(&machine.socket(), Role::Agent { instance: None });
    let mut crowd: Vec<Raw> = (0..1_000).map(open).collect();
    for (id, raw) in (0..).zip(&mut crowd) {
        raw.request(id, GetInfo);
    }
    for raw in &mut crowd {
        assert!(raw.answer().1.is_ok());
    }
    let more: Vec<_> = (0..200).map(|_| Raw::connect(&machine.socket())).collect();
    wait_until("some clients are refused", || {
        machine
            .log()
            .contains("client refused: too many connections")
    });
    drop((crowd, more));
    served_again(&machine);
}
