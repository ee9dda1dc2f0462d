//! The accounts that clients have claimed. A person can sign taid out and in to another account while
//! their connections last.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tai_proto::names::Username;

/// The claimed accounts, by connection. A client that names no account has none.
#[derive(Debug, Default)]
pub(crate) struct Claims(Mutex<BTreeMap<u64, Username>>);

impl Claims {
    fn table(&self) -> MutexGuard<'_, BTreeMap<u64, Username>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records the account of connection `key`.
    pub(super) fn add(&self, key: u64, account: &Username) {
        self.table().insert(key, account.clone());
    }

    /// Forgets a connection that has ended.
    pub(super) fn remove(&self, key: u64) {
        self.table().remove(&key);
    }

    /// Returns the account of connection `key`.
    pub(super) fn of(&self, key: u64) -> Option<Username> {
        self.table().get(&key).cloned()
    }
}
