//! `tai-mcp setup` adds tai-mcp to existing configurations, once, and keeps the rest of them.

mod asked;
mod leftovers;

use serde_json::Value;
use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tai_e2e::{Machine, processes::skipped};

fn run(machine: &Machine, arguments: &[&str]) -> Output {
    let mut command = machine.command("tai-mcp");
    // The clients of the machine that runs the tests must not be found.
    command.env("PATH", "").arg("setup").args(arguments);
    command.output().unwrap()
}

/// Runs setup without `--home`, which makes variables have no effect.
fn run_with(machine: &Machine, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = bare(machine, "tai-mcp");
    command.envs(variables.iter().copied());
    command.arg("setup").args(arguments);
    command.output().unwrap()
}

/// Returns a command without `--home`.
fn bare(machine: &Machine, program: &str) -> Command {
    let mut command = Command::new(tai_e2e::executables().join(program));
    command
        .env_clear()
        .env("HOME", machine.home())
        .env("PATH", "")
        .env("TAI_MCP_AUTOSTART", "0");
    command
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn write(machine: &Machine, path: &str, text: &str) -> PathBuf {
    let file = machine.home().join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, text).unwrap();
    file
}

#[test]
fn installed_clients_are_set_up_once_and_can_be_removed() {
    let machine = Machine::new();
    let before = "{\n  // mine\n  \"mcpServers\": {}\n}\n";
    let cursor = write(&machine, ".cursor/mcp.json", before);
    let codex = write(&machine, ".codex/config.toml", "model = \"m\"\n");
    fs::create_dir_all(machine.home().join(".config/zed")).unwrap();
    let output = run(&machine, &[]);
    let said = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for line in [
        "Cursor: set up as \"cursor\". Restart Cursor to use it.",
        "Codex: set up as \"codex\". Restart Codex to use it.",
        "Zed: set up as \"zed\". Restart Zed to use it.",
        "  + command: \"",
        "  + env.TAI_MCP_INSTANCE: \"cursor\"",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(!said.contains("Windsurf"), "it is not here: {said}");
    let after = fs::read_to_string(&cursor).unwrap();
    assert!(after.contains("// mine"));
    let toml = fs::read_to_string(&codex).unwrap();
    assert!(toml.starts_with("model = \"m\"\n"), "{toml}");
    let zed = fs::read_to_string(machine.home().join(".config/zed/settings.json")).unwrap();
    let zed: Value = serde_json::from_str(&zed).unwrap();
    let command = zed["context_servers"]["tai"]["command"].as_str().unwrap();
    assert!(PathBuf::from(command).is_file(), "a full path: {command}");
    let backup = machine.home().join(".cursor/mcp.json.before-tai");
    assert_eq!(fs::read_to_string(backup).unwrap(), before);

    let again = text(&run(&machine, &["--check"]).stdout);
    assert_eq!(again.matches(": set up (").count(), 3, "{again}");
    let again = text(&run(&machine, &[]).stdout);
    assert_eq!(again.matches("already set up").count(), 3, "{again}");
    assert_eq!(fs::read_to_string(&cursor).unwrap(), after);

    assert!(run(&machine, &["--remove"]).status.success());
    assert_eq!(fs::read_to_string(&cursor).unwrap(), before);
    assert_eq!(fs::read_dir(cursor.parent().unwrap()).unwrap().count(), 1);
    assert_eq!(fs::read_to_string(&codex).unwrap(), "model = \"m\"\n");
    let zed = machine.home().join(".config/zed");
    assert_eq!(
        fs::read_dir(zed).unwrap().count(),
        0,
        "setup had created the file"
    );
    let check = run(&machine, &["--check"]);
    assert_eq!(check.status.code(), Some(1));
    insta::assert_snapshot!(machine.plain(&check.stdout), @"
    Cursor: not set up (HOME/.cursor/mcp.json)
    Zed: not set up; the file does not exist (HOME/.config/zed/settings.json)
    Codex: not set up (HOME/.codex/config.toml)
    To set them up, run this command without --check.
    ");
}

#[test]
fn setups_at_the_same_time_keep_one_original() {
    let before = "{\n  // mine\n  \"mcpServers\": {}\n}\n";
    for _ in 0..5 {
        let machine = Machine::new();
        let cursor = write(&machine, ".cursor/mcp.json", before);
        let started = ["one", "two", "three", "four"].map(|instance| {
            let mut command = machine.command("tai-mcp");
            command.args(["setup", "cursor", "--instance", instance]);
            command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        });
        for mut setup in started {
            assert!(setup.wait().unwrap().success());
        }
        assert!(run(&machine, &["cursor", "--remove"]).status.success());
        assert_eq!(fs::read_to_string(&cursor).unwrap(), before);
        let files = fs::read_dir(cursor.parent().unwrap()).unwrap();
        assert_eq!(files.count(), 1);
    }
}

#[test]
fn print_changes_nothing() {
    let machine = Machine::new();
    let cursor = write(&machine, ".cursor/mcp.json", "{}\n");
    assert!(run(&machine, &["--dry-run", "cursor"]).status.success());
    let work = text(&run(&machine, &["--print", "cursor", "--profile", "work"]).stdout);
    assert!(work.contains("\"TAI_MCP_PROFILE\": \"work\""), "{work}");
    let printed = text(&run(&machine, &["--print", "cursor", "--instance", "desk"]).stdout);
    assert!(
        printed.contains("\"TAI_MCP_INSTANCE\": \"desk\""),
        "{printed}"
    );
    assert_eq!(fs::read_to_string(&cursor).unwrap(), "{}\n");
    assert_eq!(fs::read_dir(cursor.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn an_unreadable_configuration_is_unchanged_and_the_others_are_set_up() {
    let machine = Machine::new();
    let cursor = write(&machine, ".cursor/mcp.json", "{ not json");
    let gemini = write(&machine, ".gemini/settings.json", "{}");
    let output = run(&machine, &[]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(machine.plain(&output.stderr), @"
    error: Cursor is not set up: HOME/.cursor/mcp.json
    caused by: it is not valid JSON: line 1, column 3
    hint: nothing was changed; fix the file and run this again, or add the entry by hand (`--print`)
    ");
    assert_eq!(fs::read_to_string(cursor).unwrap(), "{ not json");
    assert!(fs::read_to_string(gemini).unwrap().contains("tai-mcp"));
}

#[test]
fn symlinks_are_followed_and_permissions_are_kept() {
    let machine = Machine::new();
    let real = write(&machine, "dotfiles/gemini.json", "{}");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).unwrap();
    fs::create_dir_all(machine.home().join(".gemini")).unwrap();
    let link = machine.home().join(".gemini/settings.json");
    symlink(&real, &link).unwrap();
    assert!(run(&machine, &["gemini"]).status.success());
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("tai-mcp"));
    let mode = fs::metadata(&real).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn mistakes_in_arguments_are_reported() {
    let machine = Machine::new();
    let said = |arguments: &[&str]| text(&run(&machine, arguments).stderr);
    insta::assert_snapshot!(said(&["curser"]), @"
    error: invalid value 'curser' for '[CLIENT]...'
      [possible values: claude-desktop, claude-code, cursor, vscode, vscode-insiders, vscodium, vscode-server, vscode-insiders-server, vscodium-server, windsurf, zed, codex, gemini, qwen, copilot, opencode, goose]

      tip: a similar value exists: 'cursor'

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(said(&[]), @"
    error: no MCP client was found
    caused by: none of the known configuration files exists
    hint: name a client (`--help` lists them), or use --print and add the entry by hand
    ");
    let none = run(&machine, &["--remove"]);
    assert_eq!(none.status.code(), Some(0));
    insta::assert_snapshot!(text(&none.stdout), @"nothing to remove: no MCP client was found");
}

/// The files of a client with a server that has secrets, and of tai itself with a password.
const SECRETS: &str = r#"{"mcpServers": {
  "github": {"command": "gh", "args": ["--key", "canary-1"], "env": {"TOKEN": "canary-2"}},
  "remote": {"url": "https://me:canary-3@example.org", "headers": {"Authorization": "canary-4"}},
  "tai": {"command": "npx", "args": ["tai-mcp", "canary-5"], "env": {"NAME": "alice", "PASSWORD": "canary-6"}}
}}"#;

#[test]
fn no_secret_of_a_configuration_is_printed() {
    let machine = Machine::new();
    write(&machine, ".cursor/mcp.json", SECRETS);
    let one_line = SECRETS.replace('\n', "");
    write(&machine, ".gemini/settings.json", &one_line);
    for arguments in [
        &["--dry-run", "cursor", "gemini"][..],
        &["cursor", "gemini"],
        &["--remove", "cursor", "gemini"],
    ] {
        let output = run(&machine, arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(!said.contains("canary"), "{said}");
        assert!(!said.contains("github"), "{said}");
    }
}

#[test]
fn the_printed_change_names_each_value_of_the_entry() {
    let machine = Machine::new();
    write(&machine, ".cursor/mcp.json", SECRETS);
    let output = run(&machine, &["cursor"]);
    let bin = tai_e2e::executables().to_str().unwrap();
    let page = machine.plain(&output.stdout).replace(bin, "BIN");
    insta::assert_snapshot!(page, @r#"
    Cursor: changed "tai" in HOME/.cursor/mcp.json
      - args: [(hidden), (hidden)]
      + args: []
      - command: "npx"
      + command: "BIN/tai-mcp"
    Cursor: note: "tai" started the npm package; it starts tai-mcp now and keeps its variables
    Cursor: backup in HOME/.cursor/mcp.json.before-tai
    Cursor: set up. Restart Cursor to use it.
    "#);
    let output = run_with(
        &machine,
        &[("CODEX_HOME", machine.home().join("other").to_str().unwrap())],
        &["--dry-run", "codex"],
    );
    let page = machine.plain(&output.stdout).replace(bin, "BIN");
    insta::assert_snapshot!(page, @r#"
    Codex: would change "tai" in HOME/other/config.toml, from CODEX_HOME
      + command: "BIN/tai-mcp"
      + env.TAI_MCP_INSTANCE: "codex"
      + env_vars: ["XDG_RUNTIME_DIR"]
    Nothing was written (--dry-run).
    "#);
}

#[test]
fn setup_says_what_codex_exec_may_do_and_changes_that_only_on_demand() {
    let machine = Machine::new();
    let bin = tai_e2e::executables().to_str().unwrap();
    let said = |arguments: &[&str]| {
        let output = run(&machine, arguments);
        let page = machine.plain(&output.stdout) + &machine.plain(&output.stderr);
        page.replace(bin, "BIN")
    };
    insta::assert_snapshot!(said(&["codex"]), @r#"
    Codex: changed "tai" in HOME/.codex/config.toml
      + command: "BIN/tai-mcp"
      + env.TAI_MCP_INSTANCE: "codex"
      + env_vars: ["XDG_RUNTIME_DIR"]
    Codex: set up as "codex". Restart Codex to use it.
    Codex: note: `codex exec` refuses send_email, reply_email and delete_email until `tai-mcp setup codex --approve-tools`; from then on Codex runs every tool of tai without asking, even if the text of a mail leads the agent to it
    Codex: note: Codex leaves its app server running, with its tai-mcp; `codex app-server` must end before an update takes effect
    "#);
    insta::assert_snapshot!(said(&["codex", "--approve-tools"]), @r#"
    Codex: changed "tai" in HOME/.codex/config.toml
      + default_tools_approval_mode: "approve"
    Codex: set up as "codex". Restart Codex to use it.
    Codex: note: Codex runs every tool of tai without asking, even if the text of a mail leads the agent to it; to go back, remove `default_tools_approval_mode` from the entry
    Codex: note: Codex leaves its app server running, with its tai-mcp; `codex app-server` must end before an update takes effect
    "#);
    assert!(said(&["codex"]).contains("already set up"));
    insta::assert_snapshot!(said(&["cursor", "gemini", "--approve-tools"]), @"
    error: --approve-tools has no effect on the named clients
    caused by: only the entry of Codex has an approval mode
    hint: name codex, or leave --approve-tools out
    ");
}

#[test]
fn the_variable_of_a_client_decides_its_file() {
    let machine = Machine::new();
    let home = |dir: &str| machine.home().join(dir).to_str().unwrap().to_owned();
    for dir in ["claude", "codex"] {
        fs::create_dir(machine.home().join(dir)).unwrap();
    }
    let (claude, codex) = (home("claude"), home("codex"));
    let variables = [
        ("CLAUDE_CONFIG_DIR", claude.as_str()),
        ("CODEX_HOME", &codex),
    ];
    let output = run_with(&machine, &variables, &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for file in ["claude/.claude.json", "codex/config.toml"] {
        let text = fs::read_to_string(machine.home().join(file)).unwrap();
        assert!(text.contains("tai-mcp"), "{file}: {text}");
    }
    assert!(!machine.home().join(".claude.json").exists());
    assert!(!machine.home().join(".codex").exists());
}

#[test]
fn new_files_and_backups_are_private() {
    let machine = Machine::new();
    let cursor = write(&machine, ".cursor/mcp.json", "{}");
    fs::set_permissions(&cursor, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(run(&machine, &["cursor", "codex"]).status.success());
    assert_eq!(mode(&cursor), 0o644);
    assert_eq!(
        mode(&machine.home().join(".cursor/mcp.json.before-tai")),
        0o600
    );
    assert_eq!(mode(&machine.home().join(".codex/config.toml")), 0o600);
    assert_eq!(mode(&machine.home().join(".codex")), 0o700);
}

#[test]
fn a_final_newline_that_the_client_removed_is_no_change() {
    let machine = Machine::new();
    let file = write(&machine, ".claude.json", "{}");
    assert!(run(&machine, &["claude-code"]).status.success());
    let after = fs::read_to_string(&file).unwrap();
    fs::write(&file, after.trim_end()).unwrap();
    let again = run(&machine, &["claude-code"]);
    assert!(text(&again.stdout).contains("already set up"));
    let others = fs::read_dir(machine.home()).unwrap().flatten();
    let others = others.filter(|file| {
        file.file_name()
            .to_string_lossy()
            .starts_with(".claude.json.")
    });
    assert_eq!(others.count(), 1, "one backup");
}

#[test]
fn a_link_to_no_file_is_refused() {
    let machine = Machine::new();
    fs::create_dir(machine.home().join(".cursor")).unwrap();
    symlink("../nowhere", machine.home().join(".cursor/mcp.json")).unwrap();
    let output = run(&machine, &["cursor"]);
    insta::assert_snapshot!(machine.plain(&output.stderr), @"
    error: Cursor is not set up: HOME/.cursor/mcp.json
    caused by: it is a link to HOME/.cursor/../nowhere, which does not exist
    hint: nothing was changed; fix the file and run this again, or add the entry by hand (`--print`)
    ");
}

/// Needs root and setpriv: another user reads all files in a loop while setup changes them.
#[test]
fn another_user_never_reads_a_private_configuration() {
    let machine = Machine::new();
    fs::set_permissions(machine.home(), fs::Permissions::from_mode(0o755)).unwrap();
    let file = write(&machine, ".claude.json", "");
    let dir = machine.home().to_str().unwrap();
    let script = format!("while :; do cat {dir}/.claude.json* {dir}/other; done");
    let other = Command::new("setpriv")
        .args(["--reuid", "65533", "--clear-groups", "sh", "-c", &script])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut other) = other else {
        return skipped("a private configuration and another user: setpriv is missing");
    };
    fs::write(machine.home().join("other"), "readable ").unwrap();
    for _ in 0..20 {
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&file, SECRETS).unwrap();
        assert!(run(&machine, &["claude-code"]).status.success());
    }
    other.kill().unwrap();
    let seen = text(&other.wait_with_output().unwrap().stdout);
    if seen.is_empty() {
        return skipped("a private configuration and another user: needs root");
    }
    assert!(!seen.contains("canary"), "{seen}");
}
