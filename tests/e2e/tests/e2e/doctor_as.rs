//! `taid doctor --as CLIENT` starts tai-mcp as the client does, and names what breaks.

use std::{fs, process::Output};
use tai_e2e::{Machine, PASSWORD, USER, executables};

fn doctor(machine: &Machine, client: &str, more: &[(&str, &str)]) -> Output {
    let mut command = machine.command("taid");
    command.args(["doctor", "--as", client]);
    command.env("TAI_MCP_AUTOSTART", "1");
    command.envs(more.iter().copied());
    command.output().unwrap()
}

/// Returns the report with names in place of paths, ports and process ids.
fn page(machine: &Machine, output: &Output, pids: &[(u32, &str)]) -> String {
    let bin = executables().to_str().unwrap();
    let mut page = machine.plain(&output.stdout).replace(bin, "BIN");
    page.push_str(&machine.plain(&output.stderr));
    for (pid, name) in pids {
        page = page.replace(&format!("pid {pid},"), &format!("pid {name},"));
    }
    page.replace("BRIDGE/", "BRIDGE")
}

/// Writes an entry of Codex.
fn codex(machine: &Machine, variables: &[(&str, &str)], rest: &str) {
    let command = executables().join("tai-mcp");
    let home = machine.home();
    let mut env = String::new();
    for (name, value) in variables {
        env.push_str(&format!("{name} = {value:?}\n"));
    }
    let text = format!(
        "[mcp_servers.tai]\ncommand = {command:?}\nargs = [\"--home\", {home:?}]\n{rest}[mcp_servers.tai.env]\n{env}"
    );
    fs::create_dir_all(machine.home().join(".codex")).unwrap();
    fs::write(machine.home().join(".codex/config.toml"), text).unwrap();
}

/// Writes an entry of a client with JSON.
fn json(machine: &Machine, path: &str, env: &[(&str, &str)]) {
    let env: serde_json::Map<_, _> = env
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).into()))
        .collect();
    let command = executables().join("tai-mcp");
    let text = serde_json::json!({"mcpServers": {"tai": {
        "command": command, "args": ["--home", machine.home()], "env": env,
    }}});
    let file = machine.home().join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text.to_string()).unwrap();
}

#[test]
fn codex_with_its_few_variables_finds_the_signed_in_daemon() {
    let machine = Machine::new();
    let taid = machine.start();
    taid.wait_until_live();
    codex(&machine, &[], "");
    let output = doctor(&machine, "codex", &[("TAI_MCP_PASSWORD", PASSWORD)]);
    let page = page(&machine, &output, &[(taid.pid(), "PID")]);
    assert!(!page.contains(PASSWORD), "{page}");
    insta::assert_snapshot!(page, @r#"
    ✓ entry       "tai" in HOME/.codex/config.toml
    ✓ references  every reference to a variable has a value
    - variables   Codex passes 12 variables of its environment; tai-mcp does not get TAI_MCP_AUTOSTART, TAI_MCP_PASSWORD
    ✓ command     BIN/tai-mcp
    ✓ start       tai-mcp speaks MCP
    ✓ tools       9 tools
    ✓ daemon      pid PID, profile default, alice at BRIDGE
    ✓ login       taid is signed in as alice
    - note        `codex exec` refuses send_email, reply_email and delete_email until `tai-mcp setup codex --approve-tools`; from then on Codex runs every tool of tai without asking, even if the text of a mail leads the agent to it
    - note        Codex leaves its app server running, with its tai-mcp; `codex app-server` must end before an update takes effect

    No problems found.
    "#);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn claude_code_passes_the_password_of_the_entry_to_a_daemon_without_one() {
    let machine = Machine::new();
    machine.configure("username = \"alice\"\n");
    let taid = machine.start_bare(&[]);
    let env = [("NAME", USER), ("PASSWORD", "${SECRET_OF_ALICE}")];
    json(&machine, ".claude.json", &env);
    let output = doctor(&machine, "claude-code", &[("SECRET_OF_ALICE", PASSWORD)]);
    let with = page(&machine, &output, &[(taid.pid(), "PID")]);
    assert!(!with.contains(PASSWORD), "{with}");
    insta::assert_snapshot!(with, @r#"
    ✓ entry       "tai" in HOME/.claude.json
    ✓ references  every reference to a variable has a value
    ✓ variables   Claude Code passes every variable
    ✓ command     BIN/tai-mcp
    ✓ start       tai-mcp speaks MCP
    ✓ tools       9 tools
    ✓ daemon      pid PID, profile default, alice at BRIDGE
    ✓ login       taid is signed in as alice

    No problems found.
    "#);
    taid.stop();
    let taid = machine.start_bare(&[]);
    let output = doctor(&machine, "claude-code", &[]);
    let without = page(&machine, &output, &[(taid.pid(), "PID")]);
    let line = without.lines().find(|line| line.starts_with('✗')).unwrap();
    insta::assert_snapshot!(line, @"✗ references  PASSWORD refers to SECRET_OF_ALICE, which is not set here -> set SECRET_OF_ALICE where Claude Code is started, or remove PASSWORD from the configuration");
    assert_eq!(output.status.code(), Some(1));
    taid.stop();
}

#[test]
fn gemini_keeps_variables_with_names_of_secrets_back() {
    let machine = Machine::new();
    machine.configure("username = \"alice\"\n");
    let taid = machine.start_bare(&[]);
    json(&machine, ".gemini/settings.json", &[]);
    let more = [("TAI_MCP_USERNAME", USER), ("TAI_MCP_PASSWORD", PASSWORD)];
    let output = doctor(&machine, "gemini", &more);
    insta::assert_snapshot!(page(&machine, &output, &[(taid.pid(), "PID")]), @r#"
    ✓ entry       "tai" in HOME/.gemini/settings.json
    ✓ references  every reference to a variable has a value
    - variables   Gemini CLI passes no variable with a name like PASSWORD or KEY; tai-mcp does not get TAI_MCP_PASSWORD
    ✓ command     BIN/tai-mcp
    ✓ start       tai-mcp speaks MCP
    ✓ tools       9 tools
    ✓ daemon      pid PID, profile default, alice at BRIDGE
    ✗ login       taid is not signed in: it has no username and password (no password is configured or offered by a client, and no keyring is running) -> run `taid login`, or set `password_command` or `password_file` in the configuration file
    - note        Gemini CLI starts no server in a folder that it does not trust

    1 problem found.
    "#);
    assert_eq!(output.status.code(), Some(1));
    taid.stop();
}

#[test]
fn what_a_client_cannot_start_is_named() {
    let machine = Machine::new();
    let said = |client: &str| {
        let output = doctor(&machine, client, &[]);
        assert_eq!(output.status.code(), Some(1), "{client}");
        page(&machine, &output, &[])
    };
    insta::assert_snapshot!(said("cursor"), @"
    ✗ entry  HOME/.cursor/mcp.json does not exist -> `tai-mcp setup cursor`

    1 problem found.
    ");
    let file = machine.home().join(".cursor/mcp.json");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(
        &file,
        r#"{"mcpServers": {"tai": {"command": "tai-mcp-gone"}}}"#,
    )
    .unwrap();
    insta::assert_snapshot!(said("cursor"), @"
    ✗ entry  HOME/.cursor/mcp.json has no tai-mcp -> `tai-mcp setup cursor`

    1 problem found.
    ");
    fs::write(
        &file,
        r#"{"mcpServers": {"tai": {"command": "/gone/tai-mcp"}}}"#,
    )
    .unwrap();
    insta::assert_snapshot!(said("cursor"), @r#"
    ✓ entry       "tai" in HOME/.cursor/mcp.json
    ✓ references  every reference to a variable has a value
    ✓ variables   Cursor passes every variable (not measured)
    ✗ command     /gone/tai-mcp does not exist -> `tai-mcp setup` writes the path of the installed tai-mcp

    1 problem found.
    "#);
    let npx = r#"{"mcpServers": {"tai": {"command": "npx", "args": ["tai-mcp"]}}}"#;
    fs::write(&file, npx).unwrap();
    insta::assert_snapshot!(said("cursor"), @r#"
    ✗ entry  "tai" in HOME/.cursor/mcp.json starts tai-mcp through "npx", as the older Node server -> replace the command with tai-mcp, without arguments

    1 problem found.
    "#);
    let off = r#"{"mcpServers": {"old": {"command": "/gone/tai-mcp"}, "tai": {"command": "tai-mcp", "disabled": true}}}"#;
    fs::write(&file, off.replace("/gone/tai-mcp", "other")).unwrap();
    insta::assert_snapshot!(said("cursor"), @r#"
    ✗ entry  "tai" in HOME/.cursor/mcp.json is switched off with "disabled" -> `taid setup cursor`

    1 problem found.
    "#);
    let second = off.replace(r#""/gone/tai-mcp""#, r#""/gone/tai-mcp", "disabled": true"#);
    let second = second.replace(r#""tai-mcp", "disabled": true"#, r#""/none/tai-mcp""#);
    fs::write(&file, second).unwrap();
    insta::assert_snapshot!(said("cursor"), @r#"
    ✓ entry       "tai" in HOME/.cursor/mcp.json
    ✓ references  every reference to a variable has a value
    ✓ variables   Cursor passes every variable (not measured)
    ✗ command     /none/tai-mcp does not exist -> `tai-mcp setup` writes the path of the installed tai-mcp

    1 problem found.
    "#);
    let broken = machine.home().join("tai-mcp");
    fs::write(&broken, "#!/bin/sh\necho 'no such library' >&2\nexit 1\n").unwrap();
    let program = broken.to_str().unwrap();
    let text = format!(r#"{{"mcpServers": {{"tai": {{"command": "{program}"}}}}}}"#);
    fs::write(&file, text).unwrap();
    insta::assert_snapshot!(said("cursor"), @r#"
    ✓ entry       "tai" in HOME/.cursor/mcp.json
    ✓ references  every reference to a variable has a value
    ✓ variables   Cursor passes every variable (not measured)
    ✗ command     HOME/tai-mcp is not executable -> `chmod +x HOME/tai-mcp`

    1 problem found.
    "#);
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(&broken, fs::Permissions::from_mode(0o755)).unwrap();
    insta::assert_snapshot!(said("cursor"), @r#"
    ✓ entry       "tai" in HOME/.cursor/mcp.json
    ✓ references  every reference to a variable has a value
    ✓ variables   Cursor passes every variable (not measured)
    ✓ command     HOME/tai-mcp
    ✗ start       it ends before it answers `initialize`: no such library -> run the command in a terminal to see its errors

    1 problem found.
    "#);
}

#[test]
fn a_client_with_another_directory_or_without_auto_start_is_named() {
    let machine = Machine::new();
    let other = machine.home().join("other");
    fs::create_dir(&other).unwrap();
    let env = [
        ("XDG_RUNTIME_DIR", other.to_str().unwrap()),
        ("TAI_MCP_AUTOSTART", "0"),
    ];
    json(&machine, ".claude.json", &env);
    let output = doctor(&machine, "claude-code", &[]);
    insta::assert_snapshot!(page(&machine, &output, &[]), @r#"
    ✓ entry       "tai" in HOME/.claude.json
    ✓ references  every reference to a variable has a value
    ✓ variables   Claude Code passes every variable
    ✓ command     BIN/tai-mcp
    ✓ start       tai-mcp speaks MCP
    ✓ tools       9 tools
    ✗ daemon      taid is not running: there is no taid at HOME/.local/state/tai/run/default.sock -> `taid doctor` checks the daemon

    1 problem found.
    "#);
    assert_eq!(output.status.code(), Some(1));
}
