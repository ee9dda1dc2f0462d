//! The connection to taid: made with the first call, shared by all, made again when taid
//! restarts. It decides what may be asked a second time; what is asked is its callers'
//! business.

mod connecting;
mod wire;
mod words;

use crate::settings::{self, Settings};
use connecting::{RESTART, RETRY_EVERY};
use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tai_proto::{
    Answer, Call, Fault, FaultCode,
    call::{FetchEmail, Fetched},
    endpoint::{Endpoint, EndpointError},
    reading::{Read, Removed},
};
use tokio::{
    sync::{Mutex, Notify, Semaphore},
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;
use wire::{Outcome, Wire};
use words::{cancelled_fault, lost_call, older_daemon, too_late, unsteady};

pub(crate) use wire::Progress;

/// Clients give up after about 60 s; this leaves time for the answer.
const PATIENCE: Duration = Duration::from_secs(55);
/// The daemon is asked to answer by so much sooner.
const MARGIN: Duration = Duration::from_millis(500);
/// Calls the daemon takes from one client at once.
const MAX_CALLS: usize = 64;

/// See [`Link::anchor`].
const ANCHOR: Duration = Duration::from_secs(20);

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
    /// Set once an older daemon was asked to make room.
    renewal: OnceLock<()>,
    wire: Mutex<State>,
    /// Told of every new connection.
    connected: Notify,
    /// Who called last.
    peer: Mutex<Peer>,
    calls: Semaphore,
    anchored: Arc<AtomicBool>,
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
            renewal: OnceLock::new(),
            wire: Mutex::new(State::Never),
            connected: Notify::new(),
            peer: Mutex::new(Peer {
                name: String::new(),
                version: String::new(),
            }),
            calls: Semaphore::new(MAX_CALLS),
            anchored: Arc::default(),
        }
    }

    /// tokio interrupts its event loop for each timer that is due before all others, which
    /// costs a call with a deadline two system calls. While a timer of no use waits that is due
    /// sooner, it costs none.
    fn anchor(&self) {
        if !self.anchored.swap(true, Ordering::Relaxed) {
            let anchored = self.anchored.clone();
            tokio::spawn(async move {
                sleep(ANCHOR).await;
                anchored.store(false, Ordering::Relaxed);
            });
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
        self.anchor();
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
