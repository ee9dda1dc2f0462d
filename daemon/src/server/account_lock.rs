//! The lock of an account: of all daemons of the user, one is signed in to it. Leases, ledger and
//! approvals are of one daemon, so that two would give a mail to two clients.

use crate::{digest::Digest, os};
use std::{
    fs::{File, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};
use tai_auth::{
    base_url::Origin,
    bridge::{Bearer, BridgeError, InUse, IssuedToken, LoginError, Reservation, TokenIssuer},
    credentials::Credentials,
};
use tai_proto::names::{Profile, Username};

/// Start of the name of each lock, in the directory for state.
pub(crate) const PREFIX: &str = "account-";

/// Most bytes of the holder's name that are read.
const LONGEST: u64 = 256;

/// The locks of one daemon.
pub(crate) struct AccountLocks {
    /// Directory for state, which all daemons of the user share.
    state: PathBuf,
    profile: Profile,
    /// The locks that are held. A second lock of the same file would wait for the first one.
    held: Mutex<Vec<Held>>,
}

struct Held {
    account: Username,
    /// Name of the file.
    name: String,
    file: Weak<Mutex<File>>,
    /// Whether the last attempt to lock a file in place of a removed one failed.
    has_failed: bool,
}

impl AccountLocks {
    /// Creates the locks for the daemon of a profile.
    pub(super) fn new(state: &Path, profile: &Profile) -> Self {
        Self {
            state: state.to_owned(),
            profile: profile.clone(),
            held: Mutex::default(),
        }
    }

    /// Returns whether no other daemon of the user can be signed in to the accounts of this one.
    /// Locks the files again that were removed. A file that cannot be created leaves the lock as it
    /// is.
    pub(super) fn are_kept(&self) -> bool {
        self.held().iter_mut().all(|held| {
            let Some(file) = held.file.upgrade() else {
                return true;
            };
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            if os::files::has_name(&file, &self.state.join(&held.name)) {
                held.has_failed = false;
                return true;
            }
            match self.lock(&held.name) {
                Ok(Ok(new)) => {
                    held.has_failed = false;
                    *file = new;
                    true
                }
                // Some network file systems give a file another number, and it is locked already:
                // this is the only daemon of its profile.
                Ok(Err(InUse { by })) => by.as_deref() == Some(self.profile.as_str()),
                Err(error) => {
                    if !std::mem::replace(&mut held.has_failed, true) {
                        tracing::warn!(%error, "the lock file of the account was removed");
                    }
                    true
                }
            }
        })
    }

    fn held(&self) -> MutexGuard<'_, Vec<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the file of an account. A kill of this process unlocks it.
    ///
    /// # Errors
    /// The error of the system, or [`InUse`].
    fn lock(&self, name: &str) -> io::Result<Result<File, InUse>> {
        // taid creates a directory that was removed again.
        os::private_dir(&self.state)?;
        let mut file = os::open_private(&self.state, name)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) => {
                let mut by = String::new();
                let is_read = file.take(LONGEST).read_to_string(&mut by).is_ok();
                let by = is_read.then(|| Profile::new(by.trim()).ok()).flatten();
                return Ok(Err(InUse {
                    by: by.map(|profile| profile.to_string()),
                }));
            }
        }
        // The name is for messages only, and a full disk does not make the lock worse.
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", self.profile));
        Ok(Ok(file))
    }
}

/// The bridge as a source of tokens for accounts that no other daemon of the user has.
pub(super) struct Exclusive<I> {
    issuer: Arc<I>,
    locks: Arc<AccountLocks>,
}

impl<I: TokenIssuer> Exclusive<I> {
    /// Creates the source for the daemon with these locks.
    pub(super) fn new(issuer: Arc<I>, locks: Arc<AccountLocks>) -> Self {
        Self { issuer, locks }
    }
}

impl<I: TokenIssuer> TokenIssuer for Exclusive<I> {
    fn origin(&self) -> Origin {
        self.issuer.origin()
    }

    fn reserve(&self, account: &Username) -> Result<Reservation, InUse> {
        let mut all = self.locks.held();
        all.retain(|held| held.file.strong_count() > 0);
        let mine = all.iter().find(|held| held.account == *account);
        if let Some(lock) = mine.and_then(|held| held.file.upgrade()) {
            return Ok(Reservation::of_lock(lock));
        }
        let digest = Digest::of(&[self.issuer.origin().as_str(), account.as_str()]);
        let name = format!("{PREFIX}{digest}");
        match self.locks.lock(&name) {
            Ok(locked) => {
                let lock = Arc::new(Mutex::new(locked?));
                all.push(Held {
                    account: account.clone(),
                    name,
                    file: Arc::downgrade(&lock),
                    has_failed: false,
                });
                Ok(Reservation::of_lock(lock))
            }
            // Reading mail needs no file, and a send is refused if its record cannot be written.
            Err(error) => {
                let state = self.locks.state.display();
                tracing::warn!(%error, %state, "the account is not locked for other daemons");
                Ok(Reservation::default())
            }
        }
    }

    async fn login(&self, credentials: &Credentials) -> Result<IssuedToken, LoginError> {
        self.issuer.login(credentials).await
    }

    async fn refresh(&self, bearer: &Bearer) -> Result<IssuedToken, BridgeError> {
        self.issuer.refresh(bearer).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_auth::{base_url::BaseUrl, bridge::HttpBridge};

    fn daemon(state: &Path, profile: &str, url: &str) -> Exclusive<HttpBridge> {
        let url: BaseUrl = url.parse().unwrap();
        let bridge = HttpBridge::new(url, std::time::Duration::from_secs(1)).unwrap();
        let locks = AccountLocks::new(state, &Profile::new(profile).unwrap());
        Exclusive::new(Arc::new(bridge), Arc::new(locks))
    }

    #[test]
    fn one_daemon_has_an_account_until_it_drops_the_last_reservation() {
        os::restrict_new_files();
        let dir = tempfile::tempdir().unwrap();
        let at = |profile, url| daemon(dir.path(), profile, url);
        let (first, second) = (
            at("work", "https://tai.chat"),
            at("alice", "https://tai.chat/"),
        );
        let (alice, upper): (Username, Username) =
            ("alice".parse().unwrap(), "Alice".parse().unwrap());
        let reserved = first.reserve(&alice).unwrap();
        let by_work = Some(InUse {
            by: Some("work".to_owned()),
        });
        assert_eq!(second.reserve(&alice).err(), by_work);
        // Another username, and the same one at another bridge, are other accounts.
        let _upper = second.reserve(&upper).unwrap();
        let elsewhere = at("elsewhere", "https://mail.example");
        let _elsewhere = elsewhere.reserve(&alice).unwrap();
        // A later login of the same daemon, and one to another account in between.
        let again = first.reserve(&alice).unwrap();
        let bob = first.reserve(&"bob".parse().unwrap()).unwrap();
        drop((reserved, bob));
        let third = first.reserve(&alice).unwrap();
        drop(again);
        assert_eq!(second.reserve(&alice).err(), by_work);
        drop(third);
        let _taken = second.reserve(&alice).unwrap();
        assert_eq!(
            first.reserve(&alice).err().and_then(|in_use| in_use.by),
            Some("alice".to_owned())
        );
    }

    #[test]
    fn a_lock_whose_file_was_removed_is_taken_again_unless_another_daemon_has_it() {
        os::restrict_new_files();
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        let [first, second] =
            ["work", "alice"].map(|name| daemon(&state, name, "https://tai.chat"));
        let alice = "alice".parse().unwrap();
        let _reserved = first.reserve(&alice).unwrap();
        assert!(first.locks.are_kept());
        std::fs::remove_dir_all(&state).unwrap();
        assert!(first.locks.are_kept());
        assert!(second.reserve(&alice).is_err());
        std::fs::remove_dir_all(&state).unwrap();
        let reserved = second.reserve(&alice).unwrap();
        assert!(!first.locks.are_kept());
        drop(reserved);
        assert!(first.locks.are_kept());
    }

    #[test]
    fn without_a_directory_for_state_there_is_no_lock() {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("a file");
        std::fs::write(&state, "").unwrap();
        let daemons = ["work", "alice"].map(|name| daemon(&state, name, "https://tai.chat"));
        for daemon in &daemons {
            assert!(daemon.reserve(&"alice".parse().unwrap()).is_ok());
        }
    }
}
