//! The system's keyring: Secret Service on Linux (GNOME Keyring, KWallet, KeePassXC),
//! Keychain on macOS, Credential Manager on Windows.
//!
//! Each profile has one entry for each bridge, with the service `tai`, the user `PROFILE ORIGIN`,
//! such as `default https://tai.chat`, and the content `username:password`; a username has no
//! colon. Each function needs a tokio runtime with time, and returns within 45 seconds.

use super::{
    blocking::{LIMIT, blocking},
    password::Credentials,
    source_error::SourceError,
};
use crate::base_url::Origin;
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

/// Does `work` with the entry of `profile` for `bridge`, on a separate thread. `None` if there is
/// no entry.
///
/// # Errors
/// Any error of the keyring.
async fn with_entry<T: Send + 'static>(
    profile: &str,
    bridge: &Origin,
    work: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
) -> Result<Option<T>, SourceError> {
    let user = format!("{profile} {bridge}");
    let work = move || {
        let store = Store::new().map_err(|error| unreachable(&error))?;
        let entry = store.build(SERVICE, &user, None);
        match entry.and_then(|entry| work(&entry)) {
            Ok(done) => Ok(Some(done)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(problem(&error)),
        }
    };
    let too_late = || SourceError::Keyring {
        problem: format!(
            "did not answer within {} s; it may be waiting for its password",
            LIMIT.as_secs()
        ),
    };
    blocking(work).await.unwrap_or_else(|| Err(too_late()))
}

/// Returns the kind of failure. The keyring's own text may repeat an entry.
fn problem(error: &Error) -> SourceError {
    let problem = match error {
        Error::PlatformFailure(_) => return SourceError::KeyringUnreachable,
        Error::NoStorageAccess(_) => "is locked or denies access",
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
            "has an entry that is not from `taid login --save`"
        }
        Error::Ambiguous(_) => "has more than one entry for this profile and bridge",
        _ => "cannot be used",
    };
    SourceError::Keyring {
        problem: problem.to_owned(),
    }
}

/// Returns the error of a keyring to which there is no connection: whether the machine runs none,
/// or this process cannot reach it.
fn unreachable(error: &Error) -> SourceError {
    #[cfg(target_os = "linux")]
    if let Error::PlatformFailure(cause) = error
        && let Some(dbus_secret_service::Error::Dbus(cause)) = cause.downcast_ref()
        && is_absent(cause.name().unwrap_or_default())
    {
        return SourceError::NoKeyring;
    }
    problem(error)
}

/// Returns whether a D-Bus error says that there is no session bus, or no Secret Service on it.
#[cfg(target_os = "linux")]
fn is_absent(name: &str) -> bool {
    // The user's session bus, wherever the environment is lost.
    let has_bus = || {
        let uid = rustix::process::geteuid().as_raw();
        std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|address| !address.is_empty())
            || std::path::Path::new(&format!("/run/user/{uid}/bus")).exists()
    };
    match name {
        // The bus answers, and offers no keyring.
        "org.freedesktop.DBus.Error.ServiceUnknown"
        | "org.freedesktop.DBus.Error.NameHasNoOwner" => true,
        // There is no bus to connect to, or its address leads nowhere.
        "org.freedesktop.DBus.Error.NotSupported"
        | "org.freedesktop.DBus.Error.FileNotFound"
        | "org.freedesktop.DBus.Error.NoServer"
        | "org.freedesktop.DBus.Error.Spawn.ExecFailed" => !has_bus(),
        _ => false,
    }
}

/// Returns the entry of `profile` for `bridge`, if there is one.
///
/// # Errors
/// [`SourceError::NoKeyring`] if no keyring is running, [`SourceError::KeyringUnreachable`] if there
/// is one without a connection to it, [`SourceError::Keyring`] if it fails.
pub async fn load(profile: &str, bridge: &Origin) -> Result<Option<Credentials>, SourceError> {
    let read = |entry: &Entry| entry.get_password().map(Zeroizing::new);
    let Some(text) = with_entry(profile, bridge, read).await? else {
        return Ok(None);
    };
    let bad = || problem(&Error::BadStoreFormat(String::new()));
    let (username, password) = text.split_once(':').ok_or_else(bad)?;
    Ok(Some(Credentials {
        username: Username::new(username).map_err(|_| bad())?,
        password: SecretString::from(password.to_owned()),
        bridge: bridge.clone(),
    }))
}

/// Saves credentials as the entry of `profile` for their bridge.
///
/// # Errors
/// As [`load`].
pub async fn save(profile: &str, credentials: &Credentials) -> Result<(), SourceError> {
    let text = Zeroizing::new(format!(
        "{}:{}",
        credentials.username,
        credentials.password.expose_secret()
    ));
    let write = move |entry: &Entry| entry.set_password(&text);
    let saved = with_entry(profile, &credentials.bridge, write).await?;
    saved.ok_or_else(|| problem(&Error::NoDefaultStore))
}

/// Removes the entry of `profile` for `bridge`, and returns whether there was one.
///
/// # Errors
/// As [`load`], except that a machine without a keyring has no entry.
pub async fn forget(profile: &str, bridge: &Origin) -> Result<bool, SourceError> {
    match with_entry(profile, bridge, Entry::delete_credential).await {
        Ok(removed) => Ok(removed.is_some()),
        Err(SourceError::NoKeyring) => Ok(false),
        Err(error) => Err(error),
    }
}
