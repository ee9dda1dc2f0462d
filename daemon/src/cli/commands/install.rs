//! `taid install`: makes taid a user service, and shows each step.

use super::stop::stop;
use crate::cli::{
    daemon::{Daemon, SHORT},
    error::{CliError, Exit},
    service::{self, Steps},
    terminal::print,
    units::{self, Manager},
};
use clap::Args;
use tai_proto::{FaultCode, call::GetInfo, names::Profile};

/// Install taid as a user service
///
/// Uses systemd, launchd, or a task of the Windows Task Scheduler. Shows each step, and stops a
/// taid that does not run as a service.
#[derive(Args)]
pub(in crate::cli) struct Install {
    /// Only show what would be done
    #[arg(long)]
    dry_run: bool,
}

impl Install {
    pub(in crate::cli) async fn run(self, profile: &Profile) -> Result<Exit, CliError> {
        let service = service::of_profile(profile)?;
        if !self.dry_run {
            // A taid outside the service holds the lock and the socket that the service needs.
            match Daemon::running(profile)?.call(GetInfo, SHORT).await {
                Ok(_) => stop(profile).await?,
                Err(fault) if fault.code == FaultCode::NotRunning => {}
                Err(fault) => return Err(fault.into()),
            }
        }
        Steps(units::install(&service.place())).carry_out(self.dry_run)?;
        if !self.dry_run {
            match Manager::here() {
                Manager::Systemd => {
                    print("taid starts with the first call, after every login.");
                    print("To keep it running while you are logged out: loginctl enable-linger");
                }
                Manager::Launchd | Manager::Windows => {
                    print("taid runs now, and starts at every login.");
                }
            }
        }
        Ok(Exit::Success)
    }
}
