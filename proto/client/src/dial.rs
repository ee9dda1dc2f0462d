//! The interface between the client and its byte stream, which tests replace.

use crate::ConnectError;
use std::future::Future;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::oneshot,
};

/// Both directions of an open connection whose peer was checked.
pub struct Streams {
    /// Bytes from the daemon.
    pub reader: Box<dyn AsyncRead + Send + Unpin>,
    /// Bytes to the daemon.
    pub writer: Box<dyn AsyncWrite + Send + Unpin>,
}

/// Source of byte streams to one daemon.
pub trait Dial: Send + Sync + 'static {
    /// Opens a byte stream to the running daemon and checks the peer.
    ///
    /// # Errors
    /// [`ConnectError::NotRunning`] or [`ConnectError::Stopping`] if no daemon listens, or another
    /// [`ConnectError`].
    fn dial(&self) -> impl Future<Output = Result<Streams, ConnectError>> + Send;

    /// Starts the daemon in the background; `None` if auto-start is disabled.
    ///
    /// # Errors
    /// [`ConnectError::NoExecutable`] if the executable cannot be run.
    fn start(&self) -> Result<Option<Starting>, ConnectError>;

    /// Returns whether this client waits for a daemon that does not listen: auto-start is enabled,
    /// and a daemon starts or drains.
    fn is_held(&self) -> bool;

    /// Returns whether a daemon runs, so that a connection does not make a service manager start one.
    /// `false` for a daemon without a lock.
    fn runs(&self) -> bool {
        false
    }
}

/// Outcome of a start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StartEnd {
    /// The daemon listens.
    Ready,
    /// Another daemon holds the profile's lock: it is starting, serving or draining.
    AlreadyRunning,
    /// The daemon failed. Contains its error text.
    Failed(String),
}

/// Daemon that is starting.
#[derive(Debug)]
pub struct Starting {
    end: oneshot::Receiver<StartEnd>,
}

impl Starting {
    /// Returns a starting daemon and the sender of its outcome.
    pub(crate) fn new() -> (oneshot::Sender<StartEnd>, Self) {
        let (report, end) = oneshot::channel();
        (report, Self { end })
    }

    /// Returns a daemon that runs in the caller's own process and listens.
    pub fn in_process() -> Self {
        let (report, starting) = Self::new();
        let _ = report.send(StartEnd::Ready);
        starting
    }

    /// Waits for the outcome.
    pub(crate) async fn ended(self) -> StartEnd {
        let lost = |_| StartEnd::Failed(String::new());
        self.end.await.unwrap_or_else(lost)
    }
}
