//! `taid socket`: prints the path of one of the daemon's sockets.

use crate::{
    cli::{
        daemon::Daemon,
        error::{CliError, Exit},
        target::Target,
        terminal::print,
    },
    config::Config,
};
use clap::Args;
use std::path::{Path, PathBuf};
use tai_proto::{door::Door, names::Instance};

/// Print the path of a socket
///
/// Without an option, the path of the socket for MCP clients. Mount it into a container, or forward
/// it with `ssh -R`, and set TAI_MCP_SOCKET to its path there.
#[derive(Args)]
#[command(after_help = "Examples:
  taid socket  print the socket for MCP clients
  docker run -v \"$(taid socket)\":/tai.sock -e TAI_MCP_SOCKET=/tai.sock bot")]
pub(in crate::cli) struct Socket {
    /// Print the socket that serves this instance alone; its table in config.toml has `socket = true`
    #[arg(long, value_name = "NAME", conflicts_with = "admin")]
    instance: Option<Instance>,
    /// Print the socket of your own commands, which read all mail of the account, approve and stop taid
    #[arg(long)]
    admin: bool,
}

impl Socket {
    pub(in crate::cli) fn run(self, target: &Target) -> Result<Exit, CliError> {
        let agents = Daemon::running(target)?.socket();
        let socket = match (&self.instance, self.admin) {
            (Some(instance), _) => of_instance(instance, &agents, target)?,
            (None, true) => Door::Persons.beside(&agents),
            (None, false) => agents,
        };
        print(&socket.display().to_string());
        Ok(Exit::Success)
    }
}

/// Returns the path of an instance's socket beside the socket for agents.
///
/// # Errors
/// taid creates no socket for the instance.
fn of_instance(asked: &Instance, agents: &Path, target: &Target) -> Result<PathBuf, CliError> {
    let socket = Door::Instance(asked.clone()).beside(agents);
    // The running daemon may have another configuration than this command.
    if socket.exists() {
        return Ok(socket);
    }
    let config = Config::of_this_process(&target.profile, target.places.config())?;
    let sockets = config.policy.sockets();
    let is_configured = sockets
        .iter()
        .any(|instance| instance.as_str().eq_ignore_ascii_case(asked.as_str()));
    match is_configured {
        true => Ok(socket),
        // A container runtime creates a directory at a path that does not exist.
        false => Err(
            CliError::new(format!("the instance `{asked}` has no socket of its own")).hint(format!(
                "add `socket = true` to [instances.{asked}] in the configuration file, and restart taid"
            )),
        ),
    }
}
