//! The inputs and outputs of a step of the session: events, context and effects.

use super::{clock::Now, error::SessionError, reply::Reply, token::Token};
use crate::{
    bridge::{Generation, Revocation},
    credentials::{Credentials, Source},
};
use tai_names::Username;

/// Way to a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grant {
    /// The exchange of a token for a newer one.
    Refresh,
    /// A full login with username and password.
    Login,
}

/// Input of a step.
#[derive(Debug)]
pub(super) enum Event {
    /// A caller needs a token.
    TokenRequested,
    /// The bridge answered 401 to the token of this generation. `next` is the grant to try
    /// first.
    TokenRejected { generation: Generation, next: Grant },
    /// The time of [`State::wakes_at`](super::state::State::wakes_at) has come.
    TimerFired,
    /// The credential source of the attempt of this generation is of this account.
    Named(Generation, Username),
    /// The attempt with the token's generation brought the token.
    AttemptSucceeded(Token),
    /// The attempt of this generation failed.
    AttemptFailed(Generation, SessionError),
    /// A person signs in.
    SignIn(Credentials, Reply),
    /// A person signs out of this account, or of any.
    SignOut(Option<Username>, Reply),
    /// The password of the account comes from another source from now on.
    Adopt(Source, Reply),
    /// A person does not wait for the next attempt.
    Retry(Reply),
    /// A client offers credentials.
    Offer(Credentials, Reply),
    /// The session ends.
    Stop,
}

/// Circumstances of a step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context {
    /// The current time.
    pub(super) now: Now,
    /// A random number from 0 to 1.
    pub(super) jitter: f64,
    /// The generation of the next attempt, which no attempt has had.
    pub(super) next: Generation,
}

/// Output of a step. The owner carries effects out in their order, and replies last.
#[derive(Debug)]
pub(super) enum Effect {
    /// Starts the attempt of this generation.
    Start(Generation, Request, Revocation),
    /// Answers a person or a client.
    Reply(Reply, Result<(), SessionError>),
    /// Revokes tokens.
    Revoke(Revocation),
    /// Counts and logs.
    Record(Record),
}

/// Request for a token.
#[derive(Debug)]
pub(super) enum Request {
    /// Asks the source for credentials and logs in.
    Login(Source),
    /// Exchanges the token.
    Refresh(Token),
}

/// Occurrence to be counted and logged.
#[derive(Debug)]
pub(super) enum Record {
    /// A full login, by the session or a person.
    LoggedIn(Token),
    /// A renewal.
    Renewed(Token),
    /// A full login failed.
    LoginFailed(SessionError),
    /// A renewal failed.
    RenewalFailed(SessionError),
    /// A person's login failed.
    CheckFailed(SessionError),
    /// The bridge rejected the present token.
    TokenRejected,
    /// A person signed out.
    LoggedOut,
}
