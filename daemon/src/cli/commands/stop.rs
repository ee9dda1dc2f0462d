//! `taid stop`: stops the daemon and waits for its exit.

use crate::cli::{
    daemon::{Daemon, SHORT},
    error::{CliError, Exit},
    target::Target,
    terminal::print,
};
use clap::Args;
use std::time::Duration;
use tai_proto::call;

/// Time limit for the daemon's open calls.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);

/// Stop the daemon after its open calls have finished
#[derive(Args)]
#[command(after_help = "Examples:
  taid stop                 stop the taid of the default profile
  taid stop --profile work  stop that of another profile")]
pub(in crate::cli) struct Stop {}

impl Stop {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        stop(target).await?;
        Ok(Exit::Success)
    }
}

/// Stops the daemon of `target` and waits until it has exited.
///
/// # Errors
/// The daemon cannot be reached, or does not exit in time.
pub(in crate::cli) async fn stop(target: &Target) -> Result<(), CliError> {
    let daemon = Daemon::running(target)?;
    daemon.call(call::Stop, SHORT).await?;
    daemon.until_gone(DRAIN_TIMEOUT).await?;
    print("taid has stopped");
    Ok(())
}
