//! Examples of each event: one of each kind that makes a difference.

use super::{credentials, states::transient, token};
use crate::{
    base_url::BaseUrl,
    bridge::{BridgeError, Generation},
    credentials::{Credentials, Source},
    session::{
        clock::Now,
        error::SessionError,
        event::{Event, Grant},
        reply::Reply,
        token::TokenError,
    },
    testing::origin,
};
use std::time::Duration;

/// An event without its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session) enum Shape {
    TokenRequested,
    TokenRejected,
    TimerFired,
    Named,
    AttemptSucceeded,
    AttemptFailed,
    SignIn,
    SignOut,
    Adopt,
    Retry,
    Offer,
    Stop,
}

pub(in crate::session) type Example = (&'static str, fn(Now) -> Event);

impl Shape {
    /// Returns the shape of an event.
    pub(in crate::session) fn of(event: &Event) -> Self {
        match event {
            Event::TokenRequested => Shape::TokenRequested,
            Event::TokenRejected { .. } => Shape::TokenRejected,
            Event::TimerFired => Shape::TimerFired,
            Event::Named(..) => Shape::Named,
            Event::AttemptSucceeded(_) => Shape::AttemptSucceeded,
            Event::AttemptFailed(..) => Shape::AttemptFailed,
            Event::SignIn(..) => Shape::SignIn,
            Event::SignOut(..) => Shape::SignOut,
            Event::Adopt(..) => Shape::Adopt,
            Event::Retry(_) => Shape::Retry,
            Event::Offer(..) => Shape::Offer,
            Event::Stop => Shape::Stop,
        }
    }

    fn next(self) -> Option<Self> {
        Some(match self {
            Shape::TokenRequested => Shape::TokenRejected,
            Shape::TokenRejected => Shape::TimerFired,
            Shape::TimerFired => Shape::Named,
            Shape::Named => Shape::AttemptSucceeded,
            Shape::AttemptSucceeded => Shape::AttemptFailed,
            Shape::AttemptFailed => Shape::SignIn,
            Shape::SignIn => Shape::SignOut,
            Shape::SignOut => Shape::Adopt,
            Shape::Adopt => Shape::Retry,
            Shape::Retry => Shape::Offer,
            Shape::Offer => Shape::Stop,
            Shape::Stop => return None,
        })
    }

    /// Returns all shapes.
    pub(in crate::session) fn all() -> impl Iterator<Item = Self> {
        std::iter::successors(Some(Shape::TokenRequested), |shape| shape.next())
    }

    /// Returns the examples of a shape, for the states of [`states`](super::states).
    pub(in crate::session) fn examples(self) -> Vec<Example> {
        match self {
            Shape::TokenRequested => vec![("token requested", |_| Event::TokenRequested)],
            Shape::TokenRejected => vec![
                ("rejected", |_| rejected(5, Grant::Refresh)),
                ("rejected again", |_| rejected(5, Grant::Login)),
                ("older one rejected", |_| rejected(4, Grant::Refresh)),
            ],
            Shape::TimerFired => vec![("timer", |_| Event::TimerFired)],
            Shape::Named => vec![
                ("the source's username", |_| named(8)),
                ("username of an attempt given up", |_| named(6)),
            ],
            Shape::AttemptSucceeded => vec![
                ("token", |now| Event::AttemptSucceeded(token(8, now))),
                ("token of an attempt given up", |now| {
                    Event::AttemptSucceeded(token(6, now))
                }),
            ],
            Shape::AttemptFailed => vec![
                ("transient failure", |_| failed(transient())),
                ("refusal", |_| failed(SessionError::Refused)),
                ("refusal of the grant", |_| {
                    failed(SessionError::Bridge(BridgeError::Unauthorized {
                        message: String::new(),
                    }))
                }),
                ("bad token", |_| {
                    failed(SessionError::Token(TokenError::Subject))
                }),
                ("no connection", |_| {
                    failed(SessionError::Bridge(BridgeError::Unreachable {
                        detail: String::new(),
                    }))
                }),
                ("bad certificate", |_| {
                    failed(SessionError::Bridge(BridgeError::Untrusted {
                        detail: String::new(),
                    }))
                }),
                ("redirect", |_| {
                    failed(SessionError::Bridge(BridgeError::Moved {
                        status: 308,
                        to: String::new(),
                    }))
                }),
                ("short pause", |_| failed(limited(9))),
                ("long pause", |_| failed(limited(900))),
                ("nothing to log in with", |_| {
                    failed(SessionError::NoCredentials)
                }),
                ("no keyring", |_| failed(SessionError::NoKeyring)),
                ("failure of an attempt given up", |_| {
                    Event::AttemptFailed(Generation(6), SessionError::Refused)
                }),
            ],
            Shape::SignIn => vec![
                ("sign-in", |_| {
                    Event::SignIn(credentials("alice", "other-password"), reply())
                }),
                ("sign-in to another account", |_| {
                    Event::SignIn(credentials("bob", "other-password"), reply())
                }),
            ],
            Shape::SignOut => vec![
                ("sign-out", |_| Event::SignOut(None, reply())),
                ("sign-out of another account", |_| {
                    Event::SignOut(Some("bob".parse().unwrap()), reply())
                }),
            ],
            Shape::Retry => vec![("retry", |_| Event::Retry(reply()))],
            Shape::Adopt => vec![
                ("other source", |_| adopt("alice")),
                ("source of another account", |_| adopt("bob")),
            ],
            Shape::Offer => vec![
                ("offer", |_| offer("alice", "other-password")),
                ("the same offer", |_| offer("alice", "client-password")),
                ("offer for another account", |_| {
                    offer("bob", "other-password")
                }),
                ("offer for another bridge", |_| {
                    let elsewhere: BaseUrl = "http://127.0.0.1:1".parse().unwrap();
                    let credentials = Credentials {
                        bridge: elsewhere.origin(),
                        ..credentials("alice", "other-password")
                    };
                    Event::Offer(credentials, reply())
                }),
            ],
            Shape::Stop => vec![("stop", |_| Event::Stop)],
        }
    }
}

/// Returns all examples.
pub(in crate::session) fn all() -> impl Iterator<Item = Example> {
    Shape::all().flat_map(Shape::examples)
}

fn named(generation: u64) -> Event {
    Event::Named(Generation(generation), "alice".parse().unwrap())
}

fn adopt(username: &str) -> Event {
    let source = Source::File {
        username: username.parse().unwrap(),
        path: "/password".into(),
        bridge: origin(),
    };
    Event::Adopt(source, reply())
}

fn reply() -> Reply {
    Reply::new().0
}

fn rejected(generation: u64, next: Grant) -> Event {
    let generation = Generation(generation);
    Event::TokenRejected { generation, next }
}

fn failed(error: SessionError) -> Event {
    Event::AttemptFailed(Generation(8), error)
}

fn limited(seconds: u64) -> SessionError {
    let retry_after = Some(Duration::from_secs(seconds));
    SessionError::Bridge(BridgeError::RateLimited { retry_after })
}

fn offer(username: &str, password: &str) -> Event {
    Event::Offer(credentials(username, password), reply())
}
