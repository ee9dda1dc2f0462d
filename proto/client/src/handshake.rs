//! The client's part of the handshake.

use tai_proto::{
    frame::{Decoder, FrameError, encode},
    hello::{Hello, Welcome},
};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// Exchanges the handshake frames; `None` if the daemon hangs up.
pub(crate) async fn shake_hands(
    reader: &mut (dyn AsyncRead + Send + Unpin),
    writer: &mut (dyn AsyncWrite + Send + Unpin),
    decoder: &mut Decoder,
    software: &str,
) -> Result<Option<Welcome>, FrameError> {
    let mut bytes = Vec::new();
    encode(&Hello::new(software), &mut bytes)?;
    if writer.write_all(&bytes).await.is_err() {
        return Ok(None);
    }
    loop {
        if let Some(welcome) = decoder.next_frame()? {
            return Ok(Some(welcome));
        }
        match reader.read_buf(decoder.space()).await {
            Ok(0) | Err(_) => return Ok(None),
            Ok(_) => {}
        }
    }
}
