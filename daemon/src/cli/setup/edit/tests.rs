//! Configurations before and after an edit.

use super::*;
use crate::cli::setup::{plan, registry::CLIENTS};
use std::fmt::Write as _;
use tai_proto::names::Profile;

pub(super) const SERVER: Server<'_> = Server {
    command: "/home/alice/.cargo/bin/tai-mcp",
    default_instance: "desk",
    instance: None,
    profile: None,
    socket: None,
    approves_tools: false,
};

pub(super) fn add(
    client: &McpClient,
    text: &str,
    server: &Server<'_>,
) -> Result<String, EditError> {
    let servers = servers(client, text)?;
    let plan = plan::add(client, &servers, server)?;
    apply(client, text, &plan.edits)
}

pub(super) fn remove(client: &McpClient, text: &str) -> Result<String, EditError> {
    let servers = servers(client, text)?;
    apply(client, text, &plan::remove(&servers))
}

pub(super) fn client(slug: &str) -> &'static McpClient {
    CLIENTS.iter().find(|client| client.slug == slug).unwrap()
}

#[test]
fn halves_of_surrogate_pairs_stay_as_they_are() {
    let client = client("claude-code");
    let before = "{\"history\": [\"\\ud83d\", \"\\uDE00\"]}\n";
    let after = add(client, before, &SERVER).unwrap();
    assert!(after.contains("[\"\\ud83d\", \"\\uDE00\"]"), "{after}");
    assert!(after.contains("tai-mcp"), "{after}");
}

#[test]
fn each_client_gets_an_entry_in_its_format() {
    let mut text = String::new();
    let mut last = String::new();
    let mut clients: Vec<_> = CLIENTS.iter().collect();
    clients.sort_by_key(|client| example(client, &SERVER));
    for client in clients {
        let entry = example(client, &SERVER);
        if entry != last {
            text.push_str(&last);
        }
        let _ = writeln!(text, "# {}: {}", client.slug, client.path);
        last = entry;
    }
    text.push_str(&last);
    insta::assert_snapshot!(text, @r#"
    # codex: .codex/config.toml
    [mcp_servers.tai]
    command = "/home/alice/.cargo/bin/tai-mcp"
    env_vars = ["XDG_RUNTIME_DIR"]
    env = { TAI_MCP_INSTANCE = "desk" }
    # goose: goose/config.yaml
    extensions:
      tai:
        name: tai
        type: stdio
        enabled: true
        cmd: '/home/alice/.cargo/bin/tai-mcp'
        args: []
        envs:
          TAI_MCP_INSTANCE: desk
        timeout: 300
    # zed: zed/settings.json
    {
      "context_servers": {
        "tai": {
          "source": "custom",
          "command": "/home/alice/.cargo/bin/tai-mcp",
          "args": [],
          "env": {
            "TAI_MCP_INSTANCE": "desk"
          }
        }
      }
    }
    # opencode: opencode/opencode.json
    {
      "mcp": {
        "tai": {
          "type": "local",
          "command": ["/home/alice/.cargo/bin/tai-mcp"],
          "enabled": true,
          "environment": {
            "TAI_MCP_INSTANCE": "desk"
          }
        }
      }
    }
    # claude-desktop: Claude/claude_desktop_config.json
    # claude-code: .claude.json
    # cursor: .cursor/mcp.json
    # windsurf: .codeium/windsurf/mcp_config.json
    # gemini: .gemini/settings.json
    # qwen: .qwen/settings.json
    {
      "mcpServers": {
        "tai": {
          "command": "/home/alice/.cargo/bin/tai-mcp",
          "args": [],
          "env": {
            "TAI_MCP_INSTANCE": "desk"
          }
        }
      }
    }
    # copilot: .copilot/mcp-config.json
    {
      "mcpServers": {
        "tai": {
          "type": "local",
          "command": "/home/alice/.cargo/bin/tai-mcp",
          "args": [],
          "env": {
            "TAI_MCP_INSTANCE": "desk"
          },
          "tools": ["*"]
        }
      }
    }
    # vscode: Code/User/mcp.json
    # vscode-insiders: Code - Insiders/User/mcp.json
    # vscodium: VSCodium/User/mcp.json
    # vscode-server: .vscode-server/data/User/mcp.json
    # vscode-insiders-server: .vscode-server-insiders/data/User/mcp.json
    # vscodium-server: .vscodium-server/data/User/mcp.json
    {
      "servers": {
        "tai": {
          "type": "stdio",
          "command": "/home/alice/.cargo/bin/tai-mcp",
          "env": {
            "TAI_MCP_INSTANCE": "desk"
          }
        }
      }
    }
    "#);
}

#[test]
fn adding_twice_changes_nothing_and_removing_restores_the_original() {
    let settings = "{\n  // my theme\n  \"theme\": \"dark\", // really\n  \"mcpServers\": {\n    \"other\": { \"command\": \"x\" },\n  },\n}\n";
    for client in CLIENTS {
        let before = match client.format {
            Format::Yaml => {
                "# mine\nGOOSE_MODEL: m # really\n\nextensions:\n  other:\n    cmd: x # keep\n"
                    .to_owned()
            }
            Format::Toml => {
                "# mine\nmodel = \"m\" # really\n\n[mcp_servers.other]\ncommand = \"x\"\n"
                    .to_owned()
            }
            _ => settings.replace("mcpServers", client.key),
        };
        let once = add(client, &before, &SERVER).unwrap();
        assert_ne!(once, before, "{}", client.name);
        assert_eq!(
            add(client, &once, &SERVER).unwrap(),
            once,
            "{}",
            client.name
        );
        assert_eq!(remove(client, &once).unwrap(), before, "{}", client.name);
        assert_eq!(remove(client, &before).unwrap(), before, "{}", client.name);
    }
}

#[test]
fn text_around_the_entry_is_preserved() {
    let before = "{\n\t// my servers\n\t\"mcpServers\": {\n\t\t\"other\": {\"command\": \"x\"} // keep\n\t}\n}\n";
    insta::assert_snapshot!(add(client("cursor"), before, &SERVER).unwrap(), @r#"
    {
    	// my servers
    	"mcpServers": {
    		"other": {"command": "x"}, // keep
    		"tai": {
    			"command": "/home/alice/.cargo/bin/tai-mcp",
    			"args": [],
    			"env": {
    				"TAI_MCP_INSTANCE": "desk"
    			}
    		}
    	}
    }
    "#);
    insta::assert_snapshot!(add(client("codex"), "# mine\nmodel = \"m\" # really\n", &SERVER).unwrap(), @r#"
    # mine
    model = "m" # really

    [mcp_servers.tai]
    command = "/home/alice/.cargo/bin/tai-mcp"
    env_vars = ["XDG_RUNTIME_DIR"]
    env = { TAI_MCP_INSTANCE = "desk" }
    "#);
}

#[test]
fn an_entry_of_the_node_server_keeps_its_environment() {
    let before = r#"{"mcpServers": {"tai": {"command": "npx", "args": ["-y", "tai-mcp"], "env": {"NAME": "alice", "INSTANCE": "mine"}}}}"#;
    insta::assert_snapshot!(add(client("cursor"), before, &SERVER).unwrap(), @r#"{"mcpServers": {"tai": {"command": "/home/alice/.cargo/bin/tai-mcp", "args": [], "env": {"NAME": "alice", "INSTANCE": "mine"}}}}"#);
    let before = "[mcp_servers.tai]\ncommand = \"npx\"\nargs = [\"-y\", \"tai-mcp\"]\nenv = { NAME = \"alice\" }\n";
    insta::assert_snapshot!(add(client("codex"), before, &SERVER).unwrap(), @r#"
    [mcp_servers.tai]
    command = "/home/alice/.cargo/bin/tai-mcp"
    args = []
    env = { NAME = "alice" }
    env_vars = ["XDG_RUNTIME_DIR"]
    "#);
    let before = "extensions:\n  tai:\n    cmd: npx\n    args: [-y, tai-mcp]\n    envs:\n      NAME: alice # mine\n    enabled: true\n";
    insta::assert_snapshot!(add(client("goose"), before, &SERVER).unwrap(), @"
    extensions:
      tai:
        cmd: /home/alice/.cargo/bin/tai-mcp
        args: []
        envs:
          NAME: alice # mine
        enabled: true
    ");
}

#[test]
fn codex_runs_every_tool_without_asking_only_on_demand() {
    let client = client("codex");
    let server = Server {
        approves_tools: true,
        ..SERVER
    };
    let approving = add(client, "", &server).unwrap();
    insta::assert_snapshot!(approving, @r#"
    [mcp_servers.tai]
    command = "/home/alice/.cargo/bin/tai-mcp"
    env_vars = ["XDG_RUNTIME_DIR"]
    default_tools_approval_mode = "approve"
    env = { TAI_MCP_INSTANCE = "desk" }
    "#);
    assert_eq!(add(client, &approving, &server).unwrap(), approving);
    // A mode that the file has is the user's choice.
    assert_eq!(add(client, &approving, &SERVER).unwrap(), approving);
    let prompting = approving.replace("\"approve\"", "\"prompt\"");
    assert_eq!(add(client, &prompting, &SERVER).unwrap(), prompting);
    assert_eq!(add(client, &prompting, &server).unwrap(), approving);
}

#[test]
fn variables_that_the_user_lets_codex_pass_are_kept() {
    let before =
        "[mcp_servers.tai]\ncommand = \"/home/alice/.cargo/bin/tai-mcp\"\nenv_vars = [\"TZDIR\"]\n";
    assert_eq!(add(client("codex"), before, &SERVER).unwrap(), before);
}

#[test]
fn a_profile_other_than_the_default_is_set() {
    let work = Profile::new("work").unwrap();
    let server = Server {
        profile: Some(&work),
        ..SERVER
    };
    for client in CLIENTS {
        let text = example(client, &server);
        assert_eq!(text.matches("TAI_MCP_PROFILE").count(), 1, "{text}");
        assert!(text.contains("work"), "{text}");
    }
}

#[test]
fn text_that_cannot_be_edited_is_an_error() {
    for (slug, text) in [
        ("cursor", "{ \"mcpServers\": "),
        ("cursor", "[]"),
        ("cursor", "{\"mcpServers\": []}"),
        ("cursor", "{\"mcpServers\": {\"tai\": 1}}"),
        ("cursor", "{\"mcpServers\": {}, \"mcpServers\": {}}"),
        ("cursor", "{\"mcpServers\": {\"a\": {}, \"a\": {}}}"),
        ("cursor", "{mcpServers: {}}"),
        ("codex", "model = "),
        ("codex", "mcp_servers = 1"),
        ("codex", "[mcp_servers]\ntai = 1"),
        ("goose", "extensions: ["),
        ("goose", "- 1"),
        ("goose", "extensions: 1"),
        // Found by fuzzing: the parser read it as a continued mapping.
        ("goose", "exten-  cmd: npx: \n   \x009rgs: [-y]: \n"),
        ("goose", "extensions:\n  tai: 1\n"),
    ] {
        assert!(add(client(slug), text, &SERVER).is_err(), "{slug}: {text}");
    }
}
