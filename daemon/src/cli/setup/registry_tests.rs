//! Paths of the clients' configurations.

use super::*;
use std::ffi::OsString;

fn client(slug: &str) -> &'static McpClient {
    CLIENTS.iter().find(|client| client.slug == slug).unwrap()
}

#[test]
fn each_client_has_a_file_below_the_home_directory() {
    let dirs = UserDirs::below(Path::new("/home/alice"));
    for client in CLIENTS {
        let file = client.file(&dirs);
        assert!(file.path.starts_with("/home/alice"), "{file:?}");
        assert_eq!(file.variable, None);
    }
}

#[test]
fn a_variable_of_the_client_decides_the_file() {
    let env = |name: &str| Some(OsString::from(format!("/other/{name}")));
    let dirs = UserDirs::below(Path::new("/home/alice")).with_env(env);
    let mut found = String::new();
    for slug in [
        "claude-code",
        "codex",
        "gemini",
        "qwen",
        "copilot",
        "cursor",
    ] {
        let file = client(slug).file(&dirs);
        found.push_str(&format!(
            "{slug}: {} {:?}\n",
            file.path.display(),
            file.variable
        ));
    }
    insta::assert_snapshot!(found, @r#"
    claude-code: /other/CLAUDE_CONFIG_DIR/.claude.json Some("CLAUDE_CONFIG_DIR")
    codex: /other/CODEX_HOME/config.toml Some("CODEX_HOME")
    gemini: /other/GEMINI_CLI_HOME/.gemini/settings.json Some("GEMINI_CLI_HOME")
    qwen: /other/QWEN_HOME/settings.json Some("QWEN_HOME")
    copilot: /other/COPILOT_HOME/mcp-config.json Some("COPILOT_HOME")
    cursor: /home/alice/.cursor/mcp.json None
    "#);
}

#[test]
fn an_empty_variable_does_not_decide_the_file() {
    let dirs = UserDirs::below(Path::new("/home/alice")).with_env(|_| Some(OsString::new()));
    let file = client("codex").file(&dirs);
    assert_eq!(file.path, Path::new("/home/alice/.codex/config.toml"));
    assert_eq!(file.variable, None);
}

#[test]
fn a_relative_variable_is_relative_to_the_current_directory() {
    let dirs = UserDirs::below(Path::new("/home/alice")).with_env(|_| Some("codex".into()));
    let file = client("codex").file(&dirs);
    let here = std::env::current_dir().unwrap();
    assert_eq!(file.path, here.join("codex/config.toml"));
}

#[test]
fn the_package_of_claude_desktop_comes_before_its_roaming_directory() {
    let home = tempfile::tempdir().unwrap();
    let packages = home.path().join("Packages");
    let mut dirs = UserDirs::below(home.path());
    dirs.packages = Some(packages.clone());
    let client = client("claude-desktop");
    let roaming = client.file(&dirs).path;
    assert!(!roaming.starts_with(&packages), "{roaming:?}");
    let file = |package: &str| {
        let dir = packages.join(package).join(PACKAGED_CLAUDE);
        dir.join("claude_desktop_config.json")
    };
    std::fs::create_dir_all(packages.join("Other_1")).unwrap();
    assert_eq!(client.file(&dirs).path, roaming);
    std::fs::create_dir_all(packages.join("Claude_a")).unwrap();
    assert_eq!(client.file(&dirs).path, file("Claude_a"));
    let used = file("Claude_b");
    std::fs::create_dir_all(used.parent().unwrap()).unwrap();
    std::fs::write(&used, "{}").unwrap();
    assert_eq!(client.file(&dirs).path, used);
}

#[test]
fn the_notes_of_codex_fit_the_approval_mode_of_its_entry() {
    let notes = |approves| client("codex").notes(approves).collect::<Vec<_>>();
    let (asks, approves) = (notes(false), notes(true));
    assert!(asks[0].contains("refuses send_email"), "{asks:?}");
    assert!(!approves.concat().contains("refuses"), "{approves:?}");
    assert_eq!(asks[1..], approves[1..]);
    assert_eq!(client("cursor").notes(true).count(), 0);
}
