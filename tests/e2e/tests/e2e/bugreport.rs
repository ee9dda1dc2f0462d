//! `taid bugreport` writes one file without private text.

use super::{approval::machine, approve_watch::hold};
use serde_json::{Value, json};
use tai_e2e::{PASSWORD, USER};
use tai_proto::{
    FaultCode,
    traffic::{CallOutcome, Failure, Operation, Traffic},
};
use tai_sandbox::{Canned, FaultKind, NewMail};

#[test]
fn a_bug_report_has_no_secret_address_subject_name_or_path() {
    let machine = machine("always");
    let taid = machine.start();
    taid.wait_until_live();
    let new = NewMail {
        from: "mallory@canary.example".into(),
        to: "desk.alice@tai.chat".into(),
        subject: Some("CANARYSUBJECT".into()),
        ..NewMail::default()
    };
    machine.sandbox.deliver(&new).unwrap();
    hold(&machine, "CANARYCONTENT");
    let mut shim = machine
        .shim("desk")
        .initialized("CANARYCLIENT", "2025-06-18");
    shim.call("fetch_email", json!({}));
    // A failed call, whose error has words of the agent.
    shim.call(
        "send_email",
        json!({"to": "canary <canary@x", "content": "CANARYCONTENT"}),
    );
    let busy = Canned::page(503).with_header("Retry-After", "1");
    machine.sandbox.can(busy, 1, "GET /api/v1/messages");
    shim.call("list_inbox", json!({}));
    for (content, exit) in [("CANARYONE", 0), ("CANARYTWO", 1)] {
        if exit != 0 {
            let sends = "POST /api/v1/send-email";
            machine.sandbox.fail(FaultKind::CloseAfter, 1, sends);
        }
        let to = ["send", "--to", "bob@tai.chat", "--subject", "CANARYSUBJECT"];
        let sent = machine.cli(&[&to[..], &["--body", content, "--yes"]].concat());
        let code = sent.status.code();
        assert_eq!(code, Some(exit), "{}", machine.plain(&sent.stderr));
    }
    // A line that a message with foreign words would leave.
    let log = machine.state_dir().join("logs/tai-mcp.log");
    let mut text = std::fs::read_to_string(&log).unwrap();
    text.push_str("2026-11-27T10:00:00Z  WARN call failed error=\"for canary@x: hunter2\" url=https://a:hunter2@proxy\nhunter2 canary\n");
    std::fs::write(&log, text).unwrap();

    let file = machine.home().join("report.json");
    let written = machine.cli(&["bugreport", file.to_str().unwrap()]);
    assert!(
        written.status.success(),
        "{}",
        machine.plain(&written.stderr)
    );
    insta::assert_snapshot!(machine.plain(&written.stdout), @"
    HOME/report.json: written. It has no addresses, subjects, names, paths or secrets that taid knows of.
    Look at it before you send it.
    ");
    let text = std::fs::read_to_string(&file).unwrap();
    let home = machine.home().to_str().unwrap();
    for private in [
        USER, PASSWORD, "bob", "desk", "mallory", "canary", "hunter2", "@", "://", home, "Figures",
    ] {
        let lower = text.to_ascii_lowercase();
        let at = lower.find(&private.to_ascii_lowercase());
        let around = at.map(|at| &text[at.saturating_sub(80)..(at + 80).min(text.len())]);
        assert_eq!(around, None, "{private}");
    }
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["status"]["session"]["state"], "live", "{text}");
    assert_eq!(report["outcomes"]["hold: held"], 1, "{text}");
    let log: Vec<&str> = report["log"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line.as_str().unwrap())
        .collect();
    assert!(
        log.iter().any(|line| line.contains("call failed error=…")),
        "{text}"
    );
    assert!(report["doctor"].as_array().unwrap().len() > 5, "{text}");
    check_traffic(&serde_json::from_value(report).unwrap());
    // An existing file is kept.
    let again = machine.cli(&["bugreport", file.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    taid.stop();
    let file = machine.home().join("stopped.json");
    let written = machine.cli(&["bugreport", file.to_str().unwrap()]);
    assert!(written.status.success());
    let report = std::fs::read_to_string(&file).unwrap();
    let traffic: Traffic = serde_json::from_str(&report).unwrap();
    assert_eq!(traffic, Traffic::default());
}

/// Checks that the records say what the test has done.
fn check_traffic(traffic: &Traffic) {
    let exchanges = traffic.exchanges.iter().map(|exchange| {
        let (operation, status) = (exchange.operation, exchange.status);
        (operation, status, exchange.failure, exchange.retry_after_s)
    });
    let exchanges: Vec<_> = exchanges.collect();
    let busy = Some(Failure::Intercepted);
    for expected in [
        (Operation::Login, Some(200), None, None),
        (Operation::Message, Some(200), None, None),
        (Operation::List, Some(503), busy, Some(1)),
        (Operation::List, Some(200), None, None),
        (Operation::Send, Some(200), None, None),
        (Operation::Send, None, Some(Failure::Broken), None),
    ] {
        assert!(exchanges.contains(&expected), "{expected:?}: {exchanges:?}");
    }
    let calls = traffic.calls.iter();
    let calls: Vec<_> = calls.map(|call| (&*call.call, call.outcome)).collect();
    let unknown = CallOutcome::Failed(FaultCode::OutcomeUnknown);
    for expected in [
        ("fetch_email", CallOutcome::Done),
        ("list_inbox", CallOutcome::Done),
        ("send_mail", CallOutcome::Done),
        ("send_mail", unknown),
        ("session_status", CallOutcome::Done),
    ] {
        assert!(calls.contains(&expected), "{expected:?}: {calls:?}");
    }
    // The list waited until the bridge could answer.
    let mut calls = traffic.calls.iter();
    let list = calls.rfind(|call| call.call == "list_inbox");
    assert!(list.unwrap().duration_ms >= 1_000, "{list:?}");
    let connections = traffic.calls.iter().map(|call| call.connection);
    assert!(connections.max() > Some(2), "{:?}", traffic.calls);
    assert_eq!((traffic.calls_left_out, traffic.exchanges_left_out), (0, 0));
}
