//! The log: private, shown by `taid logs`, and never blocking taid.

use std::{
    io::{BufRead as _, BufReader},
    os::unix::fs::MetadataExt as _,
    process::Stdio,
};
use tai_e2e::{Killed, Machine, PASSWORD, wait_until};

#[test]
fn the_log_is_private_and_its_name_leads_to_the_file_of_today() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let logs = machine.state_dir().join("logs");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(&logs), 0o700);
    assert_eq!(mode(&logs.join("tai-mcp.log")), 0o600);
    assert!(logs.join("tai-mcp.log").is_symlink());
    // Each profile has its own log.
    let mut command = machine.taid(&[("TAI_MCP_PROFILE", "work")]);
    let _work = Killed::spawn(command.stderr(Stdio::null()));
    wait_until("the other profile has a log", || {
        logs.join("work/tai-mcp.log").exists()
    });
}

#[test]
fn logs_shows_the_end_and_follows() {
    let machine = Machine::new();
    let output = machine.cli(&["logs"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(machine.plain(&output.stderr), @"
    error: there is no log yet
    caused by: HOME/.local/state/tai/logs/tai-mcp.log: No such file or directory (os error 2)
    hint: TAI_MCP_AUTOSTART is off here, so no command starts taid; run `taid run` in another terminal, or unset the variable
    ");
    let taid = machine.start_with(&[("TAI_MCP_PASSWORD", "another-sandbox-password")]);
    wait_until("something is logged", || {
        machine.log().contains("Authentication failed")
    });
    let output = machine.cli(&["logs", "-n", "1"]);
    assert_eq!(machine.plain(&output.stdout).lines().count(), 1);
    let mut follow = machine.command("taid");
    let mut follow = Killed::spawn(follow.args(["logs", "-f"]).stdout(Stdio::piped()));
    let mut lines = BufReader::new(follow.child().stdout.take().unwrap()).lines();
    let mut until = |what: &str| {
        let found = lines.find(|line| line.as_ref().unwrap().contains(what));
        assert!(found.is_some(), "{what}");
    };
    until("Authentication failed");
    assert!(machine.login(PASSWORD).status.success());
    until("Login successful");
    taid.stop();
    until("stopped");
}

#[test]
fn a_full_standard_error_pipe_does_not_block_taid() {
    let machine = Machine::new();
    // The test does not read standard error, and a pipe holds 64 kB.
    let taid = machine.start();
    taid.wait_until_live();
    let mut shim = machine.client("desk");
    for _ in 0..20 {
        let ids: Vec<_> = (0..50)
            .map(|_| shim.begin_call("list_inbox", serde_json::json!({})))
            .collect();
        for id in ids {
            assert!(!shim.finish_call(&id).is_error);
        }
    }
    wait_until("more than a pipe holds is in the log", || {
        machine.log().len() > 80_000
    });
}

#[test]
fn an_unwritable_log_does_not_stop_taid() {
    let machine = Machine::new();
    std::fs::write(machine.state_dir().join("logs"), "in the way").unwrap();
    let taid = machine.start();
    taid.wait_until_live();
    assert_eq!(machine.status()["daemon"]["log"], "");
}
