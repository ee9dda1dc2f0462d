//! Command line of tai-mcp.
//!
//! The generator of manual pages and completions includes this file, so it uses clap alone.

use clap::{Parser, Subcommand, ValueEnum};
use std::{ffi::OsString, path::PathBuf};
use tai_proto::names::MailId;

const AFTER_HELP: &str = "Examples:
  tai-mcp setup                set up your MCP clients
  tai-mcp login alice --save   sign in
  tai-mcp live --instance desk --agent claude

Environment variables, all optional:
  TAI_MCP_INSTANCE       name of this agent, the first part of its address
  TAI_MCP_USEREMAIL      default recipient
  TAI_MCP_USERNAME       account to use; tai-mcp starts a taid for it if the
                         default one has another account
  TAI_MCP_PASSWORD       password of that account, for a taid that has none
  TAI_MCP_API_BASE_URL   bridge to use; calls fail if taid uses another one
  TAI_MCP_API_TIMEOUT    time limit of a request to the bridge in milliseconds,
                         for the taid that is started for that account
  TAI_MCP_POLL_INTERVAL  interval of polls in milliseconds, for the same taid
  TAI_MCP_LOG_LEVEL      level of the same taid; warn or error also suppresses
                         the start message of tai-mcp
  TAI_MCP_PROFILE        profile of taid to use; calls fail if it has another
                         account
  TAI_MCP_SOCKET         socket of a running taid, such as a mounted one
  TAI_MCP_AUTOSTART      0 disables the start of taid; 1 permits it in a sandbox

If NAME and PASSWORD are both set, and TAI_MCP_USERNAME and TAI_MCP_PASSWORD are
not, they are the account, and INSTANCE, USEREMAIL, API_BASE_URL, API_TIMEOUT,
POLL_INTERVAL and LOG_LEVEL count too.";

const LIVE_EXAMPLES: &str = "Examples:
  tai-mcp live --instance desk | jq -r .subject
  tai-mcp live --instance desk --agent claude
  tai-mcp live --instance desk --agent codex --prompt 'Book it.'
  tai-mcp live --instance desk --exec ./answer.py --model small";

/// MCP server for TAI mail
///
/// MCP clients run tai-mcp without arguments. It speaks MCP on standard input and output, and
/// forwards each call to taid, the daemon that is signed in. If taid is not running, the first
/// call starts it in the background. Every command of taid works as a command of tai-mcp, for
/// installations without `taid` on PATH.
#[derive(Default, Parser)]
#[command(name = "tai-mcp", version = tai_proto::release::VERSION, max_term_width = 80, after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Directory to use as the home directory, for tests and trials
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// Answer the email with this ID alone, at most once, and mark, delete and wait for no email; `live`
    /// passes it to the agents that it starts
    #[arg(long, value_name = "ID")]
    pub(crate) answer: Option<MailId>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Wait for emails; print each as a line of JSON, or start an agent or a program for it
    ///
    /// Starts with the unread emails. An email is marked read once it has been printed, the program
    /// has exited with status 0, or the agent has answered it or said that no answer is needed.
    /// Otherwise it is retried after 10 seconds, then at intervals that double up to 10 minutes,
    /// without holding up the other emails. With --agent or --reply, an email on which five runs failed
    /// stays unread, and is retried when live is started again.
    ///
    /// The account and the profile come from TAI_MCP_USERNAME and TAI_MCP_PROFILE, as for an MCP
    /// client.
    #[command(after_help = LIVE_EXAMPLES)]
    Live(LiveArgs),
    /// Sign in: runs `taid login`
    #[command(disable_help_flag = true)]
    Login(Forwarded),
    /// Create an account: runs `taid register`
    #[command(disable_help_flag = true)]
    Register(Forwarded),
    /// Add tai-mcp to the configurations of your MCP clients: runs `taid setup`
    #[command(disable_help_flag = true)]
    Setup(Forwarded),
    /// Show the account, the session, the bridge and the connected clients: runs `taid status`
    #[command(disable_help_flag = true)]
    Status(Forwarded),
    /// Check the whole setup and suggest fixes: runs `taid doctor`
    #[command(disable_help_flag = true)]
    Doctor(Forwarded),
    /// Any other command of taid, such as logout, inbox, approve or stop
    #[command(external_subcommand)]
    Other(Vec<OsString>),
}

/// Arguments of a command that taid runs.
#[derive(clap::Args)]
pub(crate) struct Forwarded {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<OsString>,
}

/// Arguments of `tai-mcp live`.
#[derive(clap::Args)]
pub(crate) struct LiveArgs {
    /// Instance whose emails are handled [env: TAI_MCP_INSTANCE]
    #[arg(long, value_name = "NAME")]
    pub(crate) instance: Option<String>,
    /// Installed agent to start for each email, with the tools of tai-mcp and no others
    ///
    /// The agent uses the instance, the account and the profile of this command. No permission of
    /// the agent is skipped.
    #[arg(long, value_name = "AGENT", group = "handler")]
    pub(crate) agent: Option<Agent>,
    /// Task of the agent, instead of answering the email
    #[arg(long, value_name = "TEXT", requires = "agent")]
    pub(crate) prompt: Option<String>,
    /// Send the standard output of the agent or program as the answer, in Markdown
    ///
    /// The agent gets no tools. An empty output is no answer. An email from an address of a program or a list
    /// gets no answer and stays unread.
    #[arg(long, requires = "handler")]
    pub(crate) reply: bool,
    /// Time limit of the agent or program for one email, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = seconds)]
    pub(crate) time_limit: u64,
    /// Program to run for each email, with the email as JSON on its standard input
    ///
    /// All following arguments are passed to the program. It runs without a shell, for one email
    /// at a time.
    #[arg(long, value_name = "PROGRAM", num_args = 1.., allow_hyphen_values = true, group = "handler")]
    pub(crate) exec: Vec<OsString>,
}

/// Agents that `tai-mcp live` can start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Agent {
    /// Claude Code
    Claude,
    /// Codex CLI
    Codex,
    /// Gemini CLI
    Gemini,
    /// opencode
    Opencode,
}

/// Parses the time limit of a mail.
fn seconds(text: &str) -> Result<u64, &'static str> {
    let seconds = text.parse().ok();
    let seconds = seconds.filter(|seconds| (1..=86_400).contains(seconds));
    seconds.ok_or("expected a number from 1 to 86400, such as 300")
}
