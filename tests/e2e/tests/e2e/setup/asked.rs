//! `tai-mcp setup` and `taid install` do what they are asked, and nothing else.

use super::{bare, run, text, write};
use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    process::Command,
};
use tai_e2e::Machine;

#[test]
fn setup_does_what_it_is_asked_and_check_says_whether_it_was() {
    let machine = Machine::new();
    let file = write(&machine, ".cursor/mcp.json", "{}");
    let bin = tai_e2e::executables().to_str().unwrap();
    let mut page = String::new();
    for arguments in [
        &["cursor", "--instance", "first"][..],
        &[
            "cursor",
            "--instance",
            "second",
            "--profile",
            "work",
            "--socket",
            "/run/tai.sock",
        ],
        &["cursor", "--instance", "second", "--profile", "work"],
        &["cursor", "--check", "--instance", "second"],
        &["cursor", "--check", "--instance", "third"],
        &["cursor", "--profile", "default", "--dry-run"],
        &["cursor", "--remove"],
    ] {
        let output = run(&machine, arguments);
        let said = machine.plain(&output.stdout) + &machine.plain(&output.stderr);
        let code = output.status.code().unwrap();
        page += &format!(
            "$ setup {}\n{}={code}\n",
            arguments.join(" "),
            said.replace(bin, "BIN")
        );
    }
    insta::assert_snapshot!(page, @r#"
    $ setup cursor --instance first
    Cursor: changed "tai" in HOME/.cursor/mcp.json
      + args: []
      + command: "BIN/tai-mcp"
      + env.TAI_MCP_INSTANCE: "first"
    Cursor: backup in HOME/.cursor/mcp.json.before-tai
    Cursor: set up as "first". Restart Cursor to use it.
    =0
    $ setup cursor --instance second --profile work --socket /run/tai.sock
    Cursor: changed "tai" in HOME/.cursor/mcp.json
      - env.TAI_MCP_INSTANCE: "first"
      + env.TAI_MCP_INSTANCE: "second"
      + env.TAI_MCP_PROFILE: "work"
      + env.TAI_MCP_SOCKET: "/run/tai.sock"
    Cursor: set up as "second". Restart Cursor to use it.
    =0
    $ setup cursor --instance second --profile work
    Cursor: already set up (HOME/.cursor/mcp.json)
    =0
    $ setup cursor --check --instance second
    Cursor: set up (HOME/.cursor/mcp.json)
    =0
    $ setup cursor --check --instance third
    Cursor: set up with other values (HOME/.cursor/mcp.json)
      - env.TAI_MCP_INSTANCE: "second"
      + env.TAI_MCP_INSTANCE: "third"
    To set them up, run this command without --check.
    =1
    $ setup cursor --profile default --dry-run
    Cursor: would change "tai" in HOME/.cursor/mcp.json
      - env.TAI_MCP_PROFILE: "work"
    Nothing was written (--dry-run).
    =0
    $ setup cursor --remove
    Cursor: changed "tai" in HOME/.cursor/mcp.json
      - args: []
      - command: "BIN/tai-mcp"
      - env.TAI_MCP_INSTANCE: "second"
      - env.TAI_MCP_PROFILE: "work"
      - env.TAI_MCP_SOCKET: "/run/tai.sock"
    Cursor: removed; the configuration is as before setup. Restart Cursor to apply this.
    =0
    "#);
    assert_eq!(fs::read_to_string(&file).unwrap(), "{}");
}

#[test]
fn the_entry_of_another_server_is_left_alone_and_that_of_the_node_server_is_replaced() {
    let machine = Machine::new();
    let other =
        r#"{"mcpServers":{"tai":{"command":"docker","args":["run"],"env":{"KEY":"canary"}}}}"#;
    let node = r#"{"mcpServers":{"tai-email":{"command":"npx","args":["-y","tai-mcp"],"env":{"NAME":"alice","PASSWORD":"canary"}}}}"#;
    let cursor = write(&machine, ".cursor/mcp.json", other);
    let gemini = write(&machine, ".gemini/settings.json", node);
    let bin = tai_e2e::executables().to_str().unwrap();
    let mut page = String::new();
    for arguments in [
        &["cursor"][..],
        &["cursor", "--remove"],
        &["gemini"],
        &["gemini", "--remove"],
        &["gemini", "--remove"],
    ] {
        let output = run(&machine, arguments);
        let said = machine.plain(&output.stdout) + &machine.plain(&output.stderr);
        page += &said.replace(bin, "BIN");
        if arguments == ["gemini"] {
            let after = fs::read_to_string(&gemini).unwrap();
            assert!(
                after.contains("canary") && !after.contains("npx"),
                "{after}"
            );
        }
    }
    insta::assert_snapshot!(page, @r#"
    error: Cursor is not set up: HOME/.cursor/mcp.json
    caused by: "tai" is another server: docker
    hint: nothing was changed; rename that entry in the file and run this again
    Cursor: nothing to remove; "tai" is another server: docker (HOME/.cursor/mcp.json)
    Gemini CLI: changed "tai-email" in HOME/.gemini/settings.json
      - args: [(hidden), (hidden)]
      + args: []
      - command: "npx"
      + command: "BIN/tai-mcp"
    Gemini CLI: note: "tai-email" started the npm package; it starts tai-mcp now and keeps its variables
    Gemini CLI: backup in HOME/.gemini/settings.json.before-tai
    Gemini CLI: set up. Restart Gemini CLI to use it.
    Gemini CLI: note: Gemini CLI starts no server in a folder that it does not trust
    Gemini CLI: changed "tai-email" in HOME/.gemini/settings.json
      - args: []
      + args: [(hidden), (hidden)]
      - command: "BIN/tai-mcp"
      + command: "npx"
    Gemini CLI: note: "tai-email" starts the npm package, as before setup
    Gemini CLI: removed; the configuration is as before setup. Restart Gemini CLI to apply this.
    Gemini CLI: nothing to remove; "tai-email" starts the npm package (HOME/.gemini/settings.json)
    "#);
    assert_eq!(fs::read_to_string(&cursor).unwrap(), other);
    assert_eq!(fs::read_to_string(&gemini).unwrap(), node);
}

#[test]
fn the_entry_has_the_path_of_the_call_and_never_that_of_a_cache() {
    let machine = Machine::new();
    let bin = tai_e2e::executables();
    let install = |dir: &str| {
        let dir = machine.home().join(dir);
        fs::create_dir_all(&dir).unwrap();
        for name in ["taid", "tai-mcp"] {
            fs::hard_link(bin.join(name), dir.join(name))
                .or_else(|_| fs::copy(bin.join(name), dir.join(name)).map(|_| ()))
                .unwrap();
        }
    };
    install("Cellar/tai/0.1.0/bin");
    install(".npm/_npx/88a6/node_modules/tai-mcp/bin");
    fs::create_dir(machine.home().join("bin")).unwrap();
    let link = machine.home().join("bin/tai-mcp");
    symlink("../Cellar/tai/0.1.0/bin/tai-mcp", &link).unwrap();
    let said = |program: &str| {
        let mut command = Command::new(machine.home().join(program));
        command.env_clear().env("HOME", machine.home());
        let output = command
            .args(["setup", "cursor", "--dry-run"])
            .output()
            .unwrap();
        machine.plain(&output.stdout) + &machine.plain(&output.stderr)
    };
    insta::assert_snapshot!(said("bin/tai-mcp"), @r#"
    Cursor: would change "tai" in HOME/.cursor/mcp.json
      + args: []
      + command: "HOME/bin/tai-mcp"
      + env.TAI_MCP_INSTANCE: "cursor"
    Nothing was written (--dry-run).
    "#);
    insta::assert_snapshot!(said(".npm/_npx/88a6/node_modules/tai-mcp/bin/tai-mcp"), @"
    error: tai-mcp is not installed
    caused by: HOME/.npm/_npx/88a6/node_modules/tai-mcp/bin/tai-mcp is in a cache, which the package manager empties
    hint: install it first, for example with `npm install --global tai-mcp`
    ");
}

#[test]
fn a_service_is_not_written_without_systemd() {
    let machine = Machine::new();
    let output = bare(&machine, "taid").arg("install").output().unwrap();
    insta::assert_snapshot!(machine.plain(&output.stdout) + &machine.plain(&output.stderr), @"
    error: systemd does not run for this user
    caused by: No such file or directory (os error 2)
    hint: nothing was written; no service is needed, because clients start taid
    ");
    assert!(!machine.home().join(".config/systemd").exists());
    let output = bare(&machine, "taid").arg("uninstall").output().unwrap();
    assert!(output.status.success());
    insta::assert_snapshot!(machine.plain(&output.stdout), @"
    No service of taid is installed.
    The configuration in HOME/.config/tai stays.
    The logs and the ledger of sent mails in HOME/.local/state/tai stay.
    A password in the keyring stays; `taid logout` removes it.
    The entries of MCP clients stay; `tai-mcp setup --remove` removes them.
    ");
}

#[test]
fn with_a_given_home_the_files_of_the_own_home_are_neither_read_nor_changed() {
    let machine = Machine::new();
    let own = r#"{"mcpServers":{"tai":{"command":"/own/tai-mcp"}}}"#;
    let file = write(&machine, ".cursor/mcp.json", own);
    let codex = machine.home().join("own-codex");
    let trial = machine.home().join("trial");
    let given = write(&machine, "trial/.cursor/mcp.json", "{}");
    let said = |program: &str, arguments: &[&str]| {
        let mut command = bare(&machine, program);
        command
            .env("CODEX_HOME", &codex)
            .arg("--home")
            .arg(&trial)
            .args(arguments);
        let output = command.output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        String::from_utf8_lossy(&text).replace(machine.home().to_str().unwrap(), "HOME")
    };
    let page = said("tai-mcp", &["setup", "cursor", "codex"]);
    let place = "in HOME/trial/.cursor/mcp.json";
    assert!(page.contains(place), "{page}");
    assert!(trial.join(".codex/config.toml").exists(), "{page}");
    let page = said("taid", &["doctor", "--as", "cursor"]);
    assert!(page.contains(place) && !page.contains("/own/"), "{page}");
    let page = said("taid", &["doctor"]);
    assert!(!page.contains("/own/"), "{page}");
    let home = "`taid --home HOME/trial login`";
    assert!(
        page.contains(home) && !page.contains("`taid login`"),
        "{page}"
    );
    let page = said("taid", &["setup", "cursor", "codex", "--remove"]);
    assert!(page.contains(place), "{page}");
    assert_eq!(fs::read_to_string(given).unwrap(), "{}");
    insta::assert_snapshot!(said("taid", &["install", "--dry-run"]), @"
    error: --home has no service
    caused by: the service manager reads your own home directory alone
    hint: nothing was changed; run `taid --home HOME/trial run`
    ");
    insta::assert_snapshot!(said("taid", &["uninstall"]), @"
    error: --home has no service
    caused by: the service manager reads your own home directory alone
    hint: nothing was changed; omit --home to remove your own service
    ");
    assert_eq!(fs::read_to_string(file).unwrap(), own);
    assert!(!codex.exists());
    assert!(!machine.home().join(".cursor/mcp.json.before-tai").exists());
}

#[test]
fn a_removal_takes_the_entries_of_each_file_of_a_client() {
    let machine = Machine::new();
    let with_comments = write(&machine, ".config/opencode/opencode.jsonc", "// mine\n{}\n");
    assert!(run(&machine, &["opencode"]).status.success());
    let plain = write(&machine, ".config/opencode/opencode.json", "{}");
    assert!(run(&machine, &["opencode"]).status.success());
    for file in [&with_comments, &plain] {
        assert!(fs::read_to_string(file).unwrap().contains("tai-mcp"));
    }
    let output = run(&machine, &["opencode", "--remove"]);
    assert!(output.status.success());
    assert_eq!(fs::read_to_string(&with_comments).unwrap(), "// mine\n{}\n");
    assert_eq!(fs::read_to_string(&plain).unwrap(), "{}");
    let dir = plain.parent().unwrap();
    assert_eq!(fs::read_dir(dir).unwrap().count(), 2, "no backup is left");
}

#[test]
fn check_and_removal_are_about_the_program_that_an_entry_starts() {
    let machine = Machine::new();
    let file = write(&machine, ".cursor/mcp.json", "");
    let mut page = String::new();
    for (key, command) in [
        ("tai", r#""/usr/bin/env", "args": ["A=1", "/gone/tai-mcp"]"#),
        (
            "tai",
            r#""/usr/bin/env", "args": ["sh", "-c", "exec tai-mcp"]"#,
        ),
        (
            "files",
            r#""npx", "args": ["-y", "server-filesystem", "/home/me/tai-mcp"]"#,
        ),
        (
            "git",
            r#""uvx", "args": ["mcp-server-git", "--repository", "/home/me/tai-mcp"]"#,
        ),
        (
            "box",
            r#""docker", "args": ["run", "--name", "tai-mcp", "other/image"]"#,
        ),
    ] {
        let text = format!(r#"{{"mcpServers": {{"{key}": {{"command": {command}}}}}}}"#);
        fs::write(&file, &text).unwrap();
        for arguments in [["cursor", "--check"], ["cursor", "--remove"]] {
            let output = run(&machine, &arguments);
            page.push_str(&machine.say(&output));
            page.push('\n');
            if key != "tai" {
                assert_eq!(fs::read_to_string(&file).unwrap(), text);
            }
        }
    }
    insta::assert_snapshot!(page, @r#"
    exit 1
    Cursor: "tai" starts /gone/tai-mcp, which does not exist (HOME/.cursor/mcp.json)
    To set them up, run this command without --check.

    exit 0
    Cursor: changed "tai" in HOME/.cursor/mcp.json
      - args: [(hidden), (hidden)]
      - command: "/usr/bin/env"
    Cursor: backup in HOME/.cursor/mcp.json.before-tai
    Cursor: removed. Restart Cursor to apply this.

    exit 0
    Cursor: set up (HOME/.cursor/mcp.json)

    exit 0
    Cursor: changed "tai" in HOME/.cursor/mcp.json
      - args: [(hidden), (hidden), (hidden)]
      - command: "/usr/bin/env"
    Cursor: backup in HOME/.cursor/mcp.json.before-tai-2
    Cursor: removed. Restart Cursor to apply this.

    exit 1
    Cursor: not set up (HOME/.cursor/mcp.json)
    To set them up, run this command without --check.

    exit 0
    Cursor: nothing to remove (HOME/.cursor/mcp.json)

    exit 1
    Cursor: not set up (HOME/.cursor/mcp.json)
    To set them up, run this command without --check.

    exit 0
    Cursor: nothing to remove (HOME/.cursor/mcp.json)

    exit 1
    Cursor: not set up (HOME/.cursor/mcp.json)
    To set them up, run this command without --check.

    exit 0
    Cursor: nothing to remove (HOME/.cursor/mcp.json)
    "#);
}

#[test]
fn a_dry_run_refuses_what_the_run_would_refuse() {
    let machine = Machine::new();
    let file = machine.home().join(".cursor/mcp.json");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "{}").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
    for arguments in [&["cursor", "--dry-run"][..], &["cursor"]] {
        let refused = run(&machine, arguments);
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}");
        let said = text(&refused.stderr);
        assert!(said.contains("it is read-only"), "{said}");
    }
    let check = text(&run(&machine, &["cursor", "--check"]).stdout);
    assert!(
        check.ends_with("run this command without --check.\n"),
        "{check}"
    );
}
