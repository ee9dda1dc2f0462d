//! Clients on the other side of WSL: a client on Windows starts a tai-mcp in WSL with `wsl.exe`.

use crate::cli::terminal::print;
use serde_json::json;
use tai_client::in_local_words;

/// Variable that WSL sets to the name of the distribution.
const DISTRIBUTION: &str = "WSL_DISTRO_NAME";

/// Returns the name of the WSL distribution in which this program runs.
fn distribution() -> Option<String> {
    let name = std::env::var(DISTRIBUTION).ok()?;
    (cfg!(target_os = "linux") && !name.is_empty()).then_some(name)
}

/// In WSL, prints a note about clients on Windows.
pub(super) fn print_note() {
    if distribution().is_some() {
        print(&in_local_words(
            "note: clients on Windows have their own configurations; `tai-mcp setup --print` shows an entry that starts this tai-mcp from Windows",
        ));
    }
}

/// Prints the entry for clients on the other side.
pub(super) fn print_example(command: &str, instance: Option<&str>) {
    if let Some(distribution) = distribution() {
        print("# Clients on Windows that start this tai-mcp in WSL:");
        print(&example(
            &distribution,
            command,
            instance.unwrap_or("windows"),
        ));
    }
    if cfg!(windows) {
        print(
            "# Clients in WSL start a Linux program: install tai there and run `tai-mcp setup` there",
        );
    }
}

/// Returns the entry for a client on Windows. Windows passes no variables to WSL, so that `env`
/// sets them.
fn example(distribution: &str, command: &str, instance: &str) -> String {
    let variable = format!("TAI_MCP_INSTANCE={instance}");
    let words = [
        "-d",
        distribution,
        "--exec",
        "/usr/bin/env",
        &variable,
        command,
    ];
    let entry = json!({"mcpServers": {"tai": {"command": "wsl.exe", "args": words}}});
    serde_json::to_string_pretty(&entry).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::setup::entry::{Entry, ServerKind};

    #[test]
    fn the_entry_for_windows_is_one_of_tai_mcp() {
        let text = example("Ubuntu", "/usr/bin/tai-mcp", "windows");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let entry = Entry::of("tai", &value["mcpServers"]["tai"]).unwrap();
        assert_eq!(entry.server, ServerKind::Wrapped);
        insta::assert_snapshot!(text, @r#"
        {
          "mcpServers": {
            "tai": {
              "command": "wsl.exe",
              "args": [
                "-d",
                "Ubuntu",
                "--exec",
                "/usr/bin/env",
                "TAI_MCP_INSTANCE=windows",
                "/usr/bin/tai-mcp"
              ]
            }
          }
        }
        "#);
    }
}
