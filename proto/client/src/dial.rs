//! The seam between the client and the byte stream that it speaks over.

use crate::ConnectError;
use std::future::Future;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::oneshot,
};

/// The two directions of a connection, opened and checked.
pub struct Streams {
    /// Bytes from the daemon.
    pub reader: Box<dyn AsyncRead + Send + Unpin>,
    /// Bytes to the daemon.
    pub writer: Box<dyn AsyncWrite + Send + Unpin>,
}

/// Opens byte streams to one daemon.
pub trait Dial: Send + Sync + 'static {
    /// Opens a stream to the running daemon.
    ///
    /// # Errors
    /// [`ConnectError::NotRunning`] if no daemon listens, or another [`ConnectError`].
    fn dial(&self) -> impl Future<Output = Result<Streams, ConnectError>> + Send;

    /// Starts the daemon in the background; `None` if this client must not start one.
    ///
    /// # Errors
    /// [`ConnectError::NoExecutable`].
    fn start(&self) -> Result<Option<Starting>, ConnectError>;
}

/// A daemon that is starting.
#[derive(Debug)]
pub struct Starting {
    end: oneshot::Receiver<StartEnd>,
}

/// The early end of a daemon that was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StartEnd {
    /// Another daemon holds the profile's lock: it is about to listen, or draining.
    AlreadyRunning,
    /// The daemon failed and wrote this to standard error.
    Failed(String),
}

impl Starting {
    /// Returns a starting daemon and the means to report its early end.
    pub(crate) fn new() -> (oneshot::Sender<StartEnd>, Self) {
        let (report, end) = oneshot::channel();
        (report, Self { end })
    }

    /// Returns a starting daemon whose process cannot end early, for daemons that run in the
    /// caller's own process.
    pub fn in_process() -> Self {
        Self::new().1
    }

    /// Returns the early end, once, if the process has ended.
    pub(crate) fn ended(&mut self) -> Option<StartEnd> {
        self.end.try_recv().ok()
    }
}
