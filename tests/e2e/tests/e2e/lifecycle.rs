//! The life of a token under faults of the bridge, with the real executables. Unit tests of
//! the daemon cover hours, in paused time.

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tai_e2e::{Machine, PASSWORD, raw::Raw, wait_until};
use tai_proto::call::List;
use tai_sandbox::{Database, Fault, FaultKind, Tokens};

const LOGIN: &str = "POST /api/v1/login";
const REFRESH: &str = "POST /api/v1/refresh";

#[test]
fn an_invalid_token_is_refused_and_the_next_valid_one_is_used() {
    for (tokens, reason) in [
        (Tokens::AlgNone, "signed in a way that the bridge"),
        (Tokens::WrongSub, "another username"),
        (Tokens::NoExp, "without `sub` or `exp`"),
        (Tokens::PastExp, "had expired when it was issued"),
        (Tokens::Huge, "the limit is 8192"),
        (Tokens::NotAJwt, "it is corrupt"),
    ] {
        let machine = Machine::behaving(|behaviour| {
            behaviour.tokens = tokens;
            // Without the time of the bridge, a token of a minute ago could have been issued now.
            behaviour.has_date = tokens == Tokens::PastExp;
        });
        // The second login, which follows, gets a valid token.
        machine.sandbox.hold(2, LOGIN);
        let _taid = machine.start_with(&[("TAI_MCP_API_TIMEOUT", "300000")]);
        let arrive = |logins| {
            wait_until("the login arrives", || {
                machine.sandbox.count(LOGIN) == logins
            });
        };
        arrive(1);
        machine.sandbox.release();
        arrive(2);
        let status = machine.status();
        assert_ne!(status["session"]["state"], "live", "{tokens:?}");
        let error = status["session"]["last_error"].to_string();
        assert!(error.contains(reason), "{tokens:?}: {error}");
        machine
            .sandbox
            .behave(|behaviour| behaviour.tokens = Tokens::Good);
        machine.sandbox.release();
        let mut shim = machine.client("desk");
        let result = shim.call("list_inbox", json!({}));
        assert!(!result.is_error, "{tokens:?}: {}", result.text);
    }
}

#[test]
fn the_exp_claim_decides_and_expires_at_is_ignored() {
    for tokens in [
        Tokens::ExpiresAtEarly,
        Tokens::ExpiresAtLate,
        Tokens::Fractions,
    ] {
        let machine = Machine::behaving(|behaviour| behaviour.tokens = tokens);
        let taid = machine.start();
        taid.wait_until_live();
        let page = String::from_utf8(machine.cli(&["status"]).stdout).unwrap();
        assert!(page.contains("in 23 h 59 min"), "{tokens:?}: {page}");
    }
}

#[test]
fn a_clock_wrong_by_a_day_in_either_direction_is_reported_and_costs_nothing() {
    for offset in [86_400, -86_400] {
        let machine = Machine::behaving(|behaviour| {
            behaviour.clock_offset_s = offset;
            behaviour.has_date = true;
        });
        let taid = machine.start();
        taid.wait_until_live();
        let mut shim = machine.client("desk");
        assert!(!shim.call("list_inbox", json!({})).is_error);
        assert_eq!(machine.sandbox.count(LOGIN), 1);
        let ahead = machine.status()["bridge"]["clock_ahead_s"]
            .as_i64()
            .unwrap();
        assert!((ahead + offset).abs() <= 2, "{ahead}");
        wait_until("the clock skew is in the log", || {
            machine.log().contains("clock skew")
        });
    }
}

#[test]
fn a_clock_wrong_by_a_day_costs_nothing_at_a_bridge_without_date() {
    for offset in [86_400, -86_400] {
        let machine = Machine::behaving(|behaviour| behaviour.clock_offset_s = offset);
        let taid = machine.start();
        taid.wait_until_live();
        let mut shim = machine.client("desk");
        assert!(!shim.call("list_inbox", json!({})).is_error);
        assert_eq!(machine.sandbox.count(LOGIN), 1);
    }
}

#[test]
fn without_a_refresh_endpoint_taid_logs_in_again_and_no_call_fails() {
    let machine = Machine::behaving(|behaviour| {
        behaviour.has_refresh = false;
        behaviour.token_ttl_s = 3;
    });
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    wait_until("a second login was made", || {
        assert!(!shim.call("list_inbox", json!({})).is_error);
        machine.sandbox.count(LOGIN) >= 2
    });
    assert!(!shim.call("list_inbox", json!({})).is_error);
}

/// Lists and sends after a renewal got this fault, with a token of `life` seconds. Returns `None` if
/// the token may have expired before all calls were answered.
fn call_after_a_failed_renewal(fault: &Fault, life: u32) -> Option<()> {
    let machine = Machine::behaving(|behaviour| {
        behaviour.token_ttl_s = life.into();
        behaviour.faults.push_back(fault.clone());
        // Only the first token can answer a call.
        let good = Fault::new(FaultKind::Database(Database::Works), 1, LOGIN);
        let failed = Fault::new(FaultKind::Error500, 1000, LOGIN);
        behaviour.faults.extend([good, failed]);
    });
    let mut shim = machine.client("desk");
    let began = Instant::now();
    // The times of a token are whole seconds, so that up to one is lost.
    let least = Duration::from_secs(u64::from(life) - 1);
    let is_valid = || began.elapsed() < least;
    let _taid = machine.start();
    let mut call = |tool: &str, arguments: Value| {
        let result = shim.call(tool, arguments);
        let is_answered = !result.is_error;
        assert!(is_answered || !is_valid(), "{fault:?}: {}", result.text);
        is_answered.then_some(())
    };
    let mut answered = Some(());
    wait_until("a renewal failed, or the token expired", || {
        answered = call("list_inbox", json!({}));
        answered.is_none() || machine.log().contains("Token refresh failed")
    });
    answered?;
    call("list_inbox", json!({}))?;
    let mail = json!({"to": "bob@example.com", "content": "x"});
    call("send_email", mail)?;
    assert!(machine.sandbox.count(LOGIN) == 1 || !is_valid());
    Some(())
}

/// Runs [`call_after_a_failed_renewal`] with longer and longer tokens: the renewal is due in the last
/// fifth of a token, which must suffice for the calls.
fn call_after_failed_renewals(fault: &Fault) {
    let mut lives = [8, 16, 32, 64, 128].into_iter();
    let called = lives.find_map(|life| call_after_a_failed_renewal(fault, life));
    called.expect("a renewal failed, and the calls ended before the token");
}

#[test]
fn calls_succeed_while_the_token_is_valid_and_its_refresh_fails() {
    std::thread::scope(|scope| {
        for kind in [FaultKind::Error500, FaultKind::Html503, FaultKind::Close] {
            scope.spawn(move || call_after_failed_renewals(&Fault::new(kind, 1000, REFRESH)));
        }
    });
}

#[test]
fn calls_succeed_while_the_token_is_valid_and_its_refresh_is_limited() {
    let mut limited = Fault::new(FaultKind::TooMany429, 1, REFRESH);
    limited.retry_after = Some("600".to_owned());
    call_after_failed_renewals(&limited);
}

#[test]
fn a_call_waits_for_the_end_of_maintenance() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    machine
        .sandbox
        .fail(FaultKind::Html503, 2, "GET /api/v1/messages");
    let mut shim = machine.client("desk");
    let result = shim.call("list_inbox", json!({}));
    assert!(!result.is_error, "{}", result.text);
}

#[test]
fn a_database_failure_reported_as_a_wrong_password_does_not_block_later_logins() {
    let machine = Machine::behaving(|behaviour| behaviour.database = Database::Down);
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    let said = shim.call("list_inbox", json!({})).text;
    assert!(
        said.starts_with("error: the login failed: the database of the mail bridge fails"),
        "{said}"
    );
    let retry_at = machine.status()["session"]["retry_at"].clone();
    assert!(retry_at.is_string(), "taid does not retry");
    machine
        .sandbox
        .behave(|behaviour| behaviour.database = Database::Works);
    assert!(machine.login(PASSWORD).status.success());
    assert!(!shim.call("list_inbox", json!({})).is_error);
}

#[test]
fn a_client_killed_during_a_login_does_not_affect_the_others() {
    let machine = Machine::new();
    machine.sandbox.fail(FaultKind::Hang, 1, LOGIN);
    let _taid = machine.start_with(&[("TAI_MCP_API_TIMEOUT", "5000")]);
    let mut gone = machine.client("gone");
    let mut stays = machine.client("stays");
    gone.begin_call("list_inbox", json!({}));
    let id = stays.begin_call("list_inbox", json!({}));
    drop(gone);
    assert!(!stays.finish_call(&id).is_error);
}

#[test]
fn a_thousand_callers_on_a_revoked_token_cost_one_refresh_and_one_login() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    machine.sandbox.revoke_all_tokens();
    let list = List {
        limit: 1,
        offset: 0,
        show_read: true,
        previews: false,
    };
    let mut clients: Vec<_> = (0..16).map(|_| Raw::open(&machine.socket())).collect();
    // 16 clients with 63 calls each make about a thousand.
    for client in &mut clients {
        for id in 0..63 {
            client.request(id, list);
        }
    }
    for client in &mut clients {
        for _ in 0..63 {
            let (_, result) = client.answer();
            assert!(result.is_ok(), "{result:?}");
        }
    }
    let counts = (machine.sandbox.count(REFRESH), machine.sandbox.count(LOGIN));
    assert_eq!(
        counts,
        (1, 2),
        "one refresh, and one login besides the first"
    );
}

#[test]
fn an_idle_daemon_with_a_live_token_is_not_woken() {
    let machine = Machine::new();
    let taid = machine.start_with(&[("TAI_MCP_LOG_LEVEL", "error")]);
    taid.wait_until_live();
    // The next timer is the refresh in a day.
    let switches = || -> u64 {
        std::fs::read_dir(format!("/proc/{}/task", taid.pid()))
            .unwrap()
            // A thread that waits for files ends meanwhile.
            .filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("status")).ok())
            .flat_map(|status| {
                status
                    .lines()
                    .filter(|line| line.contains("voluntary_ctxt_switches"))
                    .filter_map(|line| line.split_whitespace().last()?.parse::<u64>().ok())
                    .collect::<Vec<_>>()
            })
            .sum()
    };
    let settled = std::cell::Cell::new((switches(), Instant::now()));
    wait_until("ten seconds went by without a context switch", || {
        let now = switches();
        if now != settled.get().0 {
            settled.set((now, Instant::now()));
        }
        settled.get().1.elapsed() >= Duration::from_secs(10)
    });
}
