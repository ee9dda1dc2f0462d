//! A token: what can be checked of it here, and how long it is good for.
//!
//! The signature cannot be checked: the secret is the bridge's alone (seed: "signed with a
//! secret that only the server has"). What is checked guards against a broken or foreign
//! bridge, not against a forger, who would gain nothing by sending us a token of his own.

use super::clock::Now;
use crate::bridge::{Bearer, Generation, IssuedToken, Revocation};
use jsonwebtoken::{Algorithm, dangerous};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

/// More than any bridge's token has; a larger one is not looked into.
const MAX_BYTES: usize = 8 * 1024;
/// A token that claims to live longer is a mistake.
const MAX_LIFETIME: Duration = Duration::from_secs(366 * 24 * 60 * 60);
/// Seed: "refresh when within 5 minutes of expiry".
const RENEW_BEFORE: Duration = Duration::from_secs(5 * 60);
/// So that many machines that logged in together do not renew together.
const RENEW_JITTER: Duration = Duration::from_secs(60);

/// A token that passed the checks.
#[derive(Debug, Clone)]
pub struct Token {
    bearer: Bearer,
    username: Arc<str>,
    expires: Now,
    renews: Now,
}

/// Why something the bridge issued is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("it has {0} bytes, more than a token has")]
    TooLarge(usize),
    #[error("it is corrupt, or signed in a way that the bridge does not use: {0}")]
    NotAJwt(String),
    #[error("it is signed with {0:?}, the bridge signs with HS256")]
    Algorithm(Algorithm),
    #[error("it was issued to another username")]
    Subject,
    #[error("its lifetime makes no sense: issued {}, expires {}", at(*issued), at(*expires))]
    Lifetime { issued: i64, expires: i64 },
    #[error("it had expired when it was issued: {}", at(*expires))]
    Expired { expires: i64 },
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
    iat: Option<i64>,
}

impl Token {
    /// Checks what was issued to `username` and works out until when it is good, in local
    /// time that began at `asked`, the moment before the request left.
    ///
    /// The bridge's clock is taken from its `Date` header; where there is none, from `iat`:
    /// a token that was just asked for was just issued. So a local clock that is wrong by a
    /// day changes nothing. `exp` counts and `expires_at` does not (bridge-api.md, trap 10).
    ///
    /// # Errors
    /// Any [`TokenError`].
    pub fn receive(
        issued: IssuedToken,
        username: &str,
        (generation, revocation): (Generation, Revocation),
        asked: Now,
        jitter: f64,
    ) -> Result<Self, TokenError> {
        let jwt = issued.jwt.expose_secret();
        if jwt.len() > MAX_BYTES {
            return Err(TokenError::TooLarge(jwt.len()));
        }
        let decoded = dangerous::insecure_decode::<Claims>(jwt)
            .map_err(|error| TokenError::NotAJwt(error.to_string()))?;
        if decoded.header.alg != Algorithm::HS256 {
            return Err(TokenError::Algorithm(decoded.header.alg));
        }
        let Claims { sub, exp, iat } = decoded.claims;
        if sub != username {
            return Err(TokenError::Subject);
        }
        let server_now = issued
            .server_time
            .and_then(unix)
            .or(iat)
            .or_else(|| unix(asked.wall));
        let issued_at = iat.or(server_now).unwrap_or_default();
        let nonsense = TokenError::Lifetime {
            issued: issued_at,
            expires: exp,
        };
        let lifetime = seconds(issued_at, exp).ok_or_else(|| nonsense.clone())?;
        if lifetime > MAX_LIFETIME {
            return Err(nonsense);
        }
        // Both times are whole seconds, so what is left may be up to a second less.
        let left = seconds(server_now.unwrap_or(issued_at), exp)
            .ok_or(TokenError::Expired { expires: exp })?
            .min(lifetime)
            .saturating_sub(Duration::from_secs(1));
        if left.is_zero() {
            // Whoever waits would ask for another one, and so on without a pause.
            return Err(TokenError::Expired { expires: exp });
        }
        // A token of minutes, as tests have, is renewed in its last fifth.
        let margin = RENEW_BEFORE.min(left / 5) + RENEW_JITTER.min(left / 20).mul_f64(jitter);
        Ok(Self {
            bearer: Bearer::new(issued.jwt, generation, revocation),
            username: username.into(),
            expires: asked.plus(left),
            renews: asked.plus(left.saturating_sub(margin)),
        })
    }

    /// What a request carries.
    pub fn bearer(&self) -> &Bearer {
        &self.bearer
    }

    /// Which one it is.
    pub fn generation(&self) -> Generation {
        self.bearer.generation()
    }

    /// Whose it is.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// When it stops being good.
    pub fn expires(&self) -> Now {
        self.expires
    }

    /// When it is to be renewed.
    pub fn renews(&self) -> Now {
        self.renews
    }

    /// Whether it is good at `now`.
    pub fn is_good(&self, now: Now) -> bool {
        !self.expires.has_come(now)
    }
}

/// Unix time for a person; a bridge may say anything.
fn at(unix: i64) -> String {
    u64::try_from(unix)
        .ok()
        .and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)))
        .map(crate::time::rfc3339)
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| format!("at {unix} (Unix time)"))
}

fn unix(time: SystemTime) -> Option<i64> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

/// From `start` to `end`, when that is a time at all.
fn seconds(start: i64, end: i64) -> Option<Duration> {
    let seconds = u64::try_from(end.checked_sub(start)?).ok()?;
    (seconds > 0).then(|| Duration::from_secs(seconds))
}
