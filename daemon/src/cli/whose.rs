//! Whose daemon a command is about: its account and its bridge.

use super::{
    daemon::{LONG, SHORT},
    direct,
    error::CliError,
    target::Target,
    terminal::Progress,
    user_dirs,
};
use crate::{config::Config, fault};
use std::{
    io::{self, Write as _},
    path::Path,
};
use tai_auth::{
    base_url::{BaseUrl, Origin},
    credentials::Source,
};
use tai_proto::{
    Fault, FaultCode, Hint,
    names::{Profile, Username},
    status::{SessionState, Status},
};

/// Returns the account that a daemon reports.
pub(in crate::cli) fn account_of(status: &Status) -> Option<Username> {
    let username = status.account.username.as_deref()?;
    username.parse().ok()
}

/// Returns the account of the daemon with this status. A daemon that has not signed in yet, or does
/// not run, has the account of the configuration or of the keyring.
///
/// # Errors
/// The keyring cannot be read, and the command is to save a password there.
pub(in crate::cli) async fn account(
    status: Option<&Status>,
    target: &Target,
    config: &Config,
    save: bool,
) -> Result<Option<Username>, CliError> {
    let reported = status.and_then(account_of);
    let is_free = status.is_some_and(|status| status.session.state == SessionState::LoggedOut);
    // The configuration and the keyring are those of another daemon than one at a named socket.
    // Without a daemon there, a login saves the password in this keyring.
    let is_elsewhere = status.is_some() && target.socket.is_some();
    let is_known = reported.is_some() || is_free;
    if is_elsewhere || (is_known && !save) {
        return Ok(reported);
    }
    let next = account_at_start(config, save).await?;
    Ok(if is_known { reported } else { next })
}

/// Returns the account of the next daemon: that of the configuration, or of the keyring.
///
/// # Errors
/// As [`account`].
async fn account_at_start(config: &Config, save: bool) -> Result<Option<Username>, CliError> {
    let configured = match &config.source {
        // A daemon gets no password from the environment of this command.
        Source::Held { .. } => None,
        source => source.username().cloned(),
    };
    if configured.is_some() {
        return Ok(configured);
    }
    let limit = if save { LONG } else { SHORT };
    let progress = Progress::begin("Asking the keyring …");
    let saved = direct::saved_account(config, limit).await;
    drop(progress);
    match saved {
        Ok(saved) => Ok(saved),
        Err(error) if save => Err(fault::keyring_unread(&error).into()),
        Err(error) => {
            let _ = writeln!(io::stderr(), "note: {error}, so its account is not known");
            Ok(None)
        }
    }
}

/// Checks that `command` is about the account that the daemon has, or the next one if none runs.
///
/// # Errors
/// It is about another account.
pub(in crate::cli) fn check_account(
    command: &str,
    ours: &Username,
    username: &Username,
    config: &Config,
    is_running: bool,
) -> Result<(), Fault> {
    if ours == username {
        return Ok(());
    }
    let own = config.profile_of(username);
    // Only a daemon that runs can be signed out of the account of the configuration.
    let replace = match config.source.username() {
        Some(configured) if !is_running && configured == ours => {
            "change `username` in the configuration file"
        }
        Some(_) | None => fault::LOGOUT,
    };
    Err(fault::other_login(command, ours, username, &own, replace))
}

/// Checks that the daemon uses the bridge of this configuration: the password would go to another
/// bridge otherwise. The configuration file is not the one of a daemon whose socket the user names,
/// nor alone that of an account's own daemon, which has the bridge of its client or of config.toml.
/// Returns the bridge of such a daemon if it is another one.
///
/// # Errors
/// The daemon uses another bridge.
pub(in crate::cli) fn check_bridge(
    status: &Status,
    target: &Target,
    config: &Config,
) -> Result<Option<Origin>, Fault> {
    let theirs = bridge_of(status)?;
    let ours = config.settings.api_base_url.origin();
    match (config.named_bridge(), &target.socket) {
        _ if ours == theirs => Ok(None),
        (Some(named), _) => Err(fault::other_bridge(&theirs, &named)),
        (None, Some(_)) => Ok(Some(theirs)),
        (None, None) if is_own(status, target, &theirs) => Ok(Some(theirs)),
        (None, None) => {
            let elsewhere = other_directory(status, target);
            Err(fault::stale_bridge(&theirs, &ours, elsewhere))
        }
    }
}

/// Returns the daemon's configuration directory, if it is another one than this shell's.
fn other_directory<'a>(status: &'a Status, target: &Target) -> Option<&'a str> {
    let theirs = status.environment.config_dir.as_deref()?;
    let ours = target.places.config();
    (!user_dirs::is_same_directory(ours, Path::new(theirs))).then_some(theirs)
}

/// Returns the origin of the daemon's bridge.
///
/// # Errors
/// The daemon reports none.
pub(in crate::cli) fn bridge_of(status: &Status) -> Result<Origin, Fault> {
    let url: Result<BaseUrl, _> = status.bridge.url.parse();
    url.map(|url| url.origin()).map_err(|error| {
        Fault::new(FaultCode::Internal, "taid reports no bridge")
            .because(error.to_string())
            .hint(Hint::user("restart taid"))
    })
}

/// Returns whether the daemon at this bridge is the own one of its account.
fn is_own(status: &Status, target: &Target, bridge: &Origin) -> bool {
    let Some(account) = account_of(status) else {
        return false;
    };
    Profile::all_of_account(&account, bridge.as_str()).contains(&target.profile)
}
