//! Accounts: the account a client was configured for, and a person's login and logout.

use crate::{fault::Fault, secret::Secret, text::Label};
use serde::{Deserialize, Serialize};
use tai_names::{Address, Username};

/// A username and its password. Only clients send it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The registered username.
    pub username: Username,
    /// The password.
    pub password: Secret,
}

/// Whether the daemon needs a client's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasswordNeed {
    /// The daemon has a password of its own.
    NotNeeded,
    /// The daemon has none that works: [`crate::call::OfferCredentials`].
    Needed,
}

/// The outcome of a person's login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The username.
    pub username: Username,
    /// The address of the daemon's own instance.
    pub address: Address,
    /// The reason why the keyring did not save the password, if saving was asked for and
    /// failed.
    pub not_saved: Option<Fault>,
}

/// The outcome of a person's logout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOut {
    /// The account that was signed in or configured.
    pub username: Option<Username>,
    /// Whether the keyring had the password and deleted it.
    pub forgotten: bool,
    /// The credential source that signs the next daemon in again, in words.
    pub still_configured: Option<Label>,
}

/// The answer of a daemon that a client of another release asks to make way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Succession {
    /// The daemon drains and ends; its successor can sign in.
    Yields,
    /// The daemon stays: its release is not older than the client's.
    IsCurrent,
    /// The daemon stays: its successor could not get the password.
    HoldsPassword,
}
