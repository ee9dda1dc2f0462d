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

/// What the daemon does for clients. A call runs on a task of its own; dropping its future
/// must be safe for repeatable calls, others are never dropped.
pub trait Service: Send + Sync + 'static {
    /// Does one call for a client of `instance`.
    fn call(
        self: Arc<Self>,
        instance: Option<String>,
        call: Call,
        deadline: Instant,
    ) -> impl Future<Output = Result<Answer, Fault>> + Send;

    /// The instance of clients that name none.
    fn default_instance(&self) -> Option<String>;
}
