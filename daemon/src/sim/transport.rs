//! The transport between a daemon and the world's bridge.

use super::{
    bridge::{Asked, failed},
    script::{Script, failed_body, may_be_served},
    world::{Inner, Weather, World},
};
use fastrand::Rng;
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{DATE, RETRY_AFTER},
};
use serde_json::Value;
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use tai_auth::bridge::{
    BridgeError,
    expected::Expected,
    transport::{Exchange, RawAnswer, Transport, Unreadable, parse},
};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// Fate of one request.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Answered,
    /// The connection is refused, so the request certainly does not arrive.
    Refused,
    /// The connection breaks before the bridge serves the request.
    LostBefore,
    /// The connection breaks after the bridge has served the request.
    LostAfter,
    /// The request gets no answer. With a time, the bridge serves the request that much later.
    Hangs(Option<Duration>),
    /// A proxy in front of the bridge answers with this status; `true` if the bridge has served the
    /// request before that.
    InFront(u16, bool),
    /// The bridge serves the request, loses the answer of its mail provider or database, and says
    /// that it failed.
    FailsAfter,
}

impl Inner {
    fn fate(&mut self) -> Fate {
        let late = |rng: &mut Rng| rng.bool().then(|| Duration::from_millis(rng.u64(..90_000)));
        match (self.weather, self.rng.u32(..100)) {
            (Weather::Down, roll) => match roll {
                ..60 => Fate::Refused,
                ..80 => Fate::LostBefore,
                ..90 => Fate::InFront(503, false),
                _ => Fate::Hangs(None),
            },
            (Weather::Storm, roll) => match roll {
                ..10 => Fate::Refused,
                ..20 => Fate::LostBefore,
                ..32 => Fate::LostAfter,
                ..38 => Fate::Hangs(late(&mut self.rng)),
                ..42 => Fate::InFront(502, false),
                ..46 => Fate::InFront(504, true),
                ..49 => Fate::InFront(429, false),
                ..51 => Fate::InFront(403, true),
                ..54 => Fate::FailsAfter,
                _ => Fate::Answered,
            },
            _ => Fate::Answered,
        }
    }
}

/// Transport between one daemon and the bridge.
pub(super) struct WorldTransport {
    pub(super) world: Arc<World>,
    /// Number of the daemon.
    pub(super) daemon: u64,
    /// Cancelled when the daemon is killed. From then on no request gets an answer.
    pub(super) dead: CancellationToken,
    /// Outcomes of a bug report, in place of those of the weather.
    pub(super) script: Option<Arc<Script>>,
}

/// Counts a login while it is in flight.
struct LoginGuard<'a>(&'a WorldTransport);

impl Drop for LoginGuard<'_> {
    fn drop(&mut self) {
        let mut inner = self.0.world.inner();
        *inner.logins.entry(self.0.daemon).or_default() -= 1;
    }
}

impl WorldTransport {
    fn begin(&self, asked: &Asked) -> Option<LoginGuard<'_>> {
        let mut inner = self.world.inner();
        inner.note(&format!(
            "taid {} asks {} {:?}",
            self.daemon, asked.method, asked.path
        ));
        if inner.signed_out && !asked.token.is_empty() {
            let how = format!("a token was used after logout, for {:?}", asked.path);
            inner.broken.get_or_insert(how);
        }
        if !asked.is_login() {
            return None;
        }
        let logins = inner.logins.entry(self.daemon).or_default();
        *logins += 1;
        if *logins > 1 {
            inner
                .broken
                .get_or_insert("two logins are in flight".to_owned());
        }
        Some(LoginGuard(self))
    }

    async fn meet<E: Expected>(
        &self,
        asked: Asked,
        expected: E,
    ) -> Result<RawAnswer<E::Value>, BridgeError> {
        if let Some(script) = self.script.clone() {
            return self.replayed(&script, asked, expected).await;
        }
        let broken = || BridgeError::Broken {
            detail: "connection reset".into(),
        };
        sleep(self.world.moment(50)).await;
        let fate = self.world.inner().fate();
        match fate {
            Fate::Refused => Err(BridgeError::Unreachable {
                detail: "connection refused".into(),
            }),
            Fate::LostBefore => Err(broken()),
            Fate::LostAfter => {
                self.world.inner().serve(&asked);
                Err(broken())
            }
            Fate::Hangs(late) => {
                if let Some(late) = late {
                    let world = self.world.clone();
                    tokio::spawn(async move {
                        sleep(late).await;
                        world.inner().serve(&asked);
                    });
                }
                std::future::pending().await
            }
            Fate::InFront(status, after) => {
                if after {
                    self.world.inner().serve(&asked);
                }
                let retry_after_s = (status == 429).then_some(3);
                self.raw(status, retry_after_s, Ok("<html>a page</html>"), expected)
            }
            Fate::FailsAfter => {
                self.world.inner().serve(&asked);
                let lost = "Unable to fetch data. The request could not be resolved.";
                let (status, answer) = failed(500, "INTERNAL_ERROR", lost);
                self.raw(status, None, Ok(&answer.to_string()), expected)
            }
            Fate::Answered => {
                let (status, answer) = self.world.inner().serve(&asked);
                sleep(self.world.moment(50)).await;
                self.raw(status, None, Ok(&answer.to_string()), expected)
            }
        }
    }

    /// Answers a request as the bug report says, and as a healthy bridge once its records are used
    /// up.
    async fn replayed<E: Expected>(
        &self,
        script: &Script,
        asked: Asked,
        expected: E,
    ) -> Result<RawAnswer<E::Value>, BridgeError> {
        let record = script.next(&asked);
        let mut served = (200, Value::Null);
        if let Some(record) = &record {
            sleep(Duration::from_millis(record.duration_ms.into())).await;
        }
        if record.as_ref().is_none_or(may_be_served) {
            let mut inner = self.world.inner();
            inner.token_life = Some(script.token_life(record.as_ref()));
            served = inner.serve(&asked);
        }
        match record {
            Some(record) if record.failure.is_some() || record.status.is_none() => {
                let body = failed_body(&record)?;
                let body = body.as_deref().map_err(Clone::clone);
                let status = record.status.unwrap_or(200);
                self.raw(status, record.retry_after_s, body, expected)
            }
            Some(record) if served.0 == 200 => {
                let status = record.status.unwrap_or(200);
                let body = served.1.to_string();
                self.raw(status, record.retry_after_s, Ok(&body), expected)
            }
            Some(_) | None => self.raw(served.0, None, Ok(&served.1.to_string()), expected),
        }
    }

    fn raw<E: Expected>(
        &self,
        status: u16,
        retry_after_s: Option<u32>,
        body: Result<&str, Unreadable>,
        expected: E,
    ) -> Result<RawAnswer<E::Value>, BridgeError> {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(self.world.inner().true_time());
        let mut headers = HeaderMap::new();
        let date = HeaderValue::try_from(httpdate::fmt_http_date(now)).unwrap();
        headers.insert(DATE, date);
        if let Some(seconds) = retry_after_s {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        Ok(RawAnswer {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: body.and_then(|body| parse(expected, body.as_bytes())),
        })
    }
}

impl Transport for WorldTransport {
    async fn exchange<E: Expected>(
        &self,
        exchange: Exchange<'_>,
        expected: E,
    ) -> Result<RawAnswer<E::Value>, BridgeError> {
        let asked = Asked::new(&exchange);
        let after = exchange.timeout;
        tokio::select! {
            biased;
            () = self.dead.cancelled() => std::future::pending().await,
            met = async {
                let _login = self.begin(&asked);
                timeout(after, self.meet(asked, expected)).await
            } => met.unwrap_or(Err(BridgeError::TimedOut { after })),
        }
    }

    fn close_idle(&self) {}
}
