//! The socket: one daemon per profile has it, and every client gets a task of its own. The
//! module turns frames into calls and answers into frames, and knows no mail.

mod clients;
pub(crate) mod connection;
mod idle;
mod listener;

pub use clients::Clients;
pub use listener::{BindError, Listener, ProfileLock};

use std::{future::Future, sync::Arc};
use tai_proto::{Answer, Call, Fault, message::Role, names::Instance};
use tokio::{sync::mpsc, time::Instant};

/// The client that makes a call.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The connection's number. Numbers are never used again.
    pub key: u64,
    /// The connection's role. An agent's instance is the daemon's default if the client names
    /// none.
    pub role: Role,
}

impl Caller {
    /// Returns the instance that the call is for.
    pub fn instance(&self) -> Option<&Instance> {
        match &self.role {
            Role::Agent { instance } => instance.as_ref(),
            Role::Person => None,
        }
    }
}

/// The circumstances of a call.
#[derive(Debug, Clone)]
pub struct CallContext {
    /// The client that makes it.
    pub caller: Caller,
    /// The time by which it is answered.
    pub deadline: Instant,
    /// The receiver of its progress.
    pub progress: Progress,
}

/// Reports the progress of a call to a client that asked for it.
#[derive(Debug, Clone)]
pub struct Progress {
    id: u64,
    out: Option<mpsc::Sender<CallEvent>>,
}

impl Progress {
    /// Reports that `done` of `total` mails were looked at. A report is dropped if the client
    /// is slow.
    pub fn report(&self, done: u64, total: u64) {
        if let Some(out) = &self.out {
            let id = self.id;
            let _ = out.try_send(CallEvent::Progress { id, done, total });
        }
    }
}

/// An event of a running call.
#[derive(Debug)]
enum CallEvent {
    /// The call has got this far.
    Progress { id: u64, done: u64, total: u64 },
    /// The call is done. Boxed, because each client's channel keeps room for many: 8 kB.
    Done(u64, Box<Result<Answer, Fault>>),
}

/// The daemon's work for clients. Each call runs on a task of its own. The future of a call
/// that may be repeated must be safe to drop; other futures are never dropped.
pub trait Service: Send + Sync + 'static {
    /// Is told of a client that attached.
    fn joined(&self, client: &Caller);

    /// Is told of a client that has gone.
    fn gone(&self, client: u64);

    /// Does one call.
    fn call(
        self: Arc<Self>,
        call: Call,
        context: CallContext,
    ) -> impl Future<Output = Result<Answer, Fault>> + Send;

    /// Is told of an answer that was made and not sent, because the client had cancelled.
    fn undelivered(&self, client: u64, answer: Answer);

    /// Whether exiting without clients would lose something.
    fn is_needed(&self) -> bool;

    /// Returns the instance of clients that name none.
    fn default_instance(&self) -> Option<Instance>;
}
