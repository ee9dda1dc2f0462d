//! The connection that outlives connections: made with the first call, shared by all, made
//! again when the daemon restarts. It decides what may be asked a second time.

mod connecting;

use crate::{Connection, Dial, Lease, Outcome, Progress, lease::LeaseEnd, retry_pause::RetryPause};
use std::{
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tai_proto::{
    Fault, FaultCode, Hint, Method,
    call::{Delivery, EndLease, Fetch, Repeat, Settle},
    mail::FetchedMail,
    message::{Identity, MAX_IN_FLIGHT, Role},
    names::{MailId, Profile, Username},
    secret::Secret,
};
use tokio::{
    sync::{Mutex, Notify, Semaphore, mpsc},
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

/// The time limit of a call. MCP clients give up after about 60 s.
const CALL_TIMEOUT: Duration = Duration::from_secs(55);
/// The daemon is asked to answer this much earlier.
const MARGIN: Duration = Duration::from_millis(500);
/// A call whose connection breaks this often is given up.
const MAX_BREAKS: u32 = 3;
/// The life of the timer that [`Link::anchor`] keeps.
const ANCHOR: Duration = Duration::from_secs(20);
/// The pause after a failed attempt to report the end of a lease.
const REPORT_EVERY: Duration = Duration::from_millis(50);

/// The fixed properties of a [`Client`].
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// This program and its version, such as `tai-mcp 0.1.0`.
    pub software: String,
    /// The role of its connections.
    pub role: Role,
    /// The profile of the daemon.
    pub profile: Profile,
    /// The socket, as error messages name it.
    pub socket: PathBuf,
    /// The account that this client was configured for, and its password.
    pub account: Option<(Username, Option<Secret>)>,
}

/// The circumstances of a call.
#[derive(Debug, Clone, Copy)]
pub struct CallContext<'a> {
    /// The MCP client that causes the call.
    pub identity: &'a Identity,
    /// The receiver of the call's progress.
    pub progress: Option<&'a Progress>,
    /// Cancels the call.
    pub cancelled: &'a CancellationToken,
}

/// A client of one daemon. Calls may be made concurrently.
pub struct Client<D> {
    link: Arc<Link<D>>,
    endings: mpsc::Sender<LeaseEnd>,
}

/// The ends of leases on their way to the daemon. [`Endings::report`] has to run while the
/// client is used.
pub struct Endings<D> {
    link: Arc<Link<D>>,
    ends: mpsc::Receiver<LeaseEnd>,
}

/// The part of the client that calls and reports share.
struct Link<D> {
    dial: D,
    options: ClientOptions,
    /// Set once another release's daemon was asked to make way.
    asked_to_make_way: OnceLock<()>,
    connection: Mutex<Option<Arc<Connection>>>,
    /// Notified of every new connection.
    connected: Notify,
    /// The MCP client that called last.
    identity: Mutex<Identity>,
    places: Semaphore,
    is_anchored: Arc<AtomicBool>,
}

impl<D: Dial> Client<D> {
    /// Returns a client that has no connection yet, and the reporter of its leases.
    pub fn new(dial: D, options: ClientOptions) -> (Self, Endings<D>) {
        let link = Arc::new(Link {
            dial,
            options,
            asked_to_make_way: OnceLock::new(),
            connection: Mutex::default(),
            connected: Notify::new(),
            identity: Mutex::default(),
            places: Semaphore::new(MAX_IN_FLIGHT),
            is_anchored: Arc::default(),
        });
        // A lease holds a place in the queue, so reporting its end never waits.
        let (endings, ends) = mpsc::channel(MAX_IN_FLIGHT * 4);
        let client = Self {
            link: link.clone(),
            endings,
        };
        (client, Endings { link, ends })
    }

    /// Makes a call, for at most 55 seconds. A call whose connection broke is repeated only if
    /// it [may be](Repeat), or if the daemon had not begun it.
    ///
    /// # Errors
    /// The daemon's fault, or one that says why the daemon could not be asked.
    pub async fn call<M: Method>(
        &self,
        method: M,
        context: CallContext<'_>,
    ) -> Result<M::Answer, Fault> {
        let work = async |connection: Arc<Connection>, deadline: Instant| {
            connection
                .call(
                    method.clone(),
                    context.progress,
                    deadline - MARGIN,
                    context.cancelled,
                )
                .await
        };
        let repeat = method.clone().into_call().repeat();
        self.link.repeatedly(context, repeat, work).await
    }

    /// Leases the oldest unread mail and settles it, so that it can be handed on. The mail goes
    /// back if the returned lease is dropped.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn fetch_oldest(
        &self,
        context: CallContext<'_>,
    ) -> Result<(FetchedMail, Option<Lease>), Fault> {
        self.lease(context, true).await
    }

    /// Leases the oldest unread mail, which stays unread until [`Settle`].
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn lease_oldest(
        &self,
        context: CallContext<'_>,
    ) -> Result<(FetchedMail, Option<Lease>), Fault> {
        self.lease(context, false).await
    }

    async fn lease(
        &self,
        context: CallContext<'_>,
        settle: bool,
    ) -> Result<(FetchedMail, Option<Lease>), Fault> {
        let work = async |connection: Arc<Connection>, deadline: Instant| {
            let Ok(place) = self.endings.clone().reserve_owned().await else {
                return Outcome::NotSent;
            };
            let until = deadline - MARGIN;
            let fetch = Fetch { id: None };
            let fetched = connection.call(fetch, context.progress, until, context.cancelled);
            let mut fetched = match fetched.await {
                Outcome::Answered(Ok(fetched)) => fetched,
                Outcome::Answered(Err(fault)) => return Outcome::Answered(Err(fault)),
                Outcome::NotSent => return Outcome::NotSent,
                Outcome::Lost => return Outcome::Lost,
                Outcome::Cancelled => return Outcome::Cancelled,
            };
            let Some(mail) = &mut fetched.mail else {
                return Outcome::Answered(Ok((fetched, None)));
            };
            let id = mail.envelope.id;
            let lease = Lease::new(id, place);
            if settle {
                let settled = connection.call(Settle { id }, None, until, context.cancelled);
                match settled.await {
                    Outcome::Answered(Ok(settled)) => mail.envelope.read = settled.marked_read,
                    Outcome::Cancelled => return Outcome::Cancelled,
                    // The daemon went away or has forgotten the lease: the mail comes back
                    // with the next lease.
                    Outcome::Answered(Err(_)) | Outcome::NotSent | Outcome::Lost => {
                        return Outcome::Lost;
                    }
                }
            }
            Outcome::Answered(Ok((fetched, Some(lease))))
        };
        self.link.repeatedly(context, Repeat::Safe, work).await
    }
}

impl<D: Dial> Link<D> {
    /// Keeps a timer that is due before all others.
    ///
    /// tokio interrupts its event loop for each new timer that is due first, which would cost
    /// every call with a deadline two system calls.
    fn anchor(&self) {
        if !self.is_anchored.swap(true, Ordering::Relaxed) {
            let is_anchored = self.is_anchored.clone();
            tokio::spawn(async move {
                sleep(ANCHOR).await;
                is_anchored.store(false, Ordering::Relaxed);
            });
        }
    }

    /// Does `work` on a connection, on another one if that breaks and `repeat` allows it.
    async fn repeatedly<T, F>(
        &self,
        context: CallContext<'_>,
        repeat: Repeat,
        work: impl Fn(Arc<Connection>, Instant) -> F,
    ) -> Result<T, Fault>
    where
        F: Future<Output = Outcome<T>>,
    {
        self.anchor();
        let deadline = Instant::now() + CALL_TIMEOUT;
        let attempts = async {
            let _place = self.places.acquire().await;
            if let Ok(mut last) = self.identity.try_lock()
                && *last != *context.identity
            {
                last.clone_from(context.identity);
            }
            for _ in 0..MAX_BREAKS {
                let connection = self.connection(context.identity, deadline).await?;
                match work(connection.clone(), deadline).await {
                    Outcome::Answered(Err(fault)) if fault.code == FaultCode::Stopping => {
                        // The daemon hangs up once it has drained.
                        connection.ended().await;
                    }
                    Outcome::Answered(result) => return result,
                    Outcome::NotSent => {}
                    Outcome::Lost => match repeat {
                        Repeat::Safe => {}
                        Repeat::Never => return Err(lost_call()),
                    },
                    Outcome::Cancelled => return Err(cancelled_call()),
                }
            }
            Err(broken_thrice())
        };
        timeout_at(deadline, attempts)
            .await
            .unwrap_or_else(|_| Err(too_late()))
    }

    /// Tells the daemon how a lease ended, until the daemon has heard it, for at most 55 seconds:
    /// it would give the mail out again otherwise. Returns whether the daemon has heard it.
    async fn report(&self, (id, delivery): LeaseEnd) -> bool {
        let deadline = Instant::now() + CALL_TIMEOUT;
        let identity = self.identity.lock().await.clone();
        let never = CancellationToken::new();
        let work = async {
            loop {
                let connected = self.connected.notified();
                tokio::pin!(connected);
                connected.as_mut().enable();
                let Ok(connection) = self.connection(&identity, deadline).await else {
                    // A call that connects sooner must not be answered before this is told.
                    let _ = timeout(REPORT_EVERY, connected).await;
                    continue;
                };
                let end = EndLease { id, delivery };
                match connection.call(end, None, deadline, &never).await {
                    Outcome::Answered(Err(fault)) if fault.code == FaultCode::Stopping => {
                        connection.ended().await;
                    }
                    Outcome::Answered(_) | Outcome::Cancelled => return,
                    Outcome::NotSent | Outcome::Lost => {}
                }
            }
        };
        timeout_at(deadline, work).await.is_ok()
    }
}

impl<D: Dial> Endings<D> {
    /// Reports the ends of leases until the client and all leases are gone.
    pub async fn report(self) {
        self.report_to(|_, _| {}).await;
    }

    /// As [`Endings::report`], and calls `reported` for each end that the daemon has heard.
    pub async fn report_to(mut self, mut reported: impl FnMut(MailId, Delivery)) {
        while let Some((id, delivery)) = self.ends.recv().await {
            if self.link.report((id, delivery)).await {
                reported(id, delivery);
            }
        }
    }
}

fn lost_call() -> Fault {
    Fault::new(
        FaultCode::OutcomeUnknown,
        "it is unknown whether this was done",
    )
    .because("taid went away before it answered")
    .hint(Hint::reader(
        "look at the mailbox or ask the recipient before you call again; it was not repeated, \
         and taid holds the same mail back for ten minutes unless allow_duplicate is true",
    ))
}

fn broken_thrice() -> Fault {
    Fault::new(
        FaultCode::Unreachable,
        "taid went away three times during this call",
    )
    .hint(Hint::user("look at taid's log: `taid logs`"))
}

fn too_late() -> Fault {
    Fault::new(FaultCode::DeadlinePassed, "taid did not answer in time")
        .because(format!("{} s passed", CALL_TIMEOUT.as_secs()))
        .hint(Hint::reader(
            "if this was to send an email, check whether it was sent before you call again",
        ))
}

fn cancelled_call() -> Fault {
    Fault::new(FaultCode::Cancelled, "the call was cancelled")
}
