//! The socket: exactly one daemon per profile has it, and every client gets a task of its
//! own. It turns frames into calls and answers into frames, and knows no mail.

mod clients;
mod connection;
mod listener;

pub use clients::Clients;
pub use listener::{BindError, Listener, ProfileLock};

use std::{future::Future, sync::Arc};
use tai_proto::{Answer, Call, Fault};
use tokio::time::Instant;

/// Who asks.
#[derive(Debug, Clone)]
pub struct Client {
    /// The connection.
    pub key: u64,
    /// The protocol version it speaks.
    pub version: u32,
    /// The instance it is.
    pub instance: Option<String>,
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
        deadline: Instant,
    ) -> impl Future<Output = Result<Answer, Fault>> + Send;

    /// The instance of clients that name none.
    fn default_instance(&self) -> Option<String>;
}
