//! The task that owns the state: it takes commands, runs the one attempt in flight, keeps
//! the timer, and publishes. What to do is decided in `state`.

use super::{
    Command, Snapshot, Stats,
    clock::{Clock, Now},
    credentials::Source,
    error::SessionError,
    state::{Context, Effect, Event, Reason, State},
    token::{Generation, Issued, Token},
};
use crate::bridge::Bridge;
use std::{future::Future, pin::Pin, sync::Arc};
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

type Attempt = Pin<Box<dyn Future<Output = Result<Token, SessionError>> + Send>>;

enum Kind {
    Login,
    Refresh,
}

pub(super) struct Owner<B> {
    bridge: Arc<B>,
    source: Source,
    clock: Arc<dyn Clock>,
    publish: watch::Sender<Snapshot>,
    in_flight: Option<(Kind, Attempt)>,
    generation: Generation,
}

impl<B: Bridge> Owner<B> {
    pub(super) fn new(
        bridge: Arc<B>,
        source: Source,
        clock: Arc<dyn Clock>,
        publish: watch::Sender<Snapshot>,
    ) -> Self {
        Self {
            bridge,
            source,
            clock,
            publish,
            in_flight: None,
            generation: 0,
        }
    }

    pub(super) async fn run(mut self, mut inbox: mpsc::Receiver<Command>) {
        loop {
            let wakes_at = self.publish.borrow().state.wakes_at();
            let timer = wakes_at.map(|at| Instant::now() + at.until(self.clock.now()));
            let event = tokio::select! {
                command = inbox.recv() => match command {
                    Some(Command::Wanted) => Event::Wanted,
                    Some(Command::Rejected(generation)) => Event::Rejected(generation),
                    Some(Command::Stop) | None => Event::Stop,
                },
                result = finished(&mut self.in_flight) => self.finished(result),
                () = sleep_until(timer) => Event::Timer,
            };
            self.apply(event);
            if matches!(
                self.publish.borrow().state,
                State::SignedOut {
                    reason: Reason::Stopped
                }
            ) {
                return;
            }
        }
    }

    fn apply(&mut self, event: Event) {
        let context = Context {
            now: self.clock.now(),
            jitter: fastrand::f64(),
        };
        let mut effect = None;
        self.publish.send_if_modified(|snapshot| {
            let before = std::mem::replace(
                &mut snapshot.state,
                State::SignedOut {
                    reason: Reason::Stopped,
                },
            );
            let had_failed = matches!(
                before,
                State::SignedOut {
                    reason: Reason::Failed { .. }
                }
            );
            let was = std::mem::discriminant(&before);
            let (after, wanted) = before.step(event.clone(), context);
            let has_failed = matches!(
                after,
                State::SignedOut {
                    reason: Reason::Failed { .. }
                }
            );
            let changed = was != std::mem::discriminant(&after) || wanted.is_some();
            snapshot.state = after;
            note(
                &mut snapshot.stats,
                &event,
                self.in_flight.as_ref().map(|(kind, _)| kind),
                context.now,
            );
            if has_failed && !had_failed {
                snapshot.stats.failed_series += 1;
            }
            effect = wanted;
            changed || matches!(event, Event::Received(_) | Event::Failed(_))
        });
        let busy = matches!(
            self.publish.borrow().state,
            State::SigningIn { .. } | State::Renewing { .. }
        );
        match effect {
            Some(effect) => self.in_flight = Some(self.begin(effect)),
            None if !busy => self.in_flight = None,
            None => {}
        }
    }

    fn begin(&mut self, effect: Effect) -> (Kind, Attempt) {
        self.generation += 1;
        let generation = self.generation;
        let bridge = self.bridge.clone();
        let source = self.source.clone();
        let clock = self.clock.clone();
        match effect {
            Effect::Login => (
                Kind::Login,
                Box::pin(async move {
                    let credentials = source.ask().ok_or(SessionError::NoCredentials)?;
                    tracing::debug!("Attempting login with username: {}", credentials.username);
                    let asked = clock.now();
                    let issued = bridge.login(&credentials).await?;
                    receive(issued, &credentials.username, generation, asked)
                }),
            ),
            Effect::Refresh(token) => (
                Kind::Refresh,
                Box::pin(async move {
                    let left = token.expires().until(clock.now());
                    tracing::debug!(
                        "Token expires in {} minutes, refreshing proactively",
                        left.as_secs() / 60
                    );
                    let asked = clock.now();
                    let issued = bridge.refresh(&token).await?;
                    receive(issued, token.username(), generation, asked)
                }),
            ),
        }
    }

    fn finished(&mut self, result: Result<Token, SessionError>) -> Event {
        let expiry = |token: &Token| crate::time::rfc3339(token.expires().wall);
        match (result, self.in_flight.as_ref().map(|(kind, _)| kind)) {
            (Ok(token), Some(Kind::Refresh)) => {
                tracing::info!("✅ Token refreshed successfully");
                tracing::debug!("Token refresh successful, new expiry: {}", expiry(&token));
                Event::Received(token)
            }
            (Ok(token), _) => {
                tracing::info!("✅ Login successful");
                tracing::debug!("JWT token received, expires: {}", expiry(&token));
                tracing::debug!("Token stored in memory for API requests");
                Event::Received(token)
            }
            (Err(error), Some(Kind::Refresh)) => {
                tracing::warn!(error = %crate::error::chain(&error), "Token refresh failed");
                Event::Failed(error)
            }
            (Err(error), _) => {
                match error {
                    SessionError::Refused => {
                        tracing::error!(
                            "Error: Authentication failed - invalid username or password"
                        );
                    }
                    _ => tracing::error!(error = %crate::error::chain(&error), "login failed"),
                }
                Event::Failed(error)
            }
        }
    }
}

fn receive(
    issued: Issued,
    username: &str,
    generation: Generation,
    asked: Now,
) -> Result<Token, SessionError> {
    Token::receive(issued, username, generation, asked, fastrand::f64())
        .map_err(SessionError::Token)
}

fn note(stats: &mut Stats, event: &Event, kind: Option<&Kind>, now: Now) {
    match (event, kind) {
        (Event::Received(_), Some(Kind::Refresh)) => {
            stats.renewals += 1;
            stats.last_error = None;
        }
        (Event::Received(_), _) => {
            stats.logins += 1;
            stats.last_error = None;
        }
        (Event::Failed(error), kind) => {
            match kind {
                Some(Kind::Refresh) => stats.failed_renewals += 1,
                _ => stats.failed_logins += 1,
            }
            stats.last_error = Some((now.wall, error.clone()));
        }
        _ => {}
    }
}

async fn finished(in_flight: &mut Option<(Kind, Attempt)>) -> Result<Token, SessionError> {
    match in_flight {
        Some((_, attempt)) => attempt.await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
