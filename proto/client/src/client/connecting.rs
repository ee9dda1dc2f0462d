//! Making of connections: to a running daemon, to an auto-started one, or to the successor of an
//! older release. Each new connection claims the account and the bridge of the client's
//! configuration; a daemon that serves another account leads to the account's own daemon.

use super::{
    Backoff, Link, MARGIN, Start,
    faults::{another_bridge, not_connected},
    search::{Absent, Candidate, Owner, Presence, Search},
};
use crate::{ConnectError, Connection, Dial, Outcome, dial::StartEnd};
use std::{sync::Arc, time::Duration};
use tai_proto::{
    Fault, FaultCode,
    account::{AccountClaim, Credentials, PasswordNeed, Succession},
    call::{ClaimAccount, MakeWay, OfferCredentials},
    message::Identity,
    release::Release,
};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

/// Time limit for a restart, by a person or a service manager, of a daemon that this client may
/// not start.
const RESTART: Duration = Duration::from_secs(5);
const RESTART_EVERY: Duration = Duration::from_millis(50);
/// Limit of starts in one call that end without a word. A started daemon that was killed is replaced.
const MAX_STARTS: u32 = 3;
/// Outcome of a daemon that ended without a word.
const ENDED: &str =
    "it ended at once, without a message: a signal ended it, or its executable is damaged";
/// Backoff between attempts while a daemon starts or drains.
const LOCKED_FIRST: Duration = Duration::from_millis(20);
const LOCKED_LONGEST: Duration = Duration::from_millis(500);
/// Time limit of the claim of a client that makes no call yet.
const GREETING: Duration = Duration::from_secs(5);
/// Time limit for the exit of a daemon that makes way.
const DRAIN: Duration = Duration::from_secs(15);

/// Answer of a daemon to the claim of the account.
enum Claimed {
    Serves(PasswordNeed),
    Elsewhere(Fault),
}

impl<D: Dial> Link<D> {
    /// Returns the connection, or makes one. Concurrent callers wait for the same connection.
    ///
    /// # Errors
    /// The fault of a [`ConnectError`], or of the daemon if it serves another account.
    pub(super) async fn connection(
        self: &Arc<Self>,
        identity: &Identity,
        start: Start,
        deadline: Instant,
    ) -> Result<Arc<Connection>, Fault> {
        let mut current = self.connection.lock().await;
        let was_connected = match &*current {
            Some(connection) if !connection.has_ended() => {
                connection.identify(identity).await;
                return Ok(connection.clone());
            }
            Some(_) => true,
            None => false,
        };
        let until = deadline - MARGIN;
        // A task of its own, which starts at the bottom of the stack: a process keeps the stack that it
        // has used. It makes the large future itself.
        let (link, identity) = (self.clone(), identity.clone());
        let connecting = tokio::spawn(async move {
            let connecting = link.connect(&identity, was_connected, start, until);
            Box::pin(connecting).await
        });
        let connection = AbortOnDropHandle::new(connecting)
            .await
            .unwrap_or_else(|error| Err(not_connected(&error.to_string())))?;
        self.bridge.keep(&connection);
        *current = Some(connection.clone());
        self.connected.notify_waiters();
        Ok(connection)
    }

    /// Makes no further call on a connection. Those under way end on it.
    pub(super) async fn leave(&self, connection: &Arc<Connection>) {
        let mut current = self.connection.lock().await;
        current.take_if(|current| Arc::ptr_eq(current, connection));
    }

    /// Connects to the daemon that serves the account. Starts it if no daemon holds its lock, and
    /// waits for one that starts or drains.
    async fn connect(
        &self,
        identity: &Identity,
        was_connected: bool,
        start: Start,
        deadline: Instant,
    ) -> Result<Arc<Connection>, Fault> {
        let profile = &self.options.profile;
        let silent = || ConnectError::NotStarted {
            output: String::new(),
        };
        let restart = Instant::now() + RESTART;
        let mut backoff = Backoff::new(LOCKED_FIRST, LOCKED_LONGEST);
        let (mut is_retry, mut starts) = (false, 0);
        loop {
            let absent = match self.search(identity, deadline).await? {
                Search::Serves(connection) => return Ok(connection),
                Search::Elsewhere(fault) => return Err(fault),
                Search::Absent(absent) if start == Start::Never => {
                    return Err(absent.fault(profile));
                }
                Search::Absent(absent) => absent,
            };
            if Instant::now() >= deadline {
                let error = match absent.error {
                    error @ (ConnectError::Stopping { .. } | ConnectError::HungUp { .. }) => error,
                    _ => silent(),
                };
                return Err(Absent { error, ..absent }.fault(profile));
            }
            let is_back_soon = match absent.presence {
                Presence::Held => true,
                Presence::HungUp => Instant::now() < restart,
                Presence::Gone => false,
            };
            if is_back_soon || std::mem::take(&mut is_retry) {
                backoff.wait().await;
                if is_back_soon {
                    continue;
                }
            }
            let starter = self.own.first().unwrap_or(&self.dial);
            let starting = match starter.start() {
                Ok(Some(starting)) => starting,
                Ok(None) | Err(_) if was_connected && Instant::now() < restart => {
                    sleep(RESTART_EVERY).await;
                    continue;
                }
                Ok(None) => return Err(absent.fault(profile)),
                // A daemon runs, so its answer is the cause, and not where this client starts none.
                Err(error @ (ConnectError::OtherHome { .. } | ConnectError::InSandbox)) => {
                    return Err(Absent { error, ..absent }.fault(profile));
                }
                Err(refusal) => return Err(refusal.fault(profile)),
            };
            starts += 1;
            match timeout_at(deadline, starting.ended()).await {
                // A daemon that has just started may exit before this client connects.
                Ok(StartEnd::Ready | StartEnd::AlreadyRunning) => is_retry = true,
                // A daemon that fails reports why. Without a word, it was killed.
                Ok(StartEnd::Failed(output)) if output.is_empty() && starts < MAX_STARTS => {
                    is_retry = true;
                }
                Ok(StartEnd::Failed(output)) => {
                    let output = match output.is_empty() {
                        true => ENDED.to_owned(),
                        false => output,
                    };
                    return Err(ConnectError::NotStarted { output }.fault(profile));
                }
                Err(_) => return Err(silent().fault(profile)),
            }
        }
    }

    /// Asks the default daemon, then the account's own ones, whether it serves the account.
    async fn search(&self, identity: &Identity, deadline: Instant) -> Result<Search, Fault> {
        let mut search = self.ask(&self.first(), identity, deadline).await?;
        for own in self.own() {
            if matches!(search, Search::Serves(_)) {
                break;
            }
            // It may be of another bridge, so a connection must not make a service manager start it.
            if own.owner == Owner::AccountElsewhere && !own.dial.runs() {
                continue;
            }
            search = search.and(self.ask(&own, identity, deadline).await?);
        }
        Ok(search)
    }

    /// Asks one daemon whether it serves the account.
    async fn ask(
        &self,
        daemon: &Candidate<'_, D>,
        identity: &Identity,
        deadline: Instant,
    ) -> Result<Search, Fault> {
        let opened = match self.open(daemon).await {
            Ok(connection) => self.succeeded(connection, deadline).await,
            Err(error) => Err(error),
        };
        match opened {
            Ok(connection) => {
                let connection = Arc::new(connection);
                connection.identify(identity).await;
                // A daemon of another account or bridge has other mails with these ids.
                if self.bridge.is_other(&connection, deadline).await {
                    return Ok(Search::Elsewhere(another_bridge(&self.options.profile)));
                }
                let claimed = match daemon.owner {
                    Owner::AccountElsewhere => Some(self.claim(&connection, deadline).await?),
                    Owner::User | Owner::Account => None,
                };
                if let Some(Claimed::Elsewhere(fault)) = claimed {
                    return Ok(Search::Elsewhere(fault));
                }
                let told = self.report_kept(&connection, deadline).await;
                self.reclaim(&connection, deadline).await;
                let claimed = match claimed {
                    Some(claimed) => claimed,
                    None => self.claim(&connection, deadline).await?,
                };
                Ok(match claimed {
                    Claimed::Serves(need) => {
                        self.offer(&connection, need, deadline).await?;
                        self.forget(&told);
                        self.report_rest(&connection, deadline).await;
                        Search::Serves(connection)
                    }
                    Claimed::Elsewhere(fault) => Search::Elsewhere(fault),
                })
            }
            Err(
                error @ (ConnectError::NotRunning { .. }
                | ConnectError::Stopping { .. }
                | ConnectError::NoSocket { .. }
                | ConnectError::HungUp { .. }),
            ) => {
                let presence = match error {
                    _ if daemon.dial.is_held() => Presence::Held,
                    ConnectError::HungUp { .. } => Presence::HungUp,
                    _ => Presence::Gone,
                };
                Ok(Search::Absent(Absent {
                    error,
                    elsewhere: None,
                    presence,
                }))
            }
            Err(error) => Err(error.fault(&self.options.profile)),
        }
    }

    async fn open(&self, daemon: &Candidate<'_, D>) -> Result<Connection, ConnectError> {
        let streams = daemon.dial.dial().await?;
        let options = &self.options;
        let role = options.role.clone();
        let connection = Connection::open(streams, &options.software, role, &options.socket);
        let mut connection = connection.await?;
        connection.is_of_account = match daemon.owner {
            Owner::User => false,
            Owner::Account | Owner::AccountElsewhere => true,
        };
        Ok(connection)
    }

    /// Asks a daemon of another release to make way, until one has answered the client. Returns the
    /// connection if the daemon stays.
    ///
    /// # Errors
    /// [`ConnectError::HungUp`] if the daemon made way for a successor.
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
        if self.asked_to_make_way.get().is_some() {
            return Ok(connection);
        }
        let never = CancellationToken::new();
        let until = deadline.min(Instant::now() + DRAIN);
        let make_way = MakeWay { release: ours };
        let outcome = connection.call(make_way, None, until, &never).await;
        // A daemon without a place for this client has not considered the request.
        let is_refused =
            matches!(&outcome, Outcome::Answered(Err(fault)) if fault.code == FaultCode::TooBusy);
        if !is_refused {
            let _ = self.asked_to_make_way.set(());
        }
        match outcome {
            Outcome::Answered(Ok(Succession::Yields)) => {}
            Outcome::Answered(_) | Outcome::NotBegun | Outcome::Lost | Outcome::Cancelled => {
                return Ok(connection);
            }
        }
        // The daemon completes its calls before it hangs up. A service manager may start the
        // successor.
        let _ = timeout_at(until, connection.ended()).await;
        let socket = self.options.socket.clone();
        Err(ConnectError::HungUp { socket })
    }

    /// Claims the configured account and bridge.
    ///
    /// # Errors
    /// The daemon's fault.
    async fn claim(&self, connection: &Connection, deadline: Instant) -> Result<Claimed, Fault> {
        let (account, bridge) = (&self.options.account, &self.options.bridge);
        if account.is_none() && bridge.is_none() {
            return Ok(Claimed::Serves(PasswordNeed::NotNeeded));
        }
        let never = CancellationToken::new();
        let claim = ClaimAccount {
            username: account.as_ref().map(|(username, _)| username.clone()),
            bridge: bridge.as_deref().map(Into::into),
        };
        match connection.call(claim, None, deadline, &never).await {
            // The daemon stops or the connection broke, which the next call handles.
            Outcome::Answered(Err(fault)) if fault.code == FaultCode::Stopping => {
                Ok(Claimed::Serves(PasswordNeed::NotNeeded))
            }
            Outcome::Answered(claimed) => Ok(match claimed? {
                AccountClaim::Serves(need) => Claimed::Serves(need),
                AccountClaim::Elsewhere(fault) => Claimed::Elsewhere(fault),
            }),
            Outcome::NotBegun | Outcome::Lost | Outcome::Cancelled => {
                Ok(Claimed::Serves(PasswordNeed::NotNeeded))
            }
        }
    }

    /// Offers the configured password to a daemon that needs it.
    ///
    /// # Errors
    /// The daemon's fault.
    async fn offer(
        &self,
        connection: &Connection,
        need: PasswordNeed,
        deadline: Instant,
    ) -> Result<(), Fault> {
        let account = &self.options.account;
        let (PasswordNeed::Needed, Some((username, Some(password)))) = (need, account) else {
            return Ok(());
        };
        let offer = OfferCredentials {
            credentials: Credentials {
                username: username.clone(),
                password: password.clone(),
            },
        };
        let never = CancellationToken::new();
        match connection.call(offer, None, deadline, &never).await {
            Outcome::Answered(Err(fault)) if fault.code == FaultCode::Stopping => Ok(()),
            Outcome::Answered(taken) => taken,
            Outcome::NotBegun | Outcome::Lost | Outcome::Cancelled => Ok(()),
        }
    }

    /// Connects to the daemon that serves the account, if one of this release runs and needs no
    /// password. A failure has no effect, because the first call connects.
    pub(super) async fn greet(&self, identity: &Identity) {
        let mut current = self.connection.lock().await;
        if current.is_some() {
            return;
        }
        let ours = release_of(&self.options.software);
        let until = Instant::now() + GREETING;
        let daemons = std::iter::once(self.first()).chain(self.own());
        for daemon in daemons.filter(|daemon| daemon.dial.runs()) {
            let Ok(connection) = self.open(&daemon).await else {
                continue;
            };
            if release_of(&connection.welcome().software) != ours {
                return;
            }
            match self.claim(&connection, until).await {
                Ok(Claimed::Serves(PasswordNeed::NotNeeded)) => {
                    connection.identify(identity).await;
                    self.bridge.keep(&connection);
                    *current = Some(Arc::new(connection));
                    self.connected.notify_waiters();
                    return;
                }
                Ok(Claimed::Serves(PasswordNeed::Needed)) | Err(_) => return,
                Ok(Claimed::Elsewhere(_)) => {}
            }
        }
    }
}

/// Returns the release in the name of a program, such as `taid 0.1.0`.
fn release_of(software: &str) -> Option<Release> {
    Release::parse(software.split(' ').nth(1)?)
}
