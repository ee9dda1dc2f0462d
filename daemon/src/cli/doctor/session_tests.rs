//! Reports of each state of a session.

use super::*;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Returns a status with some of its values replaced.
fn status(changes: &[(&str, Value)]) -> Status {
    let mut status = json!({
        "schema": 1,
        "daemon": {"version": "0.1.0", "protocol": 1, "pid": 1, "profile": "default",
            "started_at": "", "uptime_s": 1, "socket": "s", "log": "l", "draining": false},
        "account": {"username": "alice", "address": null, "source": "the keyring"},
        "session": {"state": "live", "token_expires_at": null, "renews_at": null,
            "retry_at": null, "logins": 1, "renewals": 0, "failed_logins": 0,
            "failed_renewals": 0, "last_error": null},
        "bridge": {"url": "https://tai.chat", "requests": 1, "retries": 0, "latency_us": null,
            "last_answer_at": null, "rate_limited_until": null, "reachable": true},
        "clients": [],
    });
    for (pointer, value) in changes {
        *status.pointer_mut(pointer).unwrap() = value.clone();
    }
    serde_json::from_value(status).unwrap()
}

fn error() -> Value {
    json!({"at": "", "what": "the bridge refused the login", "why": "HTTP 401",
        "hint": "`taid login`"})
}

#[test]
fn each_state_of_the_session_is_reported_and_only_a_working_one_is_good() {
    // 2026-11-27T10:00:00Z
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_773_600);
    let mut page = String::new();
    for changes in [
        &[][..],
        &[("/session/state", json!("signing_in"))],
        &[("/session/state", json!("signed_out"))],
        &[
            ("/session/state", json!("signed_out")),
            ("/account/source", Value::Null),
            ("/account/username", Value::Null),
        ],
        &[
            ("/session/state", json!("waiting")),
            ("/session/last_error", error()),
            ("/session/retry_at", json!("2026-11-27T10:05:00Z")),
        ],
        &[
            ("/session/state", json!("waiting")),
            ("/session/last_error", error()),
            ("/session/retry_at", json!("2026-11-27T09:59:00Z")),
        ],
        &[
            ("/session/failed_renewals", json!(2)),
            ("/session/last_error", error()),
        ],
        &[("/bridge/reachable", json!(false))],
        &[("/bridge/rate_limited_until", json!("2026-11-27T10:01:00Z"))],
    ] {
        for check in examine(&status(changes), now) {
            let Check {
                name,
                state,
                found,
                remedy,
                repair: None,
            } = check
            else {
                panic!("a session is not repaired");
            };
            let _ = writeln!(page, "{state:?} {name}: {found} | {remedy}");
        }
        page.push('\n');
    }
    insta::assert_snapshot!(page, @"
    Ok password: alice's, which taid takes from the keyring | 
    Ok login: taid is signed in as alice | 

    Skipped password: alice's, which taid takes from the keyring; not checked: see `login` | 
    Ok login: taid is signing in as alice | 

    Skipped password: alice's, which taid takes from the keyring; not checked: see `login` | 
    Wrong login: taid is not signed in | `taid login`

    Wrong password: taid has no password | `taid login --save` saves it in the keyring; tai-config(5) lists the other sources
    Wrong login: taid is not signed in | `taid login`

    Skipped password: alice's, which taid takes from the keyring; not checked: see `login` | 
    Wrong login: the bridge refused the login (HTTP 401); no login until 10:05 UTC | `taid login`

    Skipped password: alice's, which taid takes from the keyring; not checked: see `login` | 
    Wrong login: the bridge refused the login (HTTP 401); the next call logs in | `taid login`

    Ok password: alice's, which taid takes from the keyring | 
    Wrong login: taid is signed in as alice; the renewal failed: the bridge refused the login (HTTP 401) | `taid login`

    Ok password: alice's, which taid takes from the keyring | 
    Ok login: taid is signed in as alice | 
    Wrong bridge: https://tai.chat did not answer taid's last request | see the checks of the network below; if they are good, compare taid's proxy with this shell's

    Ok password: alice's, which taid takes from the keyring | 
    Ok login: taid is signed in as alice | 
    Wrong bridge: https://tai.chat limits the rate of requests for another 1 min | wait; until then every call is refused
    ");
}
