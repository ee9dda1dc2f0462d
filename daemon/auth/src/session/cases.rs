//! For tests: the states a session can be in and the events that can happen to it, one of
//! each kind that makes a difference.

use super::{
    clock::Now,
    error::SessionError,
    fake::jwt,
    state::{Event, Reason, State, Tries, Via},
    token::Token,
};
use crate::{
    bridge::{BridgeError, Generation, IssuedToken, Revocation},
    credentials::Credentials,
};
use secrecy::SecretString;
use std::time::{Duration, Instant, SystemTime};

pub(super) const HOUR: Duration = Duration::from_secs(3600);

pub(super) fn start() -> Now {
    Now {
        wall: SystemTime::UNIX_EPOCH + HOUR * 1000,
        mono: Instant::now(),
    }
}

/// A token of an hour's life, received at `now`.
pub(super) fn token(generation: u64, now: Now) -> Token {
    let mark = (Generation(generation), Revocation::default());
    let iat = now
        .wall
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let claims = format!(r#"{{"sub":"alice","iat":{iat},"exp":{}}}"#, iat + 3600);
    let jwt = jwt(r#"{"alg":"HS256"}"#, &claims);
    let issued = IssuedToken {
        jwt: SecretString::from(jwt),
        server_time: None,
    };
    Token::receive(issued, "alice", mark, now, 0.0).unwrap()
}

pub(super) fn credentials() -> Credentials {
    Credentials {
        username: "alice".into(),
        password: "sandbox-password".into(),
    }
}

pub(super) fn transient() -> SessionError {
    SessionError::Bridge(BridgeError::TimedOut {
        after: Duration::ZERO,
    })
}

pub(super) fn closed() -> SessionError {
    SessionError::Bridge(BridgeError::Unauthorized {
        message: String::new(),
    })
}

pub(super) fn limited(seconds: u64) -> SessionError {
    let retry_after = Some(Duration::from_secs(seconds));
    SessionError::Bridge(BridgeError::RateLimited { retry_after })
}

pub(super) fn tries(attempt: u32, refusals: u32) -> Tries {
    Tries { attempt, refusals }
}

pub(super) fn states(now: Now) -> Vec<(&'static str, State)> {
    let retry_at = now.plus(Duration::from_secs(10));
    let failed = |error, retry_at| State::SignedOut {
        reason: Reason::Failed {
            error,
            refusals: 2,
            retry_at,
        },
    };
    vec![
        (
            "new",
            State::SignedOut {
                reason: Reason::NotYet,
            },
        ),
        ("cooling", failed(SessionError::Refused, retry_at)),
        ("cooled", failed(SessionError::Refused, now)),
        (
            "stopped",
            State::SignedOut {
                reason: Reason::Stopped,
            },
        ),
        (
            "logged out",
            State::SignedOut {
                reason: Reason::LoggedOut,
            },
        ),
        ("no password", failed(SessionError::NoCredentials, now)),
        (
            "checking/new",
            State::Checking {
                before: Box::new(State::SignedOut {
                    reason: Reason::NotYet,
                }),
            },
        ),
        (
            "checking/live",
            State::Checking {
                before: Box::new(State::Live {
                    token: token(5, now),
                }),
            },
        ),
        (
            "in/login",
            State::SigningIn {
                tries: tries(1, 2),
                via: Via::Login,
            },
        ),
        (
            "in/refresh",
            State::SigningIn {
                tries: tries(1, 0),
                via: Via::Refresh,
            },
        ),
        (
            "live",
            State::Live {
                token: token(5, now),
            },
        ),
        (
            "due",
            State::Live {
                token: token(
                    5,
                    Now {
                        wall: now.wall - HOUR + Duration::from_secs(200),
                        mono: now.mono,
                    },
                ),
            },
        ),
        (
            "dead",
            State::Live {
                token: token(
                    5,
                    Now {
                        wall: now.wall - HOUR,
                        mono: now.mono,
                    },
                ),
            },
        ),
        (
            "renewing",
            State::Renewing {
                token: token(5, now),
                tries: tries(1, 0),
                via: Via::Refresh,
            },
        ),
        (
            "renewing a dead one",
            State::Renewing {
                token: token(
                    5,
                    Now {
                        wall: now.wall - HOUR,
                        mono: now.mono,
                    },
                ),
                tries: tries(1, 0),
                via: Via::Refresh,
            },
        ),
        (
            "renewing/login",
            State::Renewing {
                token: token(5, now),
                tries: tries(1, 0),
                via: Via::Login,
            },
        ),
        (
            "backoff",
            State::Backoff {
                token: None,
                tries: tries(2, 0),
                error: transient(),
                retry_at: now,
            },
        ),
        (
            "backoff/early",
            State::Backoff {
                token: None,
                tries: tries(2, 0),
                error: transient(),
                retry_at,
            },
        ),
        (
            "backoff/token",
            State::Backoff {
                token: Some(token(5, now)),
                tries: tries(2, 0),
                error: transient(),
                retry_at: now,
            },
        ),
        (
            "backoff/told",
            State::Backoff {
                token: Some(token(5, now)),
                tries: tries(2, 0),
                error: limited(9),
                retry_at,
            },
        ),
    ]
}

pub(super) fn events(now: Now) -> Vec<(&'static str, Event)> {
    vec![
        ("wanted", Event::Wanted),
        ("sign in", Event::SignIn(credentials())),
        ("sign out", Event::SignOut),
        ("offered", Event::Offered),
        ("timer", Event::Timer),
        ("rejected 5", Event::Rejected(Generation(5), Via::Refresh)),
        ("rejected 4", Event::Rejected(Generation(4), Via::Refresh)),
        ("useless 5", Event::Rejected(Generation(5), Via::Login)),
        ("received", Event::Received(token(6, now))),
        ("transient", Event::Failed(transient())),
        ("refused", Event::Failed(SessionError::Refused)),
        ("closed", Event::Failed(closed())),
        ("limited", Event::Failed(limited(9))),
        ("limited long", Event::Failed(limited(900))),
        ("final", Event::Failed(SessionError::NoCredentials)),
    ]
}
