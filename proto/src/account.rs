//! What is said about accounts: who a client is configured for, and people who sign in and
//! out. Every type is plainly typed, as in [`crate::call`].

use crate::{fault::Fault, secret::Secret};
use serde::{Deserialize, Serialize};

/// The account a client was configured for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its username.
    pub username: String,
}

/// Whether a client's password is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Need {
    /// The daemon has its own; the client keeps its.
    Nothing,
    /// The daemon has none that works: [`crate::Call::Offer`] it.
    Password,
}

/// A username and its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The registered username, its case kept.
    pub username: String,
    /// The password.
    pub password: Secret,
}

/// What a person signs in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The account.
    pub credentials: Credentials,
    /// Whether the system's keyring is to keep it for the next start.
    pub save: bool,
}

/// A person has signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The username.
    pub username: String,
    /// The address of the daemon's own instance.
    pub address: String,
    /// Why the keyring did not keep it, when that was asked for and failed.
    pub not_saved: Option<Fault>,
}

/// A person has signed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOut {
    /// The username that was signed in or configured.
    pub username: Option<String>,
    /// Whether the keyring had the password, and has forgotten it.
    pub forgotten: bool,
    /// Where the next start of the daemon would find a password again, in words.
    pub still_configured: Option<String>,
}
