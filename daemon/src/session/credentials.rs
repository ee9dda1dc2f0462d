//! Where the username and the password come from. They are asked for when a full login
//! needs them and dropped after it, so that the daemon keeps no copy of its own.

use secrecy::SecretString;
use std::fmt;

/// What a login needs.
#[derive(Clone)]
pub struct Credentials {
    /// The registered username, its case kept.
    pub username: String,
    /// The password; zeroed when dropped.
    pub password: SecretString,
}

/// Never shows the password.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// A source of credentials that can be asked again and again.
#[derive(Debug, Clone)]
pub enum Source {
    /// There is none.
    Nowhere,
    /// The password is in this variable of our own environment, where the system keeps it
    /// anyway.
    Environment {
        /// The username.
        username: String,
        /// The variable's name.
        variable: &'static str,
    },
    /// Given by the program that uses the session as a library.
    Given(Credentials),
}

impl Source {
    /// Asks; `None` when the source has nothing.
    pub fn ask(&self) -> Option<Credentials> {
        match self {
            Source::Nowhere => None,
            Source::Environment { username, variable } => Some(Credentials {
                username: username.clone(),
                password: std::env::var(variable).ok()?.into(),
            }),
            Source::Given(credentials) => Some(credentials.clone()),
        }
    }
}
