//! `taid bugreport` writes one file without private text.

use super::{approval::machine, approve_watch::hold};
use serde_json::{Value, json};
use tai_e2e::{PASSWORD, USER};
use tai_sandbox::NewMail;

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
    // An existing file is kept.
    let again = machine.cli(&["bugreport", file.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}
