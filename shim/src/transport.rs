//! The MCP transport: lines in, lines out, and everything rmcp leaves open.
//!
//! - A line that is not JSON is answered with -32700, one that is no request with -32600, one
//!   whose parameters are wrong with -32602; an over-long one is answered and passed over.
//! - So many requests may be open and no more: beyond, nothing is read until one is answered.
//! - A request whose id is open already is refused.
//! - Notifications that mean nothing here are dropped, whenever they come. rmcp would end the
//!   session over one that comes first, as some clients' do.
//! - When the client closes our input, what is open is answered first, for a moment; when it
//!   closes our output, the process ends at once.
//!
//! It knows the envelope of a message and leaves its meaning to rmcp and `server`.

mod line;

use crate::{
    os::{Input, Output},
    receipts::Receipts,
};
use line::{Line, bad_params, error, understand};
use rmcp::{
    RoleServer,
    model::{ClientNotification, ClientRequest, JsonRpcMessage, JsonRpcRequest, RequestId},
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
    transport::Transport,
};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, HashSet},
    future::Future,
    io,
    sync::{Arc, Mutex as StdMutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    sync::{Mutex, OwnedSemaphorePermit, Semaphore},
};
use tokio_util::sync::CancellationToken;

/// A mail's 1 MB of content is at most six times as long in JSON.
pub(crate) const MAX_LINE: usize = 8 << 20;
/// Requests that may be open.
pub(crate) const MAX_OPEN: usize = 256;
/// Methods that cannot do without parameters.
const WITH_PARAMS: [&str; 7] = [
    "initialize",
    "tools/call",
    "resources/read",
    "resources/subscribe",
    "resources/unsubscribe",
    "subscriptions/listen",
    "completion/complete",
];
/// How long what is open is waited for once the client has closed our input. Clients that
/// shut a server down wait 2 s before they send a signal.
const LAST_ANSWERS: Duration = Duration::from_millis(1500);
/// Most answers are no longer.
const ROOM: usize = 4 << 10;
/// A line buffer that grew beyond this is given back.
const KEEP: usize = 64 << 10;

/// JSON-RPC over the process's standard streams.
pub(crate) struct Stdio {
    input: BufReader<Input>,
    line: Vec<u8>,
    /// Whether the rest of an over-long line is being passed over. Here and not in a local,
    /// because `receive` is dropped and called again all the time.
    passing_over: bool,
    shared: Arc<Shared>,
}

struct Shared {
    output: Mutex<Output>,
    places: Arc<Semaphore>,
    /// The open requests; each keeps its place until its answer is written.
    open: StdMutex<HashMap<RequestId, OwnedSemaphorePermit>>,
    /// Requests of ours that the client has not answered.
    asked: StdMutex<HashSet<RequestId>>,
    ends: Ends,
    receipts: Receipts,
}

/// The ends of a session.
#[derive(Clone)]
pub(crate) struct Ends {
    /// Set when the output is gone.
    pub(crate) broken: CancellationToken,
    /// Set when the client has closed our input.
    pub(crate) closing: CancellationToken,
}

impl Stdio {
    pub(crate) fn new(input: Input, output: Output, ends: Ends, receipts: Receipts) -> Self {
        let shared = Shared {
            output: Mutex::new(output),
            places: Arc::new(Semaphore::new(MAX_OPEN)),
            open: StdMutex::default(),
            asked: StdMutex::default(),
            ends,
            receipts,
        };
        Self {
            input: BufReader::new(input),
            line: Vec::new(),
            passing_over: false,
            shared: Arc::new(shared),
        }
    }

    /// The next line, without its end, in `self.line`. `None` at the end of the input.
    /// Dropping the future loses nothing: between taking bytes and keeping them it never
    /// waits.
    async fn read_line(&mut self) -> io::Result<Option<Result<(), TooLong>>> {
        loop {
            let bytes = self.input.fill_buf().await?;
            if bytes.is_empty() {
                return Ok(None);
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let piece = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
            let fits = self.line.len() + piece.len() <= MAX_LINE;
            if !self.passing_over && fits {
                self.line.extend_from_slice(piece);
            }
            let used = piece.len() + usize::from(end.is_some());
            self.input.consume(used);
            if !self.passing_over && !fits {
                self.line = Vec::new();
                self.passing_over = end.is_none();
                return Ok(Some(Err(TooLong)));
            }
            if end.is_some() && !std::mem::take(&mut self.passing_over) {
                return Ok(Some(Ok(())));
            }
        }
    }

    fn understand(&mut self, place: OwnedSemaphorePermit) -> (Line, Option<OwnedSemaphorePermit>) {
        let line = understand(&self.line);
        self.line.clear();
        if self.line.capacity() > KEEP {
            self.line = Vec::new();
        }
        match line {
            Line::Deliver(message) => match *message {
                // rmcp takes a request whose parameters it cannot read for one it does not know.
                JsonRpcMessage::Request(JsonRpcRequest {
                    id,
                    request: ClientRequest::CustomRequest(custom),
                    ..
                }) if WITH_PARAMS.contains(&custom.method.as_str()) => (
                    Line::Answer(bad_params(&json!(id), &custom.method)),
                    Some(place),
                ),
                JsonRpcMessage::Request(request) => {
                    let mut open = self.shared.open();
                    if open.contains_key(&request.id) {
                        let answer = error(&json!(request.id), -32600, "this request id is in use");
                        return (Line::Answer(answer), Some(place));
                    }
                    open.insert(request.id.clone(), place);
                    (
                        Line::Deliver(Box::new(JsonRpcMessage::Request(request))),
                        None,
                    )
                }
                JsonRpcMessage::Notification(notification) => {
                    let known = match &notification.notification {
                        // Nothing more is written for this id, so its place is free.
                        ClientNotification::CancelledNotification(cancelled) => {
                            let id = cancelled.params.request_id.as_ref();
                            id.is_some_and(|id| {
                                self.shared.receipts.dropped(id);
                                self.shared.open().remove(id).is_some()
                            })
                        }
                        _ => false,
                    };
                    let message = Box::new(JsonRpcMessage::Notification(notification));
                    (
                        if known {
                            Line::Deliver(message)
                        } else {
                            Line::Nothing
                        },
                        Some(place),
                    )
                }
                // Answers. What nobody asked for is dropped.
                answer => {
                    let id = match &answer {
                        JsonRpcMessage::Response(response) => Some(&response.id),
                        JsonRpcMessage::Error(error) => error.id.as_ref(),
                        _ => None,
                    };
                    let asked = id.is_some_and(|id| self.shared.asked().remove(id));
                    let line = match asked {
                        true => Line::Deliver(Box::new(answer)),
                        false => Line::Nothing,
                    };
                    (line, Some(place))
                }
            },
            other => (other, Some(place)),
        }
    }
}

struct TooLong;

impl Shared {
    fn open(&self) -> MutexGuard<'_, HashMap<RequestId, OwnedSemaphorePermit>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asked(&self) -> MutexGuard<'_, HashSet<RequestId>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes one line. Not reading it is the client's right; closing the output is the end.
    async fn write(&self, mut line: Vec<u8>) -> io::Result<()> {
        line.push(b'\n');
        let mut output = self.output.lock().await;
        let written = async {
            output.write_all(&line).await?;
            output.flush().await
        };
        let result = written.await;
        if result.is_err() {
            self.ends.broken.cancel();
        }
        result
    }
}

impl Transport<RoleServer> for Stdio {
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let shared = self.shared.clone();
        async move {
            let id = match &message {
                JsonRpcMessage::Response(response) => Some(response.id.clone()),
                JsonRpcMessage::Error(error) => error.id.clone(),
                JsonRpcMessage::Request(request) => {
                    shared.asked().insert(request.id.clone());
                    None
                }
                JsonRpcMessage::Notification(_) => None,
            };
            let mut line = Vec::with_capacity(ROOM);
            serde_json::to_writer(&mut line, &message)?;
            drop(message);
            let result = shared.write(line).await;
            if let Some(id) = id {
                match result {
                    Ok(()) => shared.receipts.written(&id),
                    Err(_) => shared.receipts.dropped(&id),
                }
                shared.open().remove(&id);
            }
            result
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            let place = self.shared.places.clone().acquire_owned().await.ok()?;
            let line = match self.read_line().await {
                Ok(Some(Ok(()))) => self.understand(place),
                Ok(Some(Err(TooLong))) => {
                    let text = format!("a message of more than {MAX_LINE} bytes is not read");
                    (
                        Line::Answer(error(&Value::Null, -32600, &text)),
                        Some(place),
                    )
                }
                Ok(None) | Err(_) => {
                    drop(place);
                    // What waits for the client to speak again ends by itself.
                    self.shared.ends.closing.cancel();
                    // All places free again means that everything is answered.
                    let answered = self.shared.places.acquire_many(MAX_OPEN as u32);
                    let _ = tokio::time::timeout(LAST_ANSWERS, answered).await;
                    return None;
                }
            };
            match line {
                (Line::Deliver(message), _) => return Some(*message),
                (Line::Nothing, _) => {}
                (Line::Answer(answer), place) => {
                    let shared = self.shared.clone();
                    // On a task of its own, because a future that is dropped half way
                    // through would leave half a line behind.
                    tokio::spawn(async move {
                        let _ = shared.write(answer.to_string().into_bytes()).await;
                        drop(place);
                    });
                }
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}
