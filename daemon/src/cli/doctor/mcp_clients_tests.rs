//! Checks of typical client configurations.

use super::*;
use crate::cli::setup::registry::{Base, EntryForm, Format};

fn result(key: &'static str, path: &'static str, text: &str, account: Option<&str>) -> String {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("tai-mcp"), "").unwrap();
    let client: &'static McpClient = Box::leak(Box::new(McpClient {
        name: "Example",
        slug: "example",
        base: Base::Home,
        path,
        variable: None,
        other_name: None,
        sign: None,
        program: None,
        notes: &[],
        approval_notes: None,
        key,
        format: match path.ends_with(".toml") {
            true => Format::Toml,
            false => Format::Json(EntryForm::Plain),
        },
    }));
    let file = Path::new("/home/alice/file");
    let read = Read {
        client,
        file,
        text,
        remedy: "`taid setup example`".to_owned(),
    };
    let check = check(read, account, dir.path().as_os_str());
    let fix = match check.repair {
        Some(Repair::SetUp(to)) if to == client => " | --fix",
        Some(other) => panic!("{other:?}"),
        None => "",
    };
    format!("{:?}: {} | {}{fix}", check.state, check.found, check.remedy)
}

#[test]
fn each_form_of_configuration_is_read() {
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
            result(key, path, text, None),
            "Ok: /home/alice/file starts tai-mcp | ",
            "{text}"
        );
    }
}

#[test]
fn each_problem_of_a_client_has_a_remedy_and_no_password_is_shown() {
    let with = |server: &str, account| {
        let text = format!(r#"{{"mcpServers": {{"mail": {server}}}}}"#);
        result("mcpServers", "a.json", &text, account)
    };
    let mut page = String::new();
    for line in [
        result("mcpServers", "a.json", "{\"mcpServers\": ", None),
        with(r#"{"command": "other"}"#, None),
        with(
            r#"{"command": "npx", "args": ["-y", "tai-mcp@latest"]}"#,
            None,
        ),
        with(r#"{"command": "/nowhere/tai-mcp"}"#, None),
        with(
            r#"{"command": "/usr/bin/env", "args": ["TAI_MCP_INSTANCE=desk", "/nowhere/tai-mcp"]}"#,
            None,
        ),
        with(r#"{"command": "/usr/bin/env", "args": ["tai-mcp"]}"#, None),
        with(
            r#"{"command": "/gone/op", "args": ["run", "--", "tai-mcp"]}"#,
            None,
        ),
        with(
            r#"{"command": "/bin/sh", "args": ["-c", "/usr/bin/env A=1 /usr/bin/tai-mcp"]}"#,
            None,
        ),
        with(r#"{"command": "tai-mcp", "disabled": true}"#, None),
        with(
            r#"{"command": "tai-mcp"}, "old": {"command": "/nowhere/tai-mcp", "enabled": false}"#,
            None,
        ),
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
        page.push_str(&line);
        page.push('\n');
    }
    assert!(!page.contains("sandbox-password"));
    insta::assert_snapshot!(page, @r#"
    Wrong: /home/alice/file has a syntax error, so Example ignores it | correct its syntax
    Skipped: /home/alice/file has no entry of tai-mcp | 
    Wrong: "mail" in /home/alice/file starts tai-mcp through "npx", as the older Node server | `taid setup example` | --fix
    Wrong: "mail" in /home/alice/file starts "/nowhere/tai-mcp", which does not exist | `taid setup example` | --fix
    Wrong: "mail" in /home/alice/file starts "/nowhere/tai-mcp", which does not exist | correct the path
    Ok: /home/alice/file starts tai-mcp | 
    Wrong: "mail" in /home/alice/file starts "/gone/op", which does not exist | correct the path
    Ok: /home/alice/file starts tai-mcp | 
    Wrong: "mail" in /home/alice/file is switched off with "disabled" | `taid setup example` | --fix
    Ok: /home/alice/file starts tai-mcp | 
    Wrong: "mail" in /home/alice/file is configured for bob, but taid is signed in as alice | correct the username, or set TAI_MCP_PROFILE to another profile for the other account
    Ok: /home/alice/file starts tai-mcp and contains a password; with `taid login --save` it needs none | 
    Ok: /home/alice/file starts tai-mcp |
    "#);
}

#[test]
fn an_entry_of_a_single_folder_that_starts_the_node_server_is_found() {
    let client = CLIENTS.iter().find(|client| client.slug == "claude-code");
    let found = |entry: &str| {
        let text = format!(
            r#"{{"projects": {{"/a": {{}}, "/b": {{"mcpServers": {{"mail": {entry}}}}}}}, "mcpServers": {{}}}}"#
        );
        let read = Read {
            client: client.unwrap(),
            file: Path::new("/home/alice/.claude.json"),
            text: &text,
            remedy: String::new(),
        };
        of_folder(&read, None, OsStr::new("/nonexistent"))
    };
    let node = found(r#"{"command": "npx", "args": ["-y", "tai-mcp-server"]}"#).unwrap();
    insta::assert_snapshot!(format!("{} -> {}", node.found, node.remedy), @r#""mail" of the folder /b in /home/alice/.claude.json starts tai-mcp through "npx", as the older Node server -> `claude mcp remove mail -s local` in that folder"#);
    assert_eq!(found(r#"{"command": "npx", "args": ["other"]}"#), None);
}

#[test]
fn a_configuration_that_cannot_be_read_is_a_problem_and_not_absent() {
    let home = tempfile::tempdir().unwrap();
    let target = Target::new(None, Some(home.path()), None).unwrap();
    let file = home.path().join(".cursor/mcp.json");
    let page = || {
        let mut page = String::new();
        for check in examine(&Daemon::Absent, &target) {
            let found = check.found.replace(home.path().to_str().unwrap(), "HOME");
            page.push_str(&format!(
                "{:?} {}: {found} | {}\n",
                check.state, check.name, check.remedy
            ));
        }
        page
    };
    let mut pages = page();
    std::fs::create_dir_all(&file).unwrap();
    pages.push_str(&page());
    std::fs::remove_dir(&file).unwrap();
    std::fs::write(&file, [0xff, 0xfe, 0]).unwrap();
    pages.push_str(&page());
    insta::assert_snapshot!(pages, @"
    Skipped clients: no configuration of a known client was found | `taid setup CLIENT`
    Wrong client Cursor: HOME/.cursor/mcp.json cannot be read: not a regular file | make it a readable text file in UTF-8, or move it away
    Wrong client Cursor: HOME/.cursor/mcp.json cannot be read: not UTF-8 | make it a readable text file in UTF-8, or move it away
    ");
}
