//! `taid stop`.

use crate::{
    cli::{
        daemon::PATIENCE,
        error::{CliError, Exit},
        terminal::print,
    },
    client::{Client, ClientError},
};
use clap::Args;
use std::time::Duration;
use tai_proto::Call;
use tokio::time::Instant;

/// Time limit for the calls that are under way.
const DRAIN_PATIENCE: Duration = Duration::from_secs(20);

/// Stop the daemon after the calls that are under way
#[derive(Args)]
pub(in crate::cli) struct Stop {}

impl Stop {
    pub(in crate::cli) async fn run(self, profile: &str) -> Result<Exit, CliError> {
        stop(profile).await?;
        Ok(Exit::Success)
    }
}

/// Stops the daemon of `profile` and waits until it has exited.
///
/// # Errors
/// Any [`ClientError`].
pub(super) async fn stop(profile: &str) -> Result<(), CliError> {
    let work = async {
        let deadline = Instant::now() + PATIENCE;
        let mut client = Client::of_profile(profile, deadline).await?;
        client.call(Call::Stop, deadline).await?;
        client.until_gone(Instant::now() + DRAIN_PATIENCE).await
    };
    work.await
        .map_err(|error: ClientError| CliError::of_client(error, profile))?;
    print("taid has stopped");
    Ok(())
}
