//! Reading and writing one frame.

use super::error::ConnectionError;
use std::time::Duration;
use tai_proto::frame::{Decoder, encode};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    time::timeout,
};

/// Time limit for writing one frame.
pub(super) const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads one frame; `None` if the client hangs up between frames.
pub(in crate::server::ipc) async fn read_frame<F, T>(
    stream: &mut T,
    decoder: &mut Decoder,
) -> Result<Option<F>, ConnectionError>
where
    F: serde::de::DeserializeOwned,
    T: AsyncRead + Unpin,
{
    loop {
        if let Some(frame) = decoder.next_frame()? {
            return Ok(Some(frame));
        }
        if stream.read_buf(decoder.space()).await? == 0 {
            return match decoder.is_at_boundary() {
                true => Ok(None),
                false => Err(ConnectionError::CutOff),
            };
        }
    }
}

/// Writes one frame, within [`WRITE_TIMEOUT`].
pub(in crate::server::ipc) async fn write_frame<F, T>(
    stream: &mut T,
    frame: &F,
) -> Result<(), ConnectionError>
where
    F: serde::Serialize,
    T: AsyncWrite + Unpin,
{
    let mut bytes = Vec::new();
    encode(frame, &mut bytes)?;
    match timeout(WRITE_TIMEOUT, stream.write_all(&bytes)).await {
        Ok(written) => Ok(written?),
        Err(_) => Err(ConnectionError::NotReading),
    }
}
