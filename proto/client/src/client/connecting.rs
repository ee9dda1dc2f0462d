//! Making of connections: to a running daemon, to an auto-started one, or to the successor of an
//! older release. Each new connection claims the account of the client's configuration.

use super::{Backoff, Link, MARGIN};
use crate::{ConnectError, Connection, Dial, Outcome, dial::StartEnd};
use std::{sync::Arc, time::Duration};
use tai_proto::{
    Fault,
    account::{AccountClaim, Credentials, PasswordNeed, Succession},
    call::{ClaimAccount, MakeWay, OfferCredentials, Release},
    message::Identity,
};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

/// Time limit for a restart of a daemon to which this client was connected.
const RESTART: Duration = Duration::from_secs(5);
const RESTART_EVERY: Duration = Duration::from_millis(50);
/// Time limit for the start of a daemon.
const START: Duration = Duration::from_secs(10);
/// Backoff between starts while another daemon holds the lock.
const LOCKED_FIRST: Duration = Duration::from_millis(20);
const LOCKED_LONGEST: Duration = Duration::from_millis(500);
/// Time limit for the exit of a daemon that makes way.
const DRAIN: Duration = Duration::from_secs(15);

impl<D: Dial> Link<D> {
    /// Returns the connection, or makes one. Concurrent callers wait for the same connection.
    ///
    /// # Errors
    /// The fault of a [`ConnectError`], or of the daemon if it serves another account.
    pub(super) async fn connection(
        &self,
        identity: &Identity,
        deadline: Instant,
    ) -> Result<Arc<Connection>, Fault> {
        let mut current = self.connection.lock().await;
        let patience = match &*current {
            Some(connection) if !connection.has_ended() => {
                connection.identify(identity).await;
                return Ok(connection.clone());
            }
            Some(_) => RESTART,
            None => Duration::ZERO,
        };
        let until = deadline.min(Instant::now() + patience);
        let made = async {
            let connection = match self.open_until(until).await {
                Err(ConnectError::NotRunning { .. }) => self.start(deadline).await?,
                opened => opened?,
            };
            self.succeeded(connection, deadline).await
        };
        let connection = made
            .await
            .map_err(|error| error.fault(&self.options.profile))?;
        connection.identify(identity).await;
        self.claim(&connection, deadline).await?;
        let connection = Arc::new(connection);
        *current = Some(connection.clone());
        self.connected.notify_waiters();
        Ok(connection)
    }

    async fn open(&self) -> Result<Connection, ConnectError> {
        let streams = self.dial.dial().await?;
        let options = &self.options;
        let role = options.role.clone();
        Connection::open(streams, &options.software, role, &options.socket).await
    }

    /// Connects; waits for a daemon until the given time.
    async fn open_until(&self, until: Instant) -> Result<Connection, ConnectError> {
        loop {
            match self.open().await {
                Err(ConnectError::NotRunning { .. }) if Instant::now() < until => {
                    sleep(RESTART_EVERY).await;
                }
                opened => return opened,
            }
        }
    }

    /// Starts a daemon and connects to it, or to a daemon that another client started first.
    /// While a draining daemon holds the lock, starts are retried until `deadline`.
    async fn start(&self, deadline: Instant) -> Result<Connection, ConnectError> {
        let mut locked = Backoff::new(LOCKED_FIRST, LOCKED_LONGEST);
        let silent = || ConnectError::NotStarted {
            output: String::new(),
        };
        loop {
            let not_running = match self.open().await {
                Err(error @ ConnectError::NotRunning { .. }) => error,
                opened => return opened,
            };
            if Instant::now() >= deadline {
                return Err(silent());
            }
            let Some(starting) = self.dial.start()? else {
                return Err(not_running);
            };
            let until = deadline.min(Instant::now() + START);
            match timeout_at(until, starting.ended()).await {
                // The daemon may exit again before this client connects.
                Ok(StartEnd::Ready) => match self.open().await {
                    Err(ConnectError::NotRunning { .. }) => locked.wait().await,
                    opened => return opened,
                },
                Ok(StartEnd::AlreadyRunning) => locked.wait().await,
                Ok(StartEnd::Failed(output)) => return Err(ConnectError::NotStarted { output }),
                Err(_) => return Err(silent()),
            }
        }
    }

    /// Asks a daemon of another release to make way, once for each client, and connects to its
    /// successor. Returns the same connection if the daemon stays.
    async fn succeeded(
        &self,
        connection: Connection,
        deadline: Instant,
    ) -> Result<Connection, ConnectError> {
        let ours = release_of(&self.options.software);
        let theirs = release_of(&connection.welcome().software);
        let (Some(ours), true) = (ours, ours != theirs) else {
            return Ok(connection);
        };
        if self.asked_to_make_way.set(()).is_err() {
            return Ok(connection);
        }
        let never = CancellationToken::new();
        let until = deadline.min(Instant::now() + DRAIN);
        let make_way = MakeWay { release: ours };
        match connection.call(make_way, None, until, &never).await {
            Outcome::Answered(Ok(Succession::Yields)) => {}
            Outcome::Answered(_) | Outcome::NotSent | Outcome::Lost | Outcome::Cancelled => {
                return Ok(connection);
            }
        }
        // The daemon completes its calls before it hangs up. A service manager may start the
        // successor.
        let _ = timeout_at(until, connection.ended()).await;
        match self.open().await {
            Err(ConnectError::NotRunning { .. }) => self.start(deadline).await,
            opened => opened,
        }
    }

    /// Checks that the daemon serves the configured account, and offers the password if the
    /// daemon needs it.
    async fn claim(&self, connection: &Connection, deadline: Instant) -> Result<(), Fault> {
        let Some((username, password)) = &self.options.account else {
            return Ok(());
        };
        let never = CancellationToken::new();
        let claim = ClaimAccount {
            username: Some(username.clone()),
            bridge: None,
        };
        let until = deadline - MARGIN;
        let need = match connection.call(claim, None, until, &never).await {
            Outcome::Answered(claimed) => match claimed? {
                AccountClaim::Serves(need) => need,
                AccountClaim::Elsewhere(fault) => return Err(fault),
            },
            // The connection broke, which the next call handles.
            Outcome::NotSent | Outcome::Lost | Outcome::Cancelled => return Ok(()),
        };
        let (PasswordNeed::Needed, Some(password)) = (need, password) else {
            return Ok(());
        };
        let offer = OfferCredentials {
            credentials: Credentials {
                username: username.clone(),
                password: password.clone(),
            },
        };
        match connection.call(offer, None, until, &never).await {
            Outcome::Answered(taken) => taken,
            Outcome::NotSent | Outcome::Lost | Outcome::Cancelled => Ok(()),
        }
    }
}

/// Returns the release in the name of a program, such as `taid 0.1.0`.
fn release_of(software: &str) -> Option<Release> {
    Release::parse(software.split(' ').nth(1)?)
}
