//! Promises of the page about messages, logs, commands and other programs.

use super::{LOGIN, REFRESH, short_lived};
use serde_json::json;
use std::{path::Path, process::Command};
use tai_e2e::{Machine, PASSWORD, USER, executables, wait_until};
use tai_sandbox::{Behaviour, Fault, FaultKind};

#[test]
fn seed_the_start_is_logged_in_the_words_of_the_page() {
    let machine = Machine::new();
    let taid = machine.start_with(&[("TAI_MCP_INSTANCE", "desktop")]);
    taid.wait_until_live();
    for line in [
        "🚀 TAI MCP Email Server starting...",
        "🔐 Authentication configured",
        "✅ Login successful",
        "📧 Instance email: desktop.alice@tai.chat",
    ] {
        wait_until(line, || machine.log().contains(line));
    }
    let mut command = machine.command("tai-mcp");
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("⚡ MCP server ready on stdio"), "{said}");
}

#[test]
fn seed_errors_are_logged_in_the_words_of_the_page() {
    let machine = Machine::new();
    let refused = machine.start_with(&[("TAI_MCP_PASSWORD", "another-sandbox-password")]);
    let line = "Error: Authentication failed - invalid username or password";
    wait_until(line, || machine.log().contains(line));
    refused.kill();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let unreachable = machine.start_with(&[("TAI_MCP_API_BASE_URL", &url)]);
    let line = "Error: Unable to connect to authentication server";
    wait_until(line, || machine.log().contains(line));
    unreachable.kill();
    let taid = machine.start();
    taid.wait_until_live();
    machine.sandbox.revoke_all_tokens();
    let mut shim = machine.client("desk");
    shim.call("list_inbox", json!({}));
    let line = "Warning: Token expired, attempting refresh...";
    wait_until(line, || machine.log().contains(line));
    let short = short_lived();
    let _taid = short.start();
    let line = "✅ Token refreshed successfully";
    wait_until(line, || short.log().contains(line));
}

#[test]
fn seed_failures_are_distinguished() {
    let said = |change: fn(&mut Behaviour), more: &[(&str, &str)]| {
        // Only the time of the bridge shows clock skew, and that a token had expired.
        let machine = Machine::behaving(|behaviour| {
            behaviour.has_date = true;
            change(behaviour);
        });
        let _taid = machine.start_with(more);
        wait_until("the login failed", || {
            machine.status()["session"]["last_error"].is_object()
        });
        let status = machine.status();
        let error = &status["session"]["last_error"];
        let text = |key: &str| error[key].as_str().unwrap().to_owned();
        let plain = machine.plain(format!("{}: {}", text("what"), text("why")).as_bytes());
        plain.replace(|c: char| c.is_ascii_digit(), "N")
    };
    let nothing = |_: &mut Behaviour| {};
    let page = [
        said(nothing, &[("TAI_MCP_PASSWORD", "another-sandbox-password")]),
        said(|behaviour| behaviour.suspended = true, &[]),
        said(nothing, &[("TAI_MCP_API_BASE_URL", "http://127.0.0.1:1")]),
        said(
            |behaviour| {
                behaviour
                    .faults
                    .push_back(Fault::new(FaultKind::Html503, 9, LOGIN));
            },
            &[],
        ),
        said(
            |behaviour| behaviour.tokens = tai_sandbox::Tokens::PastExp,
            &[],
        ),
        said(
            |behaviour| behaviour.tokens = tai_sandbox::Tokens::AlgNone,
            &[],
        ),
        said(
            |behaviour| behaviour.tokens = tai_sandbox::Tokens::NotAJwt,
            &[],
        ),
        said(
            |behaviour| behaviour.tokens = tai_sandbox::Tokens::WrongSub,
            &[],
        ),
    ];
    insta::assert_snapshot!(page.join("\n"), @"
    Authentication failed - invalid username or password: the bridge refused the login, and reports no failure of its own
    the account is locked or suspended: the bridge says: Account suspended
    Unable to connect to authentication server: NNN.N.N.N:N: Connection refused (os error NNN)
    the login failed: the mail bridge is not available: server maintenance (HTTP NNN): the answer is HTTP NNN, and not from the bridge
    the bridge issued a token that cannot be used: it had expired when it was issued: NNNN-NN-NNTNN:NN:NNZ
    the bridge issued a token that cannot be used: it is corrupt, without `sub` or `exp`, or signed in a way that the bridge does not use
    the bridge issued a token that cannot be used: it is corrupt, without `sub` or `exp`, or signed in a way that the bridge does not use
    the bridge issued a token that cannot be used: it was issued to another username
    ");
    // Only the bridge can check the signature. Its 401 is logged.
    let machine = Machine::behaving(|behaviour| {
        behaviour.has_date = true;
        behaviour.clock_offset_s = -86_400;
    });
    let taid = machine.start();
    taid.wait_until_live();
    machine.sandbox.revoke_all_tokens();
    let mut shim = machine.client("desk");
    shim.call("list_inbox", json!({}));
    for line in ["Invalid token", "clock skew"] {
        wait_until(line, || machine.log().contains(line));
    }
}

#[test]
fn seed_debug_logs_each_step_in_the_words_of_the_page() {
    let machine = short_lived();
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    wait_until("the token was refreshed", || {
        machine.sandbox.count(REFRESH) >= 1
    });
    machine.sandbox.revoke_all_tokens();
    assert!(!shim.call("list_inbox", json!({})).is_error);
    for line in [
        "Attempting login with username: alice",
        &format!(
            "Login request sent to: {}/api/v1/login",
            machine.sandbox.url()
        ),
        "Login response status: 200",
        "JWT token received, expires: 20",
        "Token stored in memory for API requests",
        "Checking token expiration before API request",
        "Token expires in 0 minutes, refreshing proactively",
        "Token refresh successful, new expiry: 20",
        "API request proceeding with refreshed token",
    ] {
        wait_until(line, || machine.log().contains(line));
    }
}

#[test]
fn seed_the_greps_of_the_page_find_authentication_lines() {
    let machine = short_lived();
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = machine.client("desk");
    machine.sandbox.revoke_all_tokens();
    shim.call("list_inbox", json!({}));
    taid.stop();
    let grep = |pattern: &str| {
        let output = Command::new("grep")
            .current_dir(machine.state_dir())
            .args(["-E", pattern, "logs/tai-mcp.log"])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let found = grep("(auth|login|token)");
    assert!(
        found.contains("Login request") || found.contains("login"),
        "{found}"
    );
    assert!(found.contains("token"), "{found}");
    let found = grep("(401|403|auth)");
    assert!(found.contains("401"), "{found}");
}

#[test]
fn seed_the_status_shows_the_monitored_counters() {
    let machine = Machine::new();
    let _taid = machine.start_with(&[("TAI_MCP_PASSWORD", "another-sandbox-password")]);
    wait_until("the login is refused", || {
        machine.status()["session"]["failed_logins"] == 1
    });
    assert!(machine.login(PASSWORD).status.success());
    machine.sandbox.revoke_all_tokens();
    let get = "GET /api/v1/messages";
    machine.sandbox.limit(get, "1");
    machine.sandbox.fail(FaultKind::Close, 1, get);
    let mut shim = machine.client("desk");
    assert!(!shim.call("list_inbox", json!({})).is_error);
    let status = machine.status();
    let session = &status["session"];
    assert_eq!(
        (&session["failed_logins"], &session["logins"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(session["rejected_tokens"], 1);
    let bridge = &status["bridge"];
    assert_eq!(bridge["rate_limited"], 1);
    // The refused login, the call with the revoked token, and the refresh.
    assert_eq!(bridge["unauthorized"], 3);
    assert_eq!(bridge["unanswered"], 1);
    assert_eq!(bridge["reachable"], true);
    // taid sends only from addresses of the account, so the bridge forbids none.
    assert_eq!(bridge["forbidden"], 0);
}

#[test]
fn seed_doctor_verifies_credentials_and_connectivity() {
    let machine = Machine::new();
    let account = [("TAI_MCP_USERNAME", USER), ("TAI_MCP_PASSWORD", PASSWORD)];
    let mut command = machine.command("taid");
    let output = command.arg("doctor").envs(account).output().unwrap();
    let page = machine.plain(&output.stdout);
    assert!(
        page.contains("✓ password       8 to 128 characters"),
        "{page}"
    );
    assert!(
        page.contains("✓ health         the bridge reports that it is healthy"),
        "{page}"
    );
    assert!(
        page.contains("✓ login          the bridge accepts the password of alice"),
        "{page}"
    );
    assert!(!page.contains(PASSWORD));
    // The documentation of the bridge names another health endpoint.
    machine
        .sandbox
        .behave(|behaviour| behaviour.health_below_api = true);
    let mut command = machine.command("taid");
    let output = command.arg("doctor").envs(account).output().unwrap();
    assert!(
        machine
            .plain(&output.stdout)
            .contains("the bridge reports that it is healthy")
    );
}

#[test]
fn seed_another_program_can_use_the_same_authentication() {
    let machine = Machine::new();
    let run = |url: &str, password: &str| {
        Command::new(executables().join("examples/session"))
            .env_clear()
            .args([url, USER])
            .env("PASSWORD", password)
            .output()
            .unwrap()
    };
    let url = machine.sandbox.url();
    let output = run(&url, PASSWORD);
    let said = machine.plain(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        machine.plain(&output.stderr)
    );
    insta::assert_snapshot!(said, @"0 of 0 mails");
    let output = run(&url, "another-sandbox-password");
    assert!(!output.status.success());
    assert!(
        machine
            .plain(&output.stderr)
            .contains("refuses the username and password")
    );
    // A password is never sent in clear text: the URL is refused before the name is resolved.
    let output = run("http://example.org", PASSWORD);
    assert!(!output.status.success());
    let said = machine.plain(&output.stderr);
    assert_eq!(
        said,
        "error: the URL must begin with `https://`; `http://` is for loopback only\n"
    );
}

#[test]
fn the_seed_table_names_existing_tests_and_all_seed_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let table = std::fs::read_to_string(root.join("tests/SEED.md")).unwrap();
    let mut known = String::new();
    for dir in ["daemon", "proto", "tests/e2e/tests/e2e", "tests/sandbox"] {
        let mut dirs = vec![root.join(dir)];
        while let Some(dir) = dirs.pop() {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    dirs.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs") {
                    known.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
    }
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| Line"))
        .collect();
    assert!(rows.len() >= 20, "{} rows", rows.len());
    for row in rows {
        // The second column contains only names of tests.
        let tests = row.trim_end_matches('|').rsplit('|').next().unwrap();
        let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        assert!(names.iter().any(|name| name.starts_with("seed_")), "{row}");
        for name in names {
            let exists = known.contains(&format!("fn {name}("));
            assert!(exists, "there is no test {name}: {row}");
        }
    }
    for name in known.split("fn seed_").skip(1) {
        let name = name.split('(').next().unwrap();
        assert!(
            table.contains(&format!("`seed_{name}`")) || name.contains('"'),
            "seed_{name} is not in the table"
        );
    }
}
