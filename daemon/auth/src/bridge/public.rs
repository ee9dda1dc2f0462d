//! What the bridge does for people without a token: creating an account, and saying how it
//! is. Not part of [`super::Bridge`], because the session needs neither.

use super::{
    BridgeError,
    answer::{Raw, date, read},
    http::HttpBridge,
};
use crate::credentials::Credentials;
use reqwest::{Method, StatusCode, Url};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use std::time::SystemTime;

/// A new account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Registered {
    /// The username, as the bridge has it.
    pub username: String,
    /// Its address.
    pub email: String,
}

/// How the bridge says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Its own word: `healthy`.
    pub status: String,
    /// Its clock, from the answer's `Date`.
    pub server_time: Option<SystemTime>,
}

#[derive(Deserialize)]
struct HealthAnswer {
    status: String,
}

impl HttpBridge {
    /// Creates an account; one attempt, since a second could only say that the first did it.
    ///
    /// # Errors
    /// The bridge's refusal, or that nothing is known of the outcome.
    pub async fn register(&self, credentials: &Credentials) -> Result<Registered, BridgeError> {
        let body = serde_json::json!({
            "username": credentials.username,
            "password": credentials.password.expose_secret(),
        });
        let url = self.url(&["register"]);
        let raw = self
            .once(
                &Method::POST,
                &url,
                None,
                Some(&body.to_string()),
                self.timeout(),
            )
            .await?;
        read(self.gate(), raw)
    }

    /// Asks how the bridge is: `/health`, and where that is missing `/api/v1/health`, which
    /// the product's documentation names.
    ///
    /// # Errors
    /// When neither answers as promised; [`BridgeError::Failed`] when it says it is unwell.
    pub async fn health(&self) -> Result<Health, BridgeError> {
        let mut answer = Err(BridgeError::Intercepted { status: 404 });
        for url in [self.root(&["health"]), self.url(&["health"])] {
            let raw = self
                .once(&Method::GET, &url, None, None, self.timeout())
                .await?;
            let missing = raw.status == StatusCode::NOT_FOUND;
            answer = health_of(raw);
            if !missing {
                break;
            }
        }
        answer
    }

    fn root(&self, segments: &[&str]) -> Url {
        let mut url = self.base().clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

fn health_of(raw: Raw<HealthAnswer>) -> Result<Health, BridgeError> {
    let status = raw.status.as_u16();
    let server_time = date(&raw.headers);
    match raw.body {
        Ok(answer) if raw.status.is_success() => Ok(Health {
            status: answer.status,
            server_time,
        }),
        Ok(answer) => Err(BridgeError::Failed {
            status,
            code: "UNHEALTHY".to_owned(),
            message: format!("its health is \"{}\"", answer.status),
        }),
        Err(_) => Err(BridgeError::Intercepted { status }),
    }
}
