//! The audit log: who did what, without any content, in an unbroken chain.

use crate::mail::{desk, mail};
use serde_json::{Value, json};
use std::{fs, path::PathBuf};
use tai_e2e::{Machine, raw::Raw, wait_until};
use tai_proto::{
    call::{Logout, Whose},
    message::Role,
};

fn machine() -> Machine {
    let machine = Machine::new();
    machine
        .sandbox
        .add_account("bob", "sandbox-password")
        .unwrap();
    machine.configure("[instances.desk]\nallow_to = [\"bob@tai.chat\"]\n");
    machine
}

fn lines(machine: &Machine) -> Vec<Value> {
    let output = machine.cli(&["audit", "--json", "-n", "0"]).stdout;
    let text = String::from_utf8(output).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn file(machine: &Machine) -> PathBuf {
    PathBuf::from(machine.status()["audit"]["path"].as_str().unwrap())
}

#[test]
fn each_send_deletion_refusal_and_logout_has_a_line_without_content() {
    let machine = machine();
    let taid = machine.start();
    let new = mail(
        "desk.alice@tai.chat",
        "SUBJECT-canary",
        "2026-01-01 00:00:00",
    );
    let id = machine.sandbox.deliver(&new).unwrap().unwrap();
    let mut shim = desk(&machine);
    let send = |to: &str| json!({"to": to, "subject": "SUBJECT-canary", "content": "BODY-canary"});
    assert!(!shim.call("send_email", send("bob@tai.chat")).is_error);
    assert!(shim.call("send_email", send("eve@evil.org")).is_error);
    shim.call("delete_email", json!({"email_id": id}));
    // An agent's attempt at a call of a person.
    let mut agent = Raw::open_as(&machine.socket(), Role::Agent { instance: None });
    agent.request(1, Logout { whose: Whose::Any });
    assert!(agent.answer().1.is_err());
    assert!(machine.cli(&["logout", "--yes"]).status.success());

    let lines = lines(&machine);
    let field = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let shown: Vec<String> = lines
        .iter()
        .map(|line| {
            ["event", "by", "client", "instance", "outcome"]
                .map(|name| field(line, name))
                .join(" | ")
        })
        .collect();
    let text = shown
        .join("\n")
        .replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!(text, @r#"
    send | agent | test 1.2.3 | desk | sent
    refuse | agent | test 1.2.3 | desk | send_email: taid's configuration: [instances.desk] allow_to = ["bob@tai.chat"]
    delete | agent | test 1.2.3 | desk | done
    refuse | agent | test |  | logout: the user's own commands have another socket, which `taid socket --admin` prints
    logout | person | taid VERSION |  | done
    "#);
    assert_eq!(lines[0]["digest"].as_str().map(str::len), Some(32));
    assert_eq!(lines[2]["mail_id"], id);
    assert!(lines.iter().all(|line| line["pid"].as_u64() > Some(1)));
    let whole = fs::read_to_string(file(&machine)).unwrap();
    for secret in ["canary", "evil.org"] {
        assert!(!whole.contains(secret), "{whole}");
    }
    let page = machine.plain(&machine.cli(&["audit"]).stdout);
    assert!(page.contains("refuse") && page.contains("delete"), "{page}");
    taid.stop();
    let _taid = machine.start();
    let verified = machine.cli(&["audit", "--verify"]);
    let said = machine.plain(&verified.stdout);
    assert!(
        verified.status.success() && said.starts_with("6 lines, chain unbroken"),
        "{said}"
    );
}

#[test]
fn a_changed_line_is_found_also_while_taid_runs() {
    let machine = machine();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    for content in ["one", "two", "three"] {
        shim.call(
            "send_email",
            json!({"to": "bob@tai.chat", "content": content}),
        );
    }
    let path = file(&machine);
    let text = fs::read_to_string(&path).unwrap();
    let verify = |text: &str| {
        fs::write(&path, text).unwrap();
        let output = machine.cli(&["audit", "--verify"]);
        (output.status.code(), machine.plain(&output.stderr))
    };
    assert_eq!(verify(&text), (Some(0), String::new()));
    let (code, said) = verify(&text.replacen("\"sent\"", "\"held\"", 1));
    assert_eq!(code, Some(1));
    assert!(said.contains("broken at line 2"), "{said}");
    let without_last: Vec<&str> = text.lines().take(2).collect();
    let (code, said) = verify(&(without_last.join("\n") + "\n"));
    assert_eq!(code, Some(1), "{said}");
}

#[test]
fn an_audit_log_that_cannot_be_written_is_reported_and_blocks_no_mail() {
    let machine = machine();
    let path = {
        let taid = machine.start();
        let path = file(&machine);
        taid.stop();
        path
    };
    let _ = fs::remove_file(&path);
    fs::create_dir(&path).unwrap();
    let _taid = machine.start();
    let sent = desk(&machine).call("send_email", json!({"to": "bob@tai.chat", "content": "x"}));
    assert!(!sent.is_error, "{}", sent.text);
    assert!(machine.status()["audit"]["error"].is_string());
    let page = machine.plain(&machine.cli(&["status"]).stdout);
    assert!(page.contains("audit      lines are missing"), "{page}");
    wait_until("the log says it", || machine.log().contains("audit log"));
}
