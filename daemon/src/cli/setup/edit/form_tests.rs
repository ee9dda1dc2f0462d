//! Comments, aliases and absent objects at the place of an edit.

use super::{
    tests::{SERVER, add, client, remove},
    *,
};
use tai_proto::names::Profile;

/// Returns the text after an addition that names an instance, and after a removal.
fn changes(slug: &str, before: &str) -> String {
    let server = Server {
        instance: Some("second"),
        ..SERVER
    };
    let shown =
        |result: Result<String, EditError>| result.unwrap_or_else(|error| error.to_string());
    let added = shown(add(client(slug), before, &server));
    let removed = shown(remove(client(slug), before));
    format!("{added}---\n{removed}")
}

#[test]
fn comments_on_a_changed_line_are_kept() {
    insta::assert_snapshot!(changes("codex", "[mcp_servers.other]\ncommand = \"x\"\n\n# mail\n  [mcp_servers.tai] # ours\n  # the bot's mail\n  command = \"/old/tai-mcp\" # pinned by ops\n  # on\n  enabled = false # for now\n  env = { TAI_MCP_INSTANCE = \"desk\" } # why\n\n# next\n[profiles.x]\n"), @r#"
    [mcp_servers.other]
    command = "x"

    # mail
      [mcp_servers.tai] # ours
      # the bot's mail
      command = "/home/alice/.cargo/bin/tai-mcp" # pinned by ops
      # on
      enabled = true # for now
      env = { TAI_MCP_INSTANCE = "second" } # why
    env_vars = ["XDG_RUNTIME_DIR"]

    # next
    [profiles.x]
    ---
    [mcp_servers.other]
    command = "x"

    # mail

    # next
    [profiles.x]
    "#);
    insta::assert_snapshot!(changes("codex", "# mail\n[mcp_servers.tai]\ncommand = \"/old/tai-mcp\"\n# variables\n[mcp_servers.tai.env]\n# who\nTAI_MCP_INSTANCE = 'desk' # why\n# end\n"), @r#"
    # mail
    [mcp_servers.tai]
    command = "/home/alice/.cargo/bin/tai-mcp"
    env_vars = ["XDG_RUNTIME_DIR"]
    # variables
    [mcp_servers.tai.env]
    # who
    TAI_MCP_INSTANCE = "second" # why
    # end
    ---
    # mail
    # end
    "#);
    insta::assert_snapshot!(changes("goose", "extensions:\n  # mail\n  tai: # ours\n    # the bot's mail\n    cmd: /old/tai-mcp # pinned by ops\n    # on\n    enabled: false # for now\n    envs:\n      # who\n      TAI_MCP_INSTANCE: desk # why\n  # next\n  other:\n    cmd: x\n"), @"
    extensions:
      # mail
      tai: # ours
        # the bot's mail
        cmd: /home/alice/.cargo/bin/tai-mcp # pinned by ops
        # on
        enabled: true # for now
        envs:
          # who
          TAI_MCP_INSTANCE: second # why
      # next
      other:
        cmd: x
    ---
    extensions:
      # mail
      # next
      other:
        cmd: x
    ");
    insta::assert_snapshot!(changes("cursor", "{\"mcpServers\": {\n  // mail\n  \"tai\": { // ours\n    // the bot's mail\n    \"command\": /* a */ \"/old/tai-mcp\" /* b */, // pinned by ops\n    // on\n    \"disabled\": true, // for now\n    \"env\": {\"TAI_MCP_INSTANCE\": \"desk\" /* why */}\n  }, // end\n  // next\n  \"other\": {\"command\": \"x\"}\n}}\n"), @r#"
    {"mcpServers": {
      // mail
      "tai": { // ours
        // the bot's mail
        "command": /* a */ "/home/alice/.cargo/bin/tai-mcp" /* b */, // pinned by ops
        // on
        "disabled": false, // for now
        "env": {"TAI_MCP_INSTANCE": "second" /* why */}
      }, // end
      // next
      "other": {"command": "x"}
    }}
    ---
    {"mcpServers": {
      // mail
      // next
      "other": {"command": "x"}
    }}
    "#);
}

#[test]
fn comments_around_a_removed_variable_are_kept() {
    let mut page = String::new();
    for (slug, before) in [
        (
            "codex",
            "[mcp_servers.tai]\ncommand = \"tai-mcp\"\nenv_vars = []\n[mcp_servers.tai.env]\n# who\nTAI_MCP_PROFILE = \"work\"\n# next\nA = \"b\"\n",
        ),
        (
            "codex",
            "[mcp_servers.tai]\ncommand = \"tai-mcp\"\nenv_vars = []\n[mcp_servers.tai.env]\nA = \"b\"\n# who\nTAI_MCP_PROFILE = \"work\"\n# next\n[other]\n",
        ),
        (
            "goose",
            "extensions:\n  tai:\n    cmd: tai-mcp\n    envs:\n      A: b\n      # who\n      TAI_MCP_PROFILE: work\n      # next\n    enabled: true\n",
        ),
        (
            "cursor",
            "{\"mcpServers\": {\"tai\": {\"command\": \"tai-mcp\", \"env\": {\n  // who\n  \"TAI_MCP_PROFILE\": \"work\",\n  // next\n  \"A\": \"b\"\n}}}}\n",
        ),
    ] {
        let default = Profile::default();
        let server = Server {
            command: "tai-mcp",
            profile: Some(&default),
            ..SERVER
        };
        page.push_str(&add(client(slug), before, &server).unwrap());
    }
    insta::assert_snapshot!(page, @r#"
    [mcp_servers.tai]
    command = "tai-mcp"
    env_vars = []
    [mcp_servers.tai.env]
    # who
    # next
    A = "b"
    [mcp_servers.tai]
    command = "tai-mcp"
    env_vars = []
    [mcp_servers.tai.env]
    A = "b"
    # who
    # next
    [other]
    extensions:
      tai:
        cmd: tai-mcp
        envs:
          A: b
          # who
          # next
        enabled: true
    {"mcpServers": {"tai": {"command": "tai-mcp", "env": {
      // who
      // next
      "A": "b"
    }}}}
    "#);
}

#[test]
fn an_entry_without_variables_gets_an_object_for_them() {
    let mut page = String::new();
    for (slug, before) in [
        ("goose", "extensions:\n  tai:\n    cmd: tai-mcp\n"),
        (
            "goose",
            "extensions:\n    tai:\n        cmd: tai-mcp\n        envs:\n",
        ),
        ("goose", "extensions: {tai: {cmd: tai-mcp, envs: {}}}\n"),
        ("codex", "[mcp_servers.tai]\ncommand = \"tai-mcp\"\n"),
        (
            "cursor",
            "{\"mcpServers\": {\"tai\": {\"command\": \"tai-mcp\"}}}\n",
        ),
        (
            "cursor",
            "{\"mcpServers\": {\"tai\": {\"command\": \"tai-mcp\", \"env\": null}}}\n",
        ),
    ] {
        let server = Server {
            command: "tai-mcp",
            instance: Some("true"),
            ..SERVER
        };
        let after = add(client(slug), before, &server).unwrap_or_else(|error| error.to_string());
        page.push_str(&after);
    }
    insta::assert_snapshot!(page, @r#"
    extensions:
      tai:
        cmd: tai-mcp
        envs:
          TAI_MCP_INSTANCE: 'true'
    extensions:
        tai:
            cmd: tai-mcp
            envs:
              TAI_MCP_INSTANCE: 'true'
    extensions: {tai: {cmd: tai-mcp, envs: {TAI_MCP_INSTANCE: 'true'}}}
    [mcp_servers.tai]
    command = "tai-mcp"
    env = { TAI_MCP_INSTANCE = "true" }
    env_vars = ["XDG_RUNTIME_DIR"]
    {"mcpServers": {"tai": {
          "command": "tai-mcp",
          "env": {
            "TAI_MCP_INSTANCE": "true"
          }
        }}}
    {"mcpServers": {"tai": {"command": "tai-mcp", "env": {
            "TAI_MCP_INSTANCE": "true"
          }}}}
    "#);
}

#[test]
fn servers_of_an_alias_stay() {
    let base = "base: &base\n  developer: {type: builtin, enabled: true}\n";
    let ours = "base: &base\n  tai: {cmd: /old/tai-mcp}\n";
    for text in [
        format!("{base}extensions: *base\n"),
        format!("{ours}extensions: *base\n"),
        "base: &base {cmd: /old/tai-mcp}\nextensions:\n  tai: *base\n".to_owned(),
        "base: &base {A: b}\nextensions:\n  tai: {cmd: tai-mcp, envs: *base}\n".to_owned(),
        "extensions:\n  tai: &x {cmd: /old/tai-mcp}\nother: *x\n".to_owned(),
    ] {
        let server = Server {
            instance: Some("second"),
            ..SERVER
        };
        let added = add(client("goose"), &text, &server);
        assert_eq!(added, Err(EditError::Unsupported), "{text}");
    }
    let anchor = "extensions:\n  tai: &x {cmd: /old/tai-mcp}\nother: *x\n";
    let kept = "extensions: {}\nother: &x {cmd: /old/tai-mcp}\n";
    assert_eq!(remove(client("goose"), anchor).unwrap(), kept);
    let alias = "other: &x {cmd: /old/tai-mcp}\nextensions:\n  tai: *x\n  a: {cmd: b}\n";
    let removed = remove(client("goose"), alias).unwrap();
    assert_eq!(removed, alias.replace("  tai: *x\n", ""));
    let merged = format!("{base}extensions:\n  <<: *base\n");
    insta::assert_snapshot!(add(client("goose"), &merged, &SERVER).unwrap(), @"
    base: &base
      developer: {type: builtin, enabled: true}
    extensions:
      <<: *base
      tai:
        name: tai
        type: stdio
        enabled: true
        cmd: '/home/alice/.cargo/bin/tai-mcp'
        args: []
        envs:
          TAI_MCP_INSTANCE: desk
        timeout: 300
    ");
}
