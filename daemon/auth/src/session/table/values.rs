//! Values of the examples.

use crate::{
    bridge::{Generation, IssuedToken, Revocation},
    credentials::Credentials,
    session::{
        clock::Now,
        event::Context,
        stamp::Stamp,
        token::{Asked, Token},
    },
    testing::{jwt, origin},
};
use std::time::{Duration, SystemTime};

pub(in crate::session) const HOUR: Duration = Duration::from_secs(3600);

/// Returns the context of a step whose attempt would have generation 9.
pub(in crate::session) fn at(now: Now) -> Context {
    Context {
        now,
        jitter: 1.0,
        next: Generation(9),
    }
}

/// Returns a token that was received at `now` and lives for an hour.
pub(in crate::session) fn token(generation: u64, now: Now) -> Token {
    let since = now.wall.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let iat = since.as_secs();
    let claims = format!(r#"{{"sub":"alice","iat":{iat},"exp":{}}}"#, iat + 3600);
    let issued = IssuedToken {
        jwt: jwt(r#"{"alg":"HS256"}"#, &claims).into(),
        server_time: None,
    };
    let mark = (Generation(generation), Revocation::default());
    let asked = Asked {
        now,
        stamp: Stamp::of_machine(),
        earlier: None,
    };
    Token::receive(issued, &"alice".parse().unwrap(), mark, &asked, 0.0).unwrap()
}

/// Returns a token of which this time is left.
pub(in crate::session) fn token_with(generation: u64, now: Now, left: Duration) -> Token {
    let received = Now {
        wall: now.wall - HOUR + left,
        ..now
    };
    token(generation, received)
}

pub(in crate::session) fn credentials(username: &str, password: &str) -> Credentials {
    Credentials {
        username: username.parse().unwrap(),
        password: password.into(),
        bridge: origin(),
    }
}
