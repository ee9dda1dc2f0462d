//! For tests: a clock that can be set, and a bridge that issues what it is told to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use super::clock::{Clock, Now};
use crate::{
    bridge::{Bearer, BridgeError, IssuedToken, LoginError, TokenIssuer},
    credentials::Credentials,
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};
use tokio::time::Instant;

const DAY: u64 = 86_400;

/// The wall clock follows tokio's paused time, from a fixed moment, with an offset that tests
/// change: sleep of the machine, a clock that is set.
pub struct TestClock {
    start: Instant,
    offset: Mutex<i64>,
}

impl TestClock {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            start: Instant::now(),
            offset: Mutex::new(0),
        })
    }

    pub fn shift(&self, seconds: i64) {
        *self.offset.lock().unwrap() += seconds;
    }

    /// The true time, whatever the local clock says.
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
}

/// What the bridge does with the next attempt; a good token when nothing is left.
pub enum Next {
    Fail(BridgeError),
    Refuse,
    Hang,
    Raw(String),
}

pub struct FakeBridge {
    pub clock: Arc<TestClock>,
    pub sends_date: bool,
    pub next_login: Mutex<VecDeque<Next>>,
    pub next_refresh: Mutex<VecDeque<Next>>,
    logins: Mutex<u32>,
    refreshes: Mutex<u32>,
}

impl FakeBridge {
    pub fn new(clock: &Arc<TestClock>) -> Arc<Self> {
        Arc::new(Self {
            clock: clock.clone(),
            sends_date: true,
            next_login: Mutex::default(),
            next_refresh: Mutex::default(),
            logins: Mutex::default(),
            refreshes: Mutex::default(),
        })
    }

    pub fn counts(&self) -> (u32, u32) {
        (
            *self.logins.lock().unwrap(),
            *self.refreshes.lock().unwrap(),
        )
    }

    async fn issue(&self, next: Option<Next>) -> Result<IssuedToken, LoginError> {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let now = self.clock.true_time();
        let token = match next {
            Some(Next::Fail(error)) => return Err(LoginError::Bridge(error)),
            Some(Next::Refuse) => return Err(LoginError::Refused),
            Some(Next::Hang) => {
                tokio::time::sleep(Duration::from_secs(30)).await;
                let after = Duration::from_secs(30);
                return Err(LoginError::Bridge(BridgeError::TimedOut { after }));
            }
            Some(Next::Raw(token)) => token,
            None => jwt(
                r#"{"alg":"HS256"}"#,
                &format!(r#"{{"sub":"alice","iat":{now},"exp":{}}}"#, now + DAY),
            ),
        };
        let server_time = self
            .sends_date
            .then(|| SystemTime::UNIX_EPOCH + Duration::from_secs(now));
        Ok(IssuedToken {
            jwt: token.into(),
            server_time,
        })
    }
}

/// Base64 for URLs, without padding: enough of it for a fixture.
fn base64_of(text: &str) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk
            .iter()
            .fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for n in 0..=chunk.len() {
            out.push(SIGNS[(bits >> (18 - 6 * n)) as usize & 63] as char);
        }
    }
    out
}

/// A token with this header and these claims, and a signature of nobody's.
pub fn jwt(header: &str, claims: &str) -> String {
    let b64 = base64_of;
    format!("{}.{}.c2ln", b64(header), b64(claims))
}

impl TokenIssuer for FakeBridge {
    async fn login(&self, _: &Credentials) -> Result<IssuedToken, LoginError> {
        *self.logins.lock().unwrap() += 1;
        let next = self.next_login.lock().unwrap().pop_front();
        self.issue(next).await
    }

    async fn refresh(&self, _: &Bearer) -> Result<IssuedToken, BridgeError> {
        *self.refreshes.lock().unwrap() += 1;
        let next = self.next_refresh.lock().unwrap().pop_front();
        self.issue(next).await.map_err(|error| match error {
            LoginError::Bridge(error) => error,
            LoginError::Refused | LoginError::Locked { .. } => panic!("a login's error"),
        })
    }
}
