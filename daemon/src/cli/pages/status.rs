//! Pages of `taid status`: one daemon on a page, or several in a table. The values come from
//! [`tai_proto::status`].

mod health;

use super::{clients, count};
use crate::{
    cli::{
        columns::wrapped,
        table::Table,
        terminal::{Mood, Terminal, printable},
    },
    time::{local, local_zone, relative, seconds_until, span},
};
use jiff::tz::TimeZone;
use std::{
    fmt::Write as _,
    time::{Duration, SystemTime},
};
use tai_client::in_local_words;
use tai_proto::{command::for_profile, names::Profile, status::*};

/// Columns of a label, with the space after it.
const LABEL: usize = 11;

/// Place and time of a page.
pub(in crate::cli) struct View {
    pub(in crate::cli) now: SystemTime,
    pub(in crate::cli) zone: TimeZone,
    pub(in crate::cli) terminal: Terminal,
}

impl View {
    /// The view on standard output, now.
    pub(in crate::cli) fn here() -> Self {
        Self {
            now: SystemTime::now(),
            zone: local_zone(),
            terminal: Terminal::of_stdout(),
        }
    }

    /// Returns a time as `in 4 min 10 s (18:19)`.
    fn time(&self, time: &str) -> String {
        let relative = relative(time, self.now);
        match local(time, self.now, &self.zone) {
            Some(local) => format!("{relative} ({local})"),
            None => relative,
        }
    }
}

/// A page of lines, each with a label and a text.
struct Page<'a> {
    text: String,
    view: &'a View,
    /// Profile of the daemon.
    profile: Profile,
}

impl Page<'_> {
    fn line(&mut self, label: &str, text: &str) {
        self.push(label, text, None);
    }

    /// Adds a line in a colour.
    fn painted(&mut self, label: &str, text: &str, mood: Mood) {
        self.push(label, text, Some(mood));
    }

    fn push(&mut self, label: &str, text: &str, mood: Option<Mood>) {
        let terminal = self.view.terminal;
        let text = wrapped(&words(text, &self.profile), LABEL, terminal.width());
        let text = match mood {
            Some(mood) => terminal.paint(mood, &text),
            None => text,
        };
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{label:<10} {text}");
    }

    /// Adds a line for a time, if there is one.
    fn time(&mut self, label: &str, prefix: &str, at: Option<&String>) {
        if let Some(at) = at {
            let text = format!("{prefix}{}", self.view.time(at));
            self.line(label, &text);
        }
    }
}

/// Returns the page of a daemon.
pub(in crate::cli) fn render(status: &Status, view: &View) -> String {
    let now = view.now;
    let mut page = Page {
        text: String::new(),
        view,
        profile: profile(status),
    };
    process(&mut page, &status.daemon);
    account(&mut page, &status.account);
    session(&mut page, &status.session);
    bridge(&mut page, &status.bridge);
    for line in health::lines(status) {
        page.push(line.label, &line.text, line.mood);
    }
    for send in &status.unknown_sends {
        let (at, digest) = (relative(&send.at, now), &send.digest);
        let text = format!("a send with unknown outcome, {at} (mail {digest}); ask the recipient");
        page.line("unknown", &text);
    }
    if let Some(text) = approval(status) {
        page.line("approval", &text);
    }
    for mail in &status.lost {
        page.line("lost", &lost(mail, now));
    }
    if let Some(error) = &status.rules {
        page.painted("rules", &format!("agents get no tool: {error}"), Mood::Bad);
    }
    // taid tells no path of its own to a caller that is confined to an instance.
    if !status.confined {
        page.line("socket", &status.daemon.socket);
        match status.daemon.log.as_str() {
            "" => page.line("log", "standard error only"),
            log => page.line("log", log),
        }
    }
    if status.daemon.log_dropped > 0 {
        page.line("  dropped", &count(status.daemon.log_dropped, "line"));
    }
    if let Some(error) = &status.audit.error {
        page.line("audit", &format!("lines are missing: {error}"));
    }
    page.line("clients", &status.client_count().to_string());
    if !status.clients.is_empty() {
        page.text.push('\n');
        page.text
            .push_str(&clients::table(&status.clients, now, view.terminal.width()));
    }
    if status.clients_left_out > 0 {
        let left_out = count(status.clients_left_out, "more client");
        let _ = write!(page.text, "\n{left_out}");
    }
    page.text.trim_end().to_owned()
}

fn profile(status: &Status) -> Profile {
    Profile::new(status.daemon.profile.clone()).unwrap_or_default()
}

/// Returns a text whose commands are those for a profile.
fn words(text: &str, profile: &Profile) -> String {
    in_local_words(&for_profile(&printable(text), profile)).into_owned()
}

/// Returns the number of mails that wait for approval, and the command; `None` if none waits.
fn approval(status: &Status) -> Option<String> {
    let waiting = count(status.held.len() as u64, "mail");
    (!status.held.is_empty()).then(|| format!("{waiting} waiting: `taid approve`"))
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
        let kept = daemon.stays_for.iter().map(|reason| match reason {
            StayReason::TypedPassword => "a typed password",
            StayReason::WaitingMail => "a mail that waits for approval",
        });
        let kept: Vec<&str> = kept.collect();
        let exit = match kept.is_empty() {
            false => format!("stays: it holds {}", kept.join(" and ")),
            true => format!("exits after {limit} without clients"),
        };
        page.line("  started", &format!("in the background; {exit}"));
    }
    page.line("profile", &daemon.profile);
}

fn account(page: &mut Page, account: &AccountStatus) {
    let address = account.address.as_deref();
    page.line("account", address.unwrap_or("none (not signed in)"));
    if let Some(source) = &account.source {
        let found = match address {
            Some(_) => "from",
            None => "looked for in",
        };
        page.line("  password", &format!("{found} {source}"));
    }
}

fn session(page: &mut Page, session: &SessionStatus) {
    let mood = match session.state {
        SessionState::Live if session.retry_at.is_none() => Mood::Good,
        SessionState::Live | SessionState::SigningIn => Mood::Passing,
        SessionState::Waiting | SessionState::SignedOut | SessionState::LoggedOut => Mood::Bad,
    };
    page.painted("session", state_text(session), mood);
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
        let at = relative(&error.at, page.view.now);
        page.line("  error", &format!("{} ({at})", error.what));
        for (label, text) in [("  why", &error.why), ("  hint", &error.hint)] {
            if !text.is_empty() {
                page.line(label, text);
            }
        }
    }
    if session.state == SessionState::LoggedOut {
        page.line("  hint", "run `taid login`");
    }
}

fn bridge(page: &mut Page, bridge: &BridgeStatus) {
    page.line("bridge", &bridge.url);
    let (state, mood) = bridge_state(bridge, page.view);
    page.painted("  state", &state, mood);
    let mut traffic = vec![count(bridge.requests, "request")];
    if bridge.retries > 0 {
        traffic.push(format!("{} of them retries", bridge.retries));
    }
    page.line("  traffic", &traffic.join(", "));
    let errors = [
        (bridge.unauthorized, "401 (token or password refused)"),
        (bridge.forbidden, "403 (forbidden)"),
        (bridge.rate_limited, "429 (rate limit)"),
        (bridge.unanswered, "no answer"),
    ];
    let errors = errors.iter().filter(|(n, _)| *n > 0);
    let errors: Vec<String> = errors.map(|(n, what)| format!("{n} × {what}")).collect();
    if !errors.is_empty() {
        page.line("  errors", &errors.join(", "));
    }
    if let Some(ahead) = bridge.clock_ahead_s.filter(|ahead| ahead.abs() >= 60) {
        let span = span(Duration::from_secs(ahead.unsigned_abs()));
        let word = if ahead > 0 { "ahead of" } else { "behind" };
        page.line(
            "  clock",
            &format!("{span} {word} the bridge's; taid uses the bridge's"),
        );
    }
}

/// Returns the state of the bridge in words.
fn bridge_state(bridge: &BridgeStatus, view: &View) -> (String, Mood) {
    let last = bridge.last_answer_at.as_deref();
    if let Some(at) = &bridge.rate_limited_until {
        let left = left(at, view.now);
        return (format!("rate limit: paused for another {left}"), Mood::Bad);
    }
    match (bridge.reachable, last) {
        (None, _) if bridge.requests > 0 => ("has not answered yet".to_owned(), Mood::Passing),
        (None, _) => ("not asked yet".to_owned(), Mood::Passing),
        (Some(false), Some(at)) => {
            let at = view.time(at);
            (format!("unreachable; the last answer came {at}"), Mood::Bad)
        }
        (Some(false), None) => ("unreachable; no answer so far".to_owned(), Mood::Bad),
        (Some(true), _) if let Some(why) = &bridge.failing => (format!("fails: {why}"), Mood::Bad),
        (Some(true), at) => {
            let latency = bridge.latency_us.map(latency);
            let latency = latency.map_or_else(String::new, |time| format!(" after {time}"));
            let at = at.map_or_else(String::new, |at| format!(", {}", relative(at, view.now)));
            (format!("answers; last answer{latency}{at}"), Mood::Good)
        }
    }
}

/// Returns the line about another daemon of the user.
pub(in crate::cli) fn other(status: &Status, columns: Option<usize>) -> String {
    let account = status.account.address.as_deref().unwrap_or("no account");
    let (name, state) = (&status.daemon.profile, state_text(&status.session));
    let mut text = format!("profile {name}: {account}, {state}");
    if let Some(approval) = approval(status) {
        text = format!("{text}, {approval}");
    }
    let text = wrapped(&words(&text, &profile(status)), LABEL, columns);
    format!("{:<10} {text}", "also")
}

const DAEMONS: Table<6> = Table {
    header: ["PROFILE", "ACCOUNT", "SESSION", "RENEWAL", "CLIENTS", "PID"],
    numbers: &["CLIENTS", "PID"],
    omitted_first: &["PID", "RENEWAL", "CLIENTS"],
};

/// Returns a table with a line for each daemon.
pub(in crate::cli) fn overview(all: &[Status], now: SystemTime, columns: Option<usize>) -> String {
    let row = |status: &Status| {
        let renewal = status.session.renews_at.as_deref();
        let account = status.account.address.as_deref();
        [
            status.daemon.profile.clone(),
            account.unwrap_or("none").to_owned(),
            words(state_text(&status.session), &profile(status)),
            renewal.map_or_else(|| "none".to_owned(), |at| relative(at, now)),
            status.client_count().to_string(),
            status.daemon.pid.to_string(),
        ]
    };
    let rows: Vec<[String; 6]> = all.iter().map(row).collect();
    DAEMONS.lines(&rows, columns)
}

fn state_text(session: &SessionStatus) -> &'static str {
    match session.state {
        SessionState::Live if session.renewing => "live (renewing the token)",
        SessionState::Live if session.retry_at.is_some() => "live (the last renewal failed)",
        SessionState::Live => "live",
        SessionState::SigningIn => "signing in",
        SessionState::Waiting => "the last login failed, waiting to retry",
        SessionState::SignedOut => "signed out",
        SessionState::LoggedOut => "signed out by `taid logout`",
    }
}

fn latency(us: u64) -> String {
    format!("{}.{} ms", us / 1000, us % 1000 / 100)
}

/// Formats the time until `time`: `4 min 10 s`.
fn left(time: &str, now: SystemTime) -> String {
    let seconds = seconds_until(time, now).and_then(|left| u64::try_from(left).ok());
    span(Duration::from_secs(seconds.unwrap_or_default()))
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
