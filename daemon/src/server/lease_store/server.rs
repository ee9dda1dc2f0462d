//! The server of the store, as the configuration names it.

use std::path::PathBuf;

/// The server of the store.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "shared-leases"),
    expect(dead_code, reason = "nothing connects to a server")
)]
pub(super) struct Server {
    /// URL of the database, without a password.
    pub(super) url: String,
    /// Program that prints the password.
    pub(super) password_command: Option<Vec<String>>,
    /// Certificate authorities that are trusted in addition to the system's.
    pub(super) ca_file: Option<PathBuf>,
}
