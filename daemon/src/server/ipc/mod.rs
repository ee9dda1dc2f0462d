//! The socket of the daemon, with one task per client. It decodes frames to calls and encodes
//! answers to frames. [`Service`] serves the calls; this module knows no mail.

mod accepting;
mod admission;
mod bind_error;
mod clients;
pub(crate) mod connection;
mod finished;
mod idle;
mod large_frames;
pub(crate) mod limits;
mod listener;
mod profile_lock;
mod refusing;

pub(crate) use bind_error::BindError;
pub(crate) use clients::Clients;
pub(crate) use listener::Listener;
pub(crate) use profile_lock::ProfileLock;

use admission::{completes_lease, only_looks};
use finished::Finished;
use std::{future::Future, sync::Arc};
use tai_proto::{
    Answer, Call, Fault,
    message::{ClientLabel, Role},
    names::Instance,
};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;

/// The client that makes a call.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The connection's number. A daemon uses each number once.
    pub(crate) key: u64,
    /// Process id; `None` if the system does not report it. The process belongs to this user.
    pub(crate) pid: Option<u32>,
    /// Name and release of the client's program, at most [`MAX_HELLO`](tai_proto::hello::MAX_HELLO) bytes.
    pub(crate) software: Arc<str>,
    /// The connection's role. An agent without an instance has the daemon's default one.
    pub(crate) role: Role,
    /// Whether the connection may know of its own instance only.
    pub(crate) is_confined: bool,
}

impl Caller {
    /// Returns the instance that the call is for.
    pub(crate) fn instance(&self) -> Option<&Instance> {
        match &self.role {
            Role::Agent { instance } => instance.as_ref(),
            Role::Person => None,
        }
    }
}

/// The circumstances of a call.
#[derive(Debug, Clone)]
pub(crate) struct CallContext {
    /// The client that makes the call.
    pub(crate) caller: Caller,
    /// Deadline of the answer.
    pub(crate) deadline: Instant,
    /// Receiver of progress reports.
    pub(crate) progress: Progress,
}

/// Reports the progress of a call, if the client requested reports.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    id: u64,
    out: Option<mpsc::Sender<CallEvent>>,
}

impl Progress {
    /// Reports that `done` of `total` mails were examined. If the client reads slowly, the report
    /// is dropped.
    pub(crate) fn report(&self, done: u64, total: u64) {
        if let Some(out) = &self.out {
            let id = self.id;
            let _ = out.try_send(CallEvent::Progress { id, done, total });
        }
    }
}

/// An event of a running call.
enum CallEvent {
    /// The call examined `done` of `total` mails.
    Progress { id: u64, done: u64, total: u64 },
    /// The call is done. Boxed, because each client's channel reserves space for many events.
    Done(u64, Box<Finished>),
}

/// The daemon's work for clients. Each call runs on a task of its own. The future of a call
/// that may be repeated must be safe to drop; other futures are never dropped.
pub(crate) trait Service: Send + Sync + 'static {
    /// Handles a client that attached.
    fn joined(&self, client: &Caller);

    /// Handles a client that disconnected.
    fn gone(&self, client: u64);

    /// Serves one call.
    fn call(
        self: Arc<Self>,
        call: Call,
        context: CallContext,
    ) -> impl Future<Output = Result<Answer, Fault>> + Send;

    /// Handles a call that the role of the caller's connection forbids.
    fn refused(&self, caller: &Caller, label: &'static str, fault: &Fault);

    /// Handles an answer that was not sent because the client cancelled its call.
    fn undelivered(&self, client: u64, answer: Answer);

    /// Returns whether an exit would lose data, so that the idle timeout does not apply.
    fn is_needed(&self) -> bool;

    /// Returns whether no other daemon of the user can have this one's profile or account. Takes
    /// locks again whose files were removed.
    fn keeps_locks(&self) -> bool;

    /// Returns whether a client is writing a mail that may count as read: its report is missing.
    fn is_writing(&self, client: u64) -> bool;

    /// Waits until no mail is being sent.
    fn sends_end(&self) -> impl Future<Output = ()> + Send;

    /// Returns what tells this daemon's bridge from others.
    fn bridge(&self) -> ClientLabel;

    /// Returns the default instance of clients.
    fn default_instance(&self) -> Option<Instance>;
}

/// Returns whether the daemon stops, and so does not begin a call.
fn ends_before<S: Service>(service: &Arc<S>, stop: &CancellationToken, call: &Call) -> bool {
    let is_stopping = match only_looks(call) {
        true => stop.is_cancelled(),
        false => stops(service, stop),
    };
    is_stopping && !completes_lease(call)
}

/// Returns whether the daemon stops. A daemon beside which another one of its profile or account
/// can run begins to: its leases and its ledger say nothing about the mails of the other one.
fn stops<S: Service>(service: &Arc<S>, stop: &CancellationToken) -> bool {
    if !stop.is_cancelled() && !service.keeps_locks() {
        tracing::error!("stopping: another taid can have the profile or the account");
        stop.cancel();
    }
    stop.is_cancelled()
}
