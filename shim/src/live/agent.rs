//! The command lines of the agents: each starts with the tools of tai-mcp alone, or with none, and
//! reads its prompt from standard input. No permission of an agent is skipped.

use super::{
    program::{Capture, Ended, Leftovers, run},
    server::Server,
    workspace::Workspace,
};
use crate::tools;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{io, path::Path, time::Duration};
use tai_proto::{Fault, FaultCode, Hint};
use tokio::process::Command;

/// Time limit of a query of the agent's configuration.
const QUERY_LIMIT: Duration = Duration::from_secs(60);
/// Features of Codex that give the model tools of its own.
const CODEX_TOOLS: [&str; 11] = [
    "shell_tool",
    "unified_exec",
    "view_image",
    "image_generation",
    "multi_agent",
    "apps",
    "plugins",
    "goals",
    "browser_use",
    "computer_use",
    "in_app_browser",
];

/// An agent that can be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agent {
    /// Claude Code.
    Claude,
    /// Codex CLI.
    Codex,
    /// Gemini CLI.
    Gemini,
    /// opencode.
    Opencode,
}

/// Returns the name of an agent's executable.
pub(super) fn program(agent: Agent) -> &'static str {
    match agent {
        Agent::Claude => "claude",
        Agent::Codex => "codex",
        Agent::Gemini => "gemini",
        Agent::Opencode => "opencode",
    }
}

/// Reason why an agent was not run.
#[derive(Debug)]
pub(super) enum NotRun {
    /// The system did not start the agent.
    System(io::Error),
    /// Something that the agent needs is not there.
    Unprepared(Fault),
}

impl From<io::Error> for NotRun {
    fn from(error: io::Error) -> Self {
        NotRun::System(error)
    }
}

impl From<Fault> for NotRun {
    fn from(fault: Fault) -> Self {
        NotRun::Unprepared(fault)
    }
}

/// Returns the fault of a machine on which an agent cannot be run.
pub(super) fn unprepared(agent: Agent, home: Option<&Path>) -> Option<Fault> {
    workspace(agent, home).err()
}

/// Returns the directory in which an agent runs. In a project, it would run the hooks and plugins and follow
/// the instructions of its files.
fn workspace(agent: Agent, home: Option<&Path>) -> Result<Workspace, Fault> {
    match agent {
        Agent::Gemini => Workspace::of_one_run(home),
        Agent::Claude | Agent::Codex | Agent::Opencode => Workspace::lasting(home),
    }
}

/// Runs an agent once. Without a server it has no tools. `home` is the home directory of `--home`.
///
/// # Errors
/// The reason why the agent was not run.
pub(super) async fn run_agent(
    agent: Agent,
    server: Option<&Server>,
    home: Option<&Path>,
    prompt: &str,
    limit: Duration,
) -> Result<Ended, NotRun> {
    let workspace = workspace(agent, home)?;
    let mut command = Command::new(program(agent));
    command.current_dir(workspace.path());
    match agent {
        Agent::Claude => {
            command
                .args(claude(server))
                // The content of a file that a prompt names is not added to it.
                .env("CLAUDE_CODE_DISABLE_ATTACHMENTS", "1");
        }
        Agent::Codex => {
            let others = codex_servers(workspace.path()).await?;
            command.args(codex(server, &others));
        }
        Agent::Gemini => {
            workspace.write(".gemini", "settings.json", &gemini(server).to_string())?;
            // Without a server, no server has the name.
            let allowed = match server {
                Some(_) => "tai".to_owned(),
                None => format!("none-{}", tools::nonce()),
            };
            command
                .args(["--approval-mode", "default"])
                .args(["--allowed-mcp-server-names", &allowed])
                .args(["--output-format", "text"])
                // The workspace has only the file above.
                .env("GEMINI_CLI_TRUST_WORKSPACE", "true");
        }
        Agent::Opencode => {
            let name = format!("tai-live-{}", tools::nonce());
            let config = opencode(server, &name).to_string();
            command
                .args(["run", "--agent", &name])
                .env("OPENCODE_CONFIG_CONTENT", config);
        }
    }
    // The servers and helpers of an agent could otherwise answer after the next run began.
    let ended = run(command, prompt, Capture::Both, Leftovers::Killed, limit).await;
    drop(workspace);
    Ok(ended?)
}

/// Returns the arguments of Claude Code.
fn claude(server: Option<&Server>) -> Vec<String> {
    let mut arguments = vec!["-p", "--output-format", "text", "--strict-mcp-config"];
    // Keeps the email out of the sessions that the user can continue.
    arguments.push("--no-session-persistence");
    // Removes the built-in tools.
    arguments.extend(["--tools", ""]);
    let mut arguments: Vec<String> = arguments.into_iter().map(str::to_owned).collect();
    if let Some(server) = server {
        let servers = json!({"mcpServers": {"tai": {
            "type": "stdio",
            "command": server.command,
            "args": server.arguments,
            "env": server.variables,
        }}});
        arguments.extend(["--mcp-config".to_owned(), servers.to_string()]);
        arguments.extend(["--allowedTools".to_owned(), "mcp__tai".to_owned()]);
    }
    arguments
}

/// Returns the arguments of Codex. `others` are the servers of its configuration.
fn codex(server: Option<&Server>, others: &[String]) -> Vec<String> {
    // Without `--ephemeral`, the email stays in a session file, which memories of later sessions use.
    let arguments = ["exec", "--ephemeral", "--skip-git-repo-check"];
    let arguments = arguments.into_iter().chain(["--sandbox", "read-only"]);
    let mut arguments: Vec<String> = arguments.map(str::to_owned).collect();
    arguments.extend(["--color".to_owned(), "never".to_owned()]);
    let features = CODEX_TOOLS.map(|feature| format!("{feature}=false"));
    let mut settings = vec![
        "approval_policy=\"never\"".to_owned(),
        "web_search=\"disabled\"".to_owned(),
        format!("features={{{}}}", features.join(",")),
    ];
    let others = others
        .iter()
        .filter(|name| *name != "tai" || server.is_none());
    settings.extend(others.map(|name| format!("mcp_servers.{name}.enabled=false")));
    if let Some(server) = server {
        // A TOML string may be written as a JSON string.
        let variables = server.variables.iter();
        let variables = variables.map(|(name, value)| format!("{name}={}", json!(value)));
        settings.push(format!(
            "mcp_servers.tai={{command={},args={},env={{{}}},enabled=true,\
             default_tools_approval_mode=\"approve\"}}",
            json!(server.command),
            json!(server.arguments),
            variables.collect::<Vec<_>>().join(",")
        ));
    }
    for setting in settings {
        arguments.extend(["-c".to_owned(), setting]);
    }
    // Reads the prompt from standard input.
    arguments.push("-".to_owned());
    arguments
}

/// Entry of `codex mcp list --json`.
#[derive(Deserialize)]
struct CodexServer {
    name: String,
}

/// Returns the names of the MCP servers in the configuration of Codex, which merges its tables, so
/// that each one is disabled by its name.
async fn codex_servers(dir: &Path) -> Result<Vec<String>, NotRun> {
    let mut command = Command::new(program(Agent::Codex));
    command.args(["mcp", "list", "--json"]).current_dir(dir);
    let Ended { result, output, .. } =
        run(command, "", Capture::Both, Leftovers::Killed, QUERY_LIMIT).await?;
    Ok(result.and_then(|()| names(&output)).map_err(|why| {
        let what = "cannot disable the MCP servers of codex";
        Fault::new(FaultCode::BadRequest, what)
            .because(why)
            .hint(Hint::reader(
                "run `codex mcp list --json` and correct its configuration",
            ))
    })?)
}

/// Returns the names in a list of MCP servers; the reason as a clause if one cannot be disabled.
fn names(list: &[u8]) -> Result<Vec<String>, String> {
    let servers: Vec<CodexServer> =
        serde_json::from_slice(list).map_err(|error| error.to_string())?;
    let names: Vec<String> = servers.into_iter().map(|server| server.name).collect();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    match names.iter().find(|name| !name.chars().all(is_plain)) {
        Some(name) => Err(format!("the name {name:?} cannot be part of a setting")),
        None => Ok(names),
    }
}

/// Returns the settings of Gemini CLI's workspace. The list of core tools applies to MCP tools, too, and
/// the empty list of allowed tools replaces the user's, which would take precedence over it.
fn gemini(server: Option<&Server>) -> Value {
    match server {
        Some(server) => json!({
            "mcpServers": {"tai": {
                "command": server.command,
                "args": server.arguments,
                "env": server.variables,
                // Approves the tools of this server.
                "trust": true,
            }},
            "mcp": {"allowed": ["tai"]},
            "tools": {"core": ["mcp_tai_*"], "allowed": []},
        }),
        None => json!({"mcp": {"allowed": []}, "tools": {"core": [], "allowed": []}}),
    }
}

/// Returns the configuration of opencode, which is merged into the user's files. The last permission
/// that matches a tool decides. The permissions of an agent come after all others, and no file of the
/// user has an agent with this new name.
fn opencode(server: Option<&Server>, name: &str) -> Value {
    let agent = |permission: Value| json!({name: {"mode": "primary", "permission": permission}});
    match server {
        Some(server) => {
            let mut command = vec![server.command.clone()];
            command.extend(server.arguments.iter().cloned());
            json!({
                "mcp": {"tai": {
                    "type": "local",
                    "command": command,
                    "environment": server.variables,
                    "enabled": true,
                }},
                "agent": agent(json!({"*": "deny", "tai_*": "allow"})),
                "default_agent": name,
            })
        }
        None => json!({"agent": agent(json!({"*": "deny"})), "default_agent": name}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> Server {
        Server {
            command: "/opt/tai \"x\"/tai-mcp".into(),
            arguments: vec!["--home".into(), "/h".into()],
            variables: [("TAI_MCP_INSTANCE", "desk".to_owned())].into(),
        }
    }

    #[test]
    fn each_agent_has_the_tools_of_this_server_alone() {
        let server = server();
        let page = [
            claude(Some(&server)).join(" "),
            codex(Some(&server), &["other".into(), "tai".into()]).join(" "),
            gemini(Some(&server)).to_string(),
            opencode(Some(&server), "tai-live-NONCE").to_string(),
        ];
        insta::assert_snapshot!(page.join("\n"), @r#"
        -p --output-format text --strict-mcp-config --no-session-persistence --tools  --mcp-config {"mcpServers":{"tai":{"type":"stdio","command":"/opt/tai \"x\"/tai-mcp","args":["--home","/h"],"env":{"TAI_MCP_INSTANCE":"desk"}}}} --allowedTools mcp__tai
        exec --ephemeral --skip-git-repo-check --sandbox read-only --color never -c approval_policy="never" -c web_search="disabled" -c features={shell_tool=false,unified_exec=false,view_image=false,image_generation=false,multi_agent=false,apps=false,plugins=false,goals=false,browser_use=false,computer_use=false,in_app_browser=false} -c mcp_servers.other.enabled=false -c mcp_servers.tai={command="/opt/tai \"x\"/tai-mcp",args=["--home","/h"],env={TAI_MCP_INSTANCE="desk"},enabled=true,default_tools_approval_mode="approve"} -
        {"mcpServers":{"tai":{"command":"/opt/tai \"x\"/tai-mcp","args":["--home","/h"],"env":{"TAI_MCP_INSTANCE":"desk"},"trust":true}},"mcp":{"allowed":["tai"]},"tools":{"core":["mcp_tai_*"],"allowed":[]}}
        {"mcp":{"tai":{"type":"local","command":["/opt/tai \"x\"/tai-mcp","--home","/h"],"environment":{"TAI_MCP_INSTANCE":"desk"},"enabled":true}},"agent":{"tai-live-NONCE":{"mode":"primary","permission":{"*":"deny","tai_*":"allow"}}},"default_agent":"tai-live-NONCE"}
        "#);
    }

    #[test]
    fn an_agent_whose_output_is_sent_has_no_tools() {
        let page = [
            claude(None).join(" "),
            codex(None, &["other".into(), "tai".into()]).join(" "),
            gemini(None).to_string(),
            opencode(None, "tai-live-NONCE").to_string(),
        ];
        insta::assert_snapshot!(page.join("\n"), @r#"
        -p --output-format text --strict-mcp-config --no-session-persistence --tools 
        exec --ephemeral --skip-git-repo-check --sandbox read-only --color never -c approval_policy="never" -c web_search="disabled" -c features={shell_tool=false,unified_exec=false,view_image=false,image_generation=false,multi_agent=false,apps=false,plugins=false,goals=false,browser_use=false,computer_use=false,in_app_browser=false} -c mcp_servers.other.enabled=false -c mcp_servers.tai.enabled=false -
        {"mcp":{"allowed":[]},"tools":{"core":[],"allowed":[]}}
        {"agent":{"tai-live-NONCE":{"mode":"primary","permission":{"*":"deny"}}},"default_agent":"tai-live-NONCE"}
        "#);
    }

    #[test]
    fn a_list_of_servers_that_cannot_be_disabled_is_an_error() {
        assert_eq!(names(b"[{\"name\":\"a-b\"}]"), Ok(vec!["a-b".to_owned()]));
        let errors = [&b"[{\"name\":\"a.b\"}]"[..], b"none"].map(|list| names(list).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r#"
        the name "a.b" cannot be part of a setting
        expected ident at line 1 column 2
        "#);
    }

    #[test]
    fn no_command_line_skips_a_permission() {
        let server = server();
        for server in [Some(&server), None] {
            let all = [claude(server), codex(server, &[])].concat().join(" ");
            for word in ["dangerously", "yolo", "bypass", "danger-full"] {
                assert!(!all.contains(word), "{all}");
            }
        }
    }
}
