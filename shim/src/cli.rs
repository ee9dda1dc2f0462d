//! The command line. The packages' manual pages and completions are made from this file too,
//! so that it knows clap and nothing else.

use clap::{Parser, Subcommand};
use std::ffi::OsString;

/// TAI mail for MCP clients, over stdio.
///
/// MCP clients start this without a command; where no taid runs it starts one, unless
/// TAI_MCP_AUTOSTART is 0. Configure it with
/// TAI_MCP_INSTANCE (the name of this agent), TAI_MCP_USEREMAIL (who gets mail that names
/// nobody) and TAI_MCP_PROFILE (which taid), all of them optional. TAI_MCP_USERNAME makes
/// sure that taid has that account; with TAI_MCP_PASSWORD too, a taid that has no password is
/// given it.
#[derive(Parser)]
#[command(name = "tai-mcp", version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Wait for emails, and print each as a line of JSON or run a program for it
    ///
    /// An email is marked read once it was handled: written, or taken by the program with
    /// exit status 0. One that was not is handled again, also after a restart.
    #[command(after_help = LIVE_EXAMPLES)]
    Live(LiveArgs),
    /// Create an account: the same as `taid register`
    #[command(disable_help_flag = true)]
    Register {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Put tai-mcp into the configurations of your MCP clients: the same as `taid setup`
    #[command(disable_help_flag = true)]
    Setup {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
}

const LIVE_EXAMPLES: &str = "Examples:
  tai-mcp live --instance desk | jq -r .subject
  tai-mcp live --instance desk --time-limit 600 --exec ./answer.py --model small";

#[derive(clap::Args)]
pub(crate) struct LiveArgs {
    /// The instance whose mail it is; also TAI_MCP_INSTANCE
    #[arg(long, value_name = "NAME")]
    pub(crate) instance: Option<String>,
    /// How long the program may take over one email, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) time_limit: u64,
    /// Run this program for each email, with the email on its standard input
    ///
    /// Everything after it belongs to the program. It is run as it is, by no shell, one at a
    /// time; exit status 0 says that the email was handled.
    #[arg(long, value_name = "PROGRAM", num_args = 1.., allow_hyphen_values = true)]
    pub(crate) exec: Vec<OsString>,
}
