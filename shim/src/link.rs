//! The connection to taid: made with the first call, shared by all, made again when taid
//! restarts. It decides what may be asked a second time; what is asked is its callers'
//! business.

mod wire;
mod words;

use crate::{
    daemon,
    settings::{self, Settings},
};
use std::{sync::Arc, time::Duration};
use tai_proto::{
    Answer, Call, Fault, FaultCode,
    account::{Account, Credentials, Need},
    call::{Attach, FetchEmail, Fetched},
    endpoint::{Endpoint, EndpointError},
    reading::{Read, Removed},
};
use tokio::{
    sync::{Mutex, Notify, Semaphore},
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;
use wire::{ConnectError, Outcome, Wire};
use words::{
    bad_endpoint, cancelled_fault, lost_call, no_daemon, no_executable, not_started, older_daemon,
    too_late, unsteady,
};

pub(crate) use wire::Progress;

/// Clients give up after about 60 s; this leaves time for the answer.
const PATIENCE: Duration = Duration::from_secs(55);
/// The daemon is asked to answer by so much sooner.
const MARGIN: Duration = Duration::from_millis(500);
/// How long a daemon that was there is waited for while it restarts.
const RESTART: Duration = Duration::from_secs(5);
const RETRY_EVERY: Duration = Duration::from_millis(50);
/// How long a daemon that was started is waited for, and how often it is tried.
const START: Duration = Duration::from_secs(10);
const START_EVERY: Duration = Duration::from_millis(5);
/// And how long when it ended, because another one was first.
const AFTER_END: Duration = Duration::from_secs(1);
/// Calls the daemon takes from one client at once.
const MAX_CALLS: usize = 64;

/// The MCP client a call is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Peer {
    pub(crate) name: String,
    pub(crate) version: String,
}

/// The way to the daemon.
pub(crate) struct Link {
    endpoint: Result<Endpoint, EndpointError>,
    profile: String,
    instance: Option<String>,
    account: Option<settings::Account>,
    autostart: bool,
    wire: Mutex<State>,
    /// Told of every new connection.
    connected: Notify,
    /// Who called last.
    peer: Mutex<Peer>,
    calls: Semaphore,
}

/// What became of a mail that was lent to this client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Receipt {
    /// It is in the client's input.
    Written(u64),
    /// The client does not want it any more.
    Returned(u64),
}

/// What is done with a mail that is lent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lent {
    Settled,
    AsItIs,
}

enum State {
    /// No daemon was ever reached, so none is waited for.
    Never,
    /// A connection, which may have ended by now.
    Had(Arc<Wire>),
}

impl Link {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            endpoint: Endpoint::of_profile(&settings.profile),
            profile: settings.profile.clone(),
            instance: settings.instance.clone(),
            account: settings.account.clone(),
            autostart: settings.autostart,
            wire: Mutex::new(State::Never),
            connected: Notify::new(),
            peer: Mutex::new(Peer {
                name: String::new(),
                version: String::new(),
            }),
            calls: Semaphore::new(MAX_CALLS),
        }
    }

    /// Asks the daemon, until `cancelled`. A call that was begun and lost is asked again only
    /// when doing it twice is doing it once, or when the daemon said that it did not begin. A
    /// mail that is lent is settled, so that it can be written.
    pub(crate) async fn call(
        &self,
        peer: &Peer,
        call: &Call,
        progress: Option<&Progress>,
        cancelled: &CancellationToken,
    ) -> Result<Answer, Fault> {
        self.ask(peer, call, progress, Lent::Settled, cancelled)
            .await
    }

    /// The oldest unread mail, lent and not settled: it is unread until [`Call::Settle`], and
    /// comes back when this process ends before.
    pub(crate) async fn lend(&self, peer: &Peer) -> Result<Answer, Fault> {
        let call = Call::FetchEmail(FetchEmail { id: None });
        let never = CancellationToken::new();
        self.ask(peer, &call, None, Lent::AsItIs, &never).await
    }

    async fn ask(
        &self,
        peer: &Peer,
        call: &Call,
        progress: Option<&Progress>,
        lent: Lent,
        cancelled: &CancellationToken,
    ) -> Result<Answer, Fault> {
        let deadline = Instant::now() + PATIENCE;
        let work = async {
            let _place = self.calls.acquire().await;
            if let Ok(mut last) = self.peer.try_lock()
                && *last != *peer
            {
                last.clone_from(peer);
            }
            let mut lost = 0;
            loop {
                let wire = self.wire(peer, deadline).await?;
                if wire.version() < call.since() {
                    return Err(older_daemon());
                }
                let outcome = wire.call(call, progress, deadline - MARGIN, cancelled);
                let again = match outcome.await {
                    Outcome::Answer(Err(fault)) if fault.code == FaultCode::Stopping => {
                        // It hangs up once it has drained; then its successor is waited for.
                        wire.ended().await;
                        true
                    }
                    Outcome::Answer(result) if lent == Lent::AsItIs => return result,
                    Outcome::Answer(result) => match settle(&wire, call, result, cancelled).await {
                        Some(result) => return result,
                        // Lost before it was settled: it comes back to whoever asks next.
                        None => true,
                    },
                    Outcome::NotSent => true,
                    Outcome::Lost => call.is_repeatable(),
                    Outcome::Cancelled => return Err(cancelled_fault()),
                };
                lost += 1;
                if !again {
                    return Err(lost_call());
                }
                if lost == 3 {
                    return Err(unsteady());
                }
            }
        };
        timeout_at(deadline, work)
            .await
            .unwrap_or_else(|_| Err(too_late()))
    }

    /// Tells the daemon what became of a mail that was lent, until it says that it knows: it
    /// would give the mail out again otherwise.
    pub(crate) async fn handed_over(&self, receipt: Receipt) {
        let deadline = Instant::now() + PATIENCE;
        let (mail, written) = match receipt {
            Receipt::Written(mail) => (mail, true),
            Receipt::Returned(mail) => (mail, false),
        };
        let call = Call::HandOver { mail, written };
        let peer = self.peer.lock().await.clone();
        let never = CancellationToken::new();
        let work = async {
            loop {
                let connected = self.connected.notified();
                tokio::pin!(connected);
                connected.as_mut().enable();
                let Ok(wire) = self.wire(&peer, deadline).await else {
                    // A call that gets through sooner must not be answered before this is told.
                    let _ = timeout(RETRY_EVERY, connected).await;
                    continue;
                };
                match wire.call(&call, None, deadline, &never).await {
                    Outcome::Answer(Err(fault)) if fault.code == FaultCode::Stopping => {
                        wire.ended().await;
                    }
                    Outcome::Answer(_) | Outcome::Cancelled => return,
                    Outcome::NotSent | Outcome::Lost => {}
                }
            }
        };
        let _ = timeout_at(deadline, work).await;
    }

    /// The connection, made if there is none. One at a time makes it, the others wait.
    async fn wire(&self, peer: &Peer, deadline: Instant) -> Result<Arc<Wire>, Fault> {
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
        let wire = Arc::new(wire);
        wire.attach(attach).await;
        self.introduce(&wire, deadline).await?;
        *state = State::Had(wire.clone());
        self.connected.notify_waiters();
        Ok(wire)
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

/// A mail that is only lent is marked read, now that it is about to be written. `None` when
/// the daemon went away before it said so.
async fn settle(
    wire: &Wire,
    call: &Call,
    result: Result<Answer, Fault>,
    cancelled: &CancellationToken,
) -> Option<Result<Answer, Fault>> {
    let mut read = match result {
        Ok(Answer::Read(read)) => read,
        // From a daemon of version 1, which marks at once.
        Ok(Answer::Fetched(Fetched { address, mail })) => {
            let removed = Removed::default();
            return Some(Ok(Answer::Read(Read {
                address,
                mail,
                removed,
            })));
        }
        other => return Some(other),
    };
    let lent = matches!(call, Call::FetchEmail(fetch) if fetch.id.is_none());
    let Some(mail) = read.mail.as_mut().filter(|_| lent) else {
        return Some(Ok(Answer::Read(read)));
    };
    let id = mail.id;
    let settled = wire
        .call(
            &Call::Settle { mail: id },
            None,
            Instant::now() + PATIENCE,
            cancelled,
        )
        .await;
    match settled {
        Outcome::Answer(Ok(Answer::Settled { marked_read })) => {
            mail.marked_read = marked_read;
            Some(Ok(Answer::Read(read)))
        }
        Outcome::Answer(_) | Outcome::NotSent | Outcome::Lost => None,
        Outcome::Cancelled => {
            let returned = Call::HandOver {
                mail: id,
                written: false,
            };
            // If it does not arrive, the connection's end says the same.
            let soon = Instant::now() + RESTART;
            wire.call(&returned, None, soon, &CancellationToken::new())
                .await;
            Some(Err(cancelled_fault()))
        }
    }
}
