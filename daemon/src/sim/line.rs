//! The connection from a client to the simulated daemon.

use super::daemon::Daemon;
use tai_client::{ConnectError, Dial, Starting, Streams};
use tai_proto::door::Door;
use tokio::io::split;
use tokio_util::sync::CancellationToken;

/// Connects to the running daemon.
pub(super) struct Line {
    pub(super) daemon: Daemon,
    pub(super) door: Door,
    pub(super) killed: CancellationToken,
}

impl Dial for Line {
    async fn dial(&self) -> Result<Streams, ConnectError> {
        match self.daemon.connect(self.door.clone(), &self.killed) {
            Some(line) => {
                let (reader, writer) = split(line);
                Ok(Streams {
                    reader: Box::new(reader),
                    writer: Box::new(writer),
                })
            }
            None => Err(ConnectError::NotRunning {
                socket: "simulated".into(),
            }),
        }
    }

    /// Starts nothing: the simulation starts the successor, and the client waits for it.
    fn start(&self) -> Result<Option<Starting>, ConnectError> {
        Ok(Some(Starting::in_process()))
    }

    fn is_held(&self) -> bool {
        false
    }

    fn runs(&self) -> bool {
        self.daemon.runs()
    }
}
