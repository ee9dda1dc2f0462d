//! The tools beside `list_inbox`, at the sandbox bridge: their time, and the requests that they cost.

use crate::{
    measure::{median, micros},
    rows::{Row, row},
};
use serde_json::{Value, json};
use std::time::Instant;
use tai_e2e::{Daemon, Machine, USER, mcp::Shim};
use tai_sandbox::NewMail;

/// Adds the time and the requests of other tools, at the sandbox bridge.
pub(crate) fn calls(rows: &mut Vec<Row>) {
    let machine = Machine::new();
    let mut small = Mailbox::with_mails(&machine, 200);
    let costs = [
        (
            "list_inbox of 200 mails",
            small.cost("list_inbox", 100, none),
        ),
        (
            "search_inbox in 200 mails",
            small.cost("search_inbox", 50, search),
        ),
        (
            "fetch_email of the oldest of 200 unread mails",
            small.cost("fetch_email", 100, none),
        ),
        ("send_email", small.cost("send_email", 40, send)),
    ];
    for (what, cost) in costs {
        let beside = format!("{:.1} requests to the sandbox bridge", cost.requests);
        row(rows, what, cost.time, None, "ms", beside);
    }
    let machine = Machine::new();
    let mut large = Mailbox::with_mails(&machine, 10_000);
    large.cost("fetch_email", 1, none);
    let cost = large.cost("fetch_email", 20, none);
    let beside = format!("{:.1} ms; after the first call", cost.time);
    let what = "requests of fetch_email, the oldest of 10,000 unread mails";
    row(rows, what, cost.requests, Some(3.0), "", beside);
}

/// Endpoints that the tools use.
const ENDPOINTS: [&str; 4] = [
    "GET /api/v1/messages",
    "GET /api/v1/messages/{id}",
    "PUT /api/v1/messages/{id}/read",
    "POST /api/v1/send-email",
];

/// Cost of one kind of call.
struct Cost {
    /// Median time in milliseconds.
    time: f64,
    /// Mean of the requests to the bridge.
    requests: f64,
}

/// A mailbox of `desk` with unread mails, and a client.
struct Mailbox<'a> {
    machine: &'a Machine,
    shim: Shim,
    _taid: Daemon<'a>,
}

impl<'a> Mailbox<'a> {
    fn with_mails(machine: &'a Machine, mails: usize) -> Self {
        machine
            .sandbox
            .add_account("bob", tai_e2e::PASSWORD)
            .unwrap();
        for n in 0..mails {
            let mail = NewMail {
                from: "bench@example.com".into(),
                to: format!("desk.{USER}@tai.chat"),
                subject: Some(format!("Mail {n}")),
                body_text: Some("A few words.".into()),
                received_at: Some(minute(n)),
                ..NewMail::default()
            };
            machine.sandbox.deliver(&mail).unwrap().unwrap();
        }
        let taid = machine.start_with(&[("TAI_MCP_LOG_LEVEL", "info")]);
        taid.wait_until_live();
        Self {
            machine,
            shim: machine.shim("desk").initialized("bench", "2025-11-25"),
            _taid: taid,
        }
    }

    fn requests(&self) -> u64 {
        let counts = ENDPOINTS.map(|endpoint| self.machine.sandbox.count(endpoint));
        counts.iter().sum()
    }

    /// Makes calls one after another. `arguments` returns those of each call.
    fn cost(&mut self, tool: &str, calls: usize, arguments: impl Fn(usize) -> Value) -> Cost {
        let before = self.requests();
        let mut times = Vec::new();
        for n in 0..calls {
            let arguments = arguments(n);
            let started = Instant::now();
            let answer = self.shim.call(tool, arguments);
            times.push(started.elapsed());
            assert!(!answer.is_error, "{tool}: {}", answer.text);
        }
        let requests = self.requests() - before;
        Cost {
            time: micros(median(&times)) / 1e3,
            requests: requests as f64 / calls as f64,
        }
    }
}

/// Returns a minute in November 2026. The bridge lists the mails of one second in no useful order,
/// so that a list of many such mails needs them all.
fn minute(n: usize) -> String {
    let (day, hour, minute) = (1 + n / 1440, n / 60 % 24, n % 60);
    format!("2026-11-{day:02} {hour:02}:{minute:02}:00")
}

/// Returns the arguments of `list_inbox` and `fetch_email`.
fn none(_: usize) -> Value {
    json!({})
}

/// Returns the arguments of `search_inbox`.
fn search(_: usize) -> Value {
    json!({"query": "Mail 7"})
}

/// Returns the arguments of `send_email`. Each mail differs, because a second copy is refused.
fn send(n: usize) -> Value {
    json!({"to": "bob@tai.chat", "subject": "Bench", "content": format!("Mail number {n}.")})
}
