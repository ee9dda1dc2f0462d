//! What can be done about an account without a daemon: create it, and try a password.

use crate::{config::Config, fault};
use tai_auth::{
    bridge::HttpBridge,
    check_login,
    credentials::{Credentials, keyring},
};
use tai_proto::{Fault, FaultCode};

/// The bridge of this process's configuration.
fn bridge(config: &Config) -> Result<HttpBridge, Fault> {
    HttpBridge::new(
        config.settings.api_base_url.clone(),
        config.settings.api_timeout,
    )
    .map_err(|error| {
        let hint = "Check that the system's certificates are installed (package ca-certificates).";
        Fault::new(FaultCode::Internal, error.to_string(), "", hint)
    })
}

/// Creates an account; its address.
pub(crate) async fn register(config: &Config, credentials: &Credentials) -> Result<String, Fault> {
    let registered = bridge(config)?.register(credentials).await;
    registered
        .map(|registered| registered.email)
        .map_err(|error| fault::of_register(&error))
}

/// Keeps a password in the keyring, once the bridge has accepted it.
pub(crate) async fn check_and_save(
    config: &Config,
    credentials: &Credentials,
) -> Result<(), Fault> {
    check_login(&bridge(config)?, credentials)
        .await
        .map_err(|error| fault::of_login(&error))?;
    keyring::save(&config.profile, credentials)
        .await
        .map_err(|error| {
            let hint = "Nothing was kept. Without a keyring, use `password_command` or \
                        `password_file` in the configuration file.";
            Fault::new(
                FaultCode::Internal,
                "the password was not saved",
                error.to_string(),
                hint,
            )
        })
}
