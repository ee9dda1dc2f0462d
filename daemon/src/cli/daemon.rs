//! Asks the running daemon, for every command that does.

use super::error::CliError;
use crate::client::{Client, ClientError};
use std::time::Duration;
use tai_proto::{Answer, Call, status::Status};
use tokio::time::Instant;

/// Time limit of a call that the daemon answers on its own.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Time limit of a call for which the daemon asks the bridge, which may take the whole
/// `api_timeout`, or the keyring, which a person may have to unlock.
pub(super) const BRIDGE_PATIENCE: Duration = Duration::from_secs(120);

/// Connects to the daemon of `profile`.
///
/// # Errors
/// Any [`ClientError`], rendered.
pub(super) async fn connect(profile: &str) -> Result<Client, CliError> {
    Client::of_profile(profile, Instant::now() + PATIENCE)
        .await
        .map_err(|error| CliError::of_client(error, profile))
}

/// Connects to the daemon of `profile` and makes one call.
///
/// # Errors
/// Any [`ClientError`], rendered.
pub(super) async fn call(profile: &str, call: Call, limit: Duration) -> Result<Answer, CliError> {
    let mut client = connect(profile).await?;
    client
        .call(call, Instant::now() + limit)
        .await
        .map_err(|error| CliError::of_client(error, profile))
}

/// Returns the error for an answer of another kind than the call's.
pub(super) fn confused(profile: &str) -> CliError {
    CliError::of_client(ClientError::Confused, profile)
}

/// Asks the daemon of `profile` for its status.
///
/// # Errors
/// Any [`ClientError`].
pub(super) async fn status(profile: &str) -> Result<Status, ClientError> {
    let deadline = Instant::now() + PATIENCE;
    let mut client = Client::of_profile(profile, deadline).await?;
    match client.call(Call::Status, deadline).await? {
        Answer::Status(text) => serde_json::from_str(&text).map_err(|_| ClientError::Confused),
        _ => Err(ClientError::Confused),
    }
}
