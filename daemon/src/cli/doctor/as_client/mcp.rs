//! A conversation with a server on its standard input and output, as a client has it:
//! `initialize`, `tools/list`, and the tool `session_status`.

use serde_json::{Value, json};
use std::{process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

/// Time limit of each request, and of the start. Clients wait between 5 and 60 seconds.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Protocol version that every tai-mcp speaks.
const PROTOCOL: &str = "2025-06-18";
/// Limit of the server's standard error that is reported, in bytes.
const MAX_STDERR: u64 = 2_000;
/// Time in which a server that closed its output writes its last error.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Failure of the conversation.
#[derive(Debug, thiserror::Error)]
pub(super) enum McpError {
    #[error("it cannot be started: {0}")]
    Start(#[source] std::io::Error),
    #[error("it does not answer `{0}` within {limit} s", limit = REQUEST_TIMEOUT.as_secs())]
    Silent(&'static str),
    #[error("it ends before it answers `{method}`: {stderr}")]
    Ended {
        method: &'static str,
        stderr: String,
    },
    #[error("it writes text that is not MCP to its standard output")]
    NotMcp,
    #[error("it refuses `{method}`: {message}")]
    Refused {
        method: &'static str,
        message: String,
    },
}

/// A running server. It is killed when dropped.
pub(super) struct Server {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    next_id: u64,
}

/// Result of a tool.
pub(super) struct ToolResult {
    /// Whether the tool failed.
    pub(super) is_error: bool,
    /// Its text.
    pub(super) text: String,
    /// Its structured content; null without one.
    pub(super) structured: Value,
}

impl Server {
    /// Starts a server and initializes it.
    pub(super) async fn start(mut command: Command) -> Result<Self, McpError> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(McpError::Start)?;
        let missing = || McpError::Start(std::io::Error::other("it has no pipes"));
        let input = child.stdin.take().ok_or_else(missing)?;
        let output = child.stdout.take().ok_or_else(missing)?;
        let mut server = Self {
            child,
            input,
            output: BufReader::new(output).lines(),
            next_id: 1,
        };
        let client = json!({"name": "taid doctor", "version": env!("CARGO_PKG_VERSION")});
        let parameters =
            json!({"protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": client});
        server.request("initialize", parameters).await?;
        let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        server.write(&initialized).await;
        Ok(server)
    }

    /// Returns the process id; 0 if the process has ended.
    pub(super) fn pid(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Returns the number of tools.
    pub(super) async fn count_tools(&mut self) -> Result<usize, McpError> {
        let listed = self.request("tools/list", json!({})).await?;
        let tools = listed.get("tools").and_then(Value::as_array);
        Ok(tools.map_or(0, Vec::len))
    }

    /// Calls a tool without arguments.
    pub(super) async fn call(&mut self, tool: &str) -> Result<ToolResult, McpError> {
        let parameters = json!({"name": tool, "arguments": {}});
        let mut result = self.request("tools/call", parameters).await?;
        let text = result.pointer("/content/0/text").and_then(Value::as_str);
        Ok(ToolResult {
            is_error: result.get("isError") == Some(&Value::Bool(true)),
            text: text.unwrap_or_default().to_owned(),
            structured: result
                .get_mut("structuredContent")
                .map(Value::take)
                .unwrap_or_default(),
        })
    }

    async fn request(&mut self, method: &'static str, params: Value) -> Result<Value, McpError> {
        let id = self.next_id;
        self.next_id += 1;
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.write(&request).await;
        match timeout(REQUEST_TIMEOUT, self.answer(id, method)).await {
            Ok(answer) => answer,
            Err(_) => Err(McpError::Silent(method)),
        }
    }

    /// Writes a message. The next read reports a server that does not read.
    async fn write(&mut self, message: &Value) {
        let line = format!("{message}\n");
        let written = timeout(REQUEST_TIMEOUT, self.input.write_all(line.as_bytes())).await;
        let _ = written.map(drop);
    }

    async fn answer(&mut self, id: u64, method: &'static str) -> Result<Value, McpError> {
        loop {
            let Ok(Some(line)) = self.output.next_line().await else {
                let stderr = self.last_words().await;
                return Err(McpError::Ended { method, stderr });
            };
            let message: Value = serde_json::from_str(&line).map_err(|_| McpError::NotMcp)?;
            if message.get("id").and_then(Value::as_u64) != Some(id) {
                continue;
            }
            if let Some(message) = message.pointer("/error/message").and_then(Value::as_str) {
                return Err(McpError::Refused {
                    method,
                    message: message.to_owned(),
                });
            }
            return Ok(message.get("result").cloned().unwrap_or_default());
        }
    }

    /// Returns the last line of the standard error of a server that ended.
    async fn last_words(&mut self) -> String {
        let mut bytes = Vec::new();
        if let Some(stderr) = self.child.stderr.take() {
            let mut stderr = stderr.take(MAX_STDERR);
            let _ = timeout(LAST_WORDS, stderr.read_to_end(&mut bytes)).await;
        }
        let text = String::from_utf8_lossy(&bytes);
        let last = text.lines().map(str::trim).rfind(|line| !line.is_empty());
        last.unwrap_or("it writes no error").to_owned()
    }
}
