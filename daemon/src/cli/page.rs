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
    line("profile", &daemon.profile);
    line(
        "account",
        account
            .address
            .as_deref()
            .unwrap_or("none: no username is configured"),
    );
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
    if let Some(at) = &bridge.rate_limited_until {
        line(
            "  paused",
            &format!("the bridge asked for a pause, over {}", relative(at, now)),
        );
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
    line("clients", &clients.len().to_string());
    if !clients.is_empty() {
        page.push('\n');
        page.push_str(&table(clients, now));
    }
    page.trim_end().to_owned()
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
    for column in [2, 5, 6] {
        if let Some(column) = table.column_mut(column) {
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

/// What a client calls itself must not move the cursor.
fn printable(text: &str) -> String {
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
