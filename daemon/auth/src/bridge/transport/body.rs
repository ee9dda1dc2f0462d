//! The body of an answer as a value. A list carries the whole body of every mail in it
//! (bridge-api.md, trap 3). A long answer is therefore parsed while it arrives, and only what
//! the value keeps stays in memory.

use reqwest::Response;
use serde::de::DeserializeOwned;
use std::io::{self, Read};
use tokio::sync::mpsc;
use tokio_util::bytes::{Buf as _, Bytes};

/// Size limit in bytes: 200 mails of 150 kB, with room to spare.
pub(super) const MAX_ANSWER: usize = 64 << 20;
/// Bytes up to which an answer is collected first. A longer one is parsed on a thread, which
/// costs more than parsing a short one.
const SHORT: usize = 256 << 10;
/// Number of chunks that may wait for the parser.
const AHEAD: usize = 4;

/// Reason why a body cannot be read. A body that is not JSON is not among them.
pub(super) enum BodyError {
    /// The connection failed.
    Broken(reqwest::Error),
    /// The body exceeds [`MAX_ANSWER`].
    TooLarge,
}

/// Reads the body to its end.
pub(super) async fn parse<T: DeserializeOwned + Send + 'static>(
    mut response: Response,
) -> Result<serde_json::Result<T>, BodyError> {
    let mut start = Vec::new();
    while start.len() <= SHORT {
        match response.chunk().await.map_err(BodyError::Broken)? {
            Some(chunk) => start.extend_from_slice(&chunk),
            None => return Ok(serde_json::from_slice(&start)),
        }
    }
    let mut length = start.len();
    let (chunks, waiting) = mpsc::channel(AHEAD);
    let arriving = Arriving {
        current: start.into(),
        waiting,
    };
    // The parser ends with a value, with an error, or when `chunks` is dropped.
    let parser = tokio::task::spawn_blocking(move || serde_json::from_reader(arriving));
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Broken)? {
        length += chunk.len();
        if length > MAX_ANSWER {
            return Err(BodyError::TooLarge);
        }
        if chunks.send(chunk).await.is_err() {
            break;
        }
    }
    drop(chunks);
    Ok(parser
        .await
        .unwrap_or_else(|error| Err(serde_json::Error::io(io::Error::other(error)))))
}

/// A body whose chunks are still arriving.
struct Arriving {
    current: Bytes,
    waiting: mpsc::Receiver<Bytes>,
}

impl Read for Arriving {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.waiting.blocking_recv() {
                Some(chunk) => self.current = chunk,
                None => return Ok(0),
            }
        }
        let length = into.len().min(self.current.len());
        self.current.copy_to_slice(into.split_at_mut(length).0);
        Ok(length)
    }
}
