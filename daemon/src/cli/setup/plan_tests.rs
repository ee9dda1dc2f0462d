//! Entries of other programs, of the Node server and of tai-mcp, and what becomes of them.

use super::*;
use crate::cli::setup::{edit, registry::CLIENTS};
use std::fmt::Write as _;
use tai_proto::names::Profile;

const SERVER: Server<'_> = Server {
    command: "/bin/tai-mcp",
    default_instance: "desk",
    instance: None,
    profile: None,
    socket: None,
    approves_tools: false,
};

fn client(slug: &str) -> &'static McpClient {
    CLIENTS.iter().find(|client| client.slug == slug).unwrap()
}

fn changed(client: &McpClient, text: &str, server: &Server<'_>) -> String {
    let servers = edit::servers(client, text).unwrap();
    match add(client, &servers, server) {
        Ok(plan) => edit::apply(client, text, &plan.edits).unwrap(),
        Err(error) => error.to_string(),
    }
}

fn page(texts: &[&str], server: &Server<'_>) -> String {
    let mut page = String::new();
    for entries in texts {
        let text = format!("{{\"mcpServers\": {{{entries}}}}}");
        let _ = writeln!(page, "{}\n", changed(client("cursor"), &text, server));
    }
    page
}

#[test]
fn an_entry_of_another_program_is_refused_and_not_removed() {
    insta::assert_snapshot!(page(&[
        r#""tai": {"command": "docker", "args": ["run", "tai-analysis"], "env": {"API_KEY": "k"}}"#,
        r#""tai": {"url": "https://example.org", "headers": {}}"#,
        r#""tai": 1"#,
    ], &SERVER), @r#"
    "tai" is another server: docker

    "tai" is another server: one at a URL

    "tai" is another server: it has no command
    "#);
    let servers = json!({
        "tai": {"command": "docker"},
        "mail": {"command": "tai-mcp"},
        "node": {"command": "npx", "args": ["-y", "tai-mcp"], "env": {"PASSWORD": "p"}},
    });
    let edits = remove(servers.as_object().unwrap());
    assert_eq!(
        edits,
        [Edit::Remove {
            server: "mail".to_owned()
        }]
    );
}

#[test]
fn one_entry_of_the_node_server_remains_for_each_address_and_keeps_its_variables() {
    insta::assert_snapshot!(page(&[
        r#""tai": {"command": "npx", "args": ["-y", "tai-mcp"], "env": {"NAME": "alice", "PASSWORD": "p", "INSTANCE": "mine"}}"#,
        r#""tai-email": {"command": "cmd", "args": ["/c", "npx", "tai-mcp@1"], "env": {"NAME": "alice"}, "disabled": false}"#,
        r#""tai-mcp": {"command": "tai-mcp", "env": {"NAME": "alice"}}"#,
        // The account of "tai" is that of its taid, and the addresses differ.
        r#""tai-email": {"command": "npx", "args": ["tai-mcp"], "env": {"NAME": "alice", "PASSWORD": "p", "INSTANCE": "mine"}}, "tai": {"command": "/old/tai-mcp", "args": [], "env": {"TAI_MCP_INSTANCE": "cursor"}}"#,
        // Two mailboxes.
        r#""a": {"command": "npx", "args": ["tai-mcp"], "env": {"NAME": "alice"}}, "b": {"command": "npx", "args": ["tai-mcp"], "env": {"NAME": "bob"}}"#,
        r#""a": {"command": "npx", "args": ["tai-mcp"], "env": {"NAME": "alice"}}, "b": {"command": "npx", "args": ["tai-mcp"], "env": {"NAME": "alice"}}"#,
        r#""tai": {"command": "tai-mcp", "env": {"NAME": "alice", "INSTANCE": "a"}}, "b": {"command": "npx", "args": ["tai-mcp"], "env": {"NAME": "alice", "INSTANCE": "b"}}"#,
        r#""tai": {"command": "tai-mcp", "env": {"NAME": "alice", "TAI_MCP_INSTANCE": "a"}}, "b": {"command": "npx", "args": ["tai-mcp"], "env": {"NAME": "alice", "PASSWORD": "p", "INSTANCE": "a"}}"#,
        r#""tai": {"command": "tai-mcp"}, "b": {"command": "npx", "args": ["tai-mcp"]}"#,
    ], &SERVER), @r#"
    {"mcpServers": {"tai": {"command": "/bin/tai-mcp", "args": [], "env": {"NAME": "alice", "PASSWORD": "p", "INSTANCE": "mine"}}}}

    {"mcpServers": {"tai-email": {"command": "/bin/tai-mcp", "args": [], "env": {"NAME": "alice"}, "disabled": false}}}

    {"mcpServers": {"tai-mcp": {"command": "/bin/tai-mcp", "env": {"NAME": "alice"}}}}

    {"mcpServers": {"tai-email": {"command": "/bin/tai-mcp", "args": [], "env": {"NAME": "alice", "PASSWORD": "p", "INSTANCE": "mine"}}, "tai": {"command": "/bin/tai-mcp", "args": [], "env": {"TAI_MCP_INSTANCE": "cursor"}}}}

    {"mcpServers": {"a": {"command": "/bin/tai-mcp", "args": [], "env": {"NAME": "alice"}}, "b": {"command": "/bin/tai-mcp", "args": [], "env": {"NAME": "bob"}}}}

    {"mcpServers": {"a": {"command": "/bin/tai-mcp", "args": [], "env": {"NAME": "alice"}}}}

    {"mcpServers": {"tai": {"command": "/bin/tai-mcp", "env": {"NAME": "alice", "INSTANCE": "a"}}, "b": {"command": "/bin/tai-mcp", "args": [], "env": {"NAME": "alice", "INSTANCE": "b"}}}}

    {"mcpServers": {"tai": {"command": "/bin/tai-mcp", "env": {
            "NAME": "alice",
            "TAI_MCP_INSTANCE": "a",
            "PASSWORD": "p"
          }}}}

    {"mcpServers": {"tai": {"command": "/bin/tai-mcp"}, "b": {"command": "/bin/tai-mcp", "args": []}}}
    "#);
}

#[test]
fn an_entry_that_is_switched_off_is_switched_on() {
    insta::assert_snapshot!(page(&[
        r#""tai": {"command": "/bin/tai-mcp", "disabled": true}"#,
        r#""tai": {"command": "/bin/tai-mcp", "enabled": false, "disabled": false}"#,
        r#""tai": {"command": "/bin/tai-mcp", "enabled": false, "disabled": true}"#,
        r#""tai": {"command": "/bin/tai-mcp"}, "second": {"command": "/bin/tai-mcp", "disabled": true}"#,
    ], &SERVER), @r#"
    {"mcpServers": {"tai": {"command": "/bin/tai-mcp", "disabled": false}}}

    {"mcpServers": {"tai": {"command": "/bin/tai-mcp", "enabled": true, "disabled": false}}}

    {"mcpServers": {"tai": {"command": "/bin/tai-mcp", "enabled": true, "disabled": false}}}

    {"mcpServers": {"tai": {"command": "/bin/tai-mcp"}, "second": {"command": "/bin/tai-mcp", "disabled": true}}}
    "#);
}

#[test]
fn an_entry_of_each_client_is_switched_on() {
    for client in CLIENTS {
        for (name, off) in [("disabled", true), ("enabled", false)] {
            let key = client.key;
            let text = match client.format {
                Format::Json(_) => format!(
                    "{{\"{key}\": {{\"tai\": {{\"command\": \"/bin/tai-mcp\", \"{name}\": {off}}}}}}}"
                ),
                Format::Toml => format!(
                    "[{key}.tai]\ncommand = \"/bin/tai-mcp\"\nenv_vars = []\n{name} = {off}\n"
                ),
                Format::Yaml => {
                    format!("{key}:\n  tai:\n    cmd: /bin/tai-mcp\n    {name}: {off}\n")
                }
            };
            let on = text.replace(&off.to_string(), &(!off).to_string());
            assert_eq!(changed(client, &text, &SERVER), on, "{}", client.slug);
            assert_eq!(changed(client, &on, &SERVER), on, "{}", client.slug);
        }
    }
}

#[test]
fn what_the_user_names_is_changed_and_nothing_else() {
    let (work, default) = (Profile::new("work").unwrap(), Profile::default());
    let asked = Server {
        instance: Some("second"),
        profile: Some(&work),
        socket: Some("/run/tai.sock"),
        ..SERVER
    };
    let default = Server {
        profile: Some(&default),
        ..SERVER
    };
    let entry = r#""tai": {"command": "/bin/tai-mcp", "args": ["--home", "/x"], "env": {"TAI_MCP_INSTANCE": "first", "TAI_MCP_PROFILE": "play"}, "timeout": 9}"#;
    let short = r#""tai": {"command": "/bin/tai-mcp", "env": {"INSTANCE": "first"}}"#;
    let wrapped = r#""tai": {"command": "wsl.exe", "args": ["--exec", "/usr/bin/tai-mcp"]}"#;
    insta::assert_snapshot!(page(&[entry, short, wrapped], &asked), @r#"
    {"mcpServers": {"tai": {"command": "/bin/tai-mcp", "args": ["--home", "/x"], "env": {
            "TAI_MCP_INSTANCE": "second",
            "TAI_MCP_PROFILE": "work",
            "TAI_MCP_SOCKET": "/run/tai.sock"
          }, "timeout": 9}}}

    {"mcpServers": {"tai": {"command": "/bin/tai-mcp", "env": {
            "INSTANCE": "second",
            "TAI_MCP_PROFILE": "work",
            "TAI_MCP_SOCKET": "/run/tai.sock"
          }}}}

    {"mcpServers": {"tai": {
          "command": "wsl.exe",
          "args": ["--exec", "/usr/bin/tai-mcp"],
          "env": {
            "TAI_MCP_INSTANCE": "second",
            "TAI_MCP_PROFILE": "work",
            "TAI_MCP_SOCKET": "/run/tai.sock"
          }
        }}}
    "#);
    insta::assert_snapshot!(page(&[entry, short, wrapped], &default), @r#"
    {"mcpServers": {"tai": {"command": "/bin/tai-mcp", "args": ["--home", "/x"], "env": {"TAI_MCP_INSTANCE": "first"}, "timeout": 9}}}

    {"mcpServers": {"tai": {"command": "/bin/tai-mcp", "env": {"INSTANCE": "first"}}}}

    {"mcpServers": {"tai": {"command": "wsl.exe", "args": ["--exec", "/usr/bin/tai-mcp"]}}}
    "#);
}

#[test]
fn each_form_of_a_command_is_replaced() {
    for (slug, text) in [
        (
            "zed",
            r#"{"context_servers": {"tai": {"command": {"path": "npx", "args": ["tai-mcp"], "env": {"NAME": "alice"}}}}}"#,
        ),
        (
            "opencode",
            r#"{"mcp": {"tai": {"type": "local", "command": ["npx", "tai-mcp"]}}}"#,
        ),
        (
            "opencode",
            r#"{"mcp": {"tai": {"type": "local", "command": ["tai-mcp", "--home", "/x"]}}}"#,
        ),
    ] {
        let asked = Server {
            instance: Some("second"),
            ..SERVER
        };
        let after = changed(client(slug), text, &asked);
        let servers = edit::servers(client(slug), &after).unwrap();
        let ours = entries(&servers);
        assert_eq!(ours.len(), 1, "{after}");
        assert_eq!(ours[0].command, "/bin/tai-mcp", "{after}");
        let kept = text.contains("--home");
        assert_eq!(ours[0].arguments.len(), if kept { 2 } else { 0 }, "{after}");
        assert_eq!(ours[0].value("TAI_MCP_INSTANCE"), Some("second"), "{after}");
        assert_eq!(after.contains("alice"), slug == "zed", "{after}");
    }
}

#[test]
fn the_error_about_another_server_shows_no_variable_of_its_command() {
    let error =
        |command: &str| foreign("tai", &serde_json::json!({"command": command})).to_string();
    for (command, shown) in [
        ("/opt/bin/other", "/opt/bin/other"),
        ("/opt/my programs/other", "/opt/my programs/other"),
        ("env TOKEN=secret other", "env …"),
        ("TOKEN=secret other", "…"),
    ] {
        let error = error(command);
        assert!(
            error.contains(shown) && !error.contains("secret"),
            "{error}"
        );
    }
}
