//! What the session is and how it changes: pure, so that a table can test every pair of
//! state and event. It asks for effects and never carries one out.

use super::{
    clock::Now,
    error::{Class, SessionError},
    failure::{login_failed, renewal_failed},
    token::Token,
};
use crate::{bridge::Generation, credentials::Credentials};

/// The session. There is nothing beside it.
#[derive(Debug, Clone)]
pub enum State {
    /// No token, and nobody is getting one.
    SignedOut { reason: Reason },
    /// No usable token; one attempt is in flight and callers wait for it.
    SigningIn { tries: Tries, via: Via },
    /// A good token.
    Live { token: Token },
    /// A good token, and one attempt at the next is in flight; callers use the good one.
    Renewing {
        token: Token,
        tries: Tries,
        via: Via,
    },
    /// The last attempt failed, the next is due at `retry_at`. With a token, callers use it.
    Backoff {
        token: Option<Token>,
        tries: Tries,
        error: SessionError,
        retry_at: Now,
    },
    /// A person signs in: one attempt with what they typed is in flight. If it fails all is
    /// as it was before, which is never this and has nothing in flight.
    Checking { before: Box<State> },
}

/// Why nobody is getting a token.
#[derive(Debug, Clone)]
pub enum Reason {
    /// Nothing was tried yet.
    NotYet,
    /// A series of logins failed. The next begins when somebody asks, not before `retry_at`.
    Failed {
        error: SessionError,
        refusals: u32,
        retry_at: Now,
    },
    /// A person signed out; nothing begins until a person signs in.
    LoggedOut,
    /// The daemon is ending; nothing begins any more.
    Stopped,
}

/// How far a series has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// How often the credentials were refused in a row, over all series.
    pub refusals: u32,
}

/// How the token in flight is being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    Refresh,
    Login,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A caller asks for a token.
    Wanted,
    /// The bridge answered 401 to the token of this generation; what is left to try first.
    Rejected(Generation, Via),
    /// The time that [`State::wakes_at`] named has come.
    Timer,
    /// The attempt in flight brought a token.
    Received(Token),
    /// The attempt in flight failed.
    Failed(SessionError),
    /// A person signs in with these.
    SignIn(Credentials),
    /// A person signs out.
    SignOut,
    /// There are credentials now where there were none, or other ones.
    Offered,
    /// The daemon is ending.
    Stop,
}

/// What is to be done. An attempt in flight that the new state does not have is dropped.
#[derive(Debug, Clone)]
pub enum Effect {
    Login,
    Refresh(Token),
    Check(Credentials),
}

/// What a step may look at besides the state.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The time.
    pub now: Now,
    /// A random number from 0 to 1, for full jitter.
    pub jitter: f64,
}

const FIRST: Tries = Tries {
    attempt: 1,
    refusals: 0,
};

impl State {
    /// The state after `event`, and what is to be done about it.
    pub fn step(self, event: Event, context: Context) -> (State, Option<Effect>) {
        let now = context.now;
        if matches!(event, Event::Stop) {
            return (
                State::SignedOut {
                    reason: Reason::Stopped,
                },
                None,
            );
        }
        match (self, event) {
            (
                stopped @ State::SignedOut {
                    reason: Reason::Stopped,
                },
                _,
            ) => (stopped, None),
            (_, Event::SignOut) => (
                State::SignedOut {
                    reason: Reason::LoggedOut,
                },
                None,
            ),
            (state, Event::SignIn(credentials)) => {
                let before = Box::new(state.at_rest());
                (State::Checking { before }, Some(Effect::Check(credentials)))
            }
            (State::Checking { .. }, Event::Received(token)) => (State::Live { token }, None),
            (State::Checking { before }, Event::Failed(_)) => (*before, None),
            (State::Checking { before }, Event::Rejected(which, _)) => {
                let gone = before.token().is_some_and(|t| t.generation() == which);
                let reason = Reason::NotYet;
                let before = match gone {
                    true => Box::new(State::SignedOut { reason }),
                    false => before,
                };
                (State::Checking { before }, None)
            }
            (State::SignedOut { reason }, Event::Offered) => match reason {
                Reason::NotYet => login(FIRST),
                Reason::Failed {
                    error: SessionError::NoCredentials,
                    ..
                } => login(FIRST),
                closed => (State::SignedOut { reason: closed }, None),
            },

            (State::SignedOut { reason }, Event::Wanted) => match reason {
                Reason::NotYet => login(FIRST),
                Reason::Failed {
                    refusals, retry_at, ..
                } if retry_at.has_come(now) => login(Tries {
                    attempt: 1,
                    refusals,
                }),
                closed => (State::SignedOut { reason: closed }, None),
            },

            (State::SigningIn { .. } | State::Renewing { .. }, Event::Received(token)) => {
                (State::Live { token }, None)
            }
            (
                State::SigningIn {
                    tries,
                    via: Via::Refresh,
                },
                Event::Failed(_),
            ) => login(tries),
            (
                State::SigningIn {
                    tries,
                    via: Via::Login,
                },
                Event::Failed(error),
            ) => (login_failed(tries, error, context), None),

            (State::Live { token }, Event::Wanted | Event::Timer | Event::Rejected(..))
                if !token.is_good(now) =>
            {
                login(FIRST)
            }
            (State::Live { token }, Event::Wanted | Event::Timer)
                if token.renews().has_come(now) =>
            {
                renew(token, FIRST)
            }
            (State::Live { token }, Event::Rejected(which, left))
                if which == token.generation() =>
            {
                match left {
                    Via::Login => login(FIRST),
                    Via::Refresh => {
                        let (tries, via) = (FIRST, Via::Refresh);
                        let state = State::SigningIn { tries, via };
                        (state, Some(Effect::Refresh(token)))
                    }
                }
            }

            // The attempt in flight goes on; only the callers stop using the old token.
            (State::Renewing { token, tries, via }, Event::Rejected(which, left))
                if which == token.generation() =>
            {
                match (left, via) {
                    (Via::Login, Via::Refresh) => login(FIRST),
                    _ => (State::SigningIn { tries, via }, None),
                }
            }
            (State::Renewing { token, tries, via }, Event::Wanted) if !token.is_good(now) => {
                (State::SigningIn { tries, via }, None)
            }
            (State::Renewing { token, tries, via }, Event::Failed(error)) => {
                if via == Via::Refresh && error.class() == Class::Closed {
                    let state = State::Renewing {
                        token,
                        tries,
                        via: Via::Login,
                    };
                    return (state, Some(Effect::Login));
                }
                (renewal_failed(token, tries, error, context), None)
            }

            (
                State::Backoff {
                    token: Some(token),
                    error,
                    tries,
                    retry_at,
                },
                event,
            ) => {
                let unusable = match event {
                    Event::Rejected(which, _) => which == token.generation(),
                    _ => !token.is_good(now),
                };
                if unusable && error.class() == Class::Transient {
                    login(FIRST)
                } else if unusable {
                    // The bridge asked for a pause, or refuses: no sooner than it said.
                    let refusals = tries.refusals;
                    let reason = Reason::Failed {
                        error,
                        refusals,
                        retry_at,
                    };
                    (State::SignedOut { reason }, None)
                } else if matches!(event, Event::Timer) && retry_at.has_come(now) {
                    renew(token, tries.next())
                } else {
                    (
                        State::Backoff {
                            token: Some(token),
                            error,
                            tries,
                            retry_at,
                        },
                        None,
                    )
                }
            }
            (
                State::Backoff {
                    token: None,
                    tries,
                    retry_at,
                    ..
                },
                Event::Timer,
            ) if retry_at.has_come(now) => login(tries.next()),

            (unchanged, _) => (unchanged, None),
        }
    }

    /// The same without its attempt in flight, which is being dropped.
    fn at_rest(self) -> Self {
        match self {
            State::SigningIn { .. } => State::SignedOut {
                reason: Reason::NotYet,
            },
            State::Renewing { token, .. } => State::Live { token },
            State::Checking { before } => *before,
            resting => resting,
        }
    }
}

impl Tries {
    fn next(self) -> Self {
        Self {
            attempt: self.attempt.saturating_add(1),
            ..self
        }
    }
}

fn login(tries: Tries) -> (State, Option<Effect>) {
    (
        State::SigningIn {
            tries,
            via: Via::Login,
        },
        Some(Effect::Login),
    )
}

fn renew(token: Token, tries: Tries) -> (State, Option<Effect>) {
    let state = State::Renewing {
        token: token.clone(),
        tries,
        via: Via::Refresh,
    };
    (state, Some(Effect::Refresh(token)))
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
