//! The system's keyring: Secret Service on Linux (GNOME Keyring, KWallet, KeePassXC),
//! Keychain on macOS, Credential Manager on Windows. One entry per profile, service `tai`,
//! which holds `username:password`; a username has no colon.

use super::{Credentials, SourceError, blocking};
use keyring_core::{Entry, Error, api::CredentialStoreApi as _};
use secrecy::{ExposeSecret as _, SecretString};
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

/// Nothing that a keyring says of an entry is passed on but the kind of failure.
fn problem(error: &Error) -> SourceError {
    let problem = match error {
        Error::NoStorageAccess(_) => "is locked, or does not let taid in",
        Error::PlatformFailure(_) => "cannot be reached",
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
            "has an entry that taid did not write"
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
        problem: "did not answer in time; it may be waiting to be unlocked".to_owned(),
    }
}

/// What `taid login --save` put there. A system without a keyring has nothing.
///
/// # Errors
/// [`SourceError::Keyring`] when there is one and it does not answer as it should.
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
    let Some((username, password)) = text.split_once(':') else {
        return Err(problem(&Error::BadStoreFormat(String::new())));
    };
    Ok(Some(Credentials {
        username: username.to_owned(),
        password: SecretString::from(password.to_owned()),
    }))
}

/// Keeps credentials for the next start.
///
/// # Errors
/// [`SourceError::Keyring`].
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

/// Removes what was kept; whether there was something.
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
