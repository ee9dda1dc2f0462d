//! Lines of the state files that taid cannot read are reported, and those of a newer taid are kept.

use super::approval::{machine as confirming, mail};
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt as _};
use tai_e2e::{Machine, mcp::Shim};

const FILES: [&str; 3] = ["sends-default", "undelivered-default", "approvals-default"];

/// Returns what `taid status`, `taid doctor` and `session_status` say about lines of files.
fn said(machine: &Machine, shim: &mut Shim) -> String {
    let status = machine.plain(&machine.cli(&["status"]).stdout);
    let doctor = machine.plain(&machine.cli(&["doctor"]).stdout);
    let agent = shim.call("session_status", json!({})).text;
    let all = [status, doctor, agent].join("\n");
    let lines: Vec<&str> = all.lines().collect();
    let mut said = String::new();
    for (n, line) in lines.iter().enumerate() {
        if line.contains("damaged") || line.contains("newer taid") || line.contains("Lost:") {
            let hint = lines.get(n + 1).filter(|line| line.starts_with("  hint"));
            said.extend(
                std::iter::once(line)
                    .chain(hint)
                    .map(|line| format!("{line}\n")),
            );
        }
    }
    said.replace(&machine.home().display().to_string(), "HOME")
}

fn damage(machine: &Machine, name: &str) {
    let path = machine.state_dir().join(name);
    let text = fs::read_to_string(&path).unwrap_or_default();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.resize(lines.len().max(1), String::new());
    let damaged: String = lines.iter().map(|line| format!("{line}x\n")).collect();
    fs::write(&path, damaged).unwrap();
}

#[test]
fn damaged_lines_are_reported_after_each_start_of_the_day() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = machine.client("desk");
    let mail = json!({"to": "other.alice@tai.chat", "subject": "s", "content": "text"});
    assert!(!shim.call("send_email", mail).is_error);
    assert_eq!(said(&machine, &mut shim), "");
    taid.kill();
    for name in FILES {
        damage(&machine, name);
    }
    let count = |name: &str| {
        let text = fs::read_to_string(machine.state_dir().join(name)).unwrap();
        text.lines().count()
    };
    let sends = count("sends-default");
    for start in 0..2 {
        let taid = machine.start();
        taid.wait_until_live();
        let mut shim = machine.client("desk");
        let status = machine.status();
        let of_sends = &status["damaged_files"][0];
        assert_eq!(of_sends["damaged"], sends, "{status}");
        let text = said(&machine, &mut shim);
        let text = text.replace(&format!("{sends} lines are"), "N lines are");
        if start == 0 {
            insta::assert_snapshot!(text, @"
            files      a mail of the last day may be sent a second time: in HOME/.local/state/tai/sends-default, N lines are damaged
              hint     see whether a mail of the last day arrived before it is sent again
            files      a mail that counts as read may have reached no client: in HOME/.local/state/tai/undelivered-default, 1 line is damaged
              hint     look through the read mails of the last days with `taid inbox --all`
            files      a mail that waited for approval may be lost: in HOME/.local/state/tai/approvals-default, 1 line is damaged
              hint     see which mails wait with `taid approve`, and have a missing one submitted again
            ✗ files          HOME/.local/state/tai/sends-default: N lines are damaged; a mail of the last day may be sent a second time -> see whether a mail of the last day arrived before it is sent again
            ✗ files          HOME/.local/state/tai/undelivered-default: 1 line is damaged; a mail that counts as read may have reached no client -> look through the read mails of the last days with `taid inbox --all`
            ✗ files          HOME/.local/state/tai/approvals-default: 1 line is damaged; a mail that waited for approval may be lost -> see which mails wait with `taid approve`, and have a missing one submitted again
            Problem: a mail of the last day may be sent a second time: in HOME/.local/state/tai/sends-default, N lines are damaged. Ask the user to see whether a mail of the last day arrived before it is sent again
            Problem: a mail that counts as read may have reached no client: in HOME/.local/state/tai/undelivered-default, 1 line is damaged. Ask the user to look through the read mails of the last days with `taid inbox --all`
            Problem: a mail that waited for approval may be lost: in HOME/.local/state/tai/approvals-default, 1 line is damaged. Ask the user to see which mails wait with `taid approve`, and have a missing one submitted again
            ");
        }
        for name in FILES {
            assert!(text.matches(name).count() >= 3, "{start}: {text}");
        }
        // A send works, and its record is whole at the next start.
        let mail = json!({"to": "other.alice@tai.chat", "subject": "s", "content": "text"});
        let sent = shim.call("send_email", mail);
        assert_eq!(sent.is_error, start == 1, "{}", sent.text);
        taid.kill();
    }
}

#[test]
fn a_waiting_mail_with_a_damaged_record_is_reported_as_lost() {
    let machine = confirming("always");
    let Some(keyring) = super::held::Keyring::start(&machine) else {
        return;
    };
    let taid = machine.start_with(&[keyring.bus()]);
    assert!(
        machine
            .client("desk")
            .call("send_email", mail("text"))
            .is_error
    );
    assert!(machine.state_dir().join("held-default/1").exists());
    taid.kill();
    damage(&machine, "approvals-default");
    let _taid = machine.start_with(&[keyring.bus()]);
    let list = machine.cli(&["approve"]);
    let list = machine.plain(&list.stdout);
    assert!(list.contains("lost"), "{list}");
    let status = machine.status();
    assert_eq!(status["lost"][0]["number"], 1, "{status}");
    assert_eq!(status["lost"][0]["maybe_sent"], true, "{status}");
    assert!(!machine.state_dir().join("held-default/1").exists());
}

#[test]
fn lines_of_a_newer_taid_are_reported_and_kept() {
    let machine = Machine::new();
    // The checksum is right.
    let newer = "relayed 7 desk.alice@tai.chat 1bd4b98f\n";
    let path = machine.state_dir().join("sends-default");
    fs::write(&path, newer).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    for _ in 0..2 {
        let taid = machine.start();
        taid.wait_until_live();
        let text = said(&machine, &mut machine.client("desk"));
        assert_eq!(
            text.matches("1 line is of a newer taid").count(),
            3,
            "{text}"
        );
        taid.kill();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(newer), "{text}");
    }
}
