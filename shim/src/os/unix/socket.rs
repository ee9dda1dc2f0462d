//! The two directions of the socket, each registered for what it needs. tokio registers a
//! Unix socket for reading and writing at once, so that this process is woken each time
//! taid reads; with one call in flight that is a wake-up for nothing, about 30 µs of each
//! call. The daemon's side, with many clients, gained nothing from the same.

use interprocess::local_socket::tokio::Stream;
use std::{
    io::{self, Write as _},
    os::{fd::OwnedFd, unix::net::UnixStream},
};
use tokio::{io::AsyncWriteExt as _, net::unix::pipe};

/// Is woken by input alone. A pipe's receiver reads any descriptor.
pub(crate) type Reader = pipe::Receiver;

/// Writes at once, and waits for room only when there is none.
pub(crate) struct Writer(UnixStream);

/// The two directions. Needs a tokio runtime.
pub(crate) fn split(stream: Stream) -> io::Result<(Reader, Writer)> {
    let Stream::UdSocket(stream) = stream;
    let writer = UnixStream::from(OwnedFd::try_from(stream)?);
    let reader = pipe::Receiver::from_owned_fd_unchecked(writer.try_clone()?.into())?;
    Ok((reader, Writer(writer)))
}

impl Writer {
    pub(crate) async fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.0.write(bytes) {
                Ok(n) => bytes = bytes.get(n..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let fd = OwnedFd::from(self.0.try_clone()?);
                    let mut patient = pipe::Sender::from_owned_fd_unchecked(fd)?;
                    return patient.write_all(bytes).await;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
