//! One login for all clients, under faults of the bridge.

use serde_json::json;
use std::time::{Duration, Instant};
use tai_e2e::{Killed, Machine, wait_until};
use tai_sandbox::FaultKind;

const LOGIN: &str = "POST /api/v1/login";
const REFRESH: &str = "POST /api/v1/refresh";
const LIST: &str = "GET /api/v1/messages";

#[test]
fn fifty_simultaneous_first_calls_cost_one_login() {
    let machine = Machine::new();
    // All clients arrive while the login is under way.
    machine.sandbox.hold(1, LOGIN);
    let mut shims: Vec<_> = (0..50).map(|n| machine.client(&format!("i{n}"))).collect();
    let _taid = machine.start_with(&[("TAI_MCP_API_TIMEOUT", "300000")]);
    let ids: Vec<_> = shims
        .iter_mut()
        .map(|shim| shim.begin_call("list_inbox", json!({})))
        .collect();
    wait_until("all calls are under way", || {
        let status = machine.status();
        let clients = status["clients"].as_array().unwrap();
        let open = clients.iter().filter(|one| one["in_flight"] == 1).count();
        open == 50 && machine.sandbox.count(LOGIN) == 1
    });
    machine.sandbox.release();
    for (shim, id) in shims.iter_mut().zip(ids) {
        let result = shim.finish_call(&id);
        assert!(!result.is_error, "{}", result.text);
    }
    assert_eq!(machine.sandbox.count(LOGIN), 1);
    let status = machine.status();
    assert_eq!(status["session"]["logins"], 1);
    assert_eq!(status["clients"].as_array().unwrap().len(), 50);
}

#[test]
fn a_revoked_token_costs_one_refresh_and_one_login_and_no_call_fails() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = machine.client("desk");
    assert!(!shim.call("list_inbox", json!({})).is_error);
    machine.sandbox.revoke_all_tokens();
    machine
        .sandbox
        .behave(|behaviour| behaviour.latency_ms = 50);
    let ids: Vec<_> = (0..40)
        .map(|_| shim.begin_call("list_inbox", json!({})))
        .collect();
    for id in ids {
        let result = shim.finish_call(&id);
        assert!(!result.is_error, "{}", result.text);
    }
    assert_eq!(
        (machine.sandbox.count(REFRESH), machine.sandbox.count(LOGIN)),
        (1, 2)
    );
}

#[test]
fn a_refused_password_is_reported_and_tried_once_for_many_clients() {
    let machine = Machine::new();
    let _taid = machine.start_with(&[("TAI_MCP_PASSWORD", "another-sandbox-password")]);
    let mut shim = machine.client("desk");
    let ids: Vec<_> = (0..20)
        .map(|_| shim.begin_call("list_inbox", json!({})))
        .collect();
    for id in ids {
        let result = shim.finish_call(&id);
        assert!(result.is_error);
        assert!(
            result
                .text
                .starts_with("error: Authentication failed - invalid username or password"),
            "{}",
            result.text
        );
        assert!(
            result.text.contains("the next attempt is due in"),
            "{}",
            result.text
        );
    }
    assert_eq!(machine.sandbox.count(LOGIN), 1);
    let output = machine.cli(&["status"]);
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(machine.status()["session"]["state"], "waiting");
}

#[test]
fn taid_waits_for_a_bridge_that_is_down_at_the_start() {
    let machine = Machine::new();
    machine.sandbox.fail(FaultKind::Html503, 1, LOGIN);
    machine.sandbox.fail(FaultKind::Close, 1, LOGIN);
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    let result = shim.call("list_inbox", json!({}));
    assert!(!result.is_error, "{}", result.text);
    assert_eq!(machine.sandbox.count(LOGIN), 3);
    assert_eq!(machine.status()["session"]["failed_logins"], 2);
}

#[test]
fn an_unreachable_bridge_is_reported_as_such() {
    let machine = Machine::new();
    // A port without a listener.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}");
    let _taid = machine.start_with(&[("TAI_MCP_API_BASE_URL", &url)]);
    let mut shim = machine.client("desk");
    let result = shim.call("list_inbox", json!({}));
    assert!(result.is_error);
    assert!(
        result
            .text
            .starts_with("error: Unable to connect to authentication server"),
        "{}",
        result.text
    );
    assert!(
        result.text.contains("Connection refused"),
        "{}",
        result.text
    );
    assert_eq!(machine.cli(&["status"]).status.code(), Some(4));
}

#[test]
fn an_html_page_from_a_proxy_is_not_reported_as_invalid_json() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    machine
        .sandbox
        .fail(FaultKind::Html502, 9, "GET /api/v1/messages");
    let mut shim = machine.client("desk");
    let result = shim.call("list_inbox", json!({}));
    assert!(result.is_error);
    assert!(
        result.text.contains("not available (HTTP 502)"),
        "{}",
        result.text
    );
    assert!(!result.text.to_lowercase().contains("json") && !result.text.contains("<html>"));
    assert_eq!(
        machine.sandbox.count("GET /api/v1/messages"),
        4,
        "the attempts are not bounded"
    );
}

#[test]
fn all_clients_wait_for_a_short_rate_limit_and_report_a_long_one() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let limit = |seconds: &str| machine.sandbox.limit(LIST, seconds);
    let mut shims: Vec<_> = ["a", "b"].map(|name| machine.client(name)).into();
    limit("1");
    let began = Instant::now();
    let calls = [0, 1].map(|n| shims[n].begin_call("list_inbox", json!({})));
    for (shim, call) in shims.iter_mut().zip(&calls) {
        assert!(!shim.finish_call(call).is_error);
    }
    assert!(began.elapsed() >= Duration::from_secs(1), "no pause");
    assert_eq!(machine.sandbox.count(LIST), 3);
    limit("600");
    let result = shims[0].call("list_inbox", json!({}));
    assert!(
        result.is_error && result.text.contains("try again in 10 min"),
        "{}",
        result.text
    );
    // The pause holds for all clients.
    let result = shims[1].call("list_inbox", json!({}));
    assert!(result.is_error && result.text.contains("try again in"));
    assert_eq!(machine.sandbox.count(LIST), 4);
}

#[test]
fn without_credentials_taid_runs_and_reports_what_is_missing() {
    let machine = Machine::new();
    let _taid = machine.start_with(&[("TAI_MCP_USERNAME", ""), ("TAI_MCP_PASSWORD", "")]);
    let mut shim = machine.client("desk");
    let result = shim.call("list_inbox", json!({}));
    assert!(
        result.is_error && result.text.contains("run `taid login`"),
        "{}",
        result.text
    );
    assert_eq!(machine.cli(&["status"]).status.code(), Some(4));
    assert_eq!(machine.sandbox.count(LOGIN), 0);
}

#[test]
fn a_closed_standard_error_does_not_end_taid() {
    let machine = Machine::new();
    let mut command = machine.taid(&[]);
    let mut taid = Killed::spawn(command.stderr(std::process::Stdio::piped()));
    drop(taid.child().stderr.take());
    let mut shim = machine.client("desk");
    wait_until("taid serves", || machine.cli(&["status"]).status.success());
    assert!(!shim.call("list_inbox", json!({})).is_error);
}

#[test]
fn a_hanging_login_times_out_and_is_retried() {
    let machine = Machine::new();
    machine.sandbox.fail(FaultKind::Hang, 1, LOGIN);
    // The login begins with taid, and the call follows at once.
    let mut shim = machine.client("desk");
    let _taid = machine.start_with(&[("TAI_MCP_API_TIMEOUT", "5000")]);
    let id = shim.begin_call("list_inbox", json!({}));
    assert!(!shim.finish_call(&id).is_error);
    assert!(machine.sandbox.count(LOGIN) >= 2);
}
