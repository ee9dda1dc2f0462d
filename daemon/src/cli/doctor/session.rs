//! Checks of a running daemon's session: signed in or not, why, and when it tries again. The
//! daemon's view counts, not that of this shell, whose environment may differ.

use super::check::{Check, ok, skipped, wrong};
use crate::{
    cli::terminal::printable,
    time::{hour_and_minute, seconds_until, span},
};
use std::time::{Duration, SystemTime};
use tai_proto::status::{SessionState, SessionStatus, SharedLeasesStatus, Status};

/// Returns the checks of the daemon's account, session and last request.
pub(super) fn examine(status: &Status, now: SystemTime) -> Vec<Check> {
    let mut checks = vec![password(status), login(status, now)];
    checks.extend(bridge(status, now));
    checks.extend(status.shared_leases.as_ref().map(shared_leases));
    checks
}

/// Returns the checks of what the socket of an instance tells.
pub(super) fn of_instance(status: &Status, now: SystemTime) -> Vec<Check> {
    let mut checks = vec![login(status, now)];
    checks.extend(bridge(status, now));
    checks
}

/// Checks that the daemon has an account and a password for it.
fn password(status: &Status) -> Check {
    let name = "password";
    let account = &status.account;
    // Only a login shows that the source has a password, and that it is right.
    let found = |found: String| match status.session.state {
        SessionState::Live => ok(name, found),
        SessionState::SigningIn
        | SessionState::SignedOut
        | SessionState::Waiting
        | SessionState::LoggedOut => skipped(name, format!("{found}; not checked: see `login`")),
    };
    match (&account.username, &account.source) {
        (Some(username), Some(source)) => {
            found(format!("{username}'s, which taid takes from {source}"))
        }
        (None, Some(source)) => found(format!("taid looks for it in {source}")),
        (_, None) => wrong(
            name,
            "taid has no password",
            "`taid login --save` saves it in the keyring; tai-config(5) lists the other sources",
        ),
    }
}

/// Checks that the daemon is signed in.
pub(super) fn login(status: &Status, now: SystemTime) -> Check {
    let name = "login";
    let session = &status.session;
    let account = status.account.username.as_deref().unwrap_or("no account");
    match session.state {
        SessionState::Live if session.failed_renewals > 0 && session.last_error.is_some() => {
            let (found, remedy) = failure(session, now);
            let found = format!("taid is signed in as {account}; the renewal failed: {found}");
            wrong(name, found, remedy)
        }
        SessionState::Live => ok(name, format!("taid is signed in as {account}")),
        SessionState::SigningIn => ok(name, format!("taid is signing in as {account}")),
        SessionState::LoggedOut => wrong(name, "`taid logout` signed taid out", "`taid login`"),
        SessionState::SignedOut | SessionState::Waiting => {
            let (found, remedy) = failure(session, now);
            wrong(name, found, remedy)
        }
    }
}

/// Checks that the store of the shared leases answers.
fn shared_leases(shared: &SharedLeasesStatus) -> Check {
    let name = "shared leases";
    match (&shared.error, shared.answers) {
        (Some(error), _) => wrong(
            name,
            format!("the store fails, and no client gets a mail: {error}"),
            "check the server and the keys `shared_leases`, `shared_leases_password_command` and \
             `ca_file` in config.toml",
        ),
        (None, Some(_)) => ok(name, "the store answers"),
        (None, None) => ok(name, "the store has not been asked yet"),
    }
}

/// Reports a bridge that does not answer the daemon, or that asked for a pause.
fn bridge(status: &Status, now: SystemTime) -> Option<Check> {
    let name = "bridge";
    let bridge = &status.bridge;
    let limited = bridge.rate_limited_until.as_deref();
    if let Some(left) = limited.and_then(|until| seconds_until(until, now)) {
        let left = span(Duration::from_secs(left.max(0).unsigned_abs()));
        let found = format!(
            "{} limits the rate of requests for another {left}",
            bridge.url
        );
        let remedy = "wait; until then every call is refused";
        return Some(wrong(name, found, remedy));
    }
    if let Some(why) = &bridge.failing {
        let found = format!(
            "{} could not serve taid's last request: {}",
            bridge.url,
            printable(why)
        );
        let remedy =
            "see the checks of the network below; if they are good, try again in some minutes";
        return Some(wrong(name, found, remedy));
    }
    (bridge.reachable == Some(false)).then(|| {
        wrong(
            name,
            format!("{} did not answer taid's last request", bridge.url),
            "see the checks of the network below; if they are good, compare taid's proxy with this shell's",
        )
    })
}

/// Returns the last failure with the time of the next attempt, and its remedy.
fn failure(session: &SessionStatus, now: SystemTime) -> (String, String) {
    let login = "`taid login`".to_owned();
    let Some(error) = &session.last_error else {
        return ("taid is not signed in".to_owned(), login);
    };
    let mut found = error.what.clone();
    if !error.why.is_empty() {
        found.push_str(&format!(" ({})", error.why));
    }
    if let Some(at) = session.retry_at.as_deref()
        && let Some(left) = seconds_until(at, now)
    {
        found.push_str(&match left {
            1.. => format!("; no login until {} UTC", hour_and_minute(at)),
            _ => "; the next call logs in".to_owned(),
        });
    }
    let remedy = match error.hint.is_empty() {
        true => login,
        false => error.hint.clone(),
    };
    (found, remedy)
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
