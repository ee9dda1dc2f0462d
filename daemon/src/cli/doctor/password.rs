//! Check of the password: whether a source provides it, and whether it has stray characters from
//! copying. No finding contains the password.

use super::check::{Check, ok, wrong};
use crate::{
    config::{Config, has_stray_ends},
    fault,
};
use secrecy::ExposeSecret as _;
use tai_auth::credentials::{Credentials, PASSWORD_RULE, Source, SourceError};
use tai_proto::Audience;

const NAME: &str = "password";

/// Reads the configured source. Returns its credentials for the check of the login.
pub(super) async fn examine(config: &Config) -> (Check, Option<Credentials>) {
    let source = &config.source;
    if let Source::Unconfigured { username: None } = source {
        let found = "a password is configured without a username";
        let remedy = "set TAI_MCP_USERNAME, or `username` in the configuration file";
        return (wrong(NAME, found, remedy), None);
    }
    let bridge = config.settings.api_base_url.origin();
    match source.ask_at_terminal(&bridge).await {
        Ok(credentials) => (shape(&credentials, source), Some(credentials)),
        Err(SourceError::Nothing) => {
            let found = "no source is configured, and the keyring has no password";
            let remedy = "`taid login --save` saves it in the keyring; tai-config(5) lists the other sources";
            (wrong(NAME, found, remedy), None)
        }
        Err(SourceError::NoKeyring) => {
            let found = "no source is configured, and no keyring is running";
            let remedy = "`taid login` signs in until taid exits; `password_command` and `password_file` keep a password";
            (wrong(NAME, found, remedy), None)
        }
        Err(error) => {
            let fault = fault::of_source(&error);
            let remedy = fault.hint.render(Audience::Person);
            (wrong(NAME, fault.why, remedy), None)
        }
    }
}

/// Checks the ends of the password. A quote there is valid, but usually a copying mistake.
fn shape(credentials: &Credentials, source: &Source) -> Check {
    match has_stray_ends(credentials.password.expose_secret()) {
        false => ok(NAME, format!("{PASSWORD_RULE}, from {source}")),
        true => wrong(
            NAME,
            format!("the password from {source} begins or ends with a space or a quote"),
            "remove that character, unless it is part of the password; `taid login` shows whether the bridge accepts it",
        ),
    }
}
