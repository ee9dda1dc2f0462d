//! `taid run`: runs the daemon in this process.

use crate::{
    cli::error::{CliError, Exit},
    server::run::{self, Mode},
};
use clap::Args;
use tai_proto::names::{Profile, Username};

/// Run the daemon in the foreground
///
/// Signs in with the first configured password source (TAI_MCP_PASSWORD or PASSWORD, a systemd
/// credential, password_command, password_file, the keyring), or waits for `taid login`. Runs until
/// `taid stop`, Ctrl-C or SIGTERM.
#[derive(Args)]
pub(in crate::cli) struct Run {
    /// Auto-started by a client
    #[arg(long, hide = true)]
    by_client: bool,
    /// Serve this account of a client: with the default profile if the account is its own,
    /// otherwise with the profile of the account
    #[arg(long, hide = true, value_name = "USERNAME")]
    account: Option<Username>,
}

impl Run {
    /// Runs the daemon. It starts a runtime of its own.
    pub(in crate::cli) fn run(self, profile: &Profile) -> Result<Exit, CliError> {
        let mode = match self.by_client {
            true => Mode::ByClient,
            false => Mode::Foreground,
        };
        match run::run(profile, self.account.as_ref(), mode) {
            Ok(()) => Ok(Exit::Success),
            Err(error) if error.is_already_running() && mode == Mode::ByClient => {
                Ok(Exit::AlreadyRunning)
            }
            Err(error) => Err(CliError::new(tai_auth::chain(&error)).hint(error.hint())),
        }
    }
}
