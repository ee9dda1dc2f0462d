//! A client of the socket that can be as broken as a test wants: it writes any bytes.

use std::{
    io::{self, Read as _, Write as _},
    os::unix::net::UnixStream,
    path::Path,
};
use tai_proto::{
    Answer, Call, Fault, FromDaemon, ToDaemon,
    call::Request,
    frame::{Decoder, MAX_FRAME, encode},
    hello::{Hello, Welcome},
};

/// A connection to taid.
pub struct Raw {
    stream: UnixStream,
    decoder: Decoder,
}

impl Raw {
    /// Connects; says nothing yet.
    ///
    /// # Errors
    /// What the system says.
    pub fn connect(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(crate::PATIENCE))?;
        Ok(Self {
            stream,
            decoder: Decoder::new(MAX_FRAME),
        })
    }

    /// Connects and shakes hands.
    pub fn open(socket: &Path) -> Self {
        let mut raw = Self::connect(socket).expect("taid listens");
        raw.frame(&Hello::new("test"));
        let welcome: Welcome = raw.read().expect("a welcome");
        assert_ne!(welcome.chosen, 0);
        raw
    }

    /// Writes bytes. A peer that has hung up is found out about by reading.
    pub fn bytes(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Writes a frame.
    pub fn frame<T: serde::Serialize>(&mut self, frame: &T) {
        let mut bytes = Vec::new();
        encode(frame, &mut bytes).expect("it fits");
        self.bytes(&bytes);
    }

    /// Writes a request.
    pub fn request(&mut self, id: u64, call: Call) {
        self.frame(&ToDaemon::Request(Request {
            id,
            // As much as tai-mcp gives a call.
            deadline_ms: 55_000,
            call,
        }));
    }

    /// The next frame; `None` when the daemon hung up.
    pub fn read<T: serde::de::DeserializeOwned>(&mut self) -> Option<T> {
        let mut piece = [0; 4096];
        loop {
            if let Some(frame) = self
                .decoder
                .next_frame()
                .expect("the daemon speaks the protocol")
            {
                return Some(frame);
            }
            match self.stream.read(&mut piece) {
                Ok(0) => return None,
                Ok(n) => self
                    .decoder
                    .space()
                    .extend_from_slice(piece.get(..n).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return None,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => panic!("the daemon neither answers nor hangs up: {error}"),
            }
        }
    }

    /// The next answer, and the id of its request.
    pub fn answer(&mut self) -> (u64, Result<Answer, Fault>) {
        match self.read().expect("an answer") {
            FromDaemon::Answer { id, result } => (id, result),
            progress => panic!("nobody asked for {progress:?}"),
        }
    }

    /// Whether the daemon hangs up without another word.
    pub fn is_hung_up_on(&mut self) -> bool {
        self.read::<FromDaemon>().is_none()
    }
}
