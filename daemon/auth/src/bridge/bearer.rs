//! The credential of a request, and the answer that brings one. The bridge and the session
//! share these types.

use secrecy::SecretString;
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};

/// The bridge's answer to a login or a refresh.
#[derive(Debug, Clone)]
pub struct IssuedToken {
    /// The JWT, unchecked.
    pub jwt: SecretString,
    /// The bridge's time, from the `Date` header of the answer.
    pub server_time: Option<SystemTime>,
}

/// Number of the login or refresh that brought a token. It identifies the token, so that a late 401
/// to an earlier token is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub(crate) u64);

impl Generation {
    /// Returns the number after this one.
    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// Flag that all tokens of one account share. Once it is set, no request leaves with any of
/// them, including a request that waits for a retry.
#[derive(Debug, Clone, Default)]
pub struct Revocation(Arc<AtomicBool>);

impl Revocation {
    /// Revokes the tokens permanently.
    pub(crate) fn revoke(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The credential of one request: a JWT, its generation, and whether it was revoked.
///
/// Clones share the secret, which is zeroed with the last one.
#[derive(Clone)]
pub struct Bearer {
    jwt: Arc<SecretString>,
    generation: Generation,
    revocation: Revocation,
}

impl Bearer {
    /// Creates the credential from a JWT that has passed the session's checks.
    pub(crate) fn new(jwt: SecretString, generation: Generation, revocation: Revocation) -> Self {
        Self {
            jwt: Arc::new(jwt),
            generation,
            revocation,
        }
    }

    /// Returns the JWT, for the `Authorization` header and nothing else.
    pub fn jwt(&self) -> &SecretString {
        &self.jwt
    }

    /// Returns the number of the login or refresh that brought the token.
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// Returns whether the user has signed out since the token was issued.
    pub fn is_revoked(&self) -> bool {
        self.revocation.0.load(Ordering::Relaxed)
    }
}

/// Never shows the JWT.
impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer")
            .field("generation", &self.generation.0)
            .finish_non_exhaustive()
    }
}
