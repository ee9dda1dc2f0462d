//! The running daemon: owns its parts. [`super::dispatch`] passes each call to one of them.

use super::{
    account_lock::AccountLocks,
    call_log::CallLog,
    claims::Claims,
    environment::SettingsInForce,
    ipc::{Clients, ProfileLock},
    logging::Log,
    rules::FileRules,
};
use crate::{
    audit::Audit,
    config::{ActivePolicy, Config},
    mail::MailService,
};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};
use tai_auth::{
    bridge::{
        HttpBridge,
        transport::{Network, Transport},
    },
    session::Session,
};
use tai_proto::{endpoint::Endpoint, names::Username, places::Places};
use tokio_util::sync::CancellationToken;

/// The running daemon.
pub(crate) struct App<T = Network> {
    pub(crate) facts: Facts,
    pub(crate) policy: Arc<ActivePolicy>,
    /// The state of the file with the policy.
    pub(crate) rules: FileRules,
    /// The configuration values in force, for `taid doctor`.
    pub(crate) in_force: SettingsInForce,
    pub(crate) bridge: Arc<HttpBridge<T>>,
    pub(crate) session: Session,
    pub(crate) mail: MailService<HttpBridge<T>>,
    pub(crate) clients: Arc<Clients>,
    pub(crate) claims: Claims,
    pub(crate) locks: Locks,
    pub(crate) audit: Audit,
    pub(crate) calls: CallLog,
    /// Account that a person signed out. Its clients do not sign in elsewhere.
    pub(crate) signed_out: Mutex<Option<Username>>,
    /// Has a further owner for each login of a person that is under way.
    pub(crate) logins: Arc<()>,
    /// Cancelled when the daemon begins to drain.
    pub(crate) stop: CancellationToken,
}

/// The locks that keep other daemons of the user from this one's profile and account. A simulated
/// daemon has none.
#[derive(Default)]
pub(crate) struct Locks {
    pub(crate) profile: Option<Arc<ProfileLock>>,
    pub(crate) accounts: Option<Arc<AccountLocks>>,
    /// Whether another daemon can have had the profile or the account.
    pub(super) are_lost: AtomicBool,
}

/// Values that do not change while the daemon runs.
pub(crate) struct Facts {
    pub(crate) config: Config,
    /// Directories of the user.
    pub(crate) places: Places,
    /// Description of the configured credential source; `None` for the keyring.
    pub(crate) configured_source: Option<String>,
    pub(crate) endpoint: Endpoint,
    pub(crate) log: Arc<Log>,
    pub(crate) started_at: SystemTime,
    pub(crate) started: Instant,
    /// The idle timeout of an auto-started daemon.
    pub(crate) idle_exit: Option<Duration>,
}

impl Locks {
    /// Returns whether no other daemon can have the profile or the account.
    pub(super) fn are_kept(&self) -> bool {
        let are_kept = self.profile.as_ref().is_none_or(|lock| lock.is_kept())
            && self.accounts.as_ref().is_none_or(|locks| locks.are_kept());
        self.are_lost.fetch_or(!are_kept, Ordering::Relaxed);
        are_kept
    }
}

impl<T: Transport> App<T> {
    /// Returns the account that a person signed out, if none has signed in since.
    pub(crate) fn signed_out(&self) -> Option<Username> {
        let signed_out = self.signed_out.lock();
        signed_out.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Records the account that a person signed out; `None` after a login.
    pub(crate) fn set_signed_out(&self, account: Option<Username>) {
        *self
            .signed_out
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = account;
    }
}
