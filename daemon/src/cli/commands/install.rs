//! `taid install`: installs taid as a user service, and prints each step.

use super::stop::{stop, stop_asking};
use crate::cli::{
    daemon::{Daemon, SHORT},
    error::{CliError, Exit},
    service::{self, Steps},
    target::Target,
    terminal::print,
    units::{self, Manager},
};
use clap::Args;
use tai_proto::{FaultCode, call::GetInfo};

/// Install taid as a user service
///
/// Uses systemd, launchd, or the Windows Task Scheduler. Prints each step, and stops a running
/// taid first.
#[derive(Args)]
#[command(after_help = "Examples:
  taid install --dry-run  print the steps
  taid install            install and start the service")]
pub(in crate::cli) struct Install {
    /// Print the steps without running them
    #[arg(long)]
    dry_run: bool,
}

impl Install {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        let service = service::of_profile(target, "nothing was changed; run `taid run`")?;
        if !self.dry_run {
            service.check_manager()?;
            // A taid outside the service holds the lock and the socket that the service needs.
            match Daemon::running(target)?.call(GetInfo, SHORT).await {
                Ok(_) if stop_asking(target).await? => {}
                Ok(_) => {
                    print("taid was not stopped, and nothing was changed.");
                    return Ok(Exit::Failed);
                }
                Err(fault) if fault.code == FaultCode::Stopping => stop(target).await?,
                Err(fault) if fault.code == FaultCode::NotRunning => {}
                Err(fault) => return Err(fault.into()),
            }
        }
        Steps(units::install(&service.place())).run_all(self.dry_run)?;
        if !self.dry_run {
            match Manager::here() {
                Manager::Systemd => {
                    print("taid starts with the first call after each login.");
                    print("To keep it running while you are logged out: loginctl enable-linger");
                }
                Manager::Launchd | Manager::Windows => {
                    print("taid is running, and starts at each login.");
                }
            }
        }
        Ok(Exit::Success)
    }
}
