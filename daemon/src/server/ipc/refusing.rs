//! Refusal of a connection beyond the limits: the client is told why before the connection ends.

use super::{
    admission::completes_lease,
    connection::{
        self,
        error::ConnectionError,
        frames::{read_frame, write_frame},
    },
    limits::REFUSALS,
};
use interprocess::local_socket::tokio::Stream;
use std::sync::Arc;
use tai_proto::{
    Call, Fault, FromDaemon, ToDaemon,
    frame::Decoder,
    hello::{HANDSHAKE_TIMEOUT, MAX_HELLO},
    message::Request,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::Semaphore,
    time::timeout,
};

/// The places of the connections that are being refused.
pub(super) struct Refusals(Arc<Semaphore>);

impl Refusals {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(REFUSALS)))
    }

    /// Refuses a connection in the background, for at most [`HANDSHAKE_TIMEOUT`].
    pub(super) fn begin(&self, stream: Stream, fault: Fault) {
        let Ok(place) = self.0.clone().try_acquire_owned() else {
            return;
        };
        tokio::spawn(async move {
            // A client that hangs up or breaks the protocol needs no word.
            let _ = timeout(HANDSHAKE_TIMEOUT, refuse(stream, fault)).await;
            drop(place);
        });
    }
}

async fn refuse(stream: Stream, fault: Fault) -> Result<(), ConnectionError> {
    match tai_client::peer(&stream)?.is_own_user {
        true => answer(tai_client::quiet(stream)?, fault).await,
        false => Err(ConnectionError::OtherUser),
    }
}

/// Answers with a fault, until the client has the answer to a call that is no report about a mail. The
/// client sends its reports first, and repeats those that are refused.
async fn answer<T>(mut stream: T, fault: Fault) -> Result<(), ConnectionError>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut decoder = Decoder::new(MAX_HELLO);
    if connection::open(&mut stream, &mut decoder).await?.is_none() {
        return Ok(());
    }
    while let Some(frame) = read_frame(&mut stream, &mut decoder).await? {
        let ToDaemon::Request(Request { id, call, .. }) = frame else {
            continue;
        };
        let result = Err(fault.clone());
        write_frame(&mut stream, &FromDaemon::Answer { id, result }).await?;
        let is_report = completes_lease(&call) || matches!(call, Call::ReclaimLeases(_));
        if !is_report {
            return write_frame(&mut stream, &FromDaemon::Goodbye).await;
        }
    }
    Ok(())
}
