//! Parser of one line of input: a message, or the JSON-RPC error that answers the line.

use super::{
    ids::{id_of_answer, id_of_request, is_usable},
    outline::Outline,
    twice,
    values::{self, MAX_VALUES},
};
use crate::object::{self, Problem};
use rmcp::{
    ErrorData,
    model::{
        CallToolRequest, CallToolRequestParams, ClientJsonRpcMessage, ClientRequest,
        CompleteRequestParams, GetPromptRequestParams, InitializeRequestParams, JsonRpcMessage,
        ReadResourceRequestParams, RequestId, SubscribeRequestParams,
        SubscriptionsListenRequestParams, UnsubscribeRequestParams,
    },
};
use serde::{
    Deserialize,
    de::{DeserializeOwned, Error as _, IgnoredAny, SeqAccess, Visitor},
};
use serde_json::{Map, Value, json};
use std::fmt;
use tai_proto::surrogates;

/// Result of parsing a line.
pub(super) enum Line {
    /// A message for rmcp.
    Deliver(Box<ClientJsonRpcMessage>),
    /// An error response to write.
    Answer(Value),
    /// A line that needs no answer.
    Nothing,
}

/// Parses a tool call; `None` for any other line.
///
/// Nearly all messages are tool calls. rmcp tries every kind of message, which takes about
/// 20 µs more.
fn tool_call(line: &[u8]) -> Option<ClientJsonRpcMessage> {
    #[derive(Deserialize)]
    enum Version {
        #[serde(rename = "2.0")]
        Two,
    }
    #[derive(Deserialize)]
    enum Method {
        #[serde(rename = "tools/call")]
        ToolsCall,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct ToolCall {
        #[serde(rename = "jsonrpc")]
        _version: Version,
        id: RequestId,
        #[serde(rename = "method")]
        _method: Method,
        params: CallToolRequestParams,
    }
    let ToolCall { id, mut params, .. } = serde_json::from_slice(line).ok()?;
    let meta = params.meta.take();
    let mut request = CallToolRequest::new(params);
    if let Some(meta) = meta {
        // rmcp reads the `_meta` of a request from its extensions.
        request.extensions.insert(meta);
    }
    Some(JsonRpcMessage::request(
        ClientRequest::CallToolRequest(request),
        id,
    ))
}

fn message(line: &[u8]) -> Option<ClientJsonRpcMessage> {
    tool_call(line).or_else(|| serde_json::from_slice(line).ok())
}

/// Removes the members of an answer that are null. An answer has a result or an error, and some
/// libraries write the other one as null. Returns whether there was one.
fn without_nulls(message: &mut Value) -> bool {
    let Value::Object(members) = message else {
        return false;
    };
    let before = members.len();
    if members.get("method").is_none_or(Value::is_null) {
        let is_of_answers = |name: &str| matches!(name, "method" | "result" | "error");
        members.retain(|name, value| !(value.is_null() && is_of_answers(name)));
    }
    members.len() < before
}

/// Returns a line with what some models and clients write amended: halves of surrogate pairs become
/// U+FFFD, a tool's arguments in a string or an empty array become an object, and an answer loses
/// what is null. `None` if nothing changes.
fn mended(line: &[u8]) -> Option<Vec<u8>> {
    let whole = surrogates::replaced(line);
    let is_whole = whole.as_slice() == line;
    let mut message: Value = serde_json::from_slice(&whole).ok()?;
    if without_nulls(&mut message) {
        return serde_json::to_vec(&message).ok();
    }
    let is_call = message
        .get("method")
        .is_some_and(|method| method == "tools/call");
    let arguments = message.pointer_mut("/params/arguments").filter(|_| is_call);
    let text = match arguments.as_deref() {
        Some(Value::String(text)) => text.as_str(),
        // What PHP writes for an object without members.
        Some(Value::Array(none)) if none.is_empty() => "",
        _ => return (!is_whole).then_some(whole),
    };
    let object = match text.trim() {
        "" | "null" => Value::Object(Map::new()),
        text => {
            let text = surrogates::replaced(text.as_bytes());
            if values::are_too_many(&text) || twice::member(&text).is_some() {
                return None;
            }
            match serde_json::from_slice(&text).ok()? {
                Value::Array(none) if none.is_empty() => Value::Object(Map::new()),
                object @ Value::Object(_) => object,
                _ => return None,
            }
        }
    };
    if let Some(arguments) = arguments {
        *arguments = object;
    }
    serde_json::to_vec(&message).ok()
}

/// Longest id of a request in bytes.
const MAX_ID: usize = 256;
/// Most messages of a batch.
const MAX_BATCH: usize = 256;

/// Messages of a batch, each as a line. It has at least one, and at most [`MAX_BATCH`].
struct Batch(Vec<Vec<u8>>);

impl<'de> Deserialize<'de> for Batch {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Messages;
        impl<'de> Visitor<'de> for Messages {
            type Value = Batch;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "1 to {MAX_BATCH} messages")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Batch, A::Error> {
                let mut lines = Vec::new();
                while let Some(message) = parts.next_element::<Map<String, Value>>()? {
                    if lines.len() == MAX_BATCH {
                        return Err(A::Error::invalid_length(MAX_BATCH + 1, &self));
                    }
                    lines.push(serde_json::to_vec(&message).map_err(A::Error::custom)?);
                }
                match lines.is_empty() {
                    true => Err(A::Error::invalid_length(0, &self)),
                    false => Ok(Batch(lines)),
                }
            }
        }
        deserializer.deserialize_seq(Messages)
    }
}

/// Returns the messages of a batch; `None` for every other line. Each is answered on a line of its own, so
/// that a slow one does not hold the others.
pub(super) fn messages(line: &[u8]) -> Option<Vec<Vec<u8>>> {
    let batch = serde_json::from_slice::<Batch>(line.trim_ascii()).ok()?;
    // [`parse`] refuses the whole line.
    twice::member(line).is_none().then_some(batch.0)
}

/// Envelope of a malformed message, which decides the error.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(default)]
    jsonrpc: Option<Value>,
    #[serde(default, borrow)]
    method: Option<std::borrow::Cow<'a, str>>,
    #[serde(default, deserialize_with = "present")]
    params: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    id: Option<Value>,
}

/// Deserializes a present value, so that `"id": null` differs from a missing id.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Parses a line. Errors: -32700 for a line that is not JSON, -32602 for a request with invalid
/// parameters, -32600 for other JSON. An answer that cannot be read is delivered as an error, so
/// that the server does not wait for it any longer.
pub(super) fn parse(line: &[u8]) -> Line {
    match parse_well_formed(line) {
        Line::Answer(_) if let Some(id) = id_of_answer(line) => unreadable(id),
        line => line,
    }
}

/// Returns the error for a line of which only the outline is read. It ends the question that the
/// line answers.
pub(super) fn refused(outline: &Outline, text: &str) -> Line {
    match id_of_answer(outline.bytes()) {
        Some(id) => unreadable(id),
        None => Line::Answer(error(&id_of_request(outline.bytes()), -32600, text)),
    }
}

/// Returns the error with which the question of an answer ends.
fn unreadable(id: RequestId) -> Line {
    let error = ErrorData::invalid_request("the answer cannot be read", None);
    Line::Deliver(Box::new(JsonRpcMessage::error(error, Some(id))))
}

fn parse_well_formed(line: &[u8]) -> Line {
    let line = line.trim_ascii();
    // Some editors begin a file with a byte order mark, and some clients a stream.
    let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
    if line.is_empty() {
        return Line::Nothing;
    }
    if let Some(name) = twice::member(line) {
        if is_notification(line) {
            return Line::Nothing;
        }
        let text = format!("the message has the member {name:?} twice; write it once");
        return Line::Answer(error(&id_of_request(line), -32600, &text));
    }
    let message = tool_call(line)
        .or_else(|| mended(line).and_then(|line| message(&line)))
        .or_else(|| serde_json::from_slice(line).ok());
    if let Some(message) = message {
        return match long_id(&message) {
            Some(id) => {
                let text = format!("`id` has more than {MAX_ID} bytes; use a shorter one");
                Line::Answer(error(&Value::from(id), -32600, &text))
            }
            None => Line::Deliver(Box::new(message)),
        };
    }
    let whole = std::str::from_utf8(line).map_err(|problem| problem.to_string());
    let json = whole.and_then(|text| {
        let parsed = serde_json::from_str::<IgnoredAny>(text);
        parsed.map_err(|problem| problem.to_string())
    });
    if let Err(problem) = json {
        let text = format!("the line is not JSON: {problem}");
        return Line::Answer(error(&id_of_request(line), -32700, &text));
    }
    if line.starts_with(b"[") {
        let text =
            "send one message a line; only revision 2025-03-26 has batches, of 1 to 256 messages";
        return Line::Answer(error(&Value::Null, -32600, text));
    }
    match serde_json::from_slice(line) {
        Ok(envelope) => refusal(&envelope),
        Err(problem) => {
            let text = format!("the message is not a JSON-RPC 2.0 request: {problem}");
            Line::Answer(error(&id_of_request(line), -32600, &text))
        }
    }
}

/// Returns the id of a request if it is too long to keep until the answer.
fn long_id(message: &ClientJsonRpcMessage) -> Option<&str> {
    match message {
        JsonRpcMessage::Request(request) if let RequestId::String(id) = &request.id => {
            (id.len() > MAX_ID).then_some(id)
        }
        _ => None,
    }
}

/// Returns whether a line is a message with a method and without an id, which has no answer.
fn is_notification(line: &[u8]) -> bool {
    let text = surrogates::replaced(line);
    let envelope = serde_json::from_slice::<Map<String, Value>>(&text);
    envelope.is_ok_and(|members| members.contains_key("method") && !members.contains_key("id"))
}

/// Returns the answer to a message that is JSON and no message of MCP.
fn refusal(envelope: &Envelope<'_>) -> Line {
    let id = envelope.id.as_ref();
    let usable = id.filter(|id| is_usable(id));
    let refused = |text: &str| {
        let id = usable.unwrap_or(&Value::Null);
        Line::Answer(error(id, -32600, text))
    };
    let Some(method) = &envelope.method else {
        // It may be an answer, whose id is one of the server's.
        let text = "the message is not a JSON-RPC 2.0 request: it has no method";
        return Line::Answer(error(&Value::Null, -32600, text));
    };
    match (usable, id) {
        (_, Some(_)) if envelope.jsonrpc != Some(Value::from("2.0")) => {
            refused("`jsonrpc` must be \"2.0\"")
        }
        (Some(id), _) => Line::Answer(bad_params(id, method, envelope.params.as_ref())),
        (None, Some(_)) => refused("`id` must be a text or a whole number of at most 63 bits"),
        // JSON-RPC forbids an answer to a notification.
        (None, None) => Line::Nothing,
    }
}

/// Returns the error response for a request with missing or invalid parameters.
pub(super) fn bad_params(id: &Value, method: &str, params: Option<&Value>) -> Value {
    let problem = match params {
        None => "they are missing".to_owned(),
        Some(Value::Object(params)) => problem(method, params),
        Some(other) => format!("they must be an object, not {}", object::kind(other)),
    };
    let text = format!("the parameters of `{method}` cannot be used: {problem}");
    error(id, -32602, &text)
}

/// Returns what is wrong with the parameters of a method.
fn problem(method: &str, params: &Map<String, Value>) -> String {
    fn of<P: DeserializeOwned>(params: &Map<String, Value>) -> String {
        match object::read::<P>(params) {
            Err(Problem {
                member: Some(name),
                text,
            }) => format!("`{name}`: {text}"),
            Err(Problem { member: None, text }) => text,
            Ok(_) => "`_meta` or another part of them is not what MCP says".to_owned(),
        }
    }
    match method {
        "initialize" => of::<InitializeRequestParams>(params),
        "tools/call" => match params.get("arguments") {
            Some(Value::String(text)) if values::are_too_many(text.as_bytes()) => {
                format!("`arguments` has more than {MAX_VALUES} values")
            }
            Some(Value::String(text)) if let Some(name) = twice::member(text.as_bytes()) => {
                format!("`arguments` has the member {name:?} twice; write it once")
            }
            Some(Value::String(_)) => {
                "`arguments` is a text that is no JSON object; write the object itself".to_owned()
            }
            Some(arguments) if !arguments.is_object() => {
                let kind = object::kind(arguments);
                format!("`arguments` must be an object, not {kind}")
            }
            _ => of::<CallToolRequestParams>(params),
        },
        "prompts/get" => of::<GetPromptRequestParams>(params),
        "resources/read" => of::<ReadResourceRequestParams>(params),
        "resources/subscribe" => of::<SubscribeRequestParams>(params),
        "resources/unsubscribe" => of::<UnsubscribeRequestParams>(params),
        "subscriptions/listen" => of::<SubscriptionsListenRequestParams>(params),
        "completion/complete" => of::<CompleteRequestParams>(params),
        _ => "they are not what MCP says".to_owned(),
    }
}

/// Returns an error response.
pub(super) fn error(id: &Value, code: i32, message: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
}

#[cfg(test)]
#[path = "line_tests.rs"]
mod tests;
