//! The endpoints without a token: registration and health.

use super::{
    answer::{date, moved, read},
    error::BridgeError,
    http_bridge::HttpBridge,
    transport::RawAnswer,
    wire::{HealthStatus, NewAccount, Wrapped},
};
use crate::credentials::Credentials;
use http::{Method, StatusCode};
use secrecy::ExposeSecret as _;
use std::time::SystemTime;

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
    /// The bridge's time, from the `Date` header of the answer.
    pub server_time: Option<SystemTime>,
}

impl HttpBridge {
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
        let (url, timeout) = (self.url(&["register"]), self.timeout());
        let expected = Wrapped(NewAccount::default());
        let raw = self
            .exchange(&Method::POST, &url, None, Some(&body), timeout, expected)
            .await?;
        let (username, email) = read::<NewAccount>(self.gate(), raw)?;
        Ok(Registered { username, email })
    }

    /// Asks the bridge for its health: `/health`, and if that is missing `/api/v1/health`,
    /// which the product's documentation names.
    ///
    /// # Errors
    /// [`BridgeError::Failed`] if the bridge reports a problem, any other [`BridgeError`] if
    /// it does not answer as promised.
    pub async fn health(&self) -> Result<Health, BridgeError> {
        let mut answer = Err(BridgeError::Intercepted { status: 404 });
        for url in [self.base().join(&["health"]), self.url(&["health"])] {
            let (timeout, expected) = (self.timeout(), HealthStatus::default());
            let raw = self
                .exchange(&Method::GET, &url, None, None, timeout, expected)
                .await?;
            let is_missing = raw.status == StatusCode::NOT_FOUND;
            answer = health_of(raw);
            if !is_missing {
                break;
            }
        }
        answer
    }
}

fn health_of(raw: RawAnswer<String>) -> Result<Health, BridgeError> {
    let status = raw.status.as_u16();
    let server_time = date(&raw.headers);
    if let Some(moved) = moved(raw.status, &raw.headers) {
        return Err(moved);
    }
    match raw.body {
        Ok(word) if raw.status.is_success() => Ok(Health {
            status: word,
            server_time,
        }),
        Ok(word) => Err(BridgeError::Failed {
            status,
            code: "UNHEALTHY".to_owned(),
            message: format!("its health is \"{word}\""),
        }),
        Err(_) => Err(BridgeError::Intercepted { status }),
    }
}
