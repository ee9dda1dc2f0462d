//! Commands, their output and their exit codes.

use std::{os::unix::net::UnixListener, process::Stdio};
use tai_e2e::{Machine, PASSWORD, raw::newer_taid};

fn stderr(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn without_a_daemon_each_command_reports_it_and_exits_3() {
    let machine = Machine::new();
    let mut said = String::new();
    for command in [&["status"][..], &["status", "--json"], &["stop"]] {
        let output = machine.cli(command);
        assert_eq!(output.status.code(), Some(3), "{command:?}");
        assert!(output.stdout.is_empty());
        said.push_str(&stderr(&output).replace(machine.home().to_str().unwrap(), "HOME"));
    }
    insta::assert_snapshot!(said, @"
    error: taid is not running
    caused by: there is no taid at HOME/.local/state/tai/run/default.sock
    hint: TAI_MCP_AUTOSTART is off here, so no command starts taid; run `taid run` in another terminal, or unset the variable
    error: taid is not running
    caused by: there is no taid at HOME/.local/state/tai/run/default.sock
    hint: TAI_MCP_AUTOSTART is off here, so no command starts taid; run `taid run` in another terminal, or unset the variable
    error: taid is not running
    caused by: there is no taid at HOME/.local/state/tai/run/default.sock
    hint: TAI_MCP_AUTOSTART is off here, so no command starts taid; run `taid run` in another terminal, or unset the variable
    ");
}

#[test]
fn usage_errors_exit_2_with_a_suggestion() {
    let machine = Machine::new();
    let output = machine.cli(&["stauts"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("'status'"), "{}", stderr(&output));
    assert_eq!(machine.cli(&[]).status.code(), Some(2));
    let forwarded = machine
        .command("tai-mcp")
        .args(["status", "--json"])
        .output();
    assert_eq!(forwarded.unwrap().status.code(), Some(3));
    let other = machine.command("tai-mcp").arg("approve").output();
    assert_eq!(other.unwrap().status.code(), Some(3));
    assert_eq!(machine.cli(&["--help"]).status.code(), Some(0));
    for command in ["run", "install", "uninstall", "logs", "audit"] {
        let refused = machine.cli(&[command, "--socket", "/run/tai.sock"]);
        assert_eq!(refused.status.code(), Some(2), "{command}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(stderr(&refused), @"
            error: --socket names a taid that runs
            caused by: this command is about the taid of a profile
            hint: run it without --socket
            ");
        }
    }
    for option in ["--full", "--yes", "--reject"] {
        let refused = machine.cli(&["approve", "1", "--watch", option]);
        assert_eq!(refused.status.code(), Some(2), "{option}");
    }
}

#[test]
fn help_is_plain_text_that_fits_the_terminal() {
    let machine = Machine::new();
    for (program, words) in [
        ("taid", &["--help"][..]),
        ("taid", &["send", "--help"]),
        ("tai-mcp", &["--help"]),
    ] {
        // Without a terminal, clap takes the width from COLUMNS, else 80 columns.
        for (columns, width) in [("", 80), ("40", 40), ("200", 80)] {
            let mut command = machine.command(program);
            command
                .args(words)
                .env("COLUMNS", columns)
                .stdin(Stdio::null());
            let output = command.env("TERM", "xterm-256color").output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(!text.contains('\x1b'), "{text}");
            // A path or an option with its value may be longer than a narrow line.
            let longest = text.lines().filter(|line| line.trim().contains(' '));
            let longest = longest.max_by_key(|line| line.chars().count()).unwrap();
            assert!(longest.chars().count() <= width, "{columns}: {longest}");
        }
    }
    let wrong = machine.cli(&["approve", "seven"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("expected a number, such as 1"));
}

#[test]
fn a_daemon_of_another_protocol_version_exits_5() {
    let machine = Machine::new();
    std::fs::create_dir_all(machine.runtime_dir()).unwrap();
    let listener = UnixListener::bind(machine.socket()).unwrap();
    let server = newer_taid(listener, 2);
    let output = machine.cli(&["status"]);
    assert_eq!(output.status.code(), Some(5));
    insta::assert_snapshot!(stderr(&output), @"
    error: taid and this program have no protocol version in common
    caused by: taid 9.0.0 speaks 8 to 9, taid 0.1.0 speaks 1 to 1
    hint: install both from one release, run `taid stop`, and restart the MCP client
    ");
    let mut shim = machine.client("desk");
    let result = shim.call("list_inbox", serde_json::json!({}));
    insta::assert_snapshot!(result.text, @"
    error: taid and this program have no protocol version in common
    caused by: taid 9.0.0 speaks 8 to 9, tai-mcp 0.1.0 speaks 1 to 1
    hint: ask the user to install both from one release, run `taid stop`, and restart the MCP client, then call again
    ");
    server.join().unwrap();
}

#[test]
fn an_invalid_setting_is_reported_with_its_rule_before_the_start() {
    let machine = Machine::new();
    for (variable, value, rule) in [
        ("TAI_MCP_USERNAME", "a b", "3 to 50 letters"),
        ("TAI_MCP_PASSWORD", "short", "8 to 128 characters"),
        ("TAI_MCP_INSTANCE", "a.b", "1 to 64 letters"),
        ("TAI_MCP_API_TIMEOUT", "100", "5000 to 300000"),
        ("TAI_MCP_POLL_INTERVAL", "soon", "1000 to 60000"),
        ("TAI_MCP_LOG_LEVEL", "loud", "error, warn, info, debug"),
        ("TAI_MCP_API_BASE_URL", "http://tai.chat", "https://"),
        ("TAI_MCP_PROFILE", "../x", "a profile has"),
    ] {
        let output = machine
            .taid(&[(variable, value)])
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{variable}: {said}");
        let named = variable == "TAI_MCP_PROFILE" || said.contains(variable);
        assert!(
            named && said.contains(rule) && said.contains("hint: "),
            "{variable}: {said}"
        );
        assert!(!said.contains("short"), "a password was shown");
    }
    assert!(!machine.runtime_dir().exists());
}

#[test]
fn mistakes_in_the_configuration_file_are_reported_with_their_line() {
    let machine = Machine::new();
    let file = machine.config_dir().join("config.toml");
    let run = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let output = machine.taid(&[]).stderr(Stdio::piped()).output().unwrap();
        stderr(&output).replace(machine.home().to_str().unwrap(), "HOME")
    };
    insta::assert_snapshot!(run("username = \"alice\"\nusernam = \"x\"\n"), @"
    error: line 2 of the configuration file HOME/.config/tai/config.toml is not valid: unknown key `usernam`; the keys are username, password_command, password_file, instance, user_email, api_base_url, proxy, no_proxy, ca_file, api_timeout, poll_interval, idle_exit, confirm_send, shared_leases, shared_leases_password_command, shared_leases_ttl, notify, log_level, instances
    hint: correct the line, or move the file away
    ");
    let said = run("password = \"hunter2-in-a-file\"\n");
    assert!(
        said.contains("contains a password") && !said.contains("hunter2"),
        "{said}"
    );

    std::fs::write(&file, "instance = \"filed\"\nlog_level = \"warn\"\n").unwrap();
    let _taid = machine.start();
    assert_eq!(
        machine.status()["account"]["address"],
        "filed.alice@tai.chat"
    );
}

#[test]
fn stop_returns_after_the_daemon_has_ended_and_another_can_start() {
    let machine = Machine::new();
    for _ in 0..3 {
        let taid = machine.start();
        let output = machine.cli(&["stop"]);
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "taid has stopped\n"
        );
        assert!(!machine.socket().exists());
        assert_eq!(taid.wait().0, Some(0));
    }
}

#[test]
fn each_profile_has_its_own_daemon() {
    let machine = Machine::new();
    let _default = machine.start();
    assert_eq!(
        machine.cli(&["--profile", "work", "status"]).status.code(),
        Some(3)
    );
    machine.configure_profile("work", "");
    machine.sandbox.add_account("bob", PASSWORD).unwrap();
    let bob = [("TAI_MCP_PROFILE", "work"), ("TAI_MCP_USERNAME", "bob")];
    let mut work = machine.taid(&bob);
    let _work = tai_e2e::Killed::spawn(work.stderr(Stdio::null()));
    tai_e2e::wait_until("the other profile serves", || {
        machine
            .cli(&["status", "--profile", "work"])
            .status
            .success()
    });
    let mut shim = machine
        .shim_with(&[("TAI_MCP_PROFILE", "work")])
        .initialized("test", "2025-06-18");
    assert!(!shim.call("list_inbox", serde_json::json!({})).is_error);
    assert_eq!(machine.status()["clients"].as_array().unwrap().len(), 0);
}

#[test]
fn a_shell_completes_values_of_the_running_daemon_and_starts_none() {
    let machine = Machine::new();
    let complete = |kind: &str, words: &[&str]| {
        let output = machine.cli(&[&["complete", kind, "--"], words].concat());
        assert_eq!(stderr(&output), "");
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), text)
    };
    assert_eq!(complete("held", &["approve"]), (Some(1), String::new()));
    assert_eq!(complete("instances", &[]), (Some(0), String::new()));
    assert_eq!(machine.cli(&["status"]).status.code(), Some(3));

    machine.configure("confirm_send = \"always\"\n[instances.reader]\nread_only = true\n");
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    let mail = serde_json::json!({ "to": "bob@example.com", "subject": "a", "content": "b" });
    assert!(shim.call("send_email", mail).is_error);
    let values = |text: &str| (Some(0), text.to_owned());
    assert_eq!(complete("instances", &[]), values("desk\nreader\n"));
    assert_eq!(complete("profiles", &[]), values("default\n"));
    assert_eq!(complete("held", &["approve"]), values("1\n"));
    let other = complete("held", &["--profile=work", "approve"]);
    assert_eq!(other, (Some(1), String::new()));
    let forwarded = machine
        .command("tai-mcp")
        .args(["complete", "held"])
        .output();
    assert_eq!(forwarded.unwrap().stdout, b"1\n");
}

#[test]
fn the_status_has_the_documented_fields() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let status = machine.status();
    let fields = |value: &serde_json::Value| {
        let mut keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys.join(" ")
    };
    assert_eq!(
        fields(&status),
        "account audit bridge clients clients_left_out confined daemon environment held lost reader schema session unknown_sends"
    );
    assert_eq!(
        fields(&status["account"]),
        "address can_sign_in_again source username"
    );
    assert_eq!(
        fields(&status["daemon"]),
        "draining idle_exit_s log log_dropped pid profile protocol socket started_at stays_for uptime_s version"
    );
    assert_eq!(
        fields(&status["session"]),
        "failed_logins failed_renewals last_error logins rejected_tokens renewals renewing renews_at retry_at state token_expires_at"
    );
    assert_eq!(
        fields(&status["bridge"]),
        "clock_ahead_s failing forbidden last_answer_at latency_us rate_limited rate_limited_until reachable requests retries unanswered unauthorized url"
    );
    assert_eq!(status["schema"], 1);
    assert!(machine.cli(&["status"]).status.success());
}

#[test]
fn every_error_of_a_command_has_a_cause_or_a_hint() {
    let machine = Machine::new();
    let _taid = machine.start_bare(&[]);
    let error = |args: &[&str], input: &str| {
        let output = machine.cli_reading(args, input);
        let code = output.status.code().unwrap();
        let error = machine.plain(&output.stderr);
        format!("$ taid {}\n{error}exit {code}\n\n", args.join(" "))
    };
    let login = ["login", "alice", "--password-stdin"];
    let mut page = String::new();
    page.push_str(&error(&["status", "--watch"], ""));
    page.push_str(&error(&login, "short"));
    page.push_str(&error(&["login", "a b", "--password-stdin"], "long-enough"));
    page.push_str(&error(&["approve", "7"], ""));
    page.push_str(&error(&["setup", "--instance", "a b"], ""));
    page.push_str(&error(&["setup", "--profile", "A"], ""));
    page.push_str(&error(&["status", "--profile", "A"], ""));
    insta::assert_snapshot!(page, @"
    $ taid status --watch
    error: --watch needs a terminal
    caused by: standard output is a file, a pipe, or a terminal with TERM=dumb
    hint: omit --watch, or use --json in a loop
    exit 1

    $ taid login alice --password-stdin
    error: the password is not valid
    caused by: a password has 8 to 128 characters
    hint: correct it and try again; nothing was sent
    exit 1

    $ taid login a b --password-stdin
    error: the username is not valid
    caused by: a username has 3 to 50 characters: ASCII letters, digits and hyphens
    hint: correct it and try again; nothing was sent
    exit 1

    $ taid approve 7
    error: mail 7 does not wait for approval
    caused by: it was sent, discarded or changed, it expired after an hour, taid lost it at a restart, or there was none
    hint: list the waiting mails with `taid approve`
    exit 1

    $ taid setup --instance a b
    error: the instance is not valid
    caused by: an instance has 1 to 64 characters: ASCII letters, digits, hyphens and underscores
    hint: correct --instance
    exit 1

    $ taid setup --profile A
    error: the profile is not valid
    caused by: a profile has 1 to 32 characters: lower-case ASCII letters, digits and hyphens
    hint: correct --profile or TAI_MCP_PROFILE
    exit 2

    $ taid status --profile A
    error: the profile is not valid
    caused by: a profile has 1 to 32 characters: lower-case ASCII letters, digits and hyphens
    hint: correct --profile or TAI_MCP_PROFILE
    exit 2
    ");
}
