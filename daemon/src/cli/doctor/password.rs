//! The password: which source has it, and whether it looks as it was meant. Its own text is
//! looked at and never shown.

use super::{Check, local::Daemon, ok, skipped, wrong};
use crate::{
    config::{Config, has_stray_ends},
    fault,
};
use secrecy::ExposeSecret as _;
use tai_auth::credentials::{Credentials, Source, SourceError};

/// The source this environment is configured with, asked.
pub(super) async fn look(config: &Config, daemon: &Daemon<'_>) -> (Check, Option<Credentials>) {
    let name = "password";
    let source = &config.source;
    if let Source::Nowhere { username: None } = source {
        let found = "a password is configured here, but no username";
        let remedy = "Set TAI_MCP_USERNAME, or `username` in the configuration file. NAME counts only together with PASSWORD.";
        return (wrong(name, found, remedy), None);
    }
    match source.ask().await {
        Ok(credentials) => (shape(&credentials, source), Some(credentials)),
        Err(SourceError::Nothing) => (nothing(daemon), None),
        Err(error) => {
            let fault = fault::of_source(&error);
            (wrong(name, fault.why, fault.hint), None)
        }
    }
}

fn nothing(daemon: &Daemon<'_>) -> Check {
    let name = "password";
    match daemon {
        Daemon::Here(status) if status.account.source.is_some() => {
            let source = status.account.source.as_deref().unwrap_or_default();
            ok(name, format!("the daemon has it from {source}"))
        }
        _ => wrong(
            name,
            "none is configured here, and the keyring has none",
            "`taid login`, with `--save` to keep it in the keyring; or configure one, as the README says.",
        ),
    }
}

/// A password may well end in a quote; but it is rarely meant to.
fn shape(credentials: &Credentials, source: &Source) -> Check {
    let name = "password";
    match has_stray_ends(credentials.password.expose_secret()) {
        false => ok(name, format!("8 to 128 characters, from {source}")),
        true => wrong(
            name,
            format!("the one from {source} begins or ends with a space or a quote"),
            "Remove it there, unless it is part of the password: then `taid login` says whether the bridge accepts it.",
        ),
    }
}

/// That it was not looked at.
pub(super) fn not_looked_at() -> Check {
    skipped("login", "there is no password to try")
}
