//! MCP transport: one JSON-RPC message a line on standard input and output.
//!
//! It limits lines to 8 MiB and 20,000 values, and open requests to 256, answers malformed lines,
//! takes the batches of revision 2025-03-26 apart, and refuses a request id that is in use. At the
//! limit it reads only if the server itself waits for an answer, and refuses further requests. It
//! drops notifications other than cancellations, because rmcp ends a session that begins with one.
//! If the client closes the input, waits for mail end at once and other requests have 1.5 s for
//! their answers; if it closes the output, the process exits at once. The transport must not
//! interpret a message beyond its envelope: rmcp and `server` do.

mod ids;
mod line;
mod outline;
mod shared;
mod twice;
mod values;

pub(crate) use shared::Ends;

use crate::{
    os::{Input, Output},
    requests::{OpenRequests, whole},
};
use line::{Line, bad_params, error, messages, parse, refused};
use outline::Outline;
use rmcp::{
    ErrorData, RoleServer,
    model::{
        ClientJsonRpcMessage, ClientNotification, ClientRequest, ErrorCode, JsonRpcMessage,
        JsonRpcNotification, JsonRpcRequest, ProtocolVersion, ServerNotification, ServerResult,
    },
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
    transport::Transport,
};
use serde::de::IgnoredAny;
use serde_json::json;
use shared::{MAX_OPEN, Permit, Shared, line_of};
use std::{
    collections::VecDeque,
    future::Future,
    io,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use values::MAX_VALUES;

/// Limit of a line in bytes. JSON escapes at most multiply 1 MiB of mail content by six.
const MAX_LINE: usize = 8 << 20;
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
/// A line buffer that grew beyond this size is freed after the line.
const KEEP: usize = 64 << 10;

/// JSON-RPC over standard input and output.
pub(crate) struct Stdio {
    input: BufReader<Input>,
    /// The bytes of the line that were read so far.
    line: Vec<u8>,
    /// What is kept of a line that is too long, until it ends. A field, because rmcp drops and repeats
    /// `receive` at any time.
    too_long: Option<Outline>,
    /// The messages of a batch that were not looked at.
    batch: VecDeque<Vec<u8>>,
    shared: Arc<Shared>,
}

impl Stdio {
    /// Returns a transport over the two streams.
    pub(crate) fn new(input: Input, output: Output, ends: Ends, open: OpenRequests) -> Self {
        Self {
            input: BufReader::with_capacity(INPUT_CAPACITY, input),
            line: Vec::new(),
            too_long: None,
            batch: VecDeque::new(),
            shared: Arc::new(Shared::new(output, ends, open)),
        }
    }

    /// Reads the next line, without its line break, into `self.line`. Returns `None` at the end
    /// of the input. Cancel safe: it does not wait between taking bytes and storing them.
    async fn read_line(&mut self) -> io::Result<Option<Result<(), TooLong>>> {
        loop {
            let bytes = self.input.fill_buf().await?;
            if bytes.is_empty() {
                // Without its line break, a message is one only if it is whole.
                let is_whole = serde_json::from_slice::<IgnoredAny>(&self.line).is_ok();
                return Ok(is_whole.then_some(Ok(())));
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let piece = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
            match &mut self.too_long {
                Some(outline) => outline.add(piece),
                None if self.line.len() + piece.len() <= MAX_LINE => {
                    self.line.extend_from_slice(piece);
                }
                None => {
                    let outline = self.too_long.insert(Outline::default());
                    outline.add(&std::mem::take(&mut self.line));
                    outline.add(piece);
                }
            }
            let used = piece.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                let too_long = self.too_long.take();
                return Ok(Some(match too_long {
                    Some(outline) => Err(TooLong(outline)),
                    None => Ok(()),
                }));
            }
        }
    }

    /// Parses the line, and keeps the messages of a batch.
    fn parse_line(&mut self) -> Line {
        if values::are_too_many(&self.line) {
            let mut outline = Outline::default();
            outline.add(&self.line);
            let text = format!("the message has more than {MAX_VALUES} values; send fewer");
            return refused(&outline, &text);
        }
        let batch = match self.shared.has_batches.load(Ordering::Relaxed) {
            true => messages(&self.line),
            false => None,
        };
        match batch {
            Some(messages) => {
                self.batch.extend(messages);
                Line::Nothing
            }
            None => parse(&self.line),
        }
    }

    /// Parses the line that was read and registers its request. Returns the permit unless an open
    /// request keeps it.
    fn accept(&mut self, read: Result<(), TooLong>, permit: Permit) -> (Line, Option<Permit>) {
        let line = match read {
            Ok(()) => self.parse_line(),
            Err(TooLong(outline)) => {
                let text = format!("the message exceeds the limit of {MAX_LINE} bytes; shorten it");
                refused(&outline, &text)
            }
        };
        self.line.clear();
        if self.line.capacity() > KEEP {
            self.line = Vec::new();
        }
        match line {
            Line::Deliver(message) => match *message {
                JsonRpcMessage::Request(request) => self.open(request, permit),
                JsonRpcMessage::Notification(notification) => {
                    (self.cancellation(notification), Some(permit))
                }
                answer => (self.expected(answer), Some(permit)),
            },
            other => (other, Some(permit)),
        }
    }

    /// Opens a request, or returns the error that answers it.
    fn open(
        &self,
        request: JsonRpcRequest<ClientRequest>,
        permit: Permit,
    ) -> (Line, Option<Permit>) {
        // rmcp reports a known method with invalid parameters as an unknown method.
        if let ClientRequest::CustomRequest(custom) = &request.request
            && WITH_PARAMS.contains(&custom.method.as_str())
        {
            let id = json!(request.id);
            let answer = bad_params(&id, &custom.method, custom.params.as_ref());
            return (Line::Answer(answer), Some(permit));
        }
        let permit = match self.shared.of_request(permit) {
            Ok(permit) => permit,
            Err(permit) => {
                let what = format!("{MAX_OPEN} requests are open; wait for an answer first");
                let answer = error(&json!(request.id), -32600, &what);
                return (Line::Answer(answer), Some(permit));
            }
        };
        match self.shared.open.open(request.id.clone(), permit) {
            Ok(()) => {
                let message = Box::new(JsonRpcMessage::Request(request));
                (Line::Deliver(message), None)
            }
            Err(permit) => {
                // With the id, the client would take it for the answer to the open request.
                let what = format!("the request id {} is in use", json!(request.id));
                let answer = error(&json!(null), -32600, &what);
                (Line::Answer(answer), Some(Permit::Open(permit)))
            }
        }
    }

    /// Delivers the cancellation of an open request and drops each other notification.
    fn cancellation(&self, notification: JsonRpcNotification<ClientNotification>) -> Line {
        let cancelled = match &notification.notification {
            ClientNotification::CancelledNotification(cancelled) => &cancelled.params.request_id,
            _ => &None,
        };
        match cancelled {
            // No answer follows for this id, so its permit is free.
            Some(id) if self.shared.open.cancel(id) => {
                Line::Deliver(Box::new(JsonRpcMessage::Notification(notification)))
            }
            Some(_) | None => Line::Nothing,
        }
    }

    /// Delivers the answer to a request of the server and drops each other answer.
    fn expected(&self, answer: ClientJsonRpcMessage) -> Line {
        let id = match &answer {
            JsonRpcMessage::Response(response) => Some(&response.id),
            JsonRpcMessage::Error(error) => error.id.as_ref(),
            _ => None,
        };
        let outgoing = &self.shared.outgoing;
        let is_expected = |id| outgoing.send_if_modified(|ids| ids.remove(id));
        match id.is_some_and(is_expected) {
            true => Line::Deliver(Box::new(answer)),
            false => Line::Nothing,
        }
    }
}

/// Error for a line of more than [`MAX_LINE`] bytes.
struct TooLong(Outline);

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
                    let id = request.id.clone();
                    shared.outgoing.send_if_modified(|ids| ids.insert(id));
                    None
                }
                JsonRpcMessage::Notification(notification) => {
                    // After a cancellation or a time limit no answer is expected.
                    if let ServerNotification::CancelledNotification(cancelled) =
                        &notification.notification
                        && let Some(id) = &cancelled.params.request_id
                    {
                        shared.outgoing.send_if_modified(|ids| ids.remove(id));
                    }
                    None
                }
            };
            let open = id.as_ref().and_then(|id| shared.open.take_prepared(id));
            let (turn, part) = open.map_or((None, None), |(turn, part)| (Some(turn), part));
            let (line, is_whole) = line_of(message, part, id.as_ref())?;
            let Some(id) = id else {
                return shared.write(line).await;
            };
            // The client may cancel the request while the answer waits for the output, and use its id again.
            let begin = || shared.open.begin_answer(&id, turn);
            match shared.write_if(begin, line).await {
                Ok(true) if is_whole => shared.open.close_written(&id),
                Ok(true) => shared.open.close_failed(&id),
                Ok(false) => {}
                Err(error) => {
                    shared.open.close_failed(&id);
                    return Err(error);
                }
            }
            Ok(())
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            let permit = self.shared.permit().await?;
            let read = match self.batch.pop_front() {
                Some(message) => {
                    self.line = message;
                    Ok(Some(Ok(())))
                }
                None => self.read_line().await,
            };
            let line = match read {
                Ok(Some(read)) => self.accept(read, permit),
                Ok(None) | Err(_) => {
                    drop(permit);
                    // Ends the subscriptions, which are open requests too.
                    self.shared.ends.closing.cancel();
                    let answered = self.shared.all_answered();
                    let _ = tokio::time::timeout(LAST_ANSWERS, answered).await;
                    // rmcp would wait 5 s more, in which a request could still lease a mail.
                    self.shared.ends.over.cancel();
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
