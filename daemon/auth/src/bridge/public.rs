//! The endpoints without a token: registration and health.

use super::{
    answer::{date, hide, moved, read},
    error::BridgeError,
    gate::Scope,
    history::Operation,
    http_bridge::HttpBridge,
    transport::{Exchange, RawAnswer, Transport, Unreadable},
    wire::{HealthStatus, NewAccount, Wrapped},
};
use crate::credentials::Credentials;
use http::{Method, StatusCode};
use secrecy::ExposeSecret as _;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// Time limit of a request for the health that explains a 401.
const HEALTH_TIMEOUT: Duration = Duration::from_secs(5);

/// A new account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The username, as the bridge has it.
    pub username: String,
    /// The address of the account.
    pub email: String,
}

/// A bridge's report on itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Status reported by the bridge, such as `healthy`.
    pub status: String,
    /// The bridge's time, from the `Date` header of the answer or from its report.
    pub server_time: Option<SystemTime>,
}

impl<T: Transport> HttpBridge<T> {
    /// Creates an account, in one attempt: a second one could only report that the first one
    /// took the username.
    ///
    /// # Errors
    /// [`BridgeError`]. After [`BridgeError::Broken`], [`BridgeError::TimedOut`],
    /// [`BridgeError::Failed`] and [`BridgeError::Garbled`] the account may exist.
    pub async fn register(&self, credentials: &Credentials) -> Result<Registered, BridgeError> {
        let body = serde_json::json!({
            "username": credentials.username.as_str(),
            "password": credentials.password.expose_secret(),
        })
        .to_string();
        let exchange = Exchange {
            method: &Method::POST,
            url: &self.url(&["register"]),
            token: None,
            body: Some(&body),
            is_repeatable: false,
            timeout: self.timeout(),
        };
        let expected = Wrapped(NewAccount::default());
        let created = self.exchange(Operation::Register, exchange, expected, |mut raw| {
            hide(&mut raw, &credentials.password);
            let (username, email) = read::<NewAccount>(self.gate(), Scope::Tokens, raw)?;
            Ok(Registered { username, email })
        });
        created.await
    }

    /// Asks the bridge for its health: `/health`, and if that is missing `/api/v1/health`,
    /// which the product's documentation names.
    ///
    /// # Errors
    /// [`BridgeError::Failed`] if the bridge reports a problem, any other [`BridgeError`] if
    /// it does not answer as promised.
    pub async fn health(&self) -> Result<Health, BridgeError> {
        self.health_within(self.timeout()).await
    }

    /// Returns the error of a 401: [`BridgeError::DatabaseFailed`] if the bridge's health is bad,
    /// and [`BridgeError::Unauthorized`] otherwise.
    pub(super) async fn unauthorized(&self, message: String, deadline: Instant) -> BridgeError {
        match self.is_unwell(&message, deadline).await {
            true => BridgeError::DatabaseFailed { message },
            false => BridgeError::Unauthorized { message },
        }
    }

    /// Returns whether the bridge's health is bad, which explains an answer with this message. A
    /// bridge without a health endpoint cannot tell.
    pub(super) async fn is_unwell(&self, message: &str, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.health_within(left.min(HEALTH_TIMEOUT)).await {
            Ok(_)
            | Err(
                BridgeError::NoEndpoint { .. }
                | BridgeError::Moved { .. }
                | BridgeError::Intercepted { status: ..500 },
            ) => false,
            Err(problem) => {
                tracing::info!(error = %problem, message, "the bridge's health is bad");
                true
            }
        }
    }

    async fn health_within(&self, timeout: Duration) -> Result<Health, BridgeError> {
        let mut answer = Err(BridgeError::Intercepted { status: 404 });
        for url in [self.base().join(&["health"]), self.url(&["health"])] {
            let exchange = Exchange {
                method: &Method::GET,
                url: &url,
                token: None,
                body: None,
                is_repeatable: true,
                timeout,
            };
            let mut is_missing = false;
            let expected = HealthStatus::default();
            let health = self.exchange(Operation::Health, exchange, expected, |raw| {
                is_missing = raw.status == StatusCode::NOT_FOUND;
                health_of(raw)
            });
            answer = health.await;
            if !is_missing {
                break;
            }
        }
        answer
    }
}

fn health_of(raw: RawAnswer<(String, Option<String>)>) -> Result<Health, BridgeError> {
    let status = raw.status.as_u16();
    let server_time = date(&raw.headers);
    if let Some(moved) = moved(raw.status, &raw.headers) {
        return Err(moved);
    }
    match raw.body {
        Ok((word, timestamp)) if raw.status.is_success() => Ok(Health {
            status: word,
            server_time: server_time.or_else(|| rfc3339_time(&timestamp?)),
        }),
        Ok((word, _)) => Err(BridgeError::Failed {
            status,
            code: "UNHEALTHY".to_owned(),
            message: format!("its health is \"{word}\""),
        }),
        Err(Unreadable::NotJson(_)) if status == 404 => Err(BridgeError::NoEndpoint {
            message: "it has no health report".to_owned(),
        }),
        Err(_) => Err(BridgeError::Intercepted { status }),
    }
}

/// Returns the time of the bridge's report, the only one of a bridge without a `Date` header.
fn rfc3339_time(text: &str) -> Option<SystemTime> {
    let time: jiff::Timestamp = text.parse().ok()?;
    let seconds = u64::try_from(time.as_second()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}
