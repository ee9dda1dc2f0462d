//! Account operations that need no daemon: creating an account, and saving or deleting a password.

use super::error::CliError;
use crate::{config::Config, fault, server::run_error::setup_hint};
use std::time::Duration;
use tai_auth::{
    bridge::HttpBridge,
    check_login,
    credentials::{Credentials, SourceError, keyring},
};
use tai_proto::names::Username;
use tokio::time::timeout;

/// Returns the bridge that `config` names.
fn bridge(config: &Config) -> Result<HttpBridge, CliError> {
    config.bridge().map_err(|error| {
        CliError::new("cannot use the network settings")
            .caused_by(&error)
            .hint(setup_hint(&error))
    })
}

/// Creates an account and returns its address.
///
/// # Errors
/// The bridge refuses the account or cannot be reached.
pub(super) async fn register(
    config: &Config,
    credentials: &Credentials,
) -> Result<String, CliError> {
    let registered = bridge(config)?.register(credentials).await;
    registered
        .map(|registered| registered.email)
        .map_err(|error| fault::of_register(&error).into())
}

/// Checks a password with the bridge.
///
/// # Errors
/// The bridge refuses it or cannot be reached.
pub(super) async fn check(config: &Config, credentials: &Credentials) -> Result<(), CliError> {
    check_login(&bridge(config)?, credentials)
        .await
        .map_err(|error| fault::of_login(&error).into())
}

/// Saves a password in the keyring, after the bridge has accepted it.
///
/// # Errors
/// The bridge refuses the password, or the keyring does not store it.
pub(super) async fn check_and_save(
    config: &Config,
    credentials: &Credentials,
) -> Result<(), CliError> {
    if config.keyring.as_ref() != Some(&credentials.bridge) {
        return Err(fault::not_in_file(&credentials.bridge).into());
    }
    check(config, credentials).await?;
    keyring::save(&config.profile, credentials, || true)
        .await
        .map_err(|error| {
            let hint = match error {
                SourceError::OtherUsername => "run `taid logout` first, to delete it",
                _ => "without a keyring, set `password_command` or `password_file` in the configuration file",
            };
            CliError::new("the password was not saved").caused_by(error).hint(hint)
        })
}

/// Returns the account whose password the keyring has for the profile. A shell without a keyring
/// has none.
///
/// # Errors
/// The keyring is locked, does not answer within `limit`, or fails.
pub(super) async fn saved_account(
    config: &Config,
    limit: Duration,
) -> Result<Option<Username>, SourceError> {
    let Some(bridge) = &config.keyring else {
        return Ok(None);
    };
    let late = |_| {
        Err(SourceError::Keyring {
            problem: format!("did not answer within {} s", limit.as_secs()),
        })
    };
    match timeout(limit, keyring::load(&config.profile, bridge))
        .await
        .unwrap_or_else(late)
    {
        Ok(saved) => Ok(saved.map(|saved| saved.username)),
        Err(SourceError::NoKeyring | SourceError::KeyringUnreachable) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Checks that the keyring can take the password of a new account. A daemon may have a keyring that
/// this shell cannot reach.
///
/// # Errors
/// The keyring cannot be read, or has the password of another account, or the configuration file
/// does not name the bridge.
pub(super) async fn check_keyring(
    config: &Config,
    username: &Username,
    has_daemon: bool,
) -> Result<(), CliError> {
    let origin = config.settings.api_base_url.origin();
    let Some(bridge) = config.keyring.as_ref().filter(|bridge| **bridge == origin) else {
        return Err(fault::no_place_in_keyring(&origin).into());
    };
    match keyring::load(&config.profile, bridge).await {
        Ok(Some(saved)) if saved.username != *username => {
            Err(fault::keyring_unread(&SourceError::OtherUsername).into())
        }
        Ok(_) => Ok(()),
        Err(SourceError::KeyringUnreachable | SourceError::NoKeyring) if has_daemon => Ok(()),
        Err(error) => Err(fault::keyring_unread(&error).into()),
    }
}

/// Deletes the password of the profile from the keyring, if it is that of `account`; `None` stands for any.
/// Returns whether there was one.
///
/// # Errors
/// The keyring does not delete it.
pub(super) async fn forget(
    config: &Config,
    account: Option<&Username>,
) -> Result<bool, SourceError> {
    match &config.keyring {
        Some(bridge) => keyring::forget(&config.profile, bridge, account).await,
        None => Ok(false),
    }
}
