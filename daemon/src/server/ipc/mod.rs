//! The socket: exactly one daemon per profile has it, and every client gets a task of its
//! own. It turns frames into calls and answers into frames, and knows no mail.

mod clients;
pub(crate) mod connection;
mod idle;
mod listener;

pub use clients::Clients;
pub use listener::{BindError, Listener, ProfileLock};

use std::{future::Future, sync::Arc};
use tai_proto::{Answer, Call, Fault};
use tokio::{sync::mpsc, time::Instant};

/// Who asks.
#[derive(Debug, Clone)]
pub struct Client {
    /// The connection.
    pub key: u64,
    /// The protocol version it speaks.
    pub version: u32,
    /// The instance it is.
    pub instance: Option<String>,
    /// Whether it serves an MCP client, and not a person.
    pub attached: bool,
}

/// How far a call is, for a client that wants to know.
#[derive(Debug, Clone)]
pub struct Progress {
    id: u64,
    out: Option<mpsc::Sender<Happened>>,
}

impl Progress {
    /// So many mails were looked at, of so many. Said again and again; what a client cannot
    /// be told at once it is not told.
    pub fn tell(&self, done: u64, total: u64) {
        if let Some(out) = &self.out {
            let id = self.id;
            let _ = out.try_send(Happened::Progress { id, done, total });
        }
    }
}

/// What a call brings while and when it is done.
#[derive(Debug)]
enum Happened {
    Progress {
        id: u64,
        done: u64,
        total: u64,
    },
    /// In a box, because a channel keeps room for many: 8 kB for each client.
    Done(u64, Box<Result<Answer, Fault>>),
}

/// What the daemon does for clients. A call runs on a task of its own; dropping its future
/// must be safe for repeatable calls, others are never dropped.
pub trait Service: Send + Sync + 'static {
    /// A client's handshake is done. Keys are never used again.
    fn joined(&self, client: &Client);

    /// A client has gone.
    fn gone(&self, client: u64);

    /// Does one call for a client.
    fn call(
        self: Arc<Self>,
        client: Client,
        call: Call,
        progress: Progress,
        deadline: Instant,
    ) -> impl Future<Output = Result<Answer, Fault>> + Send;

    /// Whether it has something that would be lost if it ended while nobody is connected.
    fn is_needed(&self) -> bool;

    /// The instance of clients that name none.
    fn default_instance(&self) -> Option<String>;
}
