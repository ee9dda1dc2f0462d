//! MCP transport: one JSON-RPC message a line on standard input and output.
//!
//! It limits lines to 8 MiB and open requests to 256, answers malformed lines, takes the batches of
//! revision 2025-03-26 apart, and refuses a request id that is in use. It drops notifications other
//! than cancellations, because rmcp ends a session that begins with one. If the client closes the
//! input, open requests have 1.5 s for their answers; if it closes the output, the process exits at
//! once. The transport must not interpret a message beyond its envelope: rmcp and `server` do.

mod line;

use crate::{
    os::{Input, Output},
    requests::{OpenRequests, Pieces, Prepared, whole},
};
use line::{Line, bad_params, error, messages, parse};
use rmcp::{
    ErrorData, RoleServer,
    model::{
        ClientNotification, ClientRequest, ErrorCode, JsonRpcMessage, JsonRpcRequest,
        ProtocolVersion, RequestId, ServerNotification, ServerResult,
    },
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
    transport::Transport,
};
use serde_json::{Value, json};
use std::{
    collections::{HashSet, VecDeque},
    future::Future,
    io,
    sync::{
        Arc, Mutex as StdMutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    sync::{Mutex, OwnedSemaphorePermit, Semaphore},
};
use tokio_util::{bytes::Buf as _, sync::CancellationToken};

/// Limit of a line in bytes. JSON escapes at most multiply 1 MiB of mail content by six.
const MAX_LINE: usize = 8 << 20;
/// Limit of open requests. At the limit, nothing is read until a request is answered.
const MAX_OPEN: usize = 256;
/// Methods that require parameters.
const WITH_PARAMS: [&str; 8] = [
    "initialize",
    "tools/call",
    "prompts/get",
    "resources/read",
    "resources/subscribe",
    "resources/unsubscribe",
    "subscriptions/listen",
    "completion/complete",
];
/// Time for open requests after the client has closed the input. A client that shuts a server
/// down waits 2 s before it sends a signal.
const LAST_ANSWERS: Duration = Duration::from_millis(1500);
/// Bytes that are read at once. Most requests are shorter.
const INPUT_CAPACITY: usize = 2 << 10;
/// Initial capacity of an answer's buffer in bytes; most answers fit.
const ANSWER_CAPACITY: usize = 4 << 10;
/// A line buffer that grew beyond this size is freed after the line.
const KEEP: usize = 64 << 10;

/// JSON-RPC over standard input and output.
pub(crate) struct Stdio {
    input: BufReader<Input>,
    /// The bytes of the line that were read so far.
    line: Vec<u8>,
    /// Whether the rest of an over-long line is being skipped. A field, because rmcp drops and
    /// repeats `receive` at any time.
    is_skipping: bool,
    /// The messages of a batch that were not looked at.
    batch: VecDeque<Vec<u8>>,
    shared: Arc<Shared>,
}

/// State that reading and writing share.
struct Shared {
    output: Mutex<Output>,
    /// Permits for open requests.
    permits: Arc<Semaphore>,
    open: OpenRequests,
    /// Requests of the server that the client has not answered.
    outgoing: StdMutex<HashSet<RequestId>>,
    /// Whether the session has the revision with batches, 2025-03-26.
    has_batches: AtomicBool,
    ends: Ends,
}

/// Signals for the end of a session.
#[derive(Clone)]
pub(crate) struct Ends {
    /// Cancelled when a write to the output fails.
    pub(crate) broken: CancellationToken,
    /// Cancelled when the client has closed the input.
    pub(crate) closing: CancellationToken,
}

impl Stdio {
    /// Returns a transport over the two streams.
    pub(crate) fn new(input: Input, output: Output, ends: Ends, open: OpenRequests) -> Self {
        let shared = Shared {
            output: Mutex::new(output),
            permits: Arc::new(Semaphore::new(MAX_OPEN)),
            open,
            outgoing: StdMutex::default(),
            has_batches: AtomicBool::new(false),
            ends,
        };
        Self {
            input: BufReader::with_capacity(INPUT_CAPACITY, input),
            line: Vec::new(),
            is_skipping: false,
            batch: VecDeque::new(),
            shared: Arc::new(shared),
        }
    }

    /// Reads the next line, without its line break, into `self.line`. Returns `None` at the end
    /// of the input. Cancel safe: it does not wait between taking bytes and storing them.
    async fn read_line(&mut self) -> io::Result<Option<Result<(), TooLong>>> {
        loop {
            let bytes = self.input.fill_buf().await?;
            if bytes.is_empty() {
                return Ok(None);
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let piece = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
            let fits = self.line.len() + piece.len() <= MAX_LINE;
            if !self.is_skipping && fits {
                self.line.extend_from_slice(piece);
            }
            let used = piece.len() + usize::from(end.is_some());
            self.input.consume(used);
            if !self.is_skipping && !fits {
                self.line = Vec::new();
                self.is_skipping = end.is_none();
                return Ok(Some(Err(TooLong)));
            }
            if end.is_some() && !std::mem::take(&mut self.is_skipping) {
                return Ok(Some(Ok(())));
            }
        }
    }

    /// Parses the line and registers its request. Returns the permit unless an open request
    /// keeps it.
    fn accept(&mut self, permit: OwnedSemaphorePermit) -> (Line, Option<OwnedSemaphorePermit>) {
        let batch = match self.shared.has_batches.load(Ordering::Relaxed) {
            true => messages(&self.line),
            false => None,
        };
        let line = match batch {
            Some(messages) => {
                self.batch.extend(messages);
                Line::Nothing
            }
            None => parse(&self.line),
        };
        self.line.clear();
        if self.line.capacity() > KEEP {
            self.line = Vec::new();
        }
        match line {
            Line::Deliver(message) => match *message {
                // rmcp reports a known method with invalid parameters as an unknown method.
                JsonRpcMessage::Request(JsonRpcRequest {
                    id,
                    request: ClientRequest::CustomRequest(custom),
                    ..
                }) if WITH_PARAMS.contains(&custom.method.as_str()) => (
                    Line::Answer(bad_params(
                        &json!(id),
                        &custom.method,
                        custom.params.as_ref(),
                    )),
                    Some(permit),
                ),
                JsonRpcMessage::Request(request) => {
                    if let Err(permit) = self.shared.open.open(request.id.clone(), permit) {
                        // With the id, the client would take it for the answer to the open request.
                        let what = format!("the request id {} is in use", json!(request.id));
                        let answer = error(&json!(null), -32600, &what);
                        return (Line::Answer(answer), Some(permit));
                    }
                    (
                        Line::Deliver(Box::new(JsonRpcMessage::Request(request))),
                        None,
                    )
                }
                JsonRpcMessage::Notification(notification) => {
                    let is_cancellation = match &notification.notification {
                        // No answer follows for this id, so its permit is free.
                        ClientNotification::CancelledNotification(cancelled) => {
                            let id = cancelled.params.request_id.as_ref();
                            id.is_some_and(|id| self.shared.open.close_unwritten(id))
                        }
                        _ => false,
                    };
                    let message = Box::new(JsonRpcMessage::Notification(notification));
                    (
                        if is_cancellation {
                            Line::Deliver(message)
                        } else {
                            Line::Nothing
                        },
                        Some(permit),
                    )
                }
                // An answer without a request is dropped.
                answer => {
                    let id = match &answer {
                        JsonRpcMessage::Response(response) => Some(&response.id),
                        JsonRpcMessage::Error(error) => error.id.as_ref(),
                        _ => None,
                    };
                    let is_expected = id.is_some_and(|id| self.shared.outgoing().remove(id));
                    let line = match is_expected {
                        true => Line::Deliver(Box::new(answer)),
                        false => Line::Nothing,
                    };
                    (line, Some(permit))
                }
            },
            other => (other, Some(permit)),
        }
    }
}

/// Error for a line of more than [`MAX_LINE`] bytes.
struct TooLong;

impl Shared {
    fn outgoing(&self) -> MutexGuard<'_, HashSet<RequestId>> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes one line, which ends with its line break, without a time limit. An error ends the session.
    async fn write(&self, [start, part, end]: Pieces) -> io::Result<()> {
        let mut line = start.chain(part).chain(end);
        let mut output = self.output.lock().await;
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
            self.ends.broken.cancel();
        }
        result
    }
}

/// Returns the line of a message with its prepared part, and whether the line is that message. An
/// answer (with an `id`) that cannot be JSON is replaced by an error, which ends its request.
fn line_of(
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

/// Completes rmcp's error for a method that a revision does not have, which is the bare method.
fn name_method(error: &mut ErrorData) {
    if error.code == ErrorCode::METHOD_NOT_FOUND && !error.message.contains(' ') {
        error.message = format!("unknown method {:?}", error.message).into();
    }
}

impl Transport<RoleServer> for Stdio {
    type Error = io::Error;

    fn send(
        &mut self,
        mut message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let shared = self.shared.clone();
        async move {
            let id = match &mut message {
                JsonRpcMessage::Response(response) => {
                    if let ServerResult::InitializeResult(result) = &response.result {
                        let is_one = result.protocol_version == ProtocolVersion::V_2025_03_26;
                        shared.has_batches.store(is_one, Ordering::Relaxed);
                    }
                    Some(response.id.clone())
                }
                JsonRpcMessage::Error(error) => {
                    name_method(&mut error.error);
                    error.id.clone()
                }
                JsonRpcMessage::Request(request) => {
                    shared.outgoing().insert(request.id.clone());
                    None
                }
                JsonRpcMessage::Notification(notification) => {
                    // After a cancellation or a time limit no answer is expected.
                    if let ServerNotification::CancelledNotification(cancelled) =
                        &notification.notification
                        && let Some(id) = &cancelled.params.request_id
                    {
                        shared.outgoing().remove(id);
                    }
                    None
                }
            };
            let part = id.as_ref().and_then(|id| shared.open.take_prepared(id));
            let (line, is_whole) = line_of(message, part, id.as_ref())?;
            let result = shared.write(line).await;
            if let Some(id) = id {
                match result.is_ok() && is_whole {
                    true => shared.open.close_written(&id),
                    false => {
                        shared.open.close_unwritten(&id);
                    }
                }
            }
            result
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            let permit = self.shared.permits.clone().acquire_owned().await.ok()?;
            let read = match self.batch.pop_front() {
                Some(message) => {
                    self.line = message;
                    Ok(Some(Ok(())))
                }
                None => self.read_line().await,
            };
            let line = match read {
                Ok(Some(Ok(()))) => self.accept(permit),
                Ok(Some(Err(TooLong))) => {
                    let text = format!("the message exceeds the limit of {MAX_LINE} bytes");
                    (
                        Line::Answer(error(&Value::Null, -32600, &text)),
                        Some(permit),
                    )
                }
                Ok(None) | Err(_) => {
                    drop(permit);
                    // Ends the subscriptions, which are open requests too.
                    self.shared.ends.closing.cancel();
                    // All permits are free once every request is answered.
                    let answered = self.shared.permits.acquire_many(MAX_OPEN as u32);
                    let _ = tokio::time::timeout(LAST_ANSWERS, answered).await;
                    return None;
                }
            };
            match line {
                (Line::Deliver(message), _) => return Some(*message),
                (Line::Nothing, _) => {}
                (Line::Answer(answer), permit) => {
                    let shared = self.shared.clone();
                    // A task, because dropping `receive` during the write would cut the line.
                    tokio::spawn(async move {
                        let line = format!("{answer}\n");
                        let _ = shared.write(whole(line.into_bytes())).await;
                        drop(permit);
                    });
                }
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[path = "transport/sending_tests.rs"]
mod tests;
