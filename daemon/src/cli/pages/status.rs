//! Pages of `taid status`: one daemon on a page, or several in a table. The values come from
//! [`tai_proto::status`].

use crate::{
    cli::terminal::printable,
    time::{seconds_until, span},
};
use comfy_table::{CellAlignment, Table, presets};
use std::{
    fmt::Write as _,
    time::{Duration, SystemTime},
};
use tai_proto::status::*;

/// A page of lines, each with a label and a text.
struct Page {
    text: String,
    now: SystemTime,
}

impl Page {
    fn line(&mut self, label: &str, text: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{label:<10} {}", printable(text));
    }

    /// Adds a line for a time, if there is one.
    fn time(&mut self, label: &str, prefix: &str, at: Option<&String>) {
        if let Some(at) = at {
            let text = format!("{prefix}{at}, {}", relative(at, self.now));
            self.line(label, &text);
        }
    }
}

/// Returns the page of a daemon.
pub(in crate::cli) fn render(status: &Status, now: SystemTime) -> String {
    let mut page = Page {
        text: String::new(),
        now,
    };
    process(&mut page, &status.daemon);
    account(&mut page, &status.account);
    session(&mut page, &status.session);
    bridge(&mut page, &status.bridge);
    reader(&mut page, &status.reader);
    for send in &status.unknown_sends {
        let at = relative(&send.at, now);
        let text = format!("a send with unknown outcome, {at} (mail {})", send.digest);
        page.line("unknown", &text);
    }
    if status.held > 0 {
        let waiting = count(status.held, "mail");
        page.line("approval", &format!("{waiting} waiting: `taid approve`"));
    }
    for mail in &status.lost {
        page.line("lost", &lost(mail, now));
    }
    page.line("socket", &status.daemon.socket);
    match status.daemon.log.as_str() {
        "" => page.line("log", "standard error only"),
        log => page.line("log", log),
    }
    if status.daemon.log_dropped > 0 {
        page.line("  dropped", &count(status.daemon.log_dropped, "line"));
    }
    if let Some(error) = &status.audit.error {
        page.line("audit", &format!("lines are missing: {error}"));
    }
    page.line("clients", &clients(status).to_string());
    if !status.clients.is_empty() {
        page.text.push('\n');
        page.text.push_str(&table(&status.clients, now));
    }
    if status.clients_left_out > 0 {
        let left_out = count(status.clients_left_out, "more client");
        let _ = write!(page.text, "\n{left_out}");
    }
    page.text.trim_end().to_owned()
}

fn lost(mail: &LostMail, now: SystemTime) -> String {
    let (number, at) = (mail.number, relative(&mail.since, now));
    let sent = match mail.maybe_sent {
        true => "it may have been sent",
        false => "it must be submitted again",
    };
    format!("mail {number}, held for approval {at}, was lost when taid stopped; {sent}")
}

fn process(page: &mut Page, daemon: &DaemonStatus) {
    let stopping = if daemon.draining { ", stopping" } else { "" };
    let up = span(Duration::from_secs(daemon.uptime_s));
    let (version, protocol, pid) = (&daemon.version, daemon.protocol, daemon.pid);
    page.line(
        "taid",
        &format!("{version} (protocol {protocol}), pid {pid}, up {up}{stopping}"),
    );
    if let Some(limit) = daemon.idle_exit_s {
        let limit = span(Duration::from_secs(limit));
        page.line(
            "  started",
            &format!("by a client; exits after {limit} without clients"),
        );
    }
    page.line("profile", &daemon.profile);
}

fn account(page: &mut Page, account: &AccountStatus) {
    let address = account.address.as_deref();
    page.line("account", address.unwrap_or("none (not signed in)"));
    if let Some(source) = &account.source {
        page.line("  password", &format!("from {source}"));
    }
}

fn session(page: &mut Page, session: &SessionStatus) {
    page.line("session", state_text(session));
    page.time("  token", "expires ", session.token_expires_at.as_ref());
    page.time("  renewal", "", session.renews_at.as_ref());
    page.time("  next try", "", session.retry_at.as_ref());
    let mut totals = vec![
        count(session.logins, "login"),
        count(session.renewals, "renewal"),
    ];
    let failures = [
        (session.failed_logins, "failed login"),
        (session.failed_renewals, "failed renewal"),
        (session.rejected_tokens, "early token refusal"),
    ];
    let failures = failures.iter().filter(|(n, _)| *n > 0);
    totals.extend(failures.map(|(n, what)| count(*n, what)));
    page.line("  totals", &totals.join(", "));
    if let Some(error) = &session.last_error {
        let at = relative(&error.at, page.now);
        page.line("  error", &format!("{} ({at})", error.what));
        for (label, text) in [("  why", &error.why), ("  hint", &error.hint)] {
            if !text.is_empty() {
                page.line(label, text);
            }
        }
    }
}

fn bridge(page: &mut Page, bridge: &BridgeStatus) {
    page.line("bridge", &bridge.url);
    let mut traffic = vec![count(bridge.requests, "request")];
    if bridge.retries > 0 {
        traffic.push(format!("{} of them retries", bridge.retries));
    }
    if let (Some(us), Some(at)) = (bridge.latency_us, &bridge.last_answer_at) {
        let (latency, at) = (latency(us), relative(at, page.now));
        traffic.push(format!("last answer after {latency}, {at}"));
    }
    page.line("  traffic", &traffic.join(", "));
    let errors = [
        (bridge.unauthorized, "401 (token refused)"),
        (bridge.forbidden, "403 (forbidden)"),
        (bridge.rate_limited, "429 (rate limit)"),
        (bridge.unanswered, "no answer"),
    ];
    let errors = errors.iter().filter(|(n, _)| *n > 0);
    let errors: Vec<String> = errors.map(|(n, what)| format!("{n} × {what}")).collect();
    if !errors.is_empty() {
        page.line("  errors", &errors.join(", "));
    }
    if bridge.reachable == Some(false) {
        page.line("  now", "unreachable: the last request got no answer");
    }
    if let Some(ahead) = bridge.clock_ahead_s.filter(|ahead| ahead.abs() >= 60) {
        let span = span(Duration::from_secs(ahead.unsigned_abs()));
        let word = if ahead > 0 { "ahead of" } else { "behind" };
        page.line(
            "  clock",
            &format!("{span} {word} the bridge's; taid uses the bridge's"),
        );
    }
    if let Some(at) = &bridge.rate_limited_until {
        let left = left(at, page.now);
        page.line(
            "  paused",
            &format!("rate limited by the bridge for another {left}"),
        );
    }
}

/// Adds lines about the worker that reads mails, if a mail or a limit of the worker is affected.
fn reader(page: &mut Page, reader: &ReaderStatus) {
    let mut lines = Vec::new();
    if let Some(error) = &reader.error {
        let error = printable(error);
        lines.push(format!("cannot be started, mails are plain text: {error}"));
    }
    if reader.failures > 0 {
        lines.push(format!(
            "{} could not be rendered",
            count(reader.failures, "mail")
        ));
    }
    let unconfined = reader.unconfined.as_deref().unwrap_or_default();
    if !unconfined.is_empty() {
        lines.push(format!("not confined by {}", unconfined.join(", ")));
    }
    for (n, line) in lines.iter().enumerate() {
        page.line(if n == 0 { "reader" } else { "" }, line);
    }
}

/// Returns a table with a line for each daemon.
pub(in crate::cli) fn overview(all: &[Status], now: SystemTime) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["PROFILE", "ACCOUNT", "SESSION", "RENEWAL", "CLIENTS", "PID"]);
    for status in all {
        let renewal = status.session.renews_at.as_deref();
        let row = [
            &status.daemon.profile,
            status.account.address.as_deref().unwrap_or("none"),
            state_text(&status.session),
            &renewal.map_or_else(|| "none".to_owned(), |at| relative(at, now)),
            &clients(status).to_string(),
            &status.daemon.pid.to_string(),
        ];
        table.add_row(row.map(printable));
    }
    aligned(table, &[4, 5])
}

/// Renders a table: columns two spaces apart, the columns `right` aligned to the right, no
/// spaces at the ends of lines.
fn aligned(mut table: Table, right: &[usize]) -> String {
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

fn state_text(session: &SessionStatus) -> &'static str {
    match session.state {
        SessionState::Live if session.renewing => "live (renewing the token)",
        SessionState::Live if session.retry_at.is_some() => "live (the last renewal failed)",
        SessionState::Live => "live",
        SessionState::SigningIn => "signing in",
        SessionState::Waiting => "the last login failed, waiting to retry",
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
        let row = [
            name,
            &client.version,
            &client.pid.to_string(),
            client.address.as_deref().unwrap_or("none"),
            &relative(&client.connected_at, now),
            &client.calls.to_string(),
            &client.in_flight.to_string(),
            &last,
        ];
        table.add_row(row.map(printable));
    }
    aligned(table, &[2, 5, 6])
}

/// Returns the number of connected clients.
fn clients(status: &Status) -> u64 {
    status.clients.len() as u64 + status.clients_left_out
}

fn count(n: u64, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {what}{plural}")
}

fn latency(us: u64) -> String {
    format!("{}.{} ms", us / 1000, us % 1000 / 100)
}

/// Formats the time until `time`: `4 min 10 s`.
fn left(time: &str, now: SystemTime) -> String {
    let seconds = seconds_until(time, now).and_then(|left| u64::try_from(left).ok());
    span(Duration::from_secs(seconds.unwrap_or_default()))
}

/// Formats `time` relative to `now`: `in 4 min 10 s` or `12 s ago`.
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
#[path = "status_tests.rs"]
mod tests;
