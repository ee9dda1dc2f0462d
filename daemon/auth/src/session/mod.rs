//! The session: the one login, behind a handle that any number of callers share.
//!
//! It depends on the bridge's trait and on nothing above it: it knows no mail and no client.

#[cfg(test)]
mod cases;
pub mod clock;
pub mod error;
mod failure;
#[cfg(any(test, feature = "test-util"))]
pub mod fake;
mod outlook;
mod owner;
pub mod state;
pub mod token;

use crate::{
    bridge::{Bearer, Generation, TokenFailure, TokenIssuer, TokenProblem},
    credentials::{Credentials, Giver, Source},
};
use clock::{Clock, Now, SystemClock};
use error::SessionError;
pub use outlook::Outlook;
pub(crate) use owner::login;
use state::{State, Via};
use std::{future::Future, sync::Arc, time::SystemTime};
use token::Token;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, timeout_at},
};

/// What the owner publishes after each step.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The state.
    pub state: State,
    /// The counters.
    pub stats: Stats,
    /// Whose session it is, once that is known.
    pub username: Option<Arc<str>>,
    /// Where the password comes from, in words.
    pub source: Arc<str>,
    /// Who gave the password, where it is held.
    pub giver: Option<Giver>,
}

impl Snapshot {
    /// Of a session that begins.
    pub fn new(source: &Source) -> Self {
        let mut snapshot = Self {
            state: State::SignedOut {
                reason: state::Reason::NotYet,
            },
            stats: Stats::default(),
            username: None,
            source: "".into(),
            giver: None,
        };
        snapshot.show(source);
        snapshot
    }

    /// Shows what may be shown of a source.
    fn show(&mut self, source: &Source) {
        self.username = source.username().map(Into::into);
        self.source = source.to_string().into();
        self.giver = match source {
            Source::Held { giver, .. } => Some(*giver),
            _ => None,
        };
    }
}

/// Why an authenticated request failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError<E> {
    /// There is no token to send it with.
    #[error("there is no session with the bridge")]
    Session(#[source] SessionError),
    /// The bridge did not do it.
    #[error("the bridge cannot do it")]
    Bridge(#[source] E),
}

/// What happened since the start.
#[derive(Debug, Clone, Default)]
pub struct Stats {
    /// Successful logins.
    pub logins: u64,
    /// Successful renewals.
    pub renewals: u64,
    /// Failed logins.
    pub failed_logins: u64,
    /// Failed renewals.
    pub failed_renewals: u64,
    /// Tokens that the bridge refused before their end.
    pub rejected_tokens: u64,
    /// Series of logins that ended without a token; a caller that asked before the last one
    /// ended shares its failure.
    pub failed_series: u64,
    /// The last failure, until something succeeds.
    pub last_error: Option<(SystemTime, SessionError)>,
}

enum Command {
    Wanted,
    Rejected(Generation, Via),
    SignIn(Credentials, Reply),
    SignOut(Reply),
    Adopt(Source, Reply),
    Offer(Credentials, Reply),
    Stop,
}

type Reply = oneshot::Sender<Result<(), SessionError>>;

/// A handle to the session. Cheap to clone; the session ends with [`Session::stop`].
#[derive(Clone)]
pub struct Session {
    commands: mpsc::Sender<Command>,
    snapshots: watch::Receiver<Snapshot>,
    clock: Arc<dyn Clock>,
}

impl Session {
    /// Starts the owner's task. Nothing is tried before somebody asks for a token.
    pub fn start<B: TokenIssuer>(bridge: Arc<B>, source: Source) -> Self {
        Self::start_with_clock(bridge, source, Arc::new(SystemClock))
    }

    /// The same, with a clock of the caller's.
    pub fn start_with_clock<B: TokenIssuer>(
        bridge: Arc<B>,
        source: Source,
        clock: Arc<dyn Clock>,
    ) -> Self {
        // Commands are nudges: when this many wait, one more would say nothing new.
        let (commands, inbox) = mpsc::channel(64);
        let (publish, snapshots) = watch::channel(Snapshot::new(&source));
        tokio::spawn(owner::Owner::new(bridge, source, clock.clone(), publish).run(inbox));
        Self {
            commands,
            snapshots,
            clock,
        }
    }

    /// A good token, at once when there is one. Otherwise the one login under way is waited
    /// for, or begun; however many callers wait, there is one.
    ///
    /// # Errors
    /// The failure of the login this caller waited for, or [`SessionError::Deadline`].
    pub async fn token(&self, deadline: Instant) -> Result<Token, SessionError> {
        tracing::debug!("Checking token expiration before API request");
        let mut snapshots = self.snapshots.clone();
        let asked = snapshots.borrow_and_update().stats.failed_series;
        loop {
            {
                let snapshot = snapshots.borrow_and_update();
                match snapshot.state.outlook(self.clock.now()) {
                    Outlook::Token(token) => return Ok(token.clone()),
                    Outlook::Refused(error) => return Err(error.clone()),
                    Outlook::Ask if snapshot.stats.failed_series > asked => {
                        let error = snapshot.stats.last_error.clone();
                        return Err(error.map_or(SessionError::Stopped, |(_, error)| error));
                    }
                    // A token that died while the machine slept is found here, and the
                    // owner told. A full queue means that it is being told already.
                    Outlook::Ask => {
                        if let Err(mpsc::error::TrySendError::Closed(_)) =
                            self.commands.try_send(Command::Wanted)
                        {
                            return Err(SessionError::Stopped);
                        }
                    }
                    Outlook::Wait => {}
                }
            }
            match timeout_at(deadline, snapshots.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(SessionError::Stopped),
                Err(_) => return Err(SessionError::Deadline),
            }
        }
    }

    /// Reports that the bridge answered 401 to the token of `generation`, and what is left to
    /// be tried first: a refresh, or where that has just been tried a full login. A report on
    /// an older token than the present one is ignored.
    pub async fn rejected(&self, generation: Generation, left: Via, deadline: Instant) {
        let told = self.commands.send(Command::Rejected(generation, left));
        if timeout_at(deadline, told).await.is_err() {
            return;
        }
        // Until the owner has taken the report in, `token` would hand out the same token.
        let mut snapshots = self.snapshots.clone();
        let gone = snapshots.wait_for(|snapshot| {
            let token = snapshot.state.token();
            token.is_none_or(|token| token.generation() != generation)
        });
        let _ = timeout_at(deadline, gone).await;
    }

    /// Does `work` with a good token. When the bridge answers 401, does it again with a
    /// refreshed one, and at last with one from a full login (seed: "401: refresh, retry the
    /// original request with the new token, fall back to a full login"). A 401 says that
    /// nothing was done, so this holds for sending too.
    ///
    /// # Errors
    /// The session's, or the bridge's last answer.
    pub async fn with_token<T, E, F>(
        &self,
        deadline: Instant,
        work: impl Fn(Bearer) -> F,
    ) -> Result<T, RequestError<E>>
    where
        E: TokenFailure,
        F: Future<Output = Result<T, E>>,
    {
        let mut token = self.token(deadline).await.map_err(RequestError::Session)?;
        for left in [Via::Refresh, Via::Login] {
            let generation = token.generation();
            let result = work(token.bearer().clone()).await;
            let Err(error) = result else {
                return result.map_err(RequestError::Bridge);
            };
            let Some(TokenProblem::Rejected(message)) = error.token_problem() else {
                return Err(of_request(error));
            };
            tracing::warn!("Warning: Token expired, attempting refresh... (401: {message})");
            self.rejected(generation, left, deadline).await;
            token = self.token(deadline).await.map_err(RequestError::Session)?;
            tracing::debug!("API request proceeding with refreshed token");
        }
        work(token.bearer().clone()).await.map_err(of_request)
    }

    /// Whose session it is. Where only a login will tell, one is waited for.
    ///
    /// # Errors
    /// As [`Session::token`].
    pub async fn username(&self, deadline: Instant) -> Result<Arc<str>, SessionError> {
        if let Some(username) = self.snapshots.borrow().username.clone() {
            return Ok(username);
        }
        Ok(self.token(deadline).await?.username().into())
    }

    /// Every change of what [`Session::snapshot`] shows.
    pub fn changes(&self) -> watch::Receiver<Snapshot> {
        self.snapshots.clone()
    }

    /// Tries credentials that a person gave, at once. When the bridge accepts them they are
    /// held until the end and asked before any other source; when not, all is as it was.
    ///
    /// # Errors
    /// What the one attempt came to.
    pub async fn sign_in(
        &self,
        credentials: Credentials,
        deadline: Instant,
    ) -> Result<(), SessionError> {
        self.ask(|reply| Command::SignIn(credentials, reply), deadline)
            .await
    }

    /// Where the password is to be asked for from now on; what is held is dropped. The token
    /// stays.
    ///
    /// # Errors
    /// Only when the session has ended.
    pub async fn adopt(&self, source: Source, deadline: Instant) -> Result<(), SessionError> {
        self.ask(|reply| Command::Adopt(source, reply), deadline)
            .await
    }

    /// Drops the token and the password, and stays signed out until a person signs in.
    ///
    /// # Errors
    /// Only when the session has ended.
    pub async fn sign_out(&self, deadline: Instant) -> Result<(), SessionError> {
        self.ask(Command::SignOut, deadline).await
    }

    /// Offers a client's credentials, which are taken where there are none.
    ///
    /// # Errors
    /// [`SessionError::Superseded`] where there are some, [`SessionError::LoggedOut`].
    pub async fn offer(
        &self,
        credentials: Credentials,
        deadline: Instant,
    ) -> Result<(), SessionError> {
        self.ask(|reply| Command::Offer(credentials, reply), deadline)
            .await
    }

    async fn ask(
        &self,
        command: impl FnOnce(Reply) -> Command,
        deadline: Instant,
    ) -> Result<(), SessionError> {
        let (reply, replied) = oneshot::channel();
        let work = async {
            let sent = self.commands.send(command(reply)).await;
            sent.map_err(|_| SessionError::Stopped)?;
            replied.await.unwrap_or(Err(SessionError::Superseded))
        };
        timeout_at(deadline, work)
            .await
            .unwrap_or(Err(SessionError::Deadline))
    }

    /// Waits until no login is under way.
    pub async fn settled(&self, deadline: Instant) {
        let mut snapshots = self.snapshots.clone();
        let settled = snapshots.wait_for(|snapshot| {
            !matches!(
                snapshot.state,
                State::SigningIn { .. } | State::Checking { .. }
            )
        });
        let _ = timeout_at(deadline, settled).await;
    }

    /// Begins a login, without waiting for it.
    pub fn nudge(&self) {
        let _ = self.commands.try_send(Command::Wanted);
    }

    /// The state and the counters, as last published.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshots.borrow().clone()
    }

    /// The session's time.
    pub fn now(&self) -> Now {
        self.clock.now()
    }

    /// Ends the session: the token is dropped, and zeroed with its last user.
    pub async fn stop(&self) {
        let _ = self.commands.send(Command::Stop).await;
        let mut snapshots = self.snapshots.clone();
        while snapshots.changed().await.is_ok() {}
    }
}

/// Entry point of tests/fuzz: a JWT, as far as it goes.
#[cfg(fuzzing)]
pub fn fuzz(jwt: &str) {
    let now = SystemClock.now();
    let issued = crate::bridge::IssuedToken {
        jwt: jwt.to_owned().into(),
        server_time: Some(now.wall),
    };
    let mark = (Generation(1), crate::bridge::Revocation::default());
    if let Ok(token) = Token::receive(issued, "alice", mark, now, 0.5) {
        assert!(token.is_good(now));
        assert!(token.renews().mono <= token.expires().mono);
    }
}

fn of_request<E: TokenFailure>(error: E) -> RequestError<E> {
    match error.token_problem() {
        Some(TokenProblem::Revoked) => RequestError::Session(SessionError::LoggedOut),
        Some(TokenProblem::Rejected(_)) | None => RequestError::Bridge(error),
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;

#[cfg(test)]
mod sign_in_tests;
