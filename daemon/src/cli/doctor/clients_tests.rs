//! Client configurations as people have them.

use super::*;
use crate::cli::setup::clients::Base;

fn say(key: &'static str, path: &'static str, text: &str, account: Option<&str>) -> String {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("tai-mcp"), "").unwrap();
    let client = Client {
        name: "Example",
        slug: "example",
        base: Base::Home,
        path,
        key,
        format: match path.ends_with(".toml") {
            true => Format::Toml,
            false => Format::Json,
        },
    };
    let file = Path::new("/home/alice/file");
    let check = look(&client, file, text, account, dir.path().as_os_str());
    format!("{:?}: {} | {}", check.state, check.found, check.remedy)
}

#[test]
fn each_form_of_configuration_is_understood() {
    for (key, path, text) in [
        (
            "mcpServers",
            "a.json",
            r#"{"mcpServers": {"tai": {"command": "tai-mcp", "args": []}}}"#,
        ),
        (
            "servers",
            "a.json",
            "{\n // a comment\n \"servers\": {\"tai\": {\"command\": \"tai-mcp\",},}}",
        ),
        (
            "context_servers",
            "a.json",
            r#"{"context_servers": {"tai": {"command": {"path": "tai-mcp", "args": []}}}}"#,
        ),
        (
            "mcp",
            "a.json",
            r#"{"mcp": {"tai": {"type": "local", "command": ["tai-mcp"]}}}"#,
        ),
        (
            "mcp_servers",
            "a.toml",
            "[mcp_servers.tai]\ncommand = \"tai-mcp\"\n",
        ),
    ] {
        assert_eq!(
            say(key, path, text, None),
            "Ok: /home/alice/file starts tai-mcp | ",
            "{text}"
        );
    }
}

#[test]
fn what_is_wrong_with_a_client_is_named_and_no_password_shown() {
    let with = |server: &str, account| {
        let text = format!(r#"{{"mcpServers": {{"mail": {server}}}}}"#);
        say("mcpServers", "a.json", &text, account)
    };
    let mut page = String::new();
    for said in [
        say("mcpServers", "a.json", "{\"mcpServers\": ", None),
        with(r#"{"command": "other"}"#, None),
        with(
            r#"{"command": "npx", "args": ["-y", "tai-mcp@latest"]}"#,
            None,
        ),
        with(r#"{"command": "/nowhere/tai-mcp"}"#, None),
        with(
            r#"{"command": "tai-mcp", "env": {"NAME": "bob", "PASSWORD": "sandbox-password"}}"#,
            Some("alice"),
        ),
        with(
            r#"{"command": "tai-mcp", "env": {"NAME": "alice", "PASSWORD": "sandbox-password"}}"#,
            Some("alice"),
        ),
        with(
            r#"{"command": "tai-mcp", "env": {"NAME": "${TAI_MCP_USERNAME}", "PASSWORD": "${TAI_MCP_PASSWORD}"}}"#,
            Some("alice"),
        ),
    ] {
        page.push_str(&said);
        page.push('\n');
    }
    assert!(!page.contains("sandbox-password"));
    insta::assert_snapshot!(page, @r#"
    Wrong: /home/alice/file is not valid, so Example reads none of it | Correct its syntax.
    Skipped: /home/alice/file does not mention tai-mcp | 
    Wrong: "mail" in /home/alice/file starts the older Node server with "npx" | Replace the command with tai-mcp, without arguments.
    Wrong: "mail" in /home/alice/file starts "/nowhere/tai-mcp", which is not there | Put the full path of tai-mcp there: `command -v tai-mcp` tells it.
    Wrong: "mail" in /home/alice/file is configured for bob, and taid is alice's | Correct the username there, or give the other account a profile of its own (TAI_MCP_PROFILE).
    Ok: /home/alice/file starts tai-mcp, and has a password in it, which taid does not need once you use `taid login --save` | 
    Ok: /home/alice/file starts tai-mcp |
    "#);
}
