//! A clock that tests set, an issuer that needs no network, and tokens that no bridge made.
//! Only with the feature `test-util`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crate::{
    base_url::{BaseUrl, Origin},
    bridge::{Bearer, BridgeError, IssuedToken, LoginError, TokenIssuer},
    credentials::Credentials,
    session::{
        clock::{Clock, Now},
        stamp::Stamp,
    },
};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};
use tokio::time::Instant;

const DAY: u64 = 86_400;
/// Time since the boot at the start of a clock.
const UPTIME: Duration = Duration::from_secs(100);

/// Clock whose wall time follows tokio's paused time from a fixed moment, with an offset that
/// a test changes: sleep of the machine, or a clock that is set.
pub struct TestClock {
    start: Instant,
    offset: Mutex<i64>,
    boot: Mutex<u32>,
}

impl TestClock {
    /// Creates a clock without an offset.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            start: Instant::now(),
            offset: Mutex::new(0),
            boot: Mutex::new(1),
        })
    }

    /// Moves the wall clock by this many seconds.
    pub fn shift(&self, seconds: i64) {
        *self.offset.lock().unwrap() += seconds;
    }

    /// Restarts the machine of this clock: its stamps belong to another boot.
    pub fn reboot(&self) {
        *self.boot.lock().unwrap() += 1;
    }

    /// Returns the true time in Unix seconds, whatever the wall clock shows.
    fn true_time(&self) -> u64 {
        1_800_000_000 + self.start.elapsed().as_secs()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Now {
        let offset = *self.offset.lock().unwrap();
        let wall = SystemTime::UNIX_EPOCH
            + Duration::from_secs(self.true_time().checked_add_signed(offset).unwrap());
        Now {
            wall,
            mono: Instant::now().into_std(),
        }
    }

    fn stamp(&self) -> Stamp {
        Stamp {
            wall: self.now().wall,
            boot: *self.boot.lock().unwrap(),
            since_boot: self.start.elapsed() + UPTIME,
        }
    }
}

/// Issuer that accepts every username and password, after 100 ms.
pub struct FakeIssuer(Arc<TestClock>);

impl FakeIssuer {
    /// Creates an issuer of good tokens for the user `alice`, which live for a day.
    pub fn new(clock: &Arc<TestClock>) -> Arc<Self> {
        Arc::new(Self(clock.clone()))
    }

    async fn issue(&self) -> IssuedToken {
        tokio::time::sleep(Duration::from_millis(100)).await;
        issued(good_jwt(&self.0), &self.0)
    }
}

impl TokenIssuer for FakeIssuer {
    fn origin(&self) -> Origin {
        origin()
    }

    async fn login(&self, _: &Credentials) -> Result<IssuedToken, LoginError> {
        Ok(self.issue().await)
    }

    async fn refresh(&self, _: &Bearer) -> Result<IssuedToken, BridgeError> {
        Ok(self.issue().await)
    }
}

/// Returns the origin of the bridge of each issuer of the tests.
pub fn origin() -> Origin {
    let url: BaseUrl = "https://tai.chat".parse().unwrap();
    url.origin()
}

/// Returns a JWT for `alice` that lives for a day.
pub(crate) fn good_jwt(clock: &TestClock) -> String {
    token_of(clock, "alice", DAY)
}

/// Returns a JWT for `sub` that lives for this many seconds.
pub(crate) fn token_of(clock: &TestClock, sub: &str, seconds: u64) -> String {
    let now = clock.true_time();
    let exp = now + seconds;
    jwt(
        r#"{"alg":"HS256"}"#,
        &format!(r#"{{"sub":"{sub}","iat":{now},"exp":{exp}}}"#),
    )
}

/// Returns the bridge's answer with this JWT.
pub(crate) fn issued(jwt: String, clock: &TestClock) -> IssuedToken {
    let server_time = SystemTime::UNIX_EPOCH + Duration::from_secs(clock.true_time());
    IssuedToken {
        jwt: jwt.into(),
        server_time: Some(server_time),
    }
}

/// Returns a JWT with this header and these claims, and a signature that no bridge made.
pub fn jwt(header: &str, claims: &str) -> String {
    format!("{}.{}.c2ln", base64(header), base64(claims))
}

/// Encodes text as base64 for URLs, without padding.
fn base64(text: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk
            .iter()
            .fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for n in 0..=chunk.len() {
            out.push(DIGITS[(bits >> (18 - 6 * n)) as usize & 63] as char);
        }
    }
    out
}
