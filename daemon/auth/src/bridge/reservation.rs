//! The reservation of an account: at most one process of the user has it at a time.

use std::{
    fs::File,
    sync::{Arc, Mutex},
};

/// Reservation of an account by this process. It lasts until its last clone is dropped.
#[derive(Debug, Clone, Default)]
pub struct Reservation {
    _lock: Option<Arc<Mutex<File>>>,
}

impl Reservation {
    /// Creates the reservation that the lock of this file is. The owner of the locks replaces a
    /// file that was removed.
    pub fn of_lock(file: Arc<Mutex<File>>) -> Self {
        Self { _lock: Some(file) }
    }
}

/// Another process of the user has the account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("another process of this user has the account")]
pub struct InUse {
    /// Name of the holder, if it is known.
    pub by: Option<String>,
}
