//! A token: the checks of a JWT, and the time for which it is good.
//!
//! The signature cannot be checked: the secret is the bridge's alone (seed: "signed with a
//! secret that only the server has"). The checks guard against a broken or foreign bridge; a
//! forger gains nothing by sending this side a token.

use super::{
    clock::{Clock, Deadline, Now},
    stamp::Stamp,
};
use crate::bridge::{Bearer, Generation, IssuedToken, Reservation, Revocation};
use jsonwebtoken::{Algorithm, dangerous};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::Value;
use std::time::{Duration, SystemTime};
use tai_names::Username;
use tai_timing::renewal;

/// Size limit of a JWT in bytes; the bridge's tokens are far smaller.
const MAX_BYTES: usize = 8 * 1024;
/// Longest accepted lifetime.
const MAX_LIFETIME: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// A token that passed the checks. Tokens with the same generation are equal.
#[derive(Debug, Clone)]
pub struct Token {
    bearer: Bearer,
    username: Username,
    expires: Deadline,
    renews: Deadline,
    /// The reservation of the account. A token of a refresh has none: that of its login lasts.
    reservation: Reservation,
    /// The claim `iat`.
    iat: Option<i64>,
    /// The bridge's time at a moment; `None` if it did not say.
    bridge_time: Option<(i64, Stamp)>,
}

/// The moment before a request for a token leaves.
pub(crate) struct Asked<'a> {
    pub(crate) now: Now,
    pub(crate) stamp: Stamp,
    /// The token that is renewed.
    pub(crate) earlier: Option<&'a Token>,
}

impl<'a> Asked<'a> {
    pub(crate) fn of(clock: &dyn Clock, earlier: Option<&'a Token>) -> Self {
        Self {
            now: clock.now(),
            stamp: clock.stamp(),
            earlier,
        }
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.generation() == other.generation()
    }
}

/// Reason why an issued token is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The token exceeds 8 KiB.
    #[error("it has {0} bytes; the limit is {MAX_BYTES}")]
    TooLarge(usize),
    /// The token is not a JWT, lacks a claim, or its header names an unknown algorithm.
    #[error(
        "it is corrupt, without `sub` or `exp`, or signed in a way that the bridge does not use"
    )]
    NotAJwt,
    /// The token is not signed with HS256.
    #[error("it is signed with {0:?}, the bridge signs with HS256")]
    Algorithm(Algorithm),
    /// The token's `sub` is another username.
    #[error("it was issued to another username")]
    Subject,
    /// The token expires before it was issued, or more than a year after.
    #[error("its lifetime is not valid: issued {}, expires {}", at(*issued), at(*expires))]
    Lifetime {
        /// The token's `iat`, or the time of the answer; Unix time.
        issued: i64,
        /// The token's `exp`; Unix time.
        expires: i64,
    },
    /// The token had expired when it arrived.
    #[error("it had expired when it was issued: {}", at(*expires))]
    Expired {
        /// The token's `exp`; Unix time.
        expires: i64,
    },
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: Value,
    #[serde(default)]
    iat: Value,
}

impl Token {
    /// Checks a token that was issued to `username`, and computes its end in local time from
    /// `asked`, the moment before the request left.
    ///
    /// The bridge's time is the `Date` header, or `iat` if there is none: the token was just
    /// issued. If a renewed token keeps `iat`, it is the time that the earlier token brought, and the
    /// time since. A local clock that is wrong by a day therefore changes nothing. `exp` counts and
    /// `expires_at` does not (bridge-api.md, trap 10).
    pub(crate) fn receive(
        issued: IssuedToken,
        username: &Username,
        (generation, revocation): (Generation, Revocation),
        asked: &Asked<'_>,
        jitter: f64,
    ) -> Result<Self, TokenError> {
        let jwt = issued.jwt.expose_secret();
        if jwt.len() > MAX_BYTES {
            return Err(TokenError::TooLarge(jwt.len()));
        }
        // The signature, which is not decoded, becomes a part of a header.
        let is_base64 = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
        if !jwt.bytes().all(is_base64) {
            return Err(TokenError::NotAJwt);
        }
        let decoded = dangerous::insecure_decode::<Claims>(jwt).map_err(|_| TokenError::NotAJwt)?;
        if decoded.header.alg != Algorithm::HS256 {
            return Err(TokenError::Algorithm(decoded.header.alg));
        }
        let Claims { sub, exp, iat } = decoded.claims;
        let exp = whole_seconds(&exp).ok_or(TokenError::NotAJwt)?;
        let iat = whole_seconds(&iat);
        if sub != username.as_str() {
            return Err(TokenError::Subject);
        }
        let kept = asked.earlier.filter(|earlier| iat <= earlier.iat);
        let kept = kept.and_then(|earlier| earlier.bridge_time_at(asked.stamp));
        let date = issued.server_time.and_then(unix);
        let bridge_time = date.or(kept.max(iat));
        let server_now = bridge_time.or_else(|| unix(asked.now.wall));
        let issued_at = iat.or(server_now).unwrap_or_default();
        let nonsense = TokenError::Lifetime {
            issued: issued_at,
            expires: exp,
        };
        let lifetime = seconds(issued_at, exp).ok_or_else(|| nonsense.clone())?;
        if lifetime > MAX_LIFETIME {
            return Err(nonsense);
        }
        // Both times are whole seconds, so up to a second less may be left.
        let left = seconds(server_now.unwrap_or(issued_at), exp)
            .ok_or(TokenError::Expired { expires: exp })?
            .min(lifetime)
            .saturating_sub(Duration::from_secs(1));
        if left.is_zero() {
            // Otherwise callers would request new tokens in a loop without a pause.
            return Err(TokenError::Expired { expires: exp });
        }
        let margin = renewal::before_end(left, jitter);
        Ok(Self {
            bearer: Bearer::new(issued.jwt, generation, revocation),
            username: username.clone(),
            expires: asked.now.plus(left),
            renews: asked.now.plus(left.saturating_sub(margin)),
            reservation: Reservation::default(),
            iat,
            bridge_time: bridge_time.map(|time| (time, asked.stamp)),
        })
    }

    /// Returns the token of a login for which the account was reserved.
    pub(super) fn reserved_by(self, reservation: Reservation) -> Self {
        Self {
            reservation,
            ..self
        }
    }

    /// Returns the bridge's time at a later moment.
    fn bridge_time_at(&self, now: Stamp) -> Option<i64> {
        let (time, at) = self.bridge_time?;
        let passed = i64::try_from(at.exact_age(now)?.as_secs()).ok()?;
        time.checked_add(passed)
    }

    /// Returns the reservation of the account.
    pub(super) fn reservation(&self) -> &Reservation {
        &self.reservation
    }

    /// Returns the credential for requests.
    pub fn bearer(&self) -> &Bearer {
        &self.bearer
    }

    /// Returns the number of the login or renewal that brought the token.
    pub fn generation(&self) -> Generation {
        self.bearer.generation()
    }

    /// Returns the username.
    pub fn username(&self) -> &Username {
        &self.username
    }

    /// Returns the end of the token's life.
    pub fn expires(&self) -> Deadline {
        self.expires
    }

    /// Returns the time of the renewal.
    pub fn renews(&self) -> Deadline {
        self.renews
    }

    /// Returns whether the token is good at `now`.
    pub fn is_good(&self, now: Now) -> bool {
        !self.expires.has_come(now)
    }
}

/// Returns a NumericDate (RFC 7519, section 2) rounded down; `None` for any other value.
fn whole_seconds(value: &Value) -> Option<i64> {
    // Whole numbers up to 2^53 are exact.
    let is_exact = |seconds: &f64| seconds.abs() <= 9_007_199_254_740_992.0;
    let fraction = || value.as_f64().map(f64::floor).filter(is_exact);
    value
        .as_i64()
        .or_else(|| fraction().map(|seconds| seconds as i64))
}

/// Renders Unix time, which may be any number.
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

/// Returns the time from `start` to `end`, if `end` is later.
fn seconds(start: i64, end: i64) -> Option<Duration> {
    let seconds = u64::try_from(end.checked_sub(start)?).ok()?;
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
