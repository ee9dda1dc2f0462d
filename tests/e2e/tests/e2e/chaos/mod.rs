//! Faults of processes, files, networks and peers. packaging/docs/reliability.md has a table of
//! them; `cargo test -p tai-e2e chaos_` runs them.

mod answers;
mod bodies;
mod files;
pub(crate) mod front;
mod names;
mod network;
mod peers;
mod processes;

use serde_json::json;
use std::time::Duration;
use tai_e2e::{Machine, mcp::Shim};

/// The longest time that a person does not take for a hang, on an idle machine.
const AT_ONCE: Duration = Duration::from_secs(5);

fn desk(machine: &Machine) -> Shim {
    machine.shim("desk").initialized("chaos", "2025-06-18")
}

/// Makes a call and checks that it succeeds.
fn works(shim: &mut Shim) {
    let answer = shim.call("list_inbox", json!({}));
    assert!(!answer.is_error, "{}", answer.text);
}

fn send(shim: &mut Shim, subject: &str) -> serde_json::Value {
    let mail = json!({"to": "other.alice@tai.chat", "subject": subject, "content": "x"});
    shim.begin_call("send_email", mail)
}

/// Returns how many mails with this subject the bridge sent.
fn sent(machine: &Machine, subject: &str) -> usize {
    let mails = machine.sandbox.mails().unwrap();
    let same = mails
        .iter()
        .filter(|mail| mail.subject.as_deref() == Some(subject));
    same.count()
}
