//! The client of one daemon: it connects with the first call, shares the connection between all
//! calls, and reconnects after the daemon restarts.
//!
//! It alone decides whether a call is repeated. The child module [`connecting`] makes the
//! connections; [`Connection`] has no retries.

mod connecting;
mod faults;
mod first_bridge;
mod leasing;
mod profile;
mod reclaiming;
mod reporting;
mod search;

use crate::{
    Connection, Dial, Outcome, Progress,
    backoff::Backoff,
    lease::{Held, LeaseEnd, Unreported},
    outcome::wrong_answer,
};
use faults::{
    Unanswered, cancelled_call, late_call, left_call, lost_call, too_late, too_many_attempts,
    unanswered,
};
use first_bridge::FirstBridge;
use std::{
    path::PathBuf,
    pin::pin,
    sync::{
        Arc, Mutex as StdMutex, OnceLock, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tai_proto::{
    Answer, Call, Fault, FaultCode, Method,
    call::Repeat,
    message::{Identity, MAX_IN_FLIGHT, Role},
    names::{Profile, Username},
    secret::Secret,
};
use tokio::{
    sync::{Mutex, Notify, Semaphore, mpsc},
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

/// Limit of calls in flight. One further request is left for the reports of lease ends, which
/// follow each other.
const MAX_CALLS: usize = MAX_IN_FLIGHT - 1;
/// Limit of the leases that a [`Client`] holds, with the ended ones that [`Endings`] has not received.
/// Beyond it, a call that leases a mail waits for the end of another lease.
pub const MAX_LEASES: usize = MAX_IN_FLIGHT * 4;
/// Time limit of a call. MCP clients time out after about 60 s.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(55);
/// Time after [`CALL_TIMEOUT`] to read what has arrived. A process that was suspended (Ctrl-Z)
/// wakes with its timers, before it has read its socket, in which the answer to a send can be.
const LAST_LOOK: Duration = Duration::from_millis(100);
/// Time between the deadline that the daemon gets and the deadline of the call.
const MARGIN: Duration = Duration::from_millis(500);
/// Limit of attempts of a call whose connection breaks.
const MAX_ATTEMPTS: u32 = 3;
/// Life of the timer of [`Link::anchor`].
const ANCHOR: Duration = Duration::from_secs(20);

/// Fixed properties of a [`Client`].
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Name and release of this program, such as `tai-mcp 0.1.0`.
    pub software: String,
    /// Role of the connections.
    pub role: Role,
    /// Profile of the daemon.
    pub profile: Profile,
    /// Path of the socket, for error messages.
    pub socket: PathBuf,
    /// Account that the daemon must serve, and the password to offer to a daemon without one.
    pub account: Option<(Username, Option<Secret>)>,
    /// URL of the bridge that the daemon must use.
    pub bridge: Option<String>,
}

/// Context of a call.
#[derive(Debug, Clone, Copy)]
pub struct CallContext<'a> {
    /// MCP client that makes the call.
    pub identity: &'a Identity,
    /// Receiver of the progress.
    pub progress: Option<&'a Progress>,
    /// Token that cancels the call.
    pub cancelled: &'a CancellationToken,
}

/// Client of one daemon. Calls may be made concurrently; at most 63 are in flight, and further
/// calls wait.
pub struct Client<D> {
    link: Arc<Link<D>>,
    endings: mpsc::Sender<LeaseEnd>,
}

/// Queue of lease ends that the daemon has not received. [`Endings::report`] must run while the
/// client is in use.
pub struct Endings<D> {
    link: Arc<Link<D>>,
    ends: mpsc::Receiver<LeaseEnd>,
}

/// State that calls and lease reports share.
struct Link<D> {
    dial: D,
    /// The account's own daemons, if this client may use one. The first is the one that it starts.
    own: Vec<D>,
    options: ClientOptions,
    /// Set once a daemon of another release was asked to make way.
    asked_to_make_way: OnceLock<()>,
    connection: Mutex<Option<Arc<Connection>>>,
    /// The bridge of the first connection, which this client keeps.
    bridge: FirstBridge,
    /// Notified of every new connection.
    connected: Notify,
    /// MCP client of the last call.
    identity: Mutex<Identity>,
    /// Permits for calls in flight.
    permits: Semaphore,
    is_anchored: Arc<AtomicBool>,
    /// Delivered mails that no daemon has confirmed, oldest first.
    unreported: StdMutex<Vec<Unreported>>,
    /// Leases that may not have ended.
    leases: StdMutex<Vec<Weak<Held>>>,
    /// Notified of every new lease.
    leased: Notify,
}

impl<D: Dial> Client<D> {
    /// Returns a client without a connection, and the reporter of its lease ends.
    pub fn new(dial: D, options: ClientOptions) -> (Self, Endings<D>) {
        Self::with_own(dial, Vec::new(), options)
    }

    /// As [`Client::new`], for a client with an account. If the daemon of `dial` does not run or
    /// serves another account, the client uses one of the account's own daemons, `own`, and starts the
    /// first if none runs.
    pub fn with_own(dial: D, own: Vec<D>, options: ClientOptions) -> (Self, Endings<D>) {
        let link = Arc::new(Link {
            dial,
            own,
            options,
            asked_to_make_way: OnceLock::new(),
            connection: Mutex::default(),
            bridge: FirstBridge::default(),
            connected: Notify::new(),
            identity: Mutex::default(),
            permits: Semaphore::new(MAX_CALLS),
            is_anchored: Arc::default(),
            unreported: StdMutex::default(),
            leases: StdMutex::default(),
            leased: Notify::new(),
        });
        // Each lease reserves its place in the queue, so that dropping a lease does not wait.
        let (endings, ends) = mpsc::channel(MAX_LEASES);
        let client = Self {
            link: link.clone(),
            endings,
        };
        (client, Endings { link, ends })
    }

    /// Connects before the first call, so that the daemon lists this client. Starts no daemon, asks
    /// none to make way, and offers no password. Has no effect on a client that has called.
    pub async fn greet(&self, identity: &Identity) {
        self.link.greet(identity).await;
    }

    /// Makes a call, with a time limit of 55 seconds. If the connection breaks, the call is
    /// repeated if it is [safe to repeat](Repeat::Safe) or was not begun, up to three attempts.
    /// Dropping the future or cancelling the token cancels the call.
    ///
    /// # Errors
    /// The daemon's fault; [`FaultCode::OutcomeUnknown`] if the connection of any other call
    /// broke or its time ended; [`FaultCode::DeadlinePassed`], [`FaultCode::Cancelled`], or the
    /// reason why the client has no connection.
    pub async fn call<M: Method>(
        &self,
        method: M,
        context: CallContext<'_>,
    ) -> Result<M::Answer, Fault> {
        let answer = Box::pin(self.request(method.into_call(), context)).await?;
        M::from_answer(answer).ok_or_else(wrong_answer)
    }

    /// Makes a call. Not generic, so that the executable has this code once instead of once for
    /// each method.
    async fn request(&self, call: Call, context: CallContext<'_>) -> Result<Answer, Fault> {
        let on_loss = match call.repeat() {
            Repeat::Safe => OnLoss::Repeat,
            Repeat::Never => OnLoss::Report(unanswered(&call)),
        };
        let work = async |connection: Arc<Connection>, deadline: Instant| {
            connection
                .request(
                    call.clone(),
                    context.progress,
                    deadline - MARGIN,
                    context.cancelled,
                )
                .await
        };
        self.link.repeatedly(context, on_loss, work).await
    }
}

impl<D: Dial> Link<D> {
    /// Returns the profile of a connection's daemon, as far as it is known.
    fn profile<'a>(&'a self, connection: &'a Connection) -> &'a Profile {
        connection.profile.get().unwrap_or(&self.options.profile)
    }

    /// Keeps a timer that expires before the deadlines of all calls.
    ///
    /// tokio interrupts its event loop for each new timer that expires first. Without this
    /// timer, every call would cost two more system calls.
    fn anchor(&self) {
        if !self.is_anchored.swap(true, Ordering::Relaxed) {
            let is_anchored = self.is_anchored.clone();
            tokio::spawn(async move {
                sleep(ANCHOR).await;
                is_anchored.store(false, Ordering::Relaxed);
            });
        }
    }

    /// Runs `work` on a connection. If the connection breaks and `on_loss` permits it, runs `work`
    /// again on a new connection.
    async fn repeatedly<T, F>(
        self: &Arc<Self>,
        context: CallContext<'_>,
        on_loss: OnLoss,
        work: impl Fn(Arc<Connection>, Instant) -> F,
    ) -> Result<T, Fault>
    where
        F: Future<Output = Outcome<T>>,
    {
        self.anchor();
        let deadline = Instant::now() + CALL_TIMEOUT;
        let is_begun = AtomicBool::new(false);
        // Pinned here, because a future is as large before its start, and `timeout_at` would move it.
        let mut attempts = pin!(async {
            let _permit = self.permits.acquire().await;
            if let Ok(mut last) = self.identity.try_lock()
                && *last != *context.identity
            {
                last.clone_from(context.identity);
            }
            for _ in 0..MAX_ATTEMPTS {
                let connecting = self.connection(context.identity, Start::IfNeeded, deadline);
                let connection = connecting.await?;
                is_begun.store(true, Ordering::Relaxed);
                let outcome = work(connection.clone(), deadline).await;
                is_begun.store(false, Ordering::Relaxed);
                match outcome {
                    Outcome::Answered(Err(fault)) if fault.code == FaultCode::Stopping => {
                        // The daemon hangs up once it has drained.
                        connection.ended().await;
                    }
                    // Its account changed after the claim; nothing was done.
                    Outcome::Answered(Err(fault))
                        if fault.code == FaultCode::OtherAccount
                            && self.options.account.is_some() =>
                    {
                        self.leave(&connection).await;
                    }
                    Outcome::Answered(result) => return result,
                    Outcome::NotBegun if context.cancelled.is_cancelled() => {
                        return Err(cancelled_call());
                    }
                    Outcome::NotBegun => {}
                    Outcome::Lost => match on_loss {
                        OnLoss::Repeat => {}
                        OnLoss::Report(call) => {
                            return Err(lost_call(call).for_profile(self.profile(&connection)));
                        }
                    },
                    Outcome::Cancelled => {
                        return Err(match on_loss {
                            OnLoss::Repeat => cancelled_call(),
                            // A send that has left is not cancelled.
                            OnLoss::Report(call) => {
                                left_call(call).for_profile(self.profile(&connection))
                            }
                        });
                    }
                }
            }
            Err(too_many_attempts().for_profile(&self.options.profile))
        });
        if let Ok(answer) = timeout_at(deadline, &mut attempts).await {
            return answer;
        }
        let answer = timeout(LAST_LOOK, attempts).await;
        answer.unwrap_or_else(|_| {
            let fault = match on_loss {
                OnLoss::Report(call) if is_begun.load(Ordering::Relaxed) => late_call(call),
                OnLoss::Report(_) | OnLoss::Repeat => too_late(CALL_TIMEOUT),
            };
            Err(fault.for_profile(&self.options.profile))
        })
    }
}

/// Whether a connection may start a daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// A daemon that does not run is started, and one that starts or drains is waited for.
    IfNeeded,
    /// Only a daemon that listens is used.
    Never,
}

/// Reaction to the loss of a connection during a call.
#[derive(Debug, Clone, Copy)]
enum OnLoss {
    /// The call is repeated.
    Repeat,
    /// The call fails with these words.
    Report(Unanswered),
}

#[cfg(test)]
#[path = "client/client_tests.rs"]
mod tests;
