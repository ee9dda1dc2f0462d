//! One authenticated session with the mail bridge, behind a handle that any number of callers
//! share.
//!
//! One task owns the state and changes it in pure steps, see `step.rs`. The module depends
//! on the bridge's [`TokenIssuer`] and on nothing above it: it knows no mail and no client.

mod account;
mod attempt;
pub mod clock;
pub mod error;
mod event;
mod failure;
mod owner;
mod people;
mod pin;
mod reply;
mod request;
mod snapshot;
pub mod stamp;
mod start;
mod state;
mod stats;
mod step;
pub mod token;

pub(crate) use attempt::login;
pub use pin::for_one_account;
pub use request::RequestError;
pub use snapshot::{Phase, Renewal, SignedOut, Snapshot};
pub use stats::Stats;

use crate::{
    bridge::{Bearer, Generation, TokenFailure, TokenIssuer, TokenProblem},
    credentials::{Credentials, Source},
};
use account::Account;
use clock::{Clock, Now, SystemClock};
use error::SessionError;
use event::{Event, Grant};
use reply::Reply;
use snapshot::TokenAvailability;
use state::{Reason, State};
use std::{future::Future, sync::Arc, time::Duration};
use tai_names::Username;
use token::Token;
use tokio::{
    sync::{Notify, mpsc, watch},
    time::{Instant, timeout_at},
};

/// Number of events that wait for the owner before their senders wait.
const INBOX: usize = 64;

/// Handle to a session. Clones share it.
///
/// The session needs a tokio runtime with time; a current-thread runtime suffices. It ends with
/// [`Session::stop`], or when the last handle is dropped.
#[derive(Clone)]
pub struct Session {
    events: mpsc::Sender<Event>,
    requested: Arc<Notify>,
    snapshots: watch::Receiver<Snapshot>,
    clock: Arc<dyn Clock>,
}

impl Session {
    /// Starts a session. Nothing is sent before a caller needs a token.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn start<I: TokenIssuer>(issuer: Arc<I>, source: Source) -> Self {
        Self::start_with_clock(issuer, source, Arc::new(SystemClock))
    }

    /// Starts a session with a clock of the caller's.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn start_with_clock<I: TokenIssuer>(
        issuer: Arc<I>,
        source: Source,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let reason = Reason::NotYet(Account::new(source));
        let state = State::SignedOut { reason };
        let (owner, snapshots) = owner::Owner::new(issuer, clock.clone(), state);
        let (events, inbox) = mpsc::channel(INBOX);
        let requested = Arc::new(Notify::new());
        tokio::spawn(owner.run(inbox, requested.clone()));
        Self {
            events,
            requested,
            snapshots,
            clock,
        }
    }

    /// Returns a valid token: at once if there is one, otherwise from the one login that all
    /// callers share. Dropping the future ends the wait; the login
    /// continues for the other callers.
    ///
    /// # Errors
    /// The failure of the login that the caller waited for, or of the last login during its
    /// cool-down; [`SessionError::LoggedOut`]; [`SessionError::OtherAccount`] within
    /// [`for_one_account`]; [`SessionError::Deadline`]; [`SessionError::Stopped`].
    pub async fn token(&self, deadline: Instant) -> Result<Token, SessionError> {
        tracing::debug!("Checking token expiration before API request");
        let mut snapshots = self.snapshots.clone();
        let earlier = snapshots.borrow_and_update().failed_attempt();
        loop {
            {
                let snapshot = snapshots.borrow_and_update();
                match snapshot.availability(self.clock.now()) {
                    TokenAvailability::Available(token) => {
                        pin::check(token.username())?;
                        return Ok(token.clone());
                    }
                    TokenAvailability::Refused(error) => return Err(error.clone()),
                    TokenAvailability::Pending => {}
                    TokenAvailability::Requestable => match snapshot.failure() {
                        Some((failed, error)) if Some(failed) != earlier => {
                            return Err(error.clone());
                        }
                        // A token that expired while the machine slept is noticed here.
                        Some(_) | None => self.requested.notify_one(),
                    },
                }
            }
            match timeout_at(deadline, snapshots.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(SessionError::Stopped),
                Err(_) => return Err(SessionError::Deadline),
            }
        }
    }

    /// Does `work` with the bearer of a good token. After a 401 it repeats the work with a
    /// refreshed token, and finally with one from a full login (seed: "401: refresh, retry the
    /// original request with the new token, fall back to a full login"). A 401 says that the
    /// request had no effect, so a send is repeated as well.
    ///
    /// # Errors
    /// [`RequestError::Session`] if there is no token, [`RequestError::Bridge`] with the last
    /// error of `work`.
    pub async fn with_token<T, E, F>(
        &self,
        deadline: Instant,
        work: impl Fn(Bearer) -> F,
    ) -> Result<T, RequestError<E>>
    where
        E: TokenFailure,
        F: Future<Output = Result<T, E>>,
    {
        let mut token = self.token(deadline).await?;
        for next in [Grant::Refresh, Grant::Login] {
            let error = match work(token.bearer().clone()).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let Some(TokenProblem::Rejected(message)) = error.token_problem() else {
                return Err(RequestError::of_work(error));
            };
            tracing::warn!("Warning: Token expired, attempting refresh... (401: {message})");
            self.rejected(token.generation(), next, deadline).await;
            token = self.token(deadline).await?;
            tracing::debug!("API request proceeding with refreshed token");
        }
        let last = work(token.bearer().clone()).await;
        last.map_err(RequestError::of_work)
    }

    /// Does `work` once with the bearer of a good token. After a 401 it waits until the session has
    /// another token, at most for `patience`, and then continues as [`Session::with_token`] does.
    /// For work that can wait: after a rotation of the bridge's secret, all machines get a 401 at once.
    ///
    /// `work` gets the deadline of its requests, which is `limit` after their start.
    ///
    /// # Errors
    /// As [`Session::with_token`].
    pub async fn with_patience<T, E, F>(
        &self,
        limit: Duration,
        patience: Duration,
        work: impl Fn(Bearer, Instant) -> F,
    ) -> Result<T, RequestError<E>>
    where
        E: TokenFailure,
        F: Future<Output = Result<T, E>>,
    {
        let deadline = Instant::now() + limit;
        let token = self.token(deadline).await?;
        let error = match work(token.bearer().clone(), deadline).await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        if !matches!(error.token_problem(), Some(TokenProblem::Rejected(_))) {
            return Err(RequestError::of_work(error));
        }
        let mut snapshots = self.snapshots.clone();
        let is_replaced = snapshots.wait_for(|snapshot| {
            let present = snapshot.phase.token();
            present.is_none_or(|present| present.generation() != token.generation())
        });
        let _ = timeout_at(Instant::now() + patience, is_replaced).await;
        let deadline = Instant::now() + limit;
        self.with_token(deadline, |bearer| work(bearer, deadline))
            .await
    }

    /// Reports that the bridge answered 401 to the token of `generation`, and waits until
    /// [`Session::token`] no longer returns it. `next` is the grant to try first.
    async fn rejected(&self, generation: Generation, next: Grant, deadline: Instant) {
        let report = Event::TokenRejected { generation, next };
        let is_sent = timeout_at(deadline, self.events.send(report)).await.is_ok();
        if is_sent {
            let mut snapshots = self.snapshots.clone();
            let is_gone = snapshots.wait_for(|snapshot| {
                let token = snapshot.phase.token();
                token.is_none_or(|token| token.generation() != generation)
            });
            let _ = timeout_at(deadline, is_gone).await;
        }
    }

    /// Returns the username. If only a login tells, waits for one.
    ///
    /// # Errors
    /// As [`Session::token`].
    pub async fn username(&self, deadline: Instant) -> Result<Username, SessionError> {
        let known = self.snapshots.borrow().username.clone();
        let username = match known {
            Some(username) => username,
            None => self.token(deadline).await?.username().clone(),
        };
        pin::check(&username)?;
        Ok(username)
    }

    /// Tries a person's credentials at once. If the bridge accepts them, they are held in
    /// memory until the session ends or the person signs out, and take the place of the
    /// source. On failure the previous state is restored. A session of another account is signed
    /// out first.
    ///
    /// # Errors
    /// [`SessionError::OtherAccount`] if the session has another account; the failure of the attempt;
    /// [`SessionError::Superseded`] by a later sign-in;
    /// [`SessionError::LoggedOut`] by a sign-out; [`SessionError::Deadline`];
    /// [`SessionError::Stopped`].
    pub async fn sign_in(
        &self,
        credentials: Credentials,
        deadline: Instant,
    ) -> Result<(), SessionError> {
        self.ask(|reply| Event::SignIn(credentials, reply), deadline)
            .await
    }

    /// Drops the token and the password of `account`, or of any, revokes the tokens that requests
    /// have, and stays signed out until a person signs in.
    ///
    /// # Errors
    /// [`SessionError::OtherAccount`] if the session has another account than the named one,
    /// [`SessionError::Deadline`], [`SessionError::Stopped`].
    pub async fn sign_out(
        &self,
        account: Option<Username>,
        deadline: Instant,
    ) -> Result<(), SessionError> {
        self.ask(|reply| Event::SignOut(account, reply), deadline)
            .await
    }

    /// Replaces the credential source by another one with the same credentials, such as the
    /// keyring in which they were just saved. The token stays; credentials in memory are
    /// dropped.
    ///
    /// # Errors
    /// [`SessionError::OtherAccount`] if the source is of another account,
    /// [`SessionError::LoggedOut`], [`SessionError::Deadline`], [`SessionError::Stopped`].
    pub async fn adopt(&self, source: Source, deadline: Instant) -> Result<(), SessionError> {
        self.ask(|reply| Event::Adopt(source, reply), deadline)
            .await
    }

    /// Starts a login or a renewal that waits for its time. Returns before its outcome.
    ///
    /// # Errors
    /// [`SessionError::LoggedOut`], [`SessionError::Deadline`], [`SessionError::Stopped`].
    pub async fn retry(&self, deadline: Instant) -> Result<(), SessionError> {
        self.ask(Event::Retry, deadline).await
    }

    /// Offers a client's credentials. If the session has none, they are taken. If the bridge refuses
    /// those of another client or of the keyring, or the keyring fails, the offered ones are tried at
    /// once; if the bridge accepts them, they take the place of the present ones, otherwise the
    /// previous state is restored.
    ///
    /// # Errors
    /// [`SessionError::Superseded`] if other credentials are in use, also during an outage of the
    /// bridge; the failure of the trial; [`SessionError::LoggedOut`]; [`SessionError::Deadline`];
    /// [`SessionError::Stopped`].
    pub async fn offer(
        &self,
        credentials: Credentials,
        deadline: Instant,
    ) -> Result<(), SessionError> {
        self.ask(|reply| Event::Offer(credentials, reply), deadline)
            .await
    }

    async fn ask(
        &self,
        event: impl FnOnce(Reply) -> Event,
        deadline: Instant,
    ) -> Result<(), SessionError> {
        let (reply, answer) = Reply::new();
        let work = async {
            let sent = self.events.send(event(reply)).await;
            sent.map_err(|_| SessionError::Stopped)?;
            answer.await.unwrap_or(Err(SessionError::Stopped))
        };
        timeout_at(deadline, work)
            .await
            .unwrap_or(Err(SessionError::Deadline))
    }

    /// Waits until the credential source has been asked and no login is in flight, or for
    /// `deadline`. Starts a login if there was none yet.
    pub async fn settled(&self, deadline: Instant) {
        let mut snapshots = self.snapshots.clone();
        if snapshots.borrow().phase == Phase::SignedOut(SignedOut::NotYet) {
            self.nudge();
        }
        let settled = snapshots.wait_for(Snapshot::is_settled);
        let _ = timeout_at(deadline, settled).await;
    }

    /// Starts a login in the background, so that the first caller does not wait for it.
    pub fn nudge(&self) {
        self.requested.notify_one();
    }

    /// Returns the view that the owner published last.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshots.borrow().clone()
    }

    /// Returns a receiver of each change of the view.
    pub fn changes(&self) -> watch::Receiver<Snapshot> {
        self.snapshots.clone()
    }

    /// Returns the current time of the session's clock.
    pub fn now(&self) -> Now {
        self.clock.now()
    }

    /// Ends the session. The token is dropped, and zeroed with its last user.
    pub async fn stop(&self) {
        let _ = self.events.send(Event::Stop).await;
        let mut snapshots = self.snapshots.clone();
        while snapshots.changed().await.is_ok() {}
    }
}

/// Entry point of tests/fuzz: checks a JWT.
#[cfg(fuzzing)]
pub fn fuzz(jwt: &str) {
    let now = SystemClock.now();
    let issued = crate::bridge::IssuedToken {
        jwt: jwt.to_owned().into(),
        server_time: Some(now.wall),
    };
    let mark = (Generation(1), crate::bridge::Revocation::default());
    let asked = token::Asked {
        now,
        stamp: SystemClock.stamp(),
        earlier: None,
    };
    if let Ok(token) = Token::receive(issued, &"alice".parse().unwrap(), mark, &asked, 0.5) {
        assert!(token.is_good(now));
        assert!(token.renews().until(now) <= token.expires().until(now));
    }
}

#[cfg(test)]
mod binding_tests;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod session_tests;
#[cfg(test)]
mod sign_in_tests;
#[cfg(test)]
mod state_tests;
#[cfg(test)]
mod table;
