//! The system's keyring: Secret Service on Linux (GNOME Keyring, KWallet, KeePassXC),
//! Keychain on macOS, Credential Manager on Windows.
//!
//! Each profile has one entry for each bridge, with the service `tai`, the user `PROFILE ORIGIN`,
//! such as `default https://tai.chat`, and the content `username:password`; a username has no
//! colon. A named secret has an entry with the user `PROFILE NAME`. Each function needs a tokio
//! runtime with time, and returns within 45 seconds.

use super::{
    blocking::{LIMIT, blocking},
    password::Credentials,
    source_error::SourceError,
};
use crate::{base_url::Origin, hex};
use keyring_core::{Entry, Error, api::CredentialStoreApi as _};
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};
use tai_names::{Profile, Username};
use zeroize::Zeroizing;

const SERVICE: &str = "tai";

/// Time for which a question is repeated that has no answer. A person who is asked for the keyring's
/// password has more time: the keyring answers that it asks.
const PATIENCE: Duration = Duration::from_secs(10);

/// Shortest wait for an answer that is repeated. A keyring that fails sooner has answered.
const WAITED: Duration = Duration::from_secs(1);

/// Orders the changes of this process. A change whose caller no longer waits for it goes on.
static ORDER: Mutex<()> = Mutex::new(());

#[cfg(target_os = "linux")]
use dbus_secret_service_keyring_store::Store;

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;

#[cfg(windows)]
use windows_native_keyring_store::Store;

/// Random secret of 256 bits.
pub type Secret = Zeroizing<[u8; 32]>;

/// Action for a secret that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Creates the secret.
    Create,
    /// Returns no secret.
    Ignore,
}

/// Does `work` with the entry of this user, on a separate thread, and repeats it while the keyring
/// does not answer. `None` if there is no entry.
///
/// # Errors
/// Any error of the keyring.
async fn with_entry<T: Send + 'static>(
    user: String,
    mut work: impl FnMut(&Entry) -> Result<T, Error> + Send + 'static,
) -> Result<Option<T>, SourceError> {
    let caller = Arc::new(());
    let asking = Asking {
        caller: Arc::downgrade(&caller),
        until: Instant::now() + PATIENCE,
    };
    let work = move || {
        let store = asking.answer(Store::new);
        let store = store.map_err(|error| unreachable(&error))?;
        match asking.answer(|| work(&store.build(SERVICE, &user, None)?)) {
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
    let done = blocking(work).await;
    drop(caller);
    done.unwrap_or_else(|| Err(too_late()))
}

/// Questions of one caller to the keyring.
struct Asking {
    /// Gone once the caller no longer waits.
    caller: Weak<()>,
    until: Instant,
}

impl Asking {
    /// Does `work` until the keyring answers. D-Bus waits 2 s for each answer, which is too short
    /// for a desktop that starts.
    fn answer<T>(&self, mut work: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
        loop {
            let asked = Instant::now();
            match work() {
                Err(error) if is_late(&error) && asked.elapsed() >= WAITED && self.goes_on() => {
                    tracing::warn!("the keyring does not answer; asking it again");
                }
                answer => return answer,
            }
        }
    }

    fn goes_on(&self) -> bool {
        self.caller.strong_count() > 0 && Instant::now() < self.until
    }
}

/// Returns whether the keyring did not answer in the time that the system gives it.
#[cfg(target_os = "linux")]
fn is_late(error: &Error) -> bool {
    let name = bus_error(error);
    name.is_some_and(|name| {
        [
            "org.freedesktop.DBus.Error.NoReply",
            "org.freedesktop.DBus.Error.Timeout",
            "org.freedesktop.DBus.Error.TimedOut",
        ]
        .contains(&name)
    })
}

/// Returns whether the keyring did not answer in the time that the system gives it. Other systems
/// wait.
#[cfg(not(target_os = "linux"))]
fn is_late(_: &Error) -> bool {
    false
}

/// Returns the name of an error of D-Bus.
#[cfg(target_os = "linux")]
fn bus_error(error: &Error) -> Option<&str> {
    let Error::PlatformFailure(cause) = error else {
        return None;
    };
    match cause.downcast_ref()? {
        dbus_secret_service::Error::Dbus(cause) => cause.name(),
        _ => None,
    }
}

fn user_of(profile: &Profile, bridge: &Origin) -> String {
    format!("{profile} {bridge}")
}

/// Returns the kind of failure. The keyring's own text may repeat an entry.
fn problem(error: &Error) -> SourceError {
    let problem = match error {
        error if is_late(error) => "does not answer",
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
    if bus_error(error).is_some_and(is_absent) {
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
pub async fn load(profile: &Profile, bridge: &Origin) -> Result<Option<Credentials>, SourceError> {
    let read = |entry: &Entry| entry.get_password().map(Zeroizing::new);
    let Some(text) = with_entry(user_of(profile, bridge), read).await? else {
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

/// Returns whether the content of an entry is that of an account.
fn is_of(text: &str, account: &Username) -> bool {
    let username = text.split_once(':').map(|(username, _)| username);
    username == Some(account.as_str())
}

/// Saves credentials as the entry of `profile` for their bridge, if `is_wanted` still holds when the
/// keyring is ready. The entry of another account is not replaced, nor one that cannot be read.
///
/// # Errors
/// [`SourceError::OtherUsername`] if the entry is another account's, [`SourceError::Unwanted`], and as
/// [`load`].
pub async fn save(
    profile: &Profile,
    credentials: &Credentials,
    is_wanted: impl Fn() -> bool + Send + 'static,
) -> Result<(), SourceError> {
    let account = credentials.username.clone();
    let password = credentials.password.expose_secret();
    let text = Zeroizing::new(format!("{account}:{password}"));
    let write = move |entry: &Entry| {
        let _ordered = ORDER.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_wanted() {
            return Ok(Err(SourceError::Unwanted));
        }
        match entry.get_password().map(Zeroizing::new) {
            Ok(found) if !is_of(&found, &account) => return Ok(Err(SourceError::OtherUsername)),
            Ok(_) | Err(Error::NoEntry) => {}
            Err(error) => return Err(error),
        }
        entry.set_password(&text).map(Ok)
    };
    let saved = with_entry(user_of(profile, &credentials.bridge), write).await?;
    saved.unwrap_or_else(|| Err(problem(&Error::NoDefaultStore)))
}

/// Removes the entry of `profile` for `bridge`, and returns whether there was one. With an `account`, the
/// entry of another one stays. A save that is under way ends first.
///
/// # Errors
/// As [`load`], except that a machine without a keyring has no entry.
pub async fn forget(
    profile: &Profile,
    bridge: &Origin,
    account: Option<&Username>,
) -> Result<bool, SourceError> {
    let account = account.cloned();
    let mut was_there = false;
    let delete = move |entry: &Entry| {
        let _ordered = ORDER.lock().unwrap_or_else(PoisonError::into_inner);
        match entry.get_password().map(Zeroizing::new) {
            Ok(found) if account.as_ref().is_some_and(|of| !is_of(&found, of)) => return Ok(false),
            Ok(_) => was_there = true,
            // The keyring deleted it, and its answer came too late.
            Err(Error::NoEntry) if was_there => return Ok(true),
            Err(Error::BadEncoding(_) | Error::Ambiguous(_)) => {}
            Err(error) => return Err(error),
        }
        entry.delete_credential().map(|()| true)
    };
    match with_entry(user_of(profile, bridge), delete).await {
        Ok(removed) => Ok(removed.unwrap_or(false)),
        Err(SourceError::NoKeyring) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns the secret of `profile` with this name, which is neither empty nor an origin. `None` if
/// there is none and `missing` ignores that.
///
/// # Errors
/// As [`load`].
pub async fn secret(
    profile: &Profile,
    name: &'static str,
    missing: Missing,
) -> Result<Option<Secret>, SourceError> {
    let work = move |entry: &Entry| match entry.get_password().map(Zeroizing::new) {
        Ok(text) => Ok(parsed(&text)),
        Err(Error::NoEntry) if missing == Missing::Create => {
            let mut secret = Secret::default();
            let random = rustls::crypto::ring::default_provider().secure_random;
            if random.fill(secret.as_mut_slice()).is_err() {
                return Ok(None);
            }
            let text = Zeroizing::new(hex(secret.as_slice()));
            entry.set_password(&text)?;
            Ok(Some(secret))
        }
        Err(error) => Err(error),
    };
    match with_entry(format!("{profile} {name}"), work).await? {
        Some(Some(secret)) => Ok(Some(secret)),
        Some(None) => Err(SourceError::Keyring {
            problem: format!("has an entry `{profile} {name}` that is not a secret of taid"),
        }),
        None => Ok(None),
    }
}

/// Returns a secret from its 64 hexadecimal digits.
fn parsed(text: &str) -> Option<Secret> {
    let mut secret = Secret::default();
    if text.len() != 2 * secret.len() {
        return None;
    }
    for (at, byte) in secret.iter_mut().enumerate() {
        let digits = text.get(2 * at..2 * at + 2)?;
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_64_hexadecimal_digits() {
        let secret = parsed(&"0a".repeat(32)).unwrap();
        assert_eq!(*secret, [10; 32]);
        for bad in ["", "0a", &"xy".repeat(32), &"0a".repeat(33)] {
            assert_eq!(parsed(bad), None, "{bad:?}");
        }
    }
}
