//! What one line of input is: a message, or which error it deserves.

use rmcp::model::{
    CallToolRequest, CallToolRequestParams, ClientJsonRpcMessage, ClientRequest, JsonRpcMessage,
    RequestId,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// What there is to do about one line.
pub(super) enum Line {
    Deliver(Box<ClientJsonRpcMessage>),
    Answer(Value),
    Nothing,
}

/// Nearly all messages are tool calls. Reading one as what it is saves rmcp's trying of every
/// kind of message, about 20 µs; whatever is not exactly one is left to that.
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
        // Where rmcp puts it and looks for it.
        request.extensions.insert(meta);
    }
    Some(JsonRpcMessage::request(
        ClientRequest::CallToolRequest(request),
        id,
    ))
}

/// The envelope, to tell which error a message deserves.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(default, borrow)]
    method: Option<std::borrow::Cow<'a, str>>,
    #[serde(default, deserialize_with = "present")]
    id: Option<Value>,
}

/// An id of null is there, and wrong.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

pub(super) fn understand(line: &[u8]) -> Line {
    let line = line.trim_ascii();
    if line.is_empty() {
        return Line::Nothing;
    }
    if let Some(message) = tool_call(line) {
        return Line::Deliver(Box::new(message));
    }
    if let Ok(message) = serde_json::from_slice::<ClientJsonRpcMessage>(line) {
        return Line::Deliver(Box::new(message));
    }
    let whole = std::str::from_utf8(line).map_err(|problem| problem.to_string());
    let json = whole.and_then(|text| {
        let parsed = serde_json::from_str::<serde::de::IgnoredAny>(text);
        parsed.map_err(|problem| problem.to_string())
    });
    if let Err(problem) = json {
        let text = format!("this line is not JSON: {problem}");
        return Line::Answer(error(&Value::Null, -32700, &text));
    }
    match serde_json::from_slice::<Envelope<'_>>(line) {
        Ok(Envelope {
            method: Some(method),
            id: Some(id),
        }) if id.is_string() || id.is_i64() || id.is_u64() => {
            Line::Answer(bad_params(&id, &method))
        }
        // A notification that cannot be read is not answered.
        Ok(Envelope {
            method: Some(_),
            id: None,
        }) => Line::Nothing,
        _ if line.starts_with(b"[") => Line::Answer(error(
            &Value::Null,
            -32600,
            "batches are not read: send one message a line",
        )),
        _ => Line::Answer(error(
            &Value::Null,
            -32600,
            "this is no JSON-RPC 2.0 request",
        )),
    }
}

pub(super) fn bad_params(id: &Value, method: &str) -> Value {
    error(
        id,
        -32602,
        &format!("the parameters of {method} are missing or not what MCP says"),
    )
}

pub(super) fn error(id: &Value, code: i32, message: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
}

#[cfg(test)]
#[path = "line_tests.rs"]
mod tests;
