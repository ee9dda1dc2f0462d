//! Getting a connection: to the daemon that is there, to one that is started because none is,
//! to the newer one in place of an older; and saying there who we are.

use super::{
    Link, MARGIN, Peer, State,
    wire::{ConnectError, Outcome, Wire},
    words::{bad_endpoint, no_daemon, no_executable, not_started},
};
use crate::daemon;
use std::{sync::Arc, time::Duration};
use tai_proto::{
    Answer, Call, Fault,
    account::{Account, Credentials, Need},
    call::Attach,
    endpoint::Endpoint,
    status::Status,
};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

/// How long a daemon that was there is waited for while it restarts.
pub(super) const RESTART: Duration = Duration::from_secs(5);
pub(super) const RETRY_EVERY: Duration = Duration::from_millis(50);
/// How long a daemon that was started is waited for, and how often it is tried.
const START: Duration = Duration::from_secs(10);
const START_EVERY: Duration = Duration::from_millis(5);
/// How long a daemon that is asked to end may take.
const DRAIN: Duration = Duration::from_secs(15);
/// And how long when it ended, because another one was first.
const AFTER_END: Duration = Duration::from_secs(1);

impl Link {
    /// The connection, made if there is none. One at a time makes it, the others wait.
    pub(super) async fn wire(&self, peer: &Peer, deadline: Instant) -> Result<Arc<Wire>, Fault> {
        let endpoint = self.endpoint.as_ref().map_err(bad_endpoint)?;
        let attach = Attach {
            name: peer.name.clone(),
            version: peer.version.clone(),
            instance: self.instance.clone(),
        };
        let mut state = self.wire.lock().await;
        let patience = match &*state {
            State::Had(wire) if !wire.has_ended() => {
                wire.attach(attach).await;
                return Ok(wire.clone());
            }
            State::Had(_) => RESTART,
            State::Never => Duration::ZERO,
        };
        let until = deadline.min(Instant::now() + patience);
        let wire = match connect(endpoint, until).await {
            Err(ConnectError::NobodyThere) if self.autostart => {
                self.start(endpoint, deadline).await?
            }
            connected => connected.map_err(|error| no_daemon(&error, endpoint, &self.profile))?,
        };
        let wire = self.renewed(wire, endpoint, deadline).await?;
        let wire = Arc::new(wire);
        wire.attach(attach).await;
        self.introduce(&wire, deadline).await?;
        *state = State::Had(wire.clone());
        self.connected.notify_waiters();
        Ok(wire)
    }

    /// Asks a daemon of an older release once to make room for the one that is installed with
    /// us, and connects to that. It is left alone when it has a password that the new one could
    /// not get; then it serves on, as far as it can.
    async fn renewed(
        &self,
        wire: Wire,
        endpoint: &Endpoint,
        deadline: Instant,
    ) -> Result<Wire, Fault> {
        if !self.autostart || !wire.is_to_an_older_daemon() || self.renewal.set(()).is_err() {
            return Ok(wire);
        }
        let never = CancellationToken::new();
        let until = deadline.min(Instant::now() + DRAIN);
        let status = match wire.call(&Call::Status, None, until, &never).await {
            Outcome::Answer(Ok(Answer::Status(text))) => text,
            _ => return Ok(wire),
        };
        if !can_sign_in_again(&status) {
            return Ok(wire);
        }
        // It finishes what it began before it hangs up; a manager may start its successor.
        wire.call(&Call::Stop, None, until, &never).await;
        let _ = timeout_at(until, wire.ended()).await;
        match connect(endpoint, Instant::now()).await {
            Err(ConnectError::NobodyThere) => self.start(endpoint, deadline).await,
            connected => connected.map_err(|error| no_daemon(&error, endpoint, &self.profile)),
        }
    }

    /// Starts a daemon and connects to it, or to the one that somebody else started first.
    async fn start(&self, endpoint: &Endpoint, deadline: Instant) -> Result<Wire, Fault> {
        let mut starting = daemon::start(&self.profile).map_err(|error| no_executable(&error))?;
        let until = deadline.min(Instant::now() + START);
        let mut said = None;
        loop {
            match Wire::connect(endpoint).await {
                Err(ConnectError::NobodyThere) => {}
                connected => {
                    return connected.map_err(|error| no_daemon(&error, endpoint, &self.profile));
                }
            }
            // One that finds the lock taken ends, and the one that has it is about to listen.
            if let Some(words) = starting.ended() {
                said = Some((words, until.min(Instant::now() + AFTER_END)));
            }
            let give_up = said.as_ref().map_or(until, |(_, soon)| *soon);
            if Instant::now() >= give_up {
                let words = said.map(|(words, _)| words).unwrap_or_default();
                return Err(not_started(&words, &self.profile));
            }
            sleep(START_EVERY).await;
        }
    }

    /// Makes sure that the daemon is the account's that this client was configured for, and
    /// gives it the password when it has none. A daemon of version 1 cannot be asked.
    async fn introduce(&self, wire: &Wire, deadline: Instant) -> Result<(), Fault> {
        let Some(account) = &self.account else {
            return Ok(());
        };
        let username = account.username.clone();
        let question = Call::Account(Account { username });
        if wire.version() < question.since() {
            return Ok(());
        }
        let never = CancellationToken::new();
        let need = match wire.call(&question, None, deadline - MARGIN, &never).await {
            Outcome::Answer(Ok(Answer::Account(need))) => need,
            Outcome::Answer(Err(fault)) => return Err(fault),
            // It went away; the call that follows finds out.
            _ => return Ok(()),
        };
        let (Need::Password, Some(password)) = (need, &account.password) else {
            return Ok(());
        };
        let offer = Call::Offer(Credentials {
            username: account.username.clone(),
            password: password.clone(),
        });
        match wire.call(&offer, None, deadline - MARGIN, &never).await {
            Outcome::Answer(Err(fault)) => Err(fault),
            _ => Ok(()),
        }
    }
}

/// Whether a daemon's successor gets the password from where it had it, by its status.
fn can_sign_in_again(status: &str) -> bool {
    let status: Result<Status, _> = serde_json::from_str(status);
    status.is_ok_and(|status| {
        let lost = ["`taid login`", "the variable", "the calling program"];
        let source = status.account.source.unwrap_or_default();
        !lost.iter().any(|words| source.starts_with(words))
    })
}

/// Connects, and waits for somebody to be there until then.
async fn connect(endpoint: &Endpoint, until: Instant) -> Result<Wire, ConnectError> {
    loop {
        match Wire::connect(endpoint).await {
            Err(ConnectError::NobodyThere) if Instant::now() < until => {
                sleep(RETRY_EVERY).await;
            }
            connected => return connected,
        }
    }
}
