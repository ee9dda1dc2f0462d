//! What can be done about an account without a daemon: create it, and try a password.

use crate::{config::Config, fault};
use tai_auth::{
    bridge::{Bridge as _, http::HttpBridge},
    credentials::{Credentials, keyring},
    session::{clock::Clock as _, clock::SystemClock, error::SessionError, token::Token},
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

/// Logs in once and forgets the token.
pub(crate) async fn try_login(
    bridge: &HttpBridge,
    credentials: &Credentials,
) -> Result<Token, SessionError> {
    let asked = SystemClock.now();
    let issued = bridge.login(credentials).await?;
    Token::receive(issued, &credentials.username, 0, asked, 0.0).map_err(SessionError::Token)
}

/// Keeps a password in the keyring, once the bridge has accepted it.
pub(crate) async fn check_and_save(
    config: &Config,
    credentials: &Credentials,
) -> Result<(), Fault> {
    try_login(&bridge(config)?, credentials)
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
