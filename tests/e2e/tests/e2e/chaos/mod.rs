//! What happens to processes, files, networks and peers that somebody is unkind to. The table
//! in the README has a row for each; `cargo test -p tai-e2e chaos_` runs them.

mod files;
mod network;
mod peers;
mod processes;

use serde_json::json;
use std::time::Duration;
use tai_e2e::{Machine, mcp::Shim};

/// What no person takes for a hang, on a machine without other work.
const AT_ONCE: Duration = Duration::from_secs(5);

fn desk(machine: &Machine) -> Shim {
    machine.shim("desk").initialized("chaos", "2025-06-18")
}

/// One call that has to succeed.
fn works(shim: &mut Shim) {
    let answer = shim.call("list_inbox", json!({}));
    assert!(!answer.is_error, "{}", answer.text);
}

fn send(shim: &mut Shim, subject: &str) -> serde_json::Value {
    let mail = json!({"to": "other.alice@tai.chat", "subject": subject, "content": "x"});
    shim.begin_call("send_email", mail)
}

/// How often the bridge sent a mail with this subject.
fn sent(machine: &Machine, subject: &str) -> usize {
    let mails = machine.sandbox.mails().unwrap();
    let same = mails
        .iter()
        .filter(|mail| mail.subject.as_deref() == Some(subject));
    same.count()
}
