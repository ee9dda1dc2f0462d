//! `tai-mcp setup` adds tai-mcp to existing configurations, once, and keeps the rest of them.

use serde_json::Value;
use std::{fs, path::PathBuf, process::Output};
use tai_e2e::Machine;

fn run(machine: &Machine, arguments: &[&str]) -> Output {
    let mut command = machine.command("tai-mcp");
    command.arg("setup").args(arguments);
    command.output().unwrap()
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
    fs::create_dir_all(machine.home().join("config/zed")).unwrap();
    let output = run(&machine, &[]);
    let said = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for line in [
        "Cursor: set up as \"cursor\". Restart Cursor to use it.",
        "Codex: set up as \"codex\". Restart Codex to use it.",
        "Zed: set up as \"zed\". Restart Zed to use it.",
        "+      \"command\": \"",
        " // mine",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(!said.contains("Windsurf"), "it is not here: {said}");
    let after = fs::read_to_string(&cursor).unwrap();
    assert!(after.contains("// mine"));
    let toml = fs::read_to_string(&codex).unwrap();
    assert!(toml.starts_with("model = \"m\"\n"), "{toml}");
    let zed = fs::read_to_string(machine.home().join("config/zed/settings.json")).unwrap();
    let zed: Value = serde_json::from_str(&zed).unwrap();
    let command = zed["context_servers"]["tai"]["command"].as_str().unwrap();
    assert!(PathBuf::from(command).is_file(), "a full path: {command}");
    let backup = machine.home().join(".cursor/mcp.json.before-tai-1");
    assert_eq!(fs::read_to_string(backup).unwrap(), before);

    let again = text(&run(&machine, &[]).stdout);
    assert_eq!(again.matches("already set up").count(), 3, "{again}");
    assert_eq!(fs::read_to_string(&cursor).unwrap(), after);

    assert!(run(&machine, &["--remove", "cursor"]).status.success());
    assert_eq!(fs::read_to_string(&cursor).unwrap(), before);
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
    caused by: syntax error: Expected colon after the string or word in object property on line 1 column 7
    hint: nothing was changed; fix the file and run this again, or add the entry by hand (`--print`)
    ");
    assert_eq!(fs::read_to_string(cursor).unwrap(), "{ not json");
    assert!(fs::read_to_string(gemini).unwrap().contains("tai-mcp"));
}

#[test]
fn symlinks_are_followed_and_permissions_are_kept() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
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
      [possible values: claude-desktop, claude-code, cursor, vscode, windsurf, zed, codex, gemini, opencode, goose]

      tip: a similar value exists: 'cursor'

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(said(&[]), @"
    error: no MCP client was found
    caused by: none of the known configuration files exists
    hint: name a client (`--help` lists them), or use --print and add the entry by hand
    ");
}
