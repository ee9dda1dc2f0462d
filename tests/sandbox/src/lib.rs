//! A mail bridge on loopback that answers as `tai.chat` does, including its quirks, with
//! switches for faults. Tests link it as a library; `tai-sandbox` runs it as a program. It
//! delivers mail between its own accounts and opens no connections.
//!
//! By default it answers as the recorded real bridge. `Behaviour` has the differences of other
//! deployments and the states of database and provider; `Fault` applies to single requests.
//!
//! `api` implements the mail API, `admin` the switches under `/__sandbox`.

mod accounts;
mod admin;
mod api;
mod behaviour;
mod breaker;
mod fault;
mod intake;
mod javascript;
mod journal;
mod messages;
mod modes;
mod outgoing;
mod reply;
mod response;
mod secrets;
mod server;
mod store;
mod transfer;
mod world;

pub use behaviour::Behaviour;
pub use fault::{Canned, Fault, FaultKind};
pub use journal::Entry;
pub use modes::{Database, Provider, Tokens};
pub use store::{Mail, NewMail};
pub use world::SentMail;

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

/// Failure to start the sandbox.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is in use, or loopback is missing.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        port: u16,
        #[source]
        source: std::io::Error,
    },
    /// The file is not a mail store, or cannot be written.
    #[error("cannot open the mail store")]
    Store(#[source] rusqlite::Error),
    /// The thread or the async runtime cannot be created.
    #[error("cannot start the server thread")]
    Thread(#[source] std::io::Error),
}

/// Options of a sandbox.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Port on 127.0.0.1; 0 for a free port.
    pub port: u16,
    /// File of the mail store; `None` for memory.
    pub data: Option<PathBuf>,
    /// Initial behaviour.
    pub behaviour: Behaviour,
    /// Whether each request is printed to standard error.
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
    /// Listens on loopback and serves on a new thread.
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
            breaker: breaker::Breaker::default(),
            journal: journal::Journal::default(),
            sent: Vec::new(),
            print_requests: options.print_requests,
            released: tokio::sync::watch::Sender::default(),
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

    /// Returns the base URL: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Creates an account, as `POST /api/v1/register` does.
    ///
    /// # Errors
    /// Errors of the store, and a username that is in use.
    pub fn add_account(&self, username: &str, password: &str) -> Result<(), rusqlite::Error> {
        let hash = secrets::PasswordHash::new(password);
        lock(&self.shared).store.add_account(username, &hash)
    }

    /// Deletes an account and its mails. Its tokens can still be refreshed. Returns whether it
    /// existed.
    ///
    /// # Errors
    /// Errors of the store.
    pub fn delete_account(&self, username: &str) -> Result<bool, rusqlite::Error> {
        lock(&self.shared).store.delete_account(username)
    }

    /// Delivers a mail from outside to the mailbox of its address, by the rules of the intake: a
    /// tagged address is refused, and the text of an HTML body replaces the text body. Returns its
    /// id; `None` if it is refused or no account has the address.
    ///
    /// # Errors
    /// Errors of the store.
    pub fn deliver(&self, mail: &NewMail) -> Result<Option<u64>, rusqlite::Error> {
        let world = lock(&self.shared);
        world.store.deliver(mail, world.behaviour.now())
    }

    /// Stores a mail without the rules of the intake, as an import does. Returns as
    /// [`Sandbox::deliver`].
    ///
    /// # Errors
    /// Errors of the store.
    pub fn insert(&self, mail: &NewMail) -> Result<Option<u64>, rusqlite::Error> {
        let world = lock(&self.shared);
        world.store.insert(mail, world.behaviour.now())
    }

    /// Returns the copies of mails that the delivery provider took, oldest first.
    pub fn sent(&self) -> Vec<SentMail> {
        lock(&self.shared).sent.clone()
    }

    /// Returns the mails of all mailboxes, oldest first.
    ///
    /// # Errors
    /// Errors of the store.
    pub fn mails(&self) -> Result<Vec<Mail>, rusqlite::Error> {
        lock(&self.shared).store.all()
    }

    /// Changes the behaviour from the next request on.
    pub fn behave(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut lock(&self.shared).behaviour);
    }

    /// Applies a fault to the next `count` requests to `endpoint`.
    pub fn fail(&self, kind: FaultKind, count: u32, endpoint: &str) {
        let fault = Fault::new(kind, count, endpoint);
        self.behave(|behaviour| behaviour.faults.push_back(fault));
    }

    /// Holds the next `count` requests to `endpoint` until [`Sandbox::release`].
    pub fn hold(&self, count: u32, endpoint: &str) {
        self.fail(FaultKind::Hold, count, endpoint);
    }

    /// Releases the held requests that [`Sandbox::count`] includes. Later ones are still held.
    pub fn release(&self) {
        lock(&self.shared).released.send_replace(());
    }

    /// Answers the next request to `endpoint` with 429 and this Retry-After.
    pub fn limit(&self, endpoint: &str, retry_after: &str) {
        let mut fault = Fault::new(FaultKind::TooMany429, 1, endpoint);
        fault.retry_after = Some(retry_after.into());
        self.behave(|behaviour| behaviour.faults.push_back(fault));
    }

    /// Answers the next `count` requests to `endpoint` with this answer.
    pub fn can(&self, answer: Canned, count: u32, endpoint: &str) {
        let mut fault = Fault::new(FaultKind::Canned, count, endpoint);
        fault.answer = answer;
        self.behave(|behaviour| behaviour.faults.push_back(fault));
    }

    /// Removes all pending faults.
    pub fn heal(&self) {
        self.behave(|behaviour| behaviour.faults.clear());
    }

    /// Makes all issued tokens invalid.
    pub fn revoke_all_tokens(&self) {
        lock(&self.shared).secret = secrets::TokenSecret::random();
    }

    /// Returns the number of requests to an endpoint, such as `POST /api/v1/login`. Mail ids are
    /// `{id}`.
    pub fn count(&self, endpoint: &str) -> u64 {
        lock(&self.shared).journal.count(endpoint)
    }

    /// Returns the number of open connections.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Returns the last 1,000 requests, oldest first.
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
