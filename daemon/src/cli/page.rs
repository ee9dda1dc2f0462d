//! `taid status` as a page for people. What it shows is decided in `tai_proto::status`.

use crate::time::{seconds_until, span};
use comfy_table::{CellAlignment, Table, presets};
use std::{
    fmt::Write as _,
    time::{Duration, SystemTime},
};
use tai_proto::status::*;

/// The page at `now`.
pub(super) fn render(status: &Status, now: SystemTime) -> String {
    let mut page = String::new();
    let Status {
        daemon,
        account,
        session,
        bridge,
        clients,
        unknown_sends,
        held,
        ..
    } = status;
    let mut line = |label: &str, text: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(page, "{label:<10} {text}");
    };
    let draining = if daemon.draining { ", stopping" } else { "" };
    line(
        "taid",
        &format!(
            "{} (protocol {}), pid {}, up {}{draining}",
            daemon.version,
            daemon.protocol,
            daemon.pid,
            span(Duration::from_secs(daemon.uptime_s))
        ),
    );
    if let Some(limit) = daemon.idle_exit_s {
        let limit = span(Duration::from_secs(limit));
        line(
            "  started",
            &format!("by a client; ends after {limit} without one"),
        );
    }
    line("profile", &daemon.profile);
    line(
        "account",
        account
            .address
            .as_deref()
            .unwrap_or("none: nobody is signed in"),
    );
    if let Some(source) = &account.source {
        line("  password", &format!("from {source}"));
    }
    line("session", state_words(session));
    if let Some(at) = &session.token_expires_at {
        line("  token", &format!("expires {at}, {}", relative(at, now)));
    }
    if let Some(at) = &session.renews_at {
        line("  renewal", &format!("{at}, {}", relative(at, now)));
    }
    if let Some(at) = &session.retry_at {
        line("  next try", &format!("{at}, {}", relative(at, now)));
    }
    let failed = [
        (session.failed_logins, "failed login"),
        (session.failed_renewals, "failed renewal"),
        (session.rejected_tokens, "early refused token"),
    ];
    let mut counts = vec![
        count(session.logins, "login"),
        count(session.renewals, "renewal"),
    ];
    counts.extend(
        failed
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, what)| count(*n, what)),
    );
    line("  so far", &counts.join(", "));
    if let Some(error) = &session.last_error {
        line(
            "  error",
            &format!("{} ({})", error.what, relative(&error.at, now)),
        );
        for (label, text) in [("  why", &error.why), ("  hint", &error.hint)] {
            if !text.is_empty() {
                line(label, text);
            }
        }
    }
    line("bridge", &bridge.url);
    let mut traffic = vec![count(bridge.requests, "request")];
    if bridge.retries > 0 {
        traffic.push(format!("{} of them repeated", bridge.retries));
    }
    if let (Some(us), Some(at)) = (bridge.latency_us, &bridge.last_answer_at) {
        traffic.push(format!(
            "the last answered in {}, {}",
            latency(us),
            relative(at, now)
        ));
    }
    line("  traffic", &traffic.join(", "));
    let trouble: Vec<String> = [
        (bridge.unauthorized, "answered 401"),
        (bridge.forbidden, "403"),
        (bridge.rate_limited, "429"),
        (bridge.unanswered, "not answered"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, what)| format!("{n} {what}"))
    .collect();
    if !trouble.is_empty() {
        line("  trouble", &trouble.join(", "));
    }
    if bridge.reachable == Some(false) {
        line("  now", "the last request was not answered");
    }
    if let Some(ahead) = bridge.clock_ahead_s.filter(|ahead| ahead.abs() >= 60) {
        let span = span(Duration::from_secs(ahead.unsigned_abs()));
        let word = if ahead > 0 { "ahead of" } else { "behind" };
        line(
            "  clock",
            &format!("this machine's is {span} {word} the bridge's, which counts"),
        );
    }
    if let Some(at) = &bridge.rate_limited_until {
        line(
            "  paused",
            &format!("the bridge asked for a pause, over {}", relative(at, now)),
        );
    }
    for send in unknown_sends {
        let text = format!("{} (mail {})", relative(&send.at, now), send.digest);
        line("unknown", &format!("a send whose answer was lost, {text}"));
    }
    if *held > 0 {
        let waiting = count(*held, "mail");
        line("approval", &format!("{waiting} waiting: `taid approve`"));
    }
    line("socket", &daemon.socket);
    line(
        "log",
        if daemon.log.is_empty() {
            "standard error alone"
        } else {
            &daemon.log
        },
    );
    if daemon.log_dropped > 0 {
        line("  dropped", &count(daemon.log_dropped, "line"));
    }
    line("clients", &clients.len().to_string());
    if !clients.is_empty() {
        page.push('\n');
        page.push_str(&table(clients, now));
    }
    page.trim_end().to_owned()
}

/// A line for each daemon.
pub(super) fn overview(all: &[Status], now: SystemTime) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["PROFILE", "ACCOUNT", "SESSION", "RENEWAL", "CLIENTS", "PID"]);
    for status in all {
        let renewal = status.session.renews_at.as_deref();
        table.add_row([
            &status.daemon.profile,
            status.account.address.as_deref().unwrap_or("none"),
            state_words(&status.session),
            &renewal.map_or_else(|| "none".to_owned(), |at| relative(at, now)),
            &status.clients.len().to_string(),
            &status.daemon.pid.to_string(),
        ]);
    }
    lined_up(table, &[4, 5])
}

/// Columns two spaces apart, numbers to the right, nothing at the ends of lines.
fn lined_up(mut table: Table, right: &[usize]) -> String {
    for column in right {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines = table.to_string();
    lines
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}

fn state_words(session: &SessionStatus) -> &'static str {
    match session.state {
        SessionState::Live => "live",
        SessionState::Renewing => "live, being renewed",
        SessionState::SigningIn => "signing in",
        SessionState::Backoff if session.token_expires_at.is_some() => {
            "live, the last renewal failed"
        }
        SessionState::Backoff => "the last login failed, the next try is planned",
        SessionState::SignedOut => "signed out",
    }
}

fn table(clients: &[ClientStatus], now: SystemTime) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "CLIENT",
        "VERSION",
        "PID",
        "ADDRESS",
        "CONNECTED",
        "CALLS",
        "OPEN",
        "LAST CALL",
    ]);
    for client in clients {
        let name = if client.name.is_empty() {
            "(unnamed)"
        } else {
            &client.name
        };
        let last = match (&client.last_call, &client.last_call_at) {
            (Some(call), Some(at)) => format!("{call}, {}", relative(at, now)),
            _ => "none".to_owned(),
        };
        table.add_row([
            &printable(name),
            &printable(&client.version),
            &client.pid.to_string(),
            client.address.as_deref().unwrap_or("none"),
            &relative(&client.connected_at, now),
            &client.calls.to_string(),
            &client.in_flight.to_string(),
            &last,
        ]);
    }
    lined_up(table, &[2, 5, 6])
}

/// What a client calls itself must not move the cursor.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

fn count(n: u64, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {what}{plural}")
}

fn latency(us: u64) -> String {
    format!("{}.{} ms", us / 1000, us % 1000 / 100)
}

/// `in 4 min 10 s` or `12 s ago`.
fn relative(time: &str, now: SystemTime) -> String {
    match seconds_until(time, now) {
        Some(0) => "now".to_owned(),
        Some(seconds) if seconds > 0 => {
            format!("in {}", span(Duration::from_secs(seconds.unsigned_abs())))
        }
        Some(seconds) => format!("{} ago", span(Duration::from_secs(seconds.unsigned_abs()))),
        None => time.to_owned(),
    }
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
