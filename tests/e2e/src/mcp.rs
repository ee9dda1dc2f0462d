//! An MCP client on the standard streams of `tai-mcp`. Each wait has a timeout.

use crate::{
    plain::without_home,
    waiting::{PATIENCE, wait_until},
};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, VecDeque},
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    time::{Duration, Instant},
};

/// A running `tai-mcp` and its client. The process is killed when this is dropped.
pub struct Shim {
    child: Child,
    input: Option<ChildStdin>,
    lines: mpsc::Receiver<String>,
    answers: HashMap<String, Value>,
    /// Unread notifications and requests of the server.
    heard: VecDeque<Value>,
    next_id: u64,
    modern: bool,
    capabilities: Value,
}

/// The result of a tool call.
#[derive(Debug, Clone)]
pub struct ToolResult {
    /// The text of the first content block.
    pub text: String,
    /// `structuredContent`; null if there is none.
    pub structured: Value,
    /// `isError`.
    pub is_error: bool,
    /// The whole result.
    pub whole: Value,
}

impl ToolResult {
    /// Returns the body of a fetched mail without its fence.
    ///
    /// # Panics
    /// If the result has no mail, or the mail has no fence.
    pub fn body(&self) -> &str {
        let body = self.structured["email"]["body"].as_str().unwrap();
        let (begin, rest) = body.split_once('\n').unwrap();
        let nonce = begin
            .strip_prefix("[Begin of untrusted email content ")
            .unwrap();
        let end = format!("\n[End of untrusted email content {}]", &nonce[..16]);
        rest.strip_suffix(&end).unwrap()
    }
}

impl Shim {
    /// Starts the process without a handshake. Its standard error is discarded.
    pub fn spawn(command: Command) -> Self {
        Self::spawn_with(command, Stdio::null())
    }

    /// Starts the process without a handshake, with this standard error.
    pub fn spawn_with(mut command: Command, errors: impl Into<Stdio>) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .expect("tai-mcp starts");
        let output = child.stdout.take().expect("stdout is piped");
        let (sender, lines) = mpsc::sync_channel(1024);
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                let Ok(line) = line else { break };
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let input = child.stdin.take();
        Self {
            child,
            input,
            lines,
            answers: HashMap::new(),
            heard: VecDeque::new(),
            next_id: 0,
            modern: false,
            capabilities: json!({}),
        }
    }

    /// Returns the process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sets the capabilities of the client.
    pub fn capable_of(mut self, capabilities: Value) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// Performs the handshake of revisions before 2026-07-28.
    pub fn initialized(mut self, name: &str, revision: &str) -> Self {
        let result = self.request(
            "initialize",
            json!({"protocolVersion": revision, "capabilities": self.capabilities, "clientInfo": {"name": name, "version": "1.2.3"}}),
        );
        assert_eq!(result["result"]["protocolVersion"], revision, "{result}");
        self.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        self
    }

    /// Switches to revision 2026-07-28: no handshake, and `_meta` in each request.
    pub fn modern(mut self) -> Self {
        self.modern = true;
        self
    }

    /// Writes one message.
    pub fn send(&mut self, message: &Value) {
        self.send_raw(&message.to_string());
    }

    /// Writes a line, which need not be valid.
    pub fn send_raw(&mut self, line: &str) {
        let input = self.input.as_mut().expect("the input is open");
        // If the server has ended, waiting for its answer fails.
        let _ = input.write_all(format!("{line}\n").as_bytes());
        let _ = input.flush();
    }

    /// Returns the next line, parsed.
    pub fn next_line(&mut self) -> Value {
        self.next_within(PATIENCE).expect("a line arrives")
    }

    /// Returns the next line; `None` after the timeout. The server must run.
    pub fn next_within(&mut self, patience: Duration) -> Option<Value> {
        let line = match self.lines.recv_timeout(patience) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => return None,
            Err(RecvTimeoutError::Disconnected) => panic!("tai-mcp has ended"),
        };
        let line = serde_json::from_str(&without_home(&line));
        Some(line.expect("stdout carries only JSON lines"))
    }

    /// Sends a request without waiting. Returns its id.
    pub fn begin(&mut self, method: &str, mut params: Value) -> Value {
        let id = json!(self.next_id);
        self.next_id += 1;
        if self.modern {
            let meta = &mut params["_meta"];
            meta["io.modelcontextprotocol/protocolVersion"] = json!("2026-07-28");
            meta["io.modelcontextprotocol/clientCapabilities"] = self.capabilities.clone();
            meta["io.modelcontextprotocol/clientInfo"] =
                json!({"name": "modern client", "version": "2.0"});
        }
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// Waits for the answer to a request. Other answers are kept.
    pub fn finish(&mut self, id: &Value) -> Value {
        let deadline = Instant::now() + PATIENCE * 4;
        loop {
            if let Some(answer) = self.answers.remove(&id.to_string()) {
                return answer;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self
                .next_within(left)
                .unwrap_or_else(|| panic!("no answer to {id}"));
            self.keep(line);
        }
    }

    /// Takes the answer to a request if it has arrived.
    pub fn arrived(&mut self, id: &Value) -> Option<Value> {
        while let Some(line) = self.next_within(Duration::ZERO) {
            self.keep(line);
        }
        self.answers.remove(&id.to_string())
    }

    fn keep(&mut self, line: Value) {
        if line.get("method").is_some() {
            self.heard.push_back(line);
        } else {
            self.answers.insert(line["id"].to_string(), line);
        }
    }

    /// Returns the next notification or request of the server with this method; `None` after the
    /// timeout.
    pub fn hear_within(&mut self, method: &str, patience: Duration) -> Option<Value> {
        let deadline = Instant::now() + patience;
        loop {
            let here = self.heard.iter().position(|line| line["method"] == method);
            if let Some(index) = here {
                return self.heard.remove(index);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.next_within(left)?;
            self.keep(line);
        }
    }

    /// Returns the next notification or request of the server with this method.
    pub fn hear(&mut self, method: &str) -> Value {
        let heard = self.hear_within(method, PATIENCE);
        heard.unwrap_or_else(|| panic!("no {method} arrives"))
    }

    /// Answers a request of the server.
    pub fn answer(&mut self, request: &Value, result: Value) {
        self.send(&json!({"jsonrpc": "2.0", "id": request["id"], "result": result}));
    }

    /// Sends a request and returns its answer.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        self.finish(&id)
    }

    /// Calls a tool and returns its result.
    pub fn call(&mut self, tool: &str, arguments: Value) -> ToolResult {
        let id = self.begin_call(tool, arguments);
        self.finish_call(&id)
    }

    /// Sends a tool call without waiting. Returns its id.
    pub fn begin_call(&mut self, tool: &str, arguments: Value) -> Value {
        self.begin("tools/call", json!({"name": tool, "arguments": arguments}))
    }

    /// Waits for the result of a tool call.
    pub fn finish_call(&mut self, id: &Value) -> ToolResult {
        let answer = self.finish(id);
        let result = answer
            .get("result")
            .unwrap_or_else(|| panic!("no result: {answer}"));
        ToolResult {
            text: result["content"][0]["text"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            structured: result
                .get("structuredContent")
                .cloned()
                .unwrap_or(Value::Null),
            is_error: result["isError"] == true,
            whole: result.clone(),
        }
    }

    /// Closes the input and waits for the end. Returns the exit status and the unread lines.
    pub fn close(mut self) -> (ExitStatus, Vec<String>) {
        drop(self.input.take());
        let mut status = None;
        wait_until("tai-mcp ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        (status.expect("it has ended"), self.lines.iter().collect())
    }

    /// Takes the writing end of the input. The caller closes it.
    pub fn take_input(&mut self) -> ChildStdin {
        self.input.take().expect("the input is open")
    }

    /// Kills the process and keeps the pipes of the client.
    pub fn kill_in_place(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Returns whether no process has the writing end of the output open.
    pub fn output_has_ended(&self) -> bool {
        loop {
            match self.lines.try_recv() {
                Ok(_) => {}
                Err(error) => return error == mpsc::TryRecvError::Disconnected,
            }
        }
    }

    /// Kills the process and returns the unread messages.
    pub fn kill(mut self) -> Vec<Value> {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.lines
            .iter()
            .filter_map(|line| serde_json::from_str(&line).ok())
            .collect()
    }

    /// Stops reading the output, as a killed client does.
    pub fn hang_up_output(&mut self) {
        self.lines = mpsc::channel().1;
    }

    /// Returns whether the process has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}

impl Drop for Shim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
