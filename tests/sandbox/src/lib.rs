//! A mail bridge on loopback that answers as `tai.chat` really does, traps included, with
//! switches to make it misbehave. Tests link it; people run it as `tai-sandbox`. It delivers
//! mail between its own accounts and never opens a connection to anywhere.
//!
//! What each endpoint answers is in `shared/bridge-api.md`; what `/__sandbox` offers is in
//! [`admin`].

mod admin;
mod api;
pub mod behaviour;
mod journal;
mod outgoing;
mod reply;
mod secrets;
mod server;
mod store;
mod world;

pub use behaviour::{Behaviour, Fault, FaultKind, Tokens};
pub use journal::Entry;
pub use store::{Mail, NewMail};

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use world::{Shared, World, lock};

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or loopback is missing.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        port: u16,
        #[source]
        source: std::io::Error,
    },
    /// The file is not a database of ours, or cannot be written.
    #[error("cannot open the mail store")]
    Store(#[source] rusqlite::Error),
    /// The system gives no thread or no runtime.
    #[error("cannot start the server thread")]
    Thread(#[source] std::io::Error),
}

/// How to start it.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The port on 127.0.0.1; 0 lets the system pick one.
    pub port: u16,
    /// Where the mails are kept; `None` keeps them in memory.
    pub data: Option<PathBuf>,
    /// How it behaves from the start.
    pub behaviour: Behaviour,
    /// Whether each request is a line on standard error.
    pub print_requests: bool,
}

/// A running sandbox. Dropping it closes its connections and ends its thread.
pub struct Sandbox {
    address: SocketAddr,
    shared: Shared,
    connections: Arc<AtomicUsize>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Sandbox {
    /// Listens on loopback and serves on a thread of its own.
    ///
    /// # Errors
    /// Any [`StartError`].
    pub fn start(options: Options) -> Result<Self, StartError> {
        let port = options.port;
        let listen = |source| StartError::Listen { port, source };
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let shared = Arc::new(Mutex::new(World {
            store: store::Store::open(options.data.as_deref()).map_err(StartError::Store)?,
            secret: secrets::TokenSecret::random(),
            behaviour: options.behaviour,
            breaker: behaviour::Breaker::default(),
            journal: journal::Journal::default(),
            print_requests: options.print_requests,
        }));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(StartError::Thread)?;
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let (world, open) = (shared.clone(), connections.clone());
        let thread = std::thread::Builder::new()
            .name("tai-sandbox".into())
            .spawn(move || {
                runtime.block_on(server::serve(listener, world, open, stopped));
                runtime.shutdown_timeout(Duration::from_millis(100));
            })
            .map_err(StartError::Thread)?;
        Ok(Self {
            address,
            shared,
            connections,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The base URL: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Creates an account as `POST /api/v1/register` would.
    ///
    /// # Errors
    /// The store's, and a username that is taken.
    pub fn add_account(&self, username: &str, password: &str) -> Result<(), rusqlite::Error> {
        let hash = secrets::PasswordHash::new(password);
        lock(&self.shared).store.add_account(username, &hash)
    }

    /// Puts a mail into the mailbox it is addressed to; `None` when nobody here has it.
    ///
    /// # Errors
    /// The store's.
    pub fn deliver(&self, mail: &NewMail) -> Result<Option<u64>, rusqlite::Error> {
        let mut world = lock(&self.shared);
        let now = world.behaviour.now();
        world.store.deliver(mail, now)
    }

    /// Every mail in the sandbox, oldest first.
    ///
    /// # Errors
    /// The store's.
    pub fn mails(&self) -> Result<Vec<Mail>, rusqlite::Error> {
        lock(&self.shared).store.all()
    }

    /// Changes how it behaves from the next request on.
    pub fn behave(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut lock(&self.shared).behaviour);
    }

    /// Does `kind` to the next `count` requests to `endpoint`.
    pub fn fail(&self, kind: FaultKind, count: u32, endpoint: &str) {
        let fault = Fault::new(kind, count, endpoint);
        self.behave(|behaviour| behaviour.faults.push_back(fault));
    }

    /// Answers the next request to `endpoint` with 429 and this Retry-After.
    pub fn limit(&self, endpoint: &str, retry_after: &str) {
        let mut fault = Fault::new(FaultKind::TooMany429, 1, endpoint);
        fault.retry_after = Some(retry_after.into());
        self.behave(|behaviour| behaviour.faults.push_back(fault));
    }

    /// Makes every token it ever issued invalid.
    pub fn revoke_all_tokens(&self) {
        lock(&self.shared).secret = secrets::TokenSecret::random();
    }

    /// How many requests `endpoint` got, as in `POST /api/v1/login`; mail ids read `{id}`.
    pub fn count(&self, endpoint: &str) -> u64 {
        lock(&self.shared).journal.count(endpoint)
    }

    /// How many connections are open.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The last requests, oldest first.
    pub fn log(&self) -> Vec<Entry> {
        lock(&self.shared).journal.entries()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
