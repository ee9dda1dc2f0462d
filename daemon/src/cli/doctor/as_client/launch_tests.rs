//! Starts of the same entry by different clients.

use super::*;
use crate::cli::{doctor::as_client::rules::RULES, setup::entry::ServerKind};

fn shell(dir: &Path) -> Environment {
    let dir = dir.to_str().unwrap();
    let variables = [
        ("HOME", "/home/alice"),
        ("PATH", dir),
        ("USER", "alice"),
        ("XDG_RUNTIME_DIR", "/run/user/7"),
        ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/7/bus"),
        ("TAI_MCP_PASSWORD", "sandbox-password"),
        ("TAI_MCP_PROFILE", "work"),
        ("all_proxy", "http://proxy.example:3128"),
    ];
    let pairs = variables.into_iter();
    pairs
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

fn entry(command: &str, env: &[(&str, &str)]) -> Entry {
    let pairs = env.iter();
    Entry {
        key: "tai".to_owned(),
        command: command.to_owned(),
        arguments: Vec::new(),
        env: pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        env_vars: Vec::new(),
        server: ServerKind::TaiMcp,
        behind: None,
        off: None,
        approves_tools: false,
    }
}

/// A directory with an executable tai-mcp.
fn bin() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("tai-mcp");
    std::fs::write(&program, "").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    dir
}

fn planned(slug: &str, entry: &Entry, shell: &Environment) -> (String, Option<Launch>) {
    let rule = RULES.iter().find(|rule| rule.slug == slug).unwrap();
    let subject = Subject {
        name: slug,
        rule,
        entry,
    };
    let (checks, launch) = plan(&subject, shell);
    let lines = checks.iter().map(|check| {
        format!(
            "{:?} {}: {} | {}\n",
            check.state, check.name, check.found, check.remedy
        )
    });
    (lines.collect(), launch)
}

#[test]
fn a_server_gets_the_variables_that_its_client_passes_and_those_of_the_entry() {
    let bin = bin();
    let shell = shell(bin.path());
    let entry = entry(
        "tai-mcp",
        &[("TAI_MCP_INSTANCE", "desk"), ("USER", "other")],
    );
    let mut page = String::new();
    for slug in ["claude-code", "codex", "gemini", "sdk"] {
        let (lines, launch) = planned(slug, &entry, &shell);
        let env = launch.unwrap().env;
        let names: Vec<&str> = env.keys().filter_map(|name| name.to_str()).collect();
        assert_eq!(env.get(OsStr::new("USER")).unwrap(), "other");
        page.push_str(&format!("{slug}: {}\n{lines}", names.join(" ")));
    }
    let page = page.replace(bin.path().to_str().unwrap(), "BIN");
    assert!(!page.contains("sandbox-password"));
    insta::assert_snapshot!(page, @"
    claude-code: DBUS_SESSION_BUS_ADDRESS HOME PATH TAI_MCP_INSTANCE TAI_MCP_PASSWORD TAI_MCP_PROFILE USER XDG_RUNTIME_DIR all_proxy
    Ok references: every reference to a variable has a value | 
    Ok variables: claude-code passes every variable | 
    Ok command: BIN/tai-mcp | 
    codex: HOME PATH TAI_MCP_INSTANCE USER
    Ok references: every reference to a variable has a value | 
    Skipped variables: codex passes 12 variables of its environment; tai-mcp does not get TAI_MCP_PASSWORD, TAI_MCP_PROFILE, XDG_RUNTIME_DIR, DBUS_SESSION_BUS_ADDRESS, all_proxy | 
    Ok command: BIN/tai-mcp | 
    gemini: DBUS_SESSION_BUS_ADDRESS HOME PATH TAI_MCP_INSTANCE TAI_MCP_PROFILE USER XDG_RUNTIME_DIR all_proxy
    Ok references: every reference to a variable has a value | 
    Skipped variables: gemini passes no variable with a name like PASSWORD or KEY; tai-mcp does not get TAI_MCP_PASSWORD | 
    Ok command: BIN/tai-mcp | 
    sdk: HOME PATH TAI_MCP_INSTANCE USER
    Ok references: every reference to a variable has a value | 
    Skipped variables: sdk passes 6 variables of its environment; tai-mcp does not get TAI_MCP_PASSWORD, TAI_MCP_PROFILE, XDG_RUNTIME_DIR, DBUS_SESSION_BUS_ADDRESS, all_proxy | 
    Ok command: BIN/tai-mcp |
    ");
}

#[test]
fn codex_passes_the_variables_that_the_entry_names() {
    let bin = bin();
    let shell = shell(bin.path());
    let entry = Entry {
        env_vars: vec!["TAI_MCP_PROFILE".to_owned()],
        ..entry("tai-mcp", &[])
    };
    let (_, launch) = planned("codex", &entry, &shell);
    let env = launch.unwrap().env;
    assert_eq!(env.get(OsStr::new("TAI_MCP_PROFILE")).unwrap(), "work");
    assert!(!env.contains_key(OsStr::new("TAI_MCP_PASSWORD")));
}

#[test]
fn references_that_the_client_leaves_are_named_without_values() {
    let bin = bin();
    let shell = shell(bin.path());
    let with = |value| entry("tai-mcp", &[("PASSWORD", value)]);
    let mut page = String::new();
    for (slug, value) in [
        ("claude-code", "${TAI_MCP_PASSWORD}"),
        ("claude-code", "${GONE}"),
        ("codex", "${TAI_MCP_PASSWORD}"),
        ("cursor", "${TAI_MCP_PASSWORD}"),
    ] {
        let (lines, launch) = planned(slug, &with(value), &shell);
        let password = launch.unwrap().env.remove(OsStr::new("PASSWORD")).unwrap();
        page.push_str(&format!("{slug} {value}: {}\n", password.to_str().unwrap()));
        page.push_str(lines.lines().next().unwrap());
        page.push('\n');
    }
    insta::assert_snapshot!(page, @"
    claude-code ${TAI_MCP_PASSWORD}: sandbox-password
    Ok references: every reference to a variable has a value | 
    claude-code ${GONE}: ${GONE}
    Wrong references: PASSWORD refers to GONE, which is not set here | set GONE where claude-code is started, or remove PASSWORD from the configuration
    codex ${TAI_MCP_PASSWORD}: ${TAI_MCP_PASSWORD}
    Wrong references: PASSWORD has a reference ${...} that gets no value from codex | correct PASSWORD in the configuration, or remove it
    cursor ${TAI_MCP_PASSWORD}: ${TAI_MCP_PASSWORD}
    Wrong references: PASSWORD has a reference ${...} that gets no value from cursor | correct PASSWORD in the configuration, or remove it
    ");
}

#[test]
fn a_command_that_the_client_cannot_start_is_named() {
    let bin = bin();
    let shell = shell(bin.path());
    std::fs::write(bin.path().join("plain"), "").unwrap();
    let plain = bin.path().join("plain");
    let mut page = String::new();
    for (slug, command, env) in [
        ("codex", "/nowhere/tai-mcp", &[][..]),
        ("codex", "gone", &[]),
        ("codex", "tai-mcp", &[("PATH", "/nowhere")]),
        ("codex", plain.to_str().unwrap(), &[]),
    ] {
        let (lines, launch) = planned(slug, &entry(command, env), &shell);
        assert!(launch.is_none(), "{command}");
        page.push_str(lines.lines().last().unwrap());
        page.push('\n');
    }
    let page = page.replace(bin.path().to_str().unwrap(), "BIN");
    insta::assert_snapshot!(page, @r#"
    Wrong command: /nowhere/tai-mcp does not exist | `tai-mcp setup` writes the path of the installed tai-mcp
    Wrong command: "gone" is in no directory of its PATH | use the full path of tai-mcp: `tai-mcp setup` writes it
    Wrong command: "tai-mcp" is in no directory of its PATH | use the full path of tai-mcp: `tai-mcp setup` writes it
    Wrong command: BIN/plain is not executable | `chmod +x BIN/plain`
    "#);
}
