//! `taid socket`: prints the path of the daemon's socket.

use crate::cli::{
    daemon::Daemon,
    error::{CliError, Exit},
    target::Target,
    terminal::print,
};
use clap::Args;

/// Print the path of the socket
///
/// Mount this path into a container, or forward it with `ssh -R`, and set TAI_MCP_SOCKET to its
/// path there.
#[derive(Args)]
pub(in crate::cli) struct Socket {}

impl Socket {
    pub(in crate::cli) fn run(self, target: &Target) -> Result<Exit, CliError> {
        let socket = Daemon::running(target)?.socket();
        print(&socket.display().to_string());
        Ok(Exit::Success)
    }
}
