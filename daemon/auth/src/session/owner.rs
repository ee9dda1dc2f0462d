//! The task that owns the state. It feeds events to the step, carries the effects out, keeps
//! the timer, and publishes. Every decision is in `step`.

use super::{
    attempt,
    clock::Clock,
    error::SessionError,
    event::{Context, Effect, Event, Request},
    snapshot::Snapshot,
    state::State,
    stats::Stats,
    token::Token,
};
use crate::bridge::{Generation, Revocation, TokenIssuer};
use std::{future::Future, pin::Pin, sync::Arc};
use tai_names::Username;
use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    time::Instant,
};

/// An attempt in flight.
struct Running {
    id: Generation,
    outcome: Pin<Box<dyn Future<Output = Result<Token, SessionError>> + Send>>,
    /// The username that the credential source has; `None` once it was received, or cannot come.
    named: Option<oneshot::Receiver<Username>>,
}

/// The owner of a session.
pub(super) struct Owner<I> {
    issuer: Arc<I>,
    clock: Arc<dyn Clock>,
    state: State,
    stats: Stats,
    publish: watch::Sender<Snapshot>,
    /// The future of the state's attempt.
    running: Option<Running>,
    /// The generation of the next attempt.
    next: Generation,
}

impl<I: TokenIssuer> Owner<I> {
    /// Creates the owner of a session in `state`, and the receiver of its snapshots.
    pub(super) fn new(
        issuer: Arc<I>,
        clock: Arc<dyn Clock>,
        state: State,
    ) -> (Self, watch::Receiver<Snapshot>) {
        let stats = Stats::default();
        let (publish, snapshots) = watch::channel(Snapshot::of(&state, stats.clone()));
        let owner = Self {
            issuer,
            clock,
            state,
            stats,
            publish,
            running: None,
            next: Generation(1),
        };
        (owner, snapshots)
    }

    /// Runs until the session ends. `requested` is notified when a caller needs a token.
    pub(super) async fn run(mut self, mut inbox: mpsc::Receiver<Event>, requested: Arc<Notify>) {
        while !self.state.is_stopped() {
            let wakes_at = self.state.wakes_at();
            let timer = wakes_at.map(|at| Instant::now() + at.until(self.clock.now()));
            let event = tokio::select! {
                // A token that has arrived answers the requests that wait, but not a person who has
                // cancelled the login.
                biased;
                id = abandoned(&mut self.state) => {
                    Event::AttemptFailed(id, SessionError::Abandoned)
                }
                event = next_of(&mut self.running) => event,
                () = sleep_until(timer) => Event::TimerFired,
                event = inbox.recv() => event.unwrap_or(Event::Stop),
                () = requested.notified() => Event::TokenRequested,
            };
            // An attempt may end in the moment in which its source is read.
            if let Some(event) = self.running.as_mut().and_then(Running::name) {
                self.apply(event);
            }
            self.apply(event);
        }
    }

    fn apply(&mut self, event: Event) {
        let context = Context {
            now: self.clock.now(),
            jitter: fastrand::f64(),
            next: self.next,
        };
        let state = std::mem::replace(&mut self.state, State::STOPPED);
        let (state, effects) = state.step(event, &context);
        self.state = state;
        let attempt = self.state.attempt();
        self.running.take_if(|running| Some(running.id) != attempt);
        let mut replies = Vec::new();
        for effect in effects {
            match effect {
                Effect::Start(id, request, revocation) => self.start(id, request, revocation),
                Effect::Revoke(revocation) => revocation.revoke(),
                Effect::Record(record) => {
                    self.stats.count(&record, context.now);
                    attempt::log(&record);
                }
                Effect::Reply(reply, result) => replies.push((reply, result)),
            }
        }
        let snapshot = Snapshot::of(&self.state, self.stats.clone());
        self.publish.send_if_modified(|published| {
            let is_new = *published != snapshot;
            *published = snapshot;
            is_new
        });
        // A requester that has its answer sees the new state.
        for (reply, result) in replies {
            reply.send(result);
        }
    }

    fn start(&mut self, id: Generation, request: Request, revocation: Revocation) {
        self.next = id.next();
        let (issuer, clock) = (self.issuer.clone(), self.clock.clone());
        let (name, named) = oneshot::channel();
        let mark = (id, revocation);
        let outcome = async move { attempt::run(&*issuer, request, mark, name, &*clock).await };
        self.running = Some(Running {
            id,
            outcome: Box::pin(outcome),
            named: Some(named),
        });
    }
}

impl Running {
    /// Returns the event of the username, if it has arrived and was not received.
    fn name(&mut self) -> Option<Event> {
        let name = self.named.as_mut()?.try_recv().ok()?;
        self.named = None;
        Some(Event::Named(self.id, name))
    }
}

/// Waits for the next event of the attempt in flight.
async fn next_of(running: &mut Option<Running>) -> Event {
    let Some(Running { id, outcome, named }) = running else {
        return std::future::pending().await;
    };
    if let Some(name) = named {
        tokio::select! {
            biased;
            name = name => {
                *named = None;
                // A renewal has no name to tell.
                if let Ok(name) = name {
                    return Event::Named(*id, name);
                }
            }
            outcome = &mut *outcome => return ended(*id, outcome),
        }
    }
    ended(*id, outcome.await)
}

fn ended(id: Generation, outcome: Result<Token, SessionError>) -> Event {
    match outcome {
        Ok(token) => Event::AttemptSucceeded(token),
        Err(error) => Event::AttemptFailed(id, error),
    }
}

/// Waits until the person whose login is in flight waits for it no longer.
async fn abandoned(state: &mut State) -> Generation {
    match state {
        State::Checking { check, .. } if check.account.is_of_person() => {
            check.person.gone().await;
            check.id
        }
        State::SignedOut { .. }
        | State::SigningIn { .. }
        | State::Live(_)
        | State::Renewing { .. }
        | State::Waiting(_)
        | State::Checking { .. } => std::future::pending().await,
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
