//! The requests for tokens, and the log lines about them.

use super::{
    clock::Clock,
    error::SessionError,
    event::{Record, Request},
    token::{Asked, Token},
};
use crate::{
    bridge::{BridgeError, Generation, InUse, IssuedToken, Revocation, TokenIssuer},
    credentials::{Credentials, SourceError},
};
use tai_names::Username;
use tokio::sync::oneshot;

/// Makes one request for a token and checks the answer. Says whose password the source has before
/// the request leaves.
pub(super) async fn run<I: TokenIssuer>(
    issuer: &I,
    request: Request,
    mark: (Generation, Revocation),
    named: oneshot::Sender<Username>,
    clock: &dyn Clock,
) -> Result<Token, SessionError> {
    match request {
        Request::Login(source) => {
            // A password command may ask a person, so it does not run for an account that is in use.
            let known = source.username().map(|name| issuer.reserve(name));
            let _reserved = known.transpose()?;
            let credentials = source.ask(&issuer.origin()).await?;
            // The owner of the session may have ended.
            let _ = named.send(credentials.username.clone());
            login(issuer, &credentials, mark, clock).await
        }
        Request::Refresh(token) => {
            let asked = Asked::of(clock, Some(&token));
            // Seed: "Token expires in 4 minutes, refreshing proactively".
            tracing::debug!(
                "Token expires in {} minutes, refreshing proactively",
                token.expires().until(asked.now).as_secs() / 60
            );
            let issued = issuer.refresh(token.bearer()).await;
            let issued = issued.map_err(SessionError::Bridge)?;
            receive(issued, token.username(), mark, &asked)
        }
    }
}

/// Logs in once and checks the token.
pub(crate) async fn login<I: TokenIssuer>(
    issuer: &I,
    credentials: &Credentials,
    mark: (Generation, Revocation),
    clock: &dyn Clock,
) -> Result<Token, SessionError> {
    // Each source is checked before it is read. This is the last place before the password leaves.
    if credentials.bridge != issuer.origin() {
        return Err(SessionError::Source(SourceError::OtherBridge {
            from: "the login".to_owned(),
            bound: credentials.bridge.clone(),
            asked: issuer.origin(),
        }));
    }
    let reservation = issuer.reserve(&credentials.username)?;
    // Seed: "Attempting login with username: alice".
    tracing::debug!("Attempting login with username: {}", credentials.username);
    let asked = Asked::of(clock, None);
    let issued = issuer.login(credentials).await?;
    let token = receive(issued, &credentials.username, mark, &asked)?;
    Ok(token.reserved_by(reservation))
}

fn receive(
    issued: IssuedToken,
    username: &Username,
    mark: (Generation, Revocation),
    asked: &Asked<'_>,
) -> Result<Token, SessionError> {
    Token::receive(issued, username, mark, asked, fastrand::f64()).map_err(SessionError::Token)
}

/// Logs an occurrence. The seed's lines are literal.
pub(super) fn log(record: &Record) {
    match record {
        Record::LoggedIn(token) => {
            tracing::info!("✅ Login successful");
            tracing::debug!("JWT token received, expires: {}", expiry(token));
            tracing::debug!("Token stored in memory for API requests");
        }
        Record::Renewed(token) => {
            tracing::info!("✅ Token refreshed successfully");
            tracing::debug!("Token refresh successful, new expiry: {}", expiry(token));
        }
        Record::RenewalFailed(error) => {
            tracing::warn!(error = %crate::chain(error), "Token refresh failed");
        }
        Record::LoginFailed(error) | Record::CheckFailed(error) => match error {
            SessionError::NoCredentials => {
                tracing::info!("login is not possible yet: no username and password");
            }
            SessionError::NoKeyring => {
                tracing::info!(
                    "login is not possible yet: no password is configured, and no keyring is running"
                );
            }
            SessionError::Abandoned => tracing::info!("the login was cancelled"),
            SessionError::InUse(InUse { by }) => {
                tracing::warn!(
                    by,
                    "login is not possible yet: another taid has the account"
                );
            }
            SessionError::Refused => {
                tracing::error!("Error: Authentication failed - invalid username or password");
            }
            SessionError::Bridge(BridgeError::Unreachable { detail }) => {
                tracing::error!("Error: Unable to connect to authentication server: {detail}");
            }
            error => tracing::error!(error = %crate::chain(error), "Error: login failed"),
        },
        Record::TokenRejected => tracing::debug!("the bridge rejected the token"),
        Record::LoggedOut => tracing::info!("signed out"),
    }
}

fn expiry(token: &Token) -> String {
    crate::time::rfc3339(token.expires().wall())
}
