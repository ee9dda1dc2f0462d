//! The user's page on authentication, line by line, with the real executables. `tests/SEED.md`
//! lists the tests of each line.

mod person;

use serde_json::json;
use std::time::Duration;
use tai_e2e::{Machine, PASSWORD, USER, wait_until, within};
use tai_sandbox::{Behaviour, FaultKind, Options};

const LOGIN: &str = "POST /api/v1/login";
const REFRESH: &str = "POST /api/v1/refresh";

/// Returns a token lifetime, in seconds, that is short enough for a test to see a refresh. The
/// refresh happens in the last fifth; the lifetime is longer on a busy machine.
pub(crate) fn short_life() -> i64 {
    let seconds = within(Duration::from_secs(2)).as_secs().min(15);
    i64::try_from(seconds).unwrap() + 1
}

/// Returns a machine whose bridge issues tokens of [`short_life`].
fn short_lived() -> Machine {
    let behaviour = Behaviour {
        token_ttl_s: short_life(),
        ..Behaviour::default()
    };
    Machine::with(Options {
        behaviour,
        ..Options::default()
    })
}

#[test]
fn seed_name_and_password_are_required_and_prefixed_variables_win() {
    let machine = Machine::new();
    for (name, password, signed_in) in [
        ("TAI_MCP_USERNAME", "TAI_MCP_PASSWORD", true),
        ("NAME", "PASSWORD", true),
        ("TAI_MCP_USERNAME", "UNUSED", false),
        ("UNUSED", "TAI_MCP_PASSWORD", false),
    ] {
        let taid = machine.start_bare(&[(name, USER), (password, PASSWORD)]);
        let mut shim = machine.client("desk");
        let result = shim.call("list_inbox", json!({}));
        assert_eq!(
            !result.is_error, signed_in,
            "{name} {password}: {}",
            result.text
        );
        taid.kill();
    }
    let both = [
        ("TAI_MCP_USERNAME", USER),
        ("TAI_MCP_PASSWORD", PASSWORD),
        ("NAME", "another"),
        ("PASSWORD", "another-password"),
        ("TAI_MCP_INSTANCE", "server"),
        ("INSTANCE", "dev"),
    ];
    let taid = machine.start_bare(&both);
    taid.wait_until_live();
    assert_eq!(
        machine.status()["account"]["address"],
        "server.alice@tai.chat"
    );
}

#[test]
fn seed_a_username_has_3_to_50_letters_digits_and_hyphens_and_is_case_sensitive() {
    let machine = Machine::new();
    for bad in ["ab", &"a".repeat(51), "a_b", "a.b", "zoë"] {
        let output = machine.taid(&[("TAI_MCP_USERNAME", bad)]).output().unwrap();
        let said = machine.plain(&output.stderr);
        assert!(said.contains("3 to 50 letters"), "{bad}: {said}");
    }
    machine
        .sandbox
        .add_account("Alice", "another-password")
        .unwrap();
    let _taid = machine.start_with(&[("TAI_MCP_USERNAME", "Alice")]);
    wait_until("Alice with alice's password is refused", || {
        machine.status()["session"]["failed_logins"] == 1
    });
}

#[test]
fn seed_a_password_has_8_to_128_characters() {
    let machine = Machine::new();
    for (password, fits) in [
        ("1234567", false),
        ("12345678", true),
        (&"x".repeat(128), true),
        (&"x".repeat(129), false),
    ] {
        let output = machine.cli_reading(&["register", "bob", "--password-stdin"], password);
        let said = machine.plain(&output.stderr);
        assert_eq!(!said.contains("8 to 128 characters"), fits, "{said}");
    }
}

#[test]
fn seed_optional_settings_have_their_defaults_and_bounds() {
    let machine = Machine::new();
    for (name, bad) in [
        ("TAI_MCP_API_TIMEOUT", "4999"),
        ("TAI_MCP_API_TIMEOUT", "300001"),
        ("TAI_MCP_POLL_INTERVAL", "999"),
        ("TAI_MCP_POLL_INTERVAL", "60001"),
        ("TAI_MCP_LOG_LEVEL", "trace"),
        ("TAI_MCP_API_BASE_URL", "http://tai.chat"),
    ] {
        let output = machine.taid(&[(name, bad)]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(machine.plain(&output.stderr).contains(name));
    }
    // API_TIMEOUT also limits logins.
    machine.sandbox.fail(FaultKind::Hang, 1, LOGIN);
    let _taid = machine.start_with(&[
        ("TAI_MCP_API_TIMEOUT", "5000"),
        ("TAI_MCP_USEREMAIL", "me@tai.chat"),
    ]);
    let mut shim = machine.client("desk");
    let info = shim.request("resources/read", json!({"uri": "tai-mcp://info"}));
    assert!(info.to_string().contains("me@tai.chat"), "{info}");
    assert!(!shim.call("list_inbox", json!({})).is_error);
    assert!(machine.status()["session"]["failed_logins"].as_u64() >= Some(1));
}

#[test]
fn seed_the_address_is_instance_dot_name_at_tai_chat() {
    let machine = Machine::new();
    let _taid = machine.start_with(&[("TAI_MCP_INSTANCE", "dev")]);
    assert_eq!(machine.status()["account"]["address"], "dev.alice@tai.chat");
    let mut shim = machine.client("desktop");
    let text = shim.call("list_inbox", json!({})).text;
    assert!(text.contains("desktop.alice@tai.chat"), "{text}");
}

#[test]
fn seed_a_token_lives_24_hours_from_its_issue() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let page = String::from_utf8(machine.cli(&["status"]).stdout).unwrap();
    assert!(page.contains("in 23 h 59 min"), "{page}");
    assert!(
        page.contains("in 23 h 54 min") || page.contains("in 23 h 53 min"),
        "{page}"
    );
}

#[test]
fn seed_token_and_password_are_never_on_disk() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = machine.client("desk");
    machine.sandbox.revoke_all_tokens();
    shim.call("list_inbox", json!({}));
    taid.stop();
    let mut dirs = vec![machine.home().to_owned()];
    let mut files = 0;
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.is_file() {
                let bytes = std::fs::read(&path).unwrap();
                let text = String::from_utf8_lossy(&bytes);
                let shown = text.contains(PASSWORD) || text.contains("eyJ");
                assert!(!shown, "{}", path.display());
                files += 1;
            }
        }
    }
    assert!(files >= 1, "there is no log");
}

#[test]
fn seed_all_authentication_goes_over_https() {
    let machine = Machine::new();
    let output = machine
        .taid(&[("TAI_MCP_API_BASE_URL", "http://bridge.example")])
        .output()
        .unwrap();
    let said = machine.plain(&output.stderr);
    assert!(said.contains("expected an `https://` URL"), "{said}");
    assert_eq!(machine.sandbox.count(LOGIN), 0);
}

#[test]
fn seed_a_token_is_issued_used_monitored_refreshed_and_replaced() {
    let machine = short_lived();
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    wait_until("the token was refreshed", || {
        assert!(!shim.call("list_inbox", json!({})).is_error);
        machine.sandbox.count(REFRESH) >= 1
    });
    // A full login replaces an expired or revoked token.
    machine.sandbox.revoke_all_tokens();
    assert!(!shim.call("list_inbox", json!({})).is_error);
    assert_eq!(machine.sandbox.count(LOGIN), 2);
}

#[test]
fn seed_the_token_is_checked_before_each_request_and_refreshed_without_user_action() {
    let machine = short_lived();
    let _taid = machine.start();
    wait_until("the token was refreshed twice without a client", || {
        machine.status()["session"]["renewals"].as_u64() >= Some(2)
    });
    let mut shim = machine.client("desk");
    assert!(!shim.call("list_inbox", json!({})).is_error);
    assert_eq!(machine.sandbox.count(LOGIN), 1);
    wait_until("the check and the renewals are in the log", || {
        let log = machine.log();
        log.contains("Checking token expiration before API request")
            && log.contains("✅ Token refreshed successfully")
    });
}

#[test]
fn seed_a_401_leads_to_refresh_retry_and_full_login() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = machine.client("desk");
    machine.sandbox.revoke_all_tokens();
    assert!(!shim.call("list_inbox", json!({})).is_error);
    let endpoints: Vec<_> = machine
        .sandbox
        .log()
        .into_iter()
        .map(|entry| format!("{} {}", entry.endpoint, entry.status))
        .collect();
    insta::assert_snapshot!(endpoints.join("\n"), @"
    POST /api/v1/login 200
    GET /api/v1/messages 401
    POST /api/v1/refresh 401
    POST /api/v1/login 200
    GET /api/v1/messages 200
    ");
}

#[test]
fn seed_a_network_failure_is_retried_with_backoff_up_to_a_limit() {
    let machine = Machine::new();
    machine
        .sandbox
        .fail(FaultKind::Close, 9, "GET /api/v1/messages");
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = machine.client("desk");
    let result = shim.call("list_inbox", json!({}));
    assert!(result.is_error);
    assert_eq!(machine.sandbox.count("GET /api/v1/messages"), 4);
    wait_until("the error is in the log", || {
        machine
            .log()
            .contains("the connection to the bridge broke before it answered")
    });
}

#[test]
fn seed_an_invalid_token_leads_to_a_full_login() {
    let machine = Machine::new();
    machine
        .sandbox
        .behave(|behaviour| behaviour.tokens = tai_sandbox::Tokens::WrongSub);
    let _taid = machine.start();
    wait_until("the token is refused", || {
        machine.status()["session"]["failed_logins"].as_u64() > Some(0)
    });
    machine
        .sandbox
        .behave(|behaviour| behaviour.tokens = tai_sandbox::Tokens::Good);
    let mut shim = machine.client("desk");
    assert!(!shim.call("list_inbox", json!({})).is_error);
    assert_eq!(machine.sandbox.count(REFRESH), 0);
}
