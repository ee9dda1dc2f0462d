//! What `taid doctor --fix` repairs: entries of MCP clients, a daemon that needs a restart, and
//! directories that other users can enter. It never signs in, and never ends a daemon whose password
//! was typed, because only a person can enter it again.

use crate::cli::{
    commands,
    error::CliError,
    setup::{Setup, registry::McpClient},
    target::Target,
    terminal::{print, printable},
};
use std::path::PathBuf;
use tai_proto::status::Status;

/// Repair of a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Repair {
    /// Writes the entry of an MCP client, as `taid setup` without options does.
    SetUp(&'static McpClient),
    /// Stops the daemon. The next call starts one of this version, with its sockets.
    Restart,
    /// Removes the permissions of other users from a directory of taid.
    MakePrivate(PathBuf),
}

impl Repair {
    /// Returns the repair of a daemon whose password outlasts it.
    pub(super) fn restart_of(status: &Status) -> Option<Self> {
        let account = &status.account;
        (account.can_sign_in_again || account.source.is_none()).then_some(Repair::Restart)
    }

    /// Repairs the problem, and prints what was done.
    ///
    /// # Errors
    /// The reason why the problem remains.
    pub(super) async fn make(self, target: &Target) -> Result<(), CliError> {
        match self {
            Repair::SetUp(client) => Setup::repair(client, &target.places),
            Repair::Restart if commands::stop::stop_asking(target).await? => Ok(()),
            Repair::Restart => Err(CliError::new("taid was not stopped")
                .caused_by("mail waits for approval")
                .hint("decide with `taid approve`, then run `taid doctor --fix` again")),
            Repair::MakePrivate(dir) => {
                let shown = printable(&dir.display().to_string());
                crate::os::private_dir(&dir).map_err(|error| {
                    CliError::new(format!("cannot change the mode of {shown}"))
                        .caused_by(error)
                        .hint(format!("`chmod 700 {shown}`"))
                })?;
                print(&format!("{shown} is private now"));
                Ok(())
            }
        }
    }
}
