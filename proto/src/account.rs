//! Accounts: the account of a client's configuration, and a person's login and logout.

use crate::{fault::Fault, secret::Secret, text::Label};
use serde::{Deserialize, Serialize};
use tai_names::{Address, Username};

/// Username and password. Only clients send it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The registered username.
    pub username: Username,
    /// The password.
    pub password: Secret,
}

/// Answer to [`crate::call::ClaimAccount`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountClaim {
    /// The daemon serves the account at the bridge.
    Serves(PasswordNeed),
    /// The daemon serves another account, another bridge, or none. A client whose configuration
    /// names a profile or a socket reports the fault; any other client uses the account's own
    /// daemon.
    Elsewhere(Fault),
}

/// Whether the daemon needs the client's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasswordNeed {
    /// The daemon has a credential source, or a person signed out.
    NotNeeded,
    /// The daemon has no password, or the bridge refused another client's password. The client
    /// may send [`crate::call::OfferCredentials`].
    Needed,
}

/// Outcome of a person's login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The username.
    pub username: Username,
    /// Address of the daemon's own instance.
    pub address: Address,
    /// Error of the keyring, if the login was to save the password and saving failed.
    pub not_saved: Option<Fault>,
}

/// Outcome of a person's logout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOut {
    /// Account of the daemon before.
    pub former: Former,
    /// Whether the keyring contained the password and deleted it.
    pub forgotten: bool,
    /// Error of the keyring, which may still have the password.
    pub not_forgotten: Option<Fault>,
    /// Name of the configured credential source, with which the next daemon signs in again.
    pub still_configured: Option<Label>,
}

/// Account that a daemon without one had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Former {
    /// None, since its start.
    None,
    /// This one, which the logout signed out.
    SignedOutNow(Username),
    /// This one, which an earlier logout signed out.
    SignedOutBefore(Username),
}

impl Former {
    /// Returns the account.
    #[must_use]
    pub fn account(&self) -> Option<&Username> {
        match self {
            Self::None => None,
            Self::SignedOutNow(account) | Self::SignedOutBefore(account) => Some(account),
        }
    }
}

/// Answer to [`crate::call::MakeWay`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Succession {
    /// The daemon drains and exits. Its successor can sign in.
    Yields,
    /// The daemon stays, because its release is not older than the client's.
    IsCurrent,
    /// The daemon stays, because its successor would lack the password, or mails that wait for
    /// approval.
    IsNeeded,
}
