//! `taid doctor --as CLIENT`: starts the configured server as the client does, speaks MCP to it,
//! and says what breaks. tai-mcp gets the variables that the client would pass, and nothing more:
//! a password in the entry goes where it goes with the real client.

mod launch;
mod mcp;
mod references;
pub(super) mod rules;

use super::{
    check::{Check, ok, skipped, wrong},
    mcp_clients,
    running::Daemon,
    session,
};
use crate::cli::{
    error::CliError,
    others::others,
    setup::{
        self, edit,
        entry::{Entry, ServerKind, entries, main_of},
        registry::{CLIENTS, McpClient},
    },
    target::Target,
    user_dirs::{UserDirs, XDG_CONFIG_HOME},
};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use launch::{Environment, Launch, Subject};
use rules::{RULES, Rule};
use serde_json::Value;
use std::{
    path::Path,
    time::{Duration, SystemTime},
};
use tai_proto::{places::Places, status::Status};
use tokio::time::{Instant, sleep};

/// Tools of tai-mcp.
const TOOLS: usize = tai_proto::Tool::ALL.len();
/// Time in which a session signs in.
const SIGN_IN: Duration = Duration::from_secs(20);
/// Interval of questions for the session.
const ASK_EVERY: Duration = Duration::from_millis(250);

/// Returns the parser of the argument.
pub(super) fn parser() -> impl TypedValueParser<Value = &'static Rule> {
    PossibleValuesParser::new(RULES.iter().map(|rule| rule.slug)).try_map(|slug| {
        let known = RULES.iter().find(|rule| rule.slug == slug);
        known.ok_or("unknown client")
    })
}

/// Runs the checks of one client.
///
/// # Errors
/// The home directory or tai-mcp cannot be found.
pub(super) async fn examine(rule: &'static Rule, target: &Target) -> Result<Vec<Check>, CliError> {
    let client = CLIENTS.iter().find(|client| client.slug == rule.slug);
    let mut checks = Vec::new();
    let found = match client {
        Some(client) => {
            let dirs = UserDirs::of(&target.places).ok_or_else(CliError::no_home)?;
            configured(client, &dirs, target)
        }
        None => Ok(installed()?),
    };
    let entry = match found {
        Ok((check, entry)) => {
            checks.push(check);
            entry
        }
        Err(check) => return Ok(vec![check]),
    };
    let subject = Subject {
        name: client.map_or("a program with an MCP SDK", |client| client.name),
        rule,
        entry: &entry,
    };
    let (planned, launch) = launch::plan(&subject, &shell(&target.places));
    checks.extend(planned);
    if let Some(mut launch) = launch {
        launch.arguments.extend(in_home(&entry, &target.places));
        converse(launch, target, &mut checks).await;
    }
    if let Some(client) = client {
        let notes = client.notes(entry.approves_tools);
        checks.extend(notes.map(|note| skipped("note", note)));
    }
    Ok(checks)
}

/// Returns the environment of a client that is started in this shell. With `--home` the client has
/// that home directory, and no variable leads it to another one.
fn shell(places: &Places) -> Environment {
    let mut shell: Environment = std::env::vars_os().collect();
    if let Some(home) = places.given_home() {
        shell.retain(|name, _| name != XDG_CONFIG_HOME && name != "XDG_RUNTIME_DIR");
        shell.insert("HOME".into(), home.into());
    }
    shell
}

/// Returns the further arguments of a trial with `--home`: without them, tai-mcp would start a daemon in
/// the user's own home directory, which it does not take from the environment.
fn in_home(entry: &Entry, places: &Places) -> Vec<String> {
    let named = entry
        .arguments
        .iter()
        .any(|word| word.starts_with("--home"));
    let home = places.given_home().and_then(Path::to_str);
    match (&entry.server, &entry.behind, home) {
        (ServerKind::TaiMcp, None, Some(home)) if !named => {
            vec!["--home".to_owned(), home.to_owned()]
        }
        _ => Vec::new(),
    }
}

/// Returns the entry of a client, or the check that says why there is none.
fn configured(
    client: &McpClient,
    dirs: &UserDirs,
    target: &Target,
) -> Result<(Check, Entry), Check> {
    let name = "entry";
    let file = client.file(dirs);
    let place = file.described();
    let remedy = format!("`tai-mcp setup {}`", client.slug);
    let text = match mcp_clients::configuration(&file.path) {
        Ok(Some(text)) => text,
        Ok(None) => return Err(wrong(name, format!("{place} does not exist"), remedy)),
        Err(error) => {
            let found = format!("{place} cannot be read: {error}");
            return Err(wrong(name, found, mcp_clients::UNREADABLE));
        }
    };
    let servers = edit::servers(client, &text)
        .map_err(|error| wrong(name, format!("{place}: {error}"), "correct the file"))?;
    let entries = entries(&servers);
    match main_of(&entries) {
        None => Err(wrong(name, format!("{place} has no tai-mcp"), remedy)),
        Some(entry) if entry.server == ServerKind::Node => Err(wrong(
            name,
            format!(
                "{:?} in {place} starts tai-mcp through {:?}, as the older Node server",
                entry.key, entry.command
            ),
            "replace the command with tai-mcp, without arguments",
        )),
        Some(entry) => {
            let found = format!("{:?} in {place}", entry.key);
            match entry.off {
                Some(setting) => {
                    let found = format!("{found} is switched off with \"{setting}\"");
                    Err(wrong(name, found, mcp_clients::setup_of(client, target)))
                }
                None => Ok((ok(name, found), entry.clone())),
            }
        }
    }
}

/// Returns the entry of a program that starts the installed tai-mcp.
fn installed() -> Result<(Check, Entry), CliError> {
    let command = setup::tai_mcp()?;
    let entry = Entry {
        key: "tai".to_owned(),
        command,
        arguments: Vec::new(),
        env: Vec::new(),
        env_vars: Vec::new(),
        server: ServerKind::TaiMcp,
        behind: None,
        off: None,
        approves_tools: false,
    };
    Ok((skipped("entry", "a program names the server itself"), entry))
}

/// Starts the server and checks its answers.
async fn converse(launch: Launch, target: &Target, checks: &mut Vec<Check>) {
    let mut command = tokio::process::Command::new(&launch.program);
    command
        .args(&launch.arguments)
        .env_clear()
        .envs(&launch.env);
    let remedy = "run the command in a terminal to see its errors";
    let mut server = match mcp::Server::start(command).await {
        Ok(server) => server,
        Err(error) => {
            checks.push(wrong("start", error.to_string(), remedy));
            return;
        }
    };
    checks.push(ok("start", "tai-mcp speaks MCP"));
    checks.push(match server.count_tools().await {
        Ok(TOOLS) => ok("tools", format!("{TOOLS} tools")),
        Ok(tools) => wrong(
            "tools",
            format!("{tools} tools instead of {TOOLS}"),
            "install taid and tai-mcp from one release",
        ),
        Err(error) => wrong("tools", error.to_string(), remedy),
    });
    let answer = session_of(&mut server).await;
    if let Answer::Failed(problem) = answer {
        checks.push(wrong("daemon", problem, "`taid doctor` checks the daemon"));
        return;
    }
    let ours = Daemon::look(target).await;
    let others = others(target).await;
    let pid = server.pid();
    let serves = |status: &&Status| status.clients.iter().any(|client| client.pid == pid);
    let others = others.iter().map(|(_, status)| status);
    let theirs = others.chain(ours.status()).find(serves);
    checks.extend(daemon(theirs, ours.status()));
    let name = "login";
    checks.push(match (answer, theirs) {
        (Answer::SignedIn(username), _) => ok(name, format!("taid is signed in as {username}")),
        // The daemon has the words for a person.
        (_, Some(status)) => session::login(status, SystemTime::now()),
        (Answer::NotSignedIn(problem) | Answer::Failed(problem), None) => {
            wrong(name, problem, "`taid login`")
        }
    });
}

/// Answer of the tool `session_status`.
enum Answer {
    /// Username of the session.
    SignedIn(String),
    /// Problem of the session, in words for an agent.
    NotSignedIn(String),
    /// Error of the call: tai-mcp has no daemon, or it refuses the client.
    Failed(String),
}

/// Waits until the session is not signing in.
async fn session_of(server: &mut mcp::Server) -> Answer {
    let deadline = Instant::now() + SIGN_IN;
    loop {
        let result = match server.call(tai_proto::Tool::SessionStatus.name()).await {
            Ok(result) => result,
            Err(error) => return Answer::Failed(error.to_string()),
        };
        if result.is_error {
            return Answer::Failed(without_hint(&result.text));
        }
        let text = |key: &str| result.structured.get(key).and_then(Value::as_str);
        match text("session").unwrap_or("unknown") {
            "live" => return Answer::SignedIn(text("username").unwrap_or_default().to_owned()),
            "signing_in" if Instant::now() < deadline => sleep(ASK_EVERY).await,
            state => return Answer::NotSignedIn(text("problem").unwrap_or(state).to_owned()),
        }
    }
}

/// Returns the error and the cause of a failed tool. Its hint is for an agent.
fn without_hint(text: &str) -> String {
    let lines = text.lines().filter_map(|line| {
        let (kind, rest) = line.split_once(": ").unwrap_or(("", line));
        (kind != "hint").then_some(rest)
    });
    lines.collect::<Vec<_>>().join(": ")
}

/// Describes the daemon that serves tai-mcp, and that of this shell if it is another one. A daemon
/// lists each client by its process id.
fn daemon(theirs: Option<&Status>, ours: Option<&Status>) -> Vec<Check> {
    let name = "daemon";
    let described = |status: &Status| {
        let account = status.account.username.as_deref().unwrap_or("no account");
        let (daemon, bridge) = (&status.daemon, &status.bridge.url);
        format!(
            "pid {}, profile {}, {account} at {bridge}",
            daemon.pid, daemon.profile
        )
    };
    let Some(theirs) = theirs else {
        return vec![wrong(
            name,
            "tai-mcp calls a taid that this shell does not find",
            "compare HOME, TAI_MCP_SOCKET and TAI_MCP_PROFILE of the entry with this shell's",
        )];
    };
    let mut checks = vec![ok(name, described(theirs))];
    if let Some(ours) = ours.filter(|ours| ours.daemon.pid != theirs.daemon.pid) {
        let found = format!("has another taid: {}", described(ours));
        checks.push(skipped("this shell", found));
    }
    checks
}
