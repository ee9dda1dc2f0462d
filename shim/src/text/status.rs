//! What `session_status` says: what an agent needs to tell its user why email does not work.

use super::{Shown, shown};
use crate::results;
use tai_proto::status::Status;

/// The status as an agent can use it: `taid status` shows a person more.
pub(super) fn show(json: &str) -> Shown {
    let Ok(status) = serde_json::from_str::<Status>(json) else {
        return Shown {
            text: "taid's status cannot be read; it may be another version's".into(),
            structured: None,
        };
    };
    let session = serde_json::to_value(status.session.state).unwrap_or_default();
    let session = session.as_str().unwrap_or_default().to_owned();
    let problem = status.session.last_error.map(|error| {
        let parts = [error.what, error.why, error.hint];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(". ")
    });
    let mut text = format!(
        "Session: {session}\nAccount: {}\nMail bridge: {}",
        status.account.address.as_deref().unwrap_or("none"),
        match status.bridge.reachable {
            Some(true) => "answers",
            Some(false) => "did not answer the last request",
            None => "not asked yet",
        }
    );
    let mut add = |line: String| {
        text.push('\n');
        text.push_str(&line);
    };
    if let Some(problem) = &problem {
        add(format!("Problem: {problem}"));
    }
    if let Some(until) = &status.bridge.rate_limited_until {
        add(format!(
            "Paused: the bridge asked for a pause until {until}"
        ));
    }
    let unknown_sends = status.unknown_sends.len() as u64;
    if unknown_sends > 0 {
        add(format!("Sends whose outcome is unknown: {unknown_sends}"));
    }
    if status.held > 0 {
        add(format!(
            "Emails that wait for the user (`taid approve`): {}",
            status.held
        ));
    }
    let result = results::SessionStatusResult {
        session,
        username: status.account.username,
        problem,
        bridge_reachable: status.bridge.reachable,
        rate_limited_until: status.bridge.rate_limited_until,
        unknown_sends,
        waiting_for_approval: status.held,
        clients: status.clients.len() as u64,
    };
    shown(text, &result)
}
