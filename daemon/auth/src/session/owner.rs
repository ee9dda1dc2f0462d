//! The task that owns the state: it takes commands, runs the one attempt in flight, keeps
//! the timer, and publishes. What to do is decided in `state`.

use super::{
    Command, Snapshot, Stats,
    clock::{Clock, Now},
    error::SessionError,
    state::{Context, Effect, Event, Reason, State},
    token::Token,
};
use crate::{
    bridge::{BridgeError, Generation, IssuedToken, Revocation, TokenIssuer},
    credentials::{Credentials, Giver, Source, SourceError},
};
use std::{future::Future, pin::Pin, sync::Arc};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::Instant,
};

type Attempt = Pin<Box<dyn Future<Output = Result<Token, SessionError>> + Send>>;
type Reply = oneshot::Sender<Result<(), SessionError>>;

enum Kind {
    Login,
    Refresh,
    /// A person's login; what they typed becomes the source when it succeeds.
    Check(Credentials),
}

pub(super) struct Owner<B> {
    bridge: Arc<B>,
    source: Source,
    clock: Arc<dyn Clock>,
    publish: watch::Sender<Snapshot>,
    in_flight: Option<(Kind, Attempt)>,
    /// The person who waits for the check in flight.
    person: Option<Reply>,
    generation: Generation,
    /// Of all tokens since somebody signed out.
    revocation: Revocation,
}

impl<B: TokenIssuer> Owner<B> {
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
            person: None,
            generation: Generation(0),
            revocation: Revocation::default(),
        }
    }

    pub(super) async fn run(mut self, mut inbox: mpsc::Receiver<Command>) {
        loop {
            let wakes_at = self.publish.borrow().state.wakes_at();
            let timer = wakes_at.map(|at| Instant::now() + at.until(self.clock.now()));
            let event = tokio::select! {
                // What callers want can wait for what they may already have.
                biased;
                result = finished(&mut self.in_flight) => {
                    let (event, person) = self.finished(&result);
                    self.apply(event);
                    if let Some(person) = person {
                        let _ = person.send(result.map(drop));
                    }
                    continue;
                }
                () = sleep_until(timer) => Event::Timer,
                command = inbox.recv() => match command {
                    Some(command) => match self.take(command) {
                        Some(event) => event,
                        None => continue,
                    },
                    None => Event::Stop,
                },
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

    fn take(&mut self, command: Command) -> Option<Event> {
        match command {
            Command::Wanted => Some(Event::Wanted),
            Command::Rejected(generation, left) => Some(Event::Rejected(generation, left)),
            Command::SignIn(credentials, reply) => {
                if let Some(person) = self.person.replace(reply) {
                    let _ = person.send(Err(SessionError::Superseded));
                }
                Some(Event::SignIn(credentials))
            }
            Command::SignOut(reply) => {
                self.adopt(Source::Nowhere { username: None });
                // A request that waits to be sent again has a token of its own.
                std::mem::take(&mut self.revocation).revoke();
                // Whoever waits to be told is told once the state is published.
                self.apply(Event::SignOut);
                let _ = reply.send(Ok(()));
                None
            }
            Command::Adopt(source, reply) => {
                self.adopt(source);
                let _ = reply.send(Ok(()));
                None
            }
            Command::Offer(credentials, reply) => {
                let taken = self.takes_offers_of(&credentials.username);
                let _ = reply.send(taken.clone());
                taken.ok()?;
                let giver = Giver::Client;
                self.adopt(Source::Held { credentials, giver });
                Some(Event::Offered)
            }
            Command::Stop => Some(Event::Stop),
        }
    }

    /// A client's password is taken where there is none, or only another client's.
    fn takes_offers_of(&self, username: &str) -> Result<(), SessionError> {
        let snapshot = self.publish.borrow();
        if let State::SignedOut {
            reason: Reason::LoggedOut,
        } = snapshot.state
        {
            return Err(SessionError::LoggedOut);
        }
        let others = snapshot
            .username
            .as_deref()
            .is_some_and(|name| name != username);
        let giver = Giver::Client;
        let free = match &self.source {
            Source::Nowhere { .. } => true,
            #[cfg(feature = "keyring")]
            Source::Keyring { .. } => true,
            Source::Held { giver: of, .. } => *of == giver,
            _ => false,
        };
        match free && !others {
            true => Ok(()),
            false => Err(SessionError::Superseded),
        }
    }

    fn adopt(&mut self, source: Source) {
        self.source = source;
        let source = &self.source;
        self.publish.send_modify(|snapshot| snapshot.show(source));
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
            let had_failed = before.has_failed();
            let had_token = before.token().map(Token::generation);
            let was = std::mem::discriminant(&before);
            let (after, wanted) = before.step(event.clone(), context);
            if after.has_failed() && !had_failed {
                snapshot.stats.failed_series += 1;
            }
            if matches!(event, Event::Rejected(which, _) if Some(which) == had_token) {
                snapshot.stats.rejected_tokens += 1;
            }
            if let Event::Received(token) = &event {
                snapshot.username = Some(token.username().into());
            }
            let changed = was != std::mem::discriminant(&after)
                || wanted.is_some()
                || had_token != after.token().map(Token::generation);
            snapshot.state = after;
            let kind = self.in_flight.as_ref().map(|(kind, _)| kind);
            note(&mut snapshot.stats, &event, kind, context.now);
            effect = wanted;
            changed || matches!(event, Event::Received(_) | Event::Failed(_))
        });
        let busy = matches!(
            self.publish.borrow().state,
            State::SigningIn { .. } | State::Renewing { .. } | State::Checking { .. }
        );
        match effect {
            Some(effect) => self.in_flight = Some(self.begin(effect)),
            None if !busy => {
                self.in_flight = None;
                self.person = None;
            }
            None => {}
        }
    }

    fn begin(&mut self, effect: Effect) -> (Kind, Attempt) {
        self.generation = self.generation.next();
        let mark = (self.generation, self.revocation.clone());
        let bridge = self.bridge.clone();
        let source = self.source.clone();
        let clock = self.clock.clone();
        match effect {
            Effect::Login => (
                Kind::Login,
                Box::pin(async move {
                    let credentials = source.ask().await.map_err(|error| match error {
                        SourceError::Nothing => SessionError::NoCredentials,
                        error => SessionError::Source(error),
                    })?;
                    login(&*bridge, &credentials, mark, &*clock).await
                }),
            ),
            Effect::Check(credentials) => (
                Kind::Check(credentials.clone()),
                Box::pin(async move { login(&*bridge, &credentials, mark, &*clock).await }),
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
                    let issued = bridge
                        .refresh(token.bearer())
                        .await
                        .map_err(SessionError::Bridge)?;
                    receive(issued, token.username(), mark, asked)
                }),
            ),
        }
    }

    /// What the end of the attempt in flight means, and who is to be told of it.
    fn finished(&mut self, result: &Result<Token, SessionError>) -> (Event, Option<Reply>) {
        let kind = self.in_flight.as_ref().map(|(kind, _)| kind);
        say(kind, result);
        let mut person = None;
        if let Some(Kind::Check(credentials)) = kind {
            let credentials = credentials.clone();
            person = self.person.take();
            if result.is_ok() {
                let giver = Giver::Person;
                self.adopt(Source::Held { credentials, giver });
            }
        }
        let event = match result {
            Ok(token) => Event::Received(token.clone()),
            Err(error) => Event::Failed(error.clone()),
        };
        (event, person)
    }
}

pub(crate) async fn login<B: TokenIssuer>(
    bridge: &B,
    credentials: &Credentials,
    mark: (Generation, Revocation),
    clock: &dyn Clock,
) -> Result<Token, SessionError> {
    tracing::debug!("Attempting login with username: {}", credentials.username);
    let asked = clock.now();
    let issued = bridge.login(credentials).await?;
    receive(issued, &credentials.username, mark, asked)
}

fn receive(
    issued: IssuedToken,
    username: &str,
    mark: (Generation, Revocation),
    asked: Now,
) -> Result<Token, SessionError> {
    Token::receive(issued, username, mark, asked, fastrand::f64()).map_err(SessionError::Token)
}

/// The seed's lines about logins and renewals.
fn say(kind: Option<&Kind>, result: &Result<Token, SessionError>) {
    let refresh = matches!(kind, Some(Kind::Refresh));
    match result {
        Ok(token) => {
            let expiry = crate::time::rfc3339(token.expires().wall);
            if refresh {
                tracing::info!("✅ Token refreshed successfully");
                tracing::debug!("Token refresh successful, new expiry: {expiry}");
            } else {
                tracing::info!("✅ Login successful");
                tracing::debug!("JWT token received, expires: {expiry}");
                tracing::debug!("Token stored in memory for API requests");
            }
        }
        Err(error) if refresh => {
            tracing::warn!(error = %crate::chain(error), "Token refresh failed");
        }
        Err(SessionError::NoCredentials) => {
            tracing::info!("there is no username and password to log in with yet");
        }
        Err(SessionError::Refused) => {
            tracing::error!("Error: Authentication failed - invalid username or password");
        }
        Err(SessionError::Bridge(BridgeError::Unreachable { detail })) => {
            tracing::error!("Error: Unable to connect to authentication server: {detail}");
        }
        Err(error) => {
            tracing::error!("Error: login failed: {}", crate::chain(error));
        }
    }
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
                // Nothing was tried.
                _ if *error == SessionError::NoCredentials => {}
                _ => stats.failed_logins += 1,
            }
            // A mistyped password is told to who typed it; the session is as it was.
            if !matches!(kind, Some(Kind::Check(_))) {
                stats.last_error = Some((now.wall, error.clone()));
            }
        }
        (Event::SignOut, _) => stats.last_error = Some((now.wall, SessionError::LoggedOut)),
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
