//! An answer's body as a value. A list carries the whole body of every mail in it
//! (bridge-api.md, trap 3), so what is long is parsed while it arrives and never held as a
//! whole: only what the value keeps stays in memory.

use reqwest::Response;
use serde::de::DeserializeOwned;
use std::io::{self, Read};
use tokio::sync::mpsc;
use tokio_util::bytes::{Buf as _, Bytes};

/// 200 mails of 150 kB, with room to spare.
pub(super) const MAX_ANSWER: usize = 64 << 20;
/// What is no longer than this is collected first. Beyond, the parser gets a thread, which
/// costs more than parsing so little.
const SHORT: usize = 256 << 10;
/// Pieces that may wait for the parser.
const AHEAD: usize = 4;

/// Why there is no value. What is not JSON is no error here, but a value of its own kind.
pub(super) enum BodyError {
    Broken(reqwest::Error),
    /// More than [`MAX_ANSWER`].
    TooLarge,
}

/// Reads the body to its end.
pub(super) async fn parse<T: DeserializeOwned + Send + 'static>(
    mut response: Response,
) -> Result<serde_json::Result<T>, BodyError> {
    let mut start = Vec::new();
    while start.len() <= SHORT {
        match response.chunk().await.map_err(BodyError::Broken)? {
            Some(piece) => start.extend_from_slice(&piece),
            None => return Ok(serde_json::from_slice(&start)),
        }
    }
    let mut length = start.len();
    let (pieces, waiting) = mpsc::channel(AHEAD);
    let arriving = Arriving {
        now: start.into(),
        waiting,
    };
    // Ends when it has its value, finds that there is none, or `pieces` is dropped.
    let parser = tokio::task::spawn_blocking(move || serde_json::from_reader(arriving));
    while let Some(piece) = response.chunk().await.map_err(BodyError::Broken)? {
        length += piece.len();
        if length > MAX_ANSWER {
            return Err(BodyError::TooLarge);
        }
        if pieces.send(piece).await.is_err() {
            break;
        }
    }
    drop(pieces);
    Ok(parser
        .await
        .unwrap_or_else(|error| Err(serde_json::Error::io(io::Error::other(error)))))
}

/// A body as its pieces arrive.
struct Arriving {
    now: Bytes,
    waiting: mpsc::Receiver<Bytes>,
}

impl Read for Arriving {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.now.is_empty() {
            match self.waiting.blocking_recv() {
                Some(piece) => self.now = piece,
                None => return Ok(0),
            }
        }
        let length = into.len().min(self.now.len());
        self.now.copy_to_slice(into.split_at_mut(length).0);
        Ok(length)
    }
}
