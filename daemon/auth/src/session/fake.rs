//! For tests: a clock that can be set, and a bridge that issues what it is told to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use super::{
    clock::{Clock, Now},
    error::SessionError,
    token::{Issued, Token},
};
use crate::bridge::{
    Bridge, BridgeError, Head, Listing, Message, Outgoing, OutgoingReply, Page, Receipt,
    ReplyOutcome,
};
use crate::credentials::Credentials;
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
    Fail(SessionError),
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
    /// What it lists, and how often it was asked to; with an error while there is one.
    pub mailbox: Mutex<Vec<Head>>,
    pub lists: Mutex<u32>,
    pub list_fails: Mutex<Option<BridgeError>>,
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
            mailbox: Mutex::default(),
            lists: Mutex::default(),
            list_fails: Mutex::default(),
        })
    }

    pub fn counts(&self) -> (u32, u32) {
        (
            *self.logins.lock().unwrap(),
            *self.refreshes.lock().unwrap(),
        )
    }

    async fn issue(&self, next: Option<Next>) -> Result<Issued, SessionError> {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let now = self.clock.true_time();
        let token = match next {
            Some(Next::Fail(error)) => return Err(error),
            Some(Next::Hang) => {
                tokio::time::sleep(Duration::from_secs(30)).await;
                let after = Duration::from_secs(30);
                return Err(SessionError::Bridge(BridgeError::TimedOut { after }));
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
        Ok(Issued {
            token: token.into(),
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

impl Bridge for FakeBridge {
    async fn login(&self, _: &Credentials) -> Result<Issued, SessionError> {
        *self.logins.lock().unwrap() += 1;
        let next = self.next_login.lock().unwrap().pop_front();
        self.issue(next).await
    }

    async fn refresh(&self, _: &Token) -> Result<Issued, SessionError> {
        *self.refreshes.lock().unwrap() += 1;
        let next = self.next_refresh.lock().unwrap().pop_front();
        self.issue(next).await
    }

    async fn list(&self, _: &Token, page: &Page, _: Instant) -> Result<Listing, BridgeError> {
        *self.lists.lock().unwrap() += 1;
        tokio::time::sleep(Duration::from_millis(10)).await;
        if let Some(error) = self.list_fails.lock().unwrap().clone() {
            return Err(error);
        }
        let mut heads = self.mailbox.lock().unwrap().clone();
        // The bridge's order (bridge-api.md, trap 4).
        heads.sort_by(|a, b| (&b.date, a.id).cmp(&(&a.date, b.id)));
        let (from, count) = (page.offset as usize, heads.len());
        let rest = heads.into_iter().skip(from);
        let mails: Vec<Message> = rest
            .take(page.limit as usize)
            .map(|head| Message {
                head,
                text: None,
                html: None,
            })
            .collect();
        Ok(Listing {
            has_more: from + mails.len() < count,
            count: count as u64,
            mails,
        })
    }
    async fn message(&self, _: &Token, _: u64, _: Instant) -> Result<Option<Message>, BridgeError> {
        unimplemented!("the session reads no mail")
    }
    async fn mark_read(&self, _: &Token, _: u64, _: Instant) -> Result<bool, BridgeError> {
        unimplemented!("the session reads no mail")
    }
    async fn delete(&self, _: &Token, _: u64, _: Instant) -> Result<bool, BridgeError> {
        unimplemented!("the session deletes no mail")
    }
    async fn send(&self, _: &Token, _: &Outgoing<'_>, _: Instant) -> Result<Receipt, BridgeError> {
        unimplemented!("the session sends no mail")
    }
    async fn reply(
        &self,
        _: &Token,
        _: &OutgoingReply<'_>,
        _: Instant,
    ) -> Result<ReplyOutcome, BridgeError> {
        unimplemented!("the session sends no mail")
    }
}
