//! A client's end of a connection: frames, as a client of the protocol writes and reads them.

use std::time::Duration;
use tai_proto::{
    Call, ToDaemon,
    call::Request,
    frame::{Decoder, MAX_FRAME, encode},
    hello::MAX_HELLO,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream},
    time::{Instant, timeout_at},
};

/// The connection has ended, or the client was killed.
#[derive(Debug)]
pub(super) struct Gone;

pub(super) struct Wire {
    line: DuplexStream,
    decoder: Decoder,
    next: u64,
}

impl Wire {
    pub(super) fn new(line: DuplexStream) -> Self {
        let decoder = Decoder::new(MAX_HELLO);
        let next = 0;
        Self {
            line,
            decoder,
            next,
        }
    }

    /// The handshake is over.
    pub(super) fn shaken(&mut self) {
        self.decoder.set_max(MAX_FRAME);
    }

    pub(super) async fn write<T: serde::Serialize>(&mut self, frame: &T) -> Result<(), Gone> {
        let mut bytes = Vec::new();
        encode(frame, &mut bytes).unwrap();
        self.line.write_all(&bytes).await.map_err(|_| Gone)
    }

    pub(super) async fn request(&mut self, call: Call, patience: Duration) -> Result<u64, Gone> {
        self.next += 1;
        let request = Request {
            id: self.next,
            deadline_ms: u32::try_from(patience.as_millis()).unwrap(),
            call,
        };
        self.write(&ToDaemon::Request(request)).await?;
        Ok(self.next)
    }

    /// The next frame; `None` when none has come by then.
    pub(super) async fn read<T: serde::de::DeserializeOwned>(
        &mut self,
        deadline: Instant,
    ) -> Result<Option<T>, Gone> {
        loop {
            if let Some(frame) = self.decoder.next_frame().unwrap() {
                return Ok(Some(frame));
            }
            match timeout_at(deadline, self.line.read_buf(self.decoder.space())).await {
                Ok(Ok(0) | Err(_)) => return Err(Gone),
                Ok(Ok(_)) => {}
                Err(_) => return Ok(None),
            }
        }
    }
}
