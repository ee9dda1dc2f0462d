//! `taid install`: makes taid a user service, and shows each step.

use super::stop::stop;
use crate::{
    cli::{
        error::{CliError, Exit},
        service::{self, Steps},
        terminal::print,
        units::{self, Manager},
    },
    client::{Client, ClientError},
};
use clap::Args;
use std::time::Duration;
use tokio::time::Instant;

/// Time limit for finding out whether a taid runs.
const PATIENCE: Duration = Duration::from_secs(2);

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
    pub(in crate::cli) async fn run(self, profile: &str) -> Result<Exit, CliError> {
        let service = service::of_profile(profile)?;
        if !self.dry_run {
            // A taid outside the service holds the lock and the socket that the service needs.
            match Client::of_profile(profile, Instant::now() + PATIENCE).await {
                Ok(client) => {
                    drop(client);
                    stop(profile).await?;
                }
                Err(ClientError::NotRunning { .. }) => {}
                Err(error) => return Err(CliError::of_client(error, profile)),
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
