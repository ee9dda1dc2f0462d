//! The requests that bring tokens: login and refresh. Each is one attempt; the session
//! decides about the next one.

use super::{
    TokenIssuer,
    answer::{date, hide, read},
    bearer::{Bearer, IssuedToken},
    error::{BridgeError, LoginError},
    gate::Scope,
    history::Operation,
    http_bridge::{HttpBridge, limited_until},
    transport::{Exchange, Transport},
    wire::{IssuedJwt, Wrapped},
};
use crate::{base_url::Origin, credentials::Credentials};
use http::Method;
use secrecy::ExposeSecret as _;
use tokio::time::Instant;

/// Clock difference in seconds from which on a warning is logged.
const WORTH_A_WARNING_S: i64 = 60;

/// What a token is requested with.
#[derive(Clone, Copy)]
enum Grant<'a> {
    Login(&'a Credentials),
    Refresh(&'a Bearer),
}

impl<T: Transport> TokenIssuer for HttpBridge<T> {
    fn origin(&self) -> Origin {
        self.base().origin()
    }

    async fn login(&self, credentials: &Credentials) -> Result<IssuedToken, LoginError> {
        let error = match self.token(Grant::Login(credentials)).await {
            Ok(issued) => {
                self.recorder().ended(None);
                return Ok(issued);
            }
            // The answer is the same while the bridge's database fails (bridge-api.md, trap 9).
            Err(BridgeError::Unauthorized { message }) => {
                let deadline = Instant::now() + self.timeout();
                self.unauthorized(message, deadline).await
            }
            Err(error) => error,
        };
        self.recorder().ended(Some(&error));
        Err(match error {
            // The bridge does not say which of the two is wrong. Some bridges answer 400.
            BridgeError::Unauthorized { .. } | BridgeError::Refused { status: 400, .. } => {
                LoginError::Refused
            }
            // 403 Forbidden, 423 Locked: the bridge knows the account and keeps it out.
            BridgeError::Refused {
                status: 403 | 423,
                message,
                ..
            } => LoginError::Locked { message },
            error => LoginError::Bridge(error),
        })
    }

    async fn refresh(&self, bearer: &Bearer) -> Result<IssuedToken, BridgeError> {
        let issued = self.token(Grant::Refresh(bearer)).await;
        self.recorder().ended(issued.as_ref().err());
        issued
    }
}

impl<T: Transport> HttpBridge<T> {
    /// Requests a token. The gate of the mail requests holds this one back too; its own 429
    /// closes the gate for no mail request.
    async fn token(&self, grant: Grant<'_>) -> Result<IssuedToken, BridgeError> {
        let (operation, what, segment) = match grant {
            Grant::Login(_) => (Operation::Login, "Login", "login"),
            Grant::Refresh(_) => (Operation::Refresh, "Refresh", "refresh"),
        };
        let (token, body, secret) = match grant {
            Grant::Login(credentials) => {
                let body = serde_json::json!({
                    "username": credentials.username.as_str(),
                    "password": credentials.password.expose_secret(),
                });
                (None, Some(body.to_string()), &credentials.password)
            }
            Grant::Refresh(bearer) => (Some(bearer.jwt()), None, bearer.jwt()),
        };
        let url = self.url(&[segment]);
        // Seed: "Login request sent to: https://tai.chat/api/v1/login".
        tracing::debug!("{what} request sent to: {url}");
        if let Some(until) = self.gate().closed_until(Scope::Tokens) {
            return Err(limited_until(until));
        }
        self.recorder().asked(false);
        let exchange = Exchange {
            method: &Method::POST,
            url: &url,
            token,
            body: body.as_deref(),
            is_repeatable: true,
            timeout: self.timeout(),
        };
        let expected = Wrapped(IssuedJwt::default());
        let issued = self.exchange(operation, exchange, expected, |mut raw| {
            hide(&mut raw, secret);
            // Seed: "Login response status: 200".
            tracing::debug!("{what} response status: {}", raw.status.as_u16());
            self.warn_about_clock();
            let server_time = date(&raw.headers);
            let jwt = read::<IssuedJwt>(self.gate(), Scope::Tokens, raw)?;
            Ok(IssuedToken {
                jwt: jwt.into(),
                server_time,
            })
        });
        issued.await
    }

    /// Logs a clock difference, which breaks the tokens of other programs.
    fn warn_about_clock(&self) {
        if let Some(ahead_s) = self.metrics().clock_ahead_s
            && ahead_s.abs() >= WORTH_A_WARNING_S
        {
            tracing::warn!(
                ahead_s,
                "clock skew: this machine's clock differs from the bridge's, which counts"
            );
        }
    }
}
