//! State of a session that reading and writing share, and the writing of lines.

use super::line::error;
use crate::{
    os::Output,
    requests::{OpenRequests, Pieces, Prepared, whole},
};
use rmcp::model::RequestId;
use serde_json::json;
use std::{
    collections::HashSet,
    io,
    sync::{Arc, atomic::AtomicBool},
};
use tokio::{
    io::AsyncWriteExt as _,
    sync::{Mutex, OwnedSemaphorePermit, Semaphore, watch},
};
use tokio_util::{bytes::Buf as _, sync::CancellationToken};

/// Limit of open requests. At the limit, nothing is read until a request is answered, unless the
/// server waits for an answer of the client.
pub(super) const MAX_OPEN: usize = 256;
/// Limit of lines that are being answered while [`MAX_OPEN`] requests are open. A client that does not
/// read its refusals gets no more of them.
const MAX_SPARE: usize = 16;
/// Initial capacity of an answer's buffer in bytes; most answers fit.
const ANSWER_CAPACITY: usize = 4 << 10;

/// State that reading and writing share.
pub(super) struct Shared {
    output: Mutex<Output>,
    /// Permits for open requests.
    permits: Arc<Semaphore>,
    /// Permits for lines that open no request.
    spare: Arc<Semaphore>,
    pub(super) open: OpenRequests,
    /// Requests of the server that the client has not answered.
    pub(super) outgoing: watch::Sender<HashSet<RequestId>>,
    /// Whether the session has the revision with batches, 2025-03-26.
    pub(super) has_batches: AtomicBool,
    pub(super) ends: Ends,
}

/// Permit to read a line.
pub(super) enum Permit {
    /// The line may open a request, which keeps the permit.
    Open(OwnedSemaphorePermit),
    /// [`MAX_OPEN`] requests were open, so the line may open a request only if one of them is closed.
    Spare { _permit: OwnedSemaphorePermit },
}

/// Signals for the end of a session.
#[derive(Clone)]
pub(crate) struct Ends {
    /// Cancelled when no further answer is written: a write to the output has failed, or the input has ended
    /// and its requests are answered or out of time.
    pub(crate) over: CancellationToken,
    /// Cancelled when the client has closed the input.
    pub(crate) closing: CancellationToken,
}

impl Shared {
    pub(super) fn new(output: Output, ends: Ends, open: OpenRequests) -> Self {
        Self {
            output: Mutex::new(output),
            permits: Arc::new(Semaphore::new(MAX_OPEN)),
            spare: Arc::new(Semaphore::new(MAX_SPARE)),
            open,
            outgoing: watch::Sender::default(),
            has_batches: AtomicBool::new(false),
            ends,
        }
    }

    /// Waits until a line may be read. A request that waits for an answer of the client keeps its
    /// permit, so that answer must be read without one.
    pub(super) async fn permit(&self) -> Option<Permit> {
        tokio::select! {
            biased;
            permit = self.permits.clone().acquire_owned() => permit.ok().map(Permit::Open),
            permit = self.spare() => permit,
        }
    }

    /// Waits until the server waits for an answer, and returns the permit to read it.
    async fn spare(&self) -> Option<Permit> {
        let mut outgoing = self.outgoing.subscribe();
        outgoing.wait_for(|ids| !ids.is_empty()).await.ok()?;
        let permit = self.spare.clone().acquire_owned().await.ok()?;
        Some(Permit::Spare { _permit: permit })
    }

    /// Returns the permit of a request.
    ///
    /// # Errors
    /// The given permit, if [`MAX_OPEN`] requests are open.
    pub(super) fn of_request(&self, permit: Permit) -> Result<OwnedSemaphorePermit, Permit> {
        match permit {
            Permit::Open(permit) => Ok(permit),
            spare @ Permit::Spare { .. } => {
                let permit = self.permits.clone().try_acquire_owned();
                permit.map_err(|_| spare)
            }
        }
    }

    /// Waits until each request is answered.
    pub(super) async fn all_answered(&self) {
        // All permits are free then.
        let _ = self.permits.acquire_many(MAX_OPEN as u32).await;
        let _ = self.spare.acquire_many(MAX_SPARE as u32).await;
    }

    /// Writes one line, which ends with its line break, without a time limit. An error ends the session.
    pub(super) async fn write(&self, line: Pieces) -> io::Result<()> {
        self.write_if(|| true, line).await.map(drop)
    }

    /// Writes one line as [`Self::write`] does, if `begin` permits it once the output is free.
    /// Returns whether it did.
    pub(super) async fn write_if(
        &self,
        begin: impl FnOnce() -> bool,
        [start, part, end]: Pieces,
    ) -> io::Result<bool> {
        let mut line = start.chain(part).chain(end);
        let mut output = self.output.lock().await;
        if !begin() {
            return Ok(false);
        }
        let written = async {
            match output.is_write_vectored() {
                true => output.write_all_buf(&mut line).await?,
                // One write for the whole line.
                false => {
                    let line = line.copy_to_bytes(line.remaining());
                    output.write_all(&line).await?;
                }
            }
            output.flush().await
        };
        let result = written.await;
        if result.is_err() {
            self.ends.over.cancel();
        }
        result.map(|()| true)
    }
}

/// Returns the line of a message with its prepared part, and whether the line is that message. An
/// answer (with an `id`) that cannot be JSON is replaced by an error, which ends its request.
pub(super) fn line_of(
    message: impl serde::Serialize,
    part: Option<Prepared>,
    id: Option<&RequestId>,
) -> io::Result<(Pieces, bool)> {
    let mut line = Vec::with_capacity(ANSWER_CAPACITY);
    match (serde_json::to_writer(&mut line, &message), id) {
        (Ok(()), _) => {}
        (Err(why), None) => return Err(why.into()),
        (Err(why), Some(id)) => {
            let text = format!("the answer cannot be written as JSON: {why}");
            let answer = error(&json!(id), -32603, &text);
            return Ok((whole(format!("{answer}\n").into_bytes()), false));
        }
    }
    drop(message);
    line.push(b'\n');
    match part {
        Some(part) => Ok((part.put_into(line), true)),
        None => Ok((whole(line), true)),
    }
}
