//! `taid doctor --fix` repairs what needs no person, and leaves a typed password alone.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    process::Output,
};
use tai_e2e::{Machine, PASSWORD, USER, executables, processes::is_running, wait_until};

fn fix(machine: &Machine) -> (Output, String) {
    let output = machine.cli(&["doctor", "--fix"]);
    let said = machine.say(&output);
    (output, said)
}

/// Removes the socket of agents, as a program that cleans temporary files does.
fn remove_socket(machine: &Machine) {
    fs::remove_file(machine.socket()).unwrap();
}

#[test]
fn entries_of_clients_and_open_directories_are_repaired_with_a_backup() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    let node = r#"{"mcpServers": {"tai": {"command": "npx", "args": ["-y", "tai-mcp-server"], "env": {"TAI_MCP_INSTANCE": "desk"}}}}"#;
    let gone = r#"{"mcpServers": {"tai": {"command": "/opt/gone/tai-mcp"}}}"#;
    let cursor = machine.home().join(".cursor/mcp.json");
    let claude = machine.home().join(".claude.json");
    fs::create_dir_all(cursor.parent().unwrap()).unwrap();
    fs::write(&cursor, node).unwrap();
    fs::write(&claude, gone).unwrap();
    let runtime = machine.runtime_dir();
    fs::set_permissions(&runtime, fs::Permissions::from_mode(0o755)).unwrap();

    let before = machine.cli(&["doctor"]);
    assert_eq!(before.status.code(), Some(1));
    let said = machine.plain(&before.stdout);
    let last = said.lines().last().unwrap();
    assert_eq!(
        last,
        "3 problems found. Start with the first one. `taid doctor --fix` repairs them."
    );
    assert_eq!(
        fs::read_to_string(&cursor).unwrap(),
        node,
        "only --fix writes"
    );

    let (output, said) = fix(&machine);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let done = said.split("✓").next().unwrap();
    insta::assert_snapshot!(done.replace(executables().to_str().unwrap(), "BIN"), @r#"
    exit 0
    HOME/.local/state/tai/run is private now
    Claude Code: changed "tai" in HOME/.claude.json
      - command: "/opt/gone/tai-mcp"
      + command: "BIN/tai-mcp"
    Claude Code: backup in HOME/.claude.json.before-tai
    Claude Code: set up. Restart Claude Code to use it.
    Cursor: changed "tai" in HOME/.cursor/mcp.json
      - args: [(hidden), (hidden)]
      + args: []
      - command: "npx"
      + command: "BIN/tai-mcp"
    Cursor: note: "tai" started the npm package; it starts tai-mcp now and keeps its variables
    Cursor: backup in HOME/.cursor/mcp.json.before-tai
    Cursor: set up as "desk". Restart Cursor to use it.
    "#);
    assert_eq!(fs::metadata(&runtime).unwrap().mode() & 0o777, 0o700);
    let tai_mcp = executables().join("tai-mcp");
    for (file, instance) in [(&cursor, Some("desk")), (&claude, None)] {
        let text = fs::read_to_string(file).unwrap();
        let entry: serde_json::Value = serde_json::from_str(&text).unwrap();
        let entry = &entry["mcpServers"]["tai"];
        assert_eq!(entry["command"], tai_mcp.to_str().unwrap());
        if let Some(instance) = instance {
            assert_eq!(entry["env"]["TAI_MCP_INSTANCE"], instance);
        }
    }
    taid.stop();
}

#[test]
fn a_repair_for_a_profile_or_a_socket_changes_the_command_alone() {
    let machine = Machine::new();
    let cursor = machine.home().join(".cursor/mcp.json");
    fs::create_dir_all(cursor.parent().unwrap()).unwrap();
    let socket = machine.home().join("none.sock");
    let socket = socket.to_str().unwrap();
    let tai_mcp = executables().join("tai-mcp");
    for (arguments, variables) in [
        (&["--profile", "work"][..], &[][..]),
        (&["--profile", "default"], &[]),
        (&["--socket", socket], &[]),
        (&[], &[("TAI_MCP_PROFILE", "work")]),
        (&[], &[("TAI_MCP_SOCKET", socket)]),
    ] {
        for env in ["", r#", "env": {"TAI_MCP_PROFILE": "play"}"#] {
            let before =
                format!(r#"{{"mcpServers": {{"tai": {{"command": "/opt/gone/tai-mcp"{env}}}}}}}"#);
            fs::write(&cursor, &before).unwrap();
            let mut command = machine.command("taid");
            command.args(arguments).envs(variables.iter().copied());
            let without = command.arg("doctor").output().unwrap();
            let said = machine.say(&without);
            let remedy = said.lines().find(|line| line.contains("/opt/gone/tai-mcp"));
            assert!(remedy.unwrap().contains("-> `taid doctor --fix"), "{said}");
            let output = command.arg("--fix").output().unwrap();
            assert_eq!(
                fs::read_to_string(&cursor).unwrap(),
                before.replace("/opt/gone/tai-mcp", tai_mcp.to_str().unwrap()),
                "{arguments:?} {variables:?}: {}",
                machine.say(&output)
            );
        }
    }
}

#[test]
fn a_repair_does_not_try_the_password_again() {
    let machine = Machine::new();
    let cursor = machine.home().join(".cursor/mcp.json");
    fs::create_dir_all(cursor.parent().unwrap()).unwrap();
    let gone = r#"{"mcpServers": {"tai": {"command": "/opt/gone/tai-mcp"}}}"#;
    fs::write(&cursor, gone).unwrap();
    let mut command = machine.command("taid");
    command.env("TAI_MCP_USERNAME", USER);
    command.env("TAI_MCP_PASSWORD", "not-the-password");
    let output = command.args(["doctor", "--fix"]).output().unwrap();
    let said = machine.say(&output);
    assert!(said.contains("✗ login"), "{said}");
    assert_ne!(fs::read_to_string(&cursor).unwrap(), gone);
    assert_eq!(machine.sandbox.count("POST /api/v1/login"), 1, "{said}");

    // A taid that waits before its next login tries it once.
    fs::write(&cursor, gone).unwrap();
    let taid = machine.start_with(&[("TAI_MCP_PASSWORD", "not-the-password")]);
    wait_until("the password is refused", || {
        machine.status()["session"]["state"] == "waiting"
    });
    let before = machine.sandbox.count("POST /api/v1/login");
    let (_, said) = fix(&machine);
    assert_ne!(fs::read_to_string(&cursor).unwrap(), gone);
    let after = machine.sandbox.count("POST /api/v1/login");
    assert_eq!(after, before + 1, "{said}");
    taid.stop();
}

#[test]
fn a_daemon_without_its_socket_is_stopped_unless_its_password_was_typed() {
    let machine = Machine::new();
    let file = machine.home().join("password");
    fs::write(&file, PASSWORD).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    machine.configure(&format!(
        "username = \"alice\"\npassword_file = {:?}\n",
        file.to_str().unwrap()
    ));
    let taid = machine.start_bare(&[]);
    let pid = taid.pid();
    remove_socket(&machine);
    let (_, said) = fix(&machine);
    assert!(!is_running(pid), "{said}");

    let typed = Machine::new();
    let taid = typed.start_bare(&[]);
    assert!(typed.login(PASSWORD).status.success());
    remove_socket(&typed);
    let (output, said) = fix(&typed);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(is_running(taid.pid()), "{said}");
    taid.kill();
}
