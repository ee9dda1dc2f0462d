//! The system's keyring: Secret Service on Linux (GNOME Keyring, KWallet, KeePassXC),
//! Keychain on macOS, Credential Manager on Windows.
//!
//! Each profile has one entry, with the service `tai` and the content `username:password`; a
//! username has no colon. A system without a keyring counts as a keyring without entries.
//! Each function needs a tokio runtime with time, and returns within 45 seconds.

use super::{
    blocking::{LIMIT, blocking},
    password::Credentials,
    source_error::SourceError,
};
use keyring_core::{Entry, Error, api::CredentialStoreApi as _};
use secrecy::{ExposeSecret as _, SecretString};
use tai_names::Username;
use zeroize::Zeroizing;

const SERVICE: &str = "tai";

#[cfg(target_os = "linux")]
use dbus_secret_service_keyring_store::Store;

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;

#[cfg(windows)]
use windows_native_keyring_store::Store;

fn entry(profile: &str) -> Result<Entry, Error> {
    Store::new()?.build(SERVICE, profile, None)
}

/// Returns the kind of failure. The keyring's own text may repeat an entry.
fn problem(error: &Error) -> SourceError {
    let problem = match error {
        Error::NoStorageAccess(_) => "is locked or denies access",
        Error::PlatformFailure(_) => "cannot be reached",
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
            "has an entry that is not from `taid login --save`"
        }
        Error::Ambiguous(_) => "has more than one entry for this profile",
        _ => "cannot be used",
    };
    SourceError::Keyring {
        problem: problem.to_owned(),
    }
}

fn too_late() -> SourceError {
    SourceError::Keyring {
        problem: format!(
            "did not answer within {} s; it may be waiting for its password",
            LIMIT.as_secs()
        ),
    }
}

/// Returns the entry of `profile`, if there is one.
///
/// # Errors
/// [`SourceError::Keyring`] if the keyring exists and fails.
pub async fn load(profile: &str) -> Result<Option<Credentials>, SourceError> {
    let profile = profile.to_owned();
    let read = move || match entry(&profile).and_then(|entry| entry.get_password()) {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(Error::NoEntry | Error::PlatformFailure(_)) => Ok(None),
        Err(error) => Err(problem(&error)),
    };
    let Some(text) = blocking(read).await.unwrap_or_else(|| Err(too_late()))? else {
        return Ok(None);
    };
    let bad = || problem(&Error::BadStoreFormat(String::new()));
    let (username, password) = text.split_once(':').ok_or_else(bad)?;
    Ok(Some(Credentials {
        username: Username::new(username).map_err(|_| bad())?,
        password: SecretString::from(password.to_owned()),
    }))
}

/// Saves credentials as the entry of `profile`.
///
/// # Errors
/// [`SourceError::Keyring`], also if the system has no keyring.
pub async fn save(profile: &str, credentials: &Credentials) -> Result<(), SourceError> {
    let profile = profile.to_owned();
    let text = Zeroizing::new(format!(
        "{}:{}",
        credentials.username,
        credentials.password.expose_secret()
    ));
    let write = move || {
        entry(&profile)
            .and_then(|entry| entry.set_password(&text))
            .map_err(|error| problem(&error))
    };
    blocking(write).await.unwrap_or_else(|| Err(too_late()))
}

/// Removes the entry of `profile`, and returns whether there was one.
///
/// # Errors
/// [`SourceError::Keyring`].
pub async fn forget(profile: &str) -> Result<bool, SourceError> {
    let profile = profile.to_owned();
    let remove = move || match entry(&profile).and_then(|entry| entry.delete_credential()) {
        Ok(()) => Ok(true),
        Err(Error::NoEntry | Error::PlatformFailure(_)) => Ok(false),
        Err(error) => Err(problem(&error)),
    };
    blocking(remove).await.unwrap_or_else(|| Err(too_late()))
}
