//! A login without a session.

use crate::{
    bridge::{Generation, Revocation, TokenIssuer},
    credentials::Credentials,
    session::{clock::SystemClock, error::SessionError, login},
};

/// Logs in once, checks the token and drops it: for a program that asks whether the bridge
/// accepts a password.
///
/// # Errors
/// [`SessionError::Refused`], [`SessionError::Locked`], [`SessionError::Token`],
/// [`SessionError::Bridge`].
pub async fn check_login<I: TokenIssuer>(
    issuer: &I,
    credentials: &Credentials,
) -> Result<(), SessionError> {
    let mark = (Generation(0), Revocation::default());
    let token = login(issuer, credentials, mark, &SystemClock).await;
    token.map(drop)
}
