//! A connection to the socket that can write any bytes, for tests of hostile and broken clients.

use crate::waiting::PATIENCE;
use std::{
    io::{self, Read as _, Write as _},
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    thread::{self, JoinHandle},
};
use tai_proto::{
    Answer, Fault, FromDaemon, Method, ToDaemon,
    door::Door,
    frame::{Decoder, MAX_FRAME, encode},
    hello::{Hello, MAGIC, Welcome},
    message::{Request, Role},
};

/// A connection to taid.
pub struct Raw {
    stream: UnixStream,
    decoder: Decoder,
}

impl Raw {
    /// Connects without a handshake.
    ///
    /// # Errors
    /// If there is no taid at the socket.
    pub fn connect(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream,
            decoder: Decoder::new(MAX_FRAME),
        })
    }

    /// Connects to the socket for persons beside this one, performs the handshake and attaches as a
    /// person.
    pub fn open(socket: &Path) -> Self {
        Self::open_as(&Door::Persons.beside(socket), Role::Person)
    }

    /// Connects, performs the handshake and attaches with a role.
    pub fn open_as(socket: &Path, role: Role) -> Self {
        let mut raw = Self::connect(socket).expect("taid listens");
        raw.frame(&Hello::new("test"));
        let welcome: Welcome = raw.read().expect("a welcome");
        assert_ne!(welcome.chosen, 0);
        raw.frame(&ToDaemon::Attach(role));
        raw
    }

    /// Writes bytes. If the daemon has closed the connection, reading reports it.
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
    pub fn request(&mut self, id: u64, method: impl Method) {
        self.frame(&ToDaemon::Request(Request {
            id,
            // The deadline that tai-mcp uses.
            deadline_ms: 55_000,
            progress: false,
            call: method.into_call(),
        }));
    }

    /// Returns the next frame; `None` if the daemon closed the connection.
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
                Err(error) => {
                    panic!("the daemon neither answers nor closes the connection: {error}")
                }
            }
        }
    }

    /// Returns the next frame of an attached connection but [`FromDaemon::Attached`]; `None` if the
    /// daemon closed the connection.
    pub fn next_frame(&mut self) -> Option<FromDaemon> {
        match self.read()? {
            FromDaemon::Attached { .. } => self.read(),
            frame => Some(frame),
        }
    }

    /// Returns the next answer and the id of its request.
    pub fn answer(&mut self) -> (u64, Result<Answer, Fault>) {
        match self.next_frame().expect("an answer") {
            FromDaemon::Answer { id, result } => (id, result),
            progress => panic!("unexpected {progress:?}"),
        }
    }

    /// Returns whether the daemon closes the connection without another frame.
    pub fn is_hung_up_on(&mut self) -> bool {
        self.next_frame().is_none()
    }
}

/// Serves this number of connections as a newer taid, which has no protocol version in common with
/// this one.
pub fn newer_taid(listener: UnixListener, connections: usize) -> JoinHandle<()> {
    let welcome = Welcome {
        magic: MAGIC,
        chosen: 0,
        newest: 9,
        oldest: 8,
        software: "taid 9.0.0".into(),
    };
    let mut bytes = Vec::new();
    encode(&welcome, &mut bytes).expect("it fits");
    thread::spawn(move || {
        for stream in listener.incoming().take(connections) {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 512]);
            stream.write_all(&bytes).unwrap();
            // The client hangs up.
            let _ = stream.read(&mut [0; 512]);
        }
    })
}
