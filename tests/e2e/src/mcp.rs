//! An MCP client for a shim: lines out, lines in, each wait with a bound.

use crate::waiting::{PATIENCE, wait_until};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, VecDeque},
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

/// A running tai-mcp and its client. Killed when dropped.
pub struct Shim {
    child: Child,
    input: Option<ChildStdin>,
    lines: mpsc::Receiver<String>,
    answers: HashMap<String, Value>,
    /// Notifications and requests of the server that nobody has looked at.
    heard: VecDeque<Value>,
    next_id: u64,
    modern: bool,
    capabilities: Value,
}

/// What a tool said.
#[derive(Debug, Clone)]
pub struct ToolResult {
    /// The text of the first content block.
    pub text: String,
    /// `structuredContent`; null when there is none.
    pub structured: Value,
    /// `isError`.
    pub is_error: bool,
    /// The whole result.
    pub whole: Value,
}

impl Shim {
    /// Starts it; says nothing yet.
    pub fn spawn(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
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

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Says from here on that it can do these things.
    pub fn capable_of(mut self, capabilities: Value) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// Shakes hands as clients before 2026-07-28 do.
    pub fn initialized(mut self, name: &str, revision: &str) -> Self {
        let result = self.request(
            "initialize",
            json!({"protocolVersion": revision, "capabilities": self.capabilities, "clientInfo": {"name": name, "version": "1.2.3"}}),
        );
        assert_eq!(result["result"]["protocolVersion"], revision, "{result}");
        self.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        self
    }

    /// Speaks 2026-07-28 from here on: no handshake, `_meta` with every request.
    pub fn modern(mut self) -> Self {
        self.modern = true;
        self
    }

    /// Writes one message.
    pub fn send(&mut self, message: &Value) {
        self.send_raw(&message.to_string());
    }

    /// Writes one line, whatever it is.
    pub fn send_raw(&mut self, line: &str) {
        let input = self.input.as_mut().expect("the input is open");
        // A server that has gone is found out about by waiting for its answer.
        let _ = input.write_all(format!("{line}\n").as_bytes());
        let _ = input.flush();
    }

    /// The next line, parsed.
    pub fn next_line(&mut self) -> Value {
        self.next_within(PATIENCE).expect("a line comes")
    }

    /// The next line, if one comes in time.
    pub fn next_within(&mut self, patience: Duration) -> Option<Value> {
        let line = self.lines.recv_timeout(patience).ok()?;
        Some(serde_json::from_str(&line).expect("stdout carries JSON lines alone"))
    }

    /// Sends a request without waiting; its id.
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

    /// Waits for the answer to a request, keeping those to others.
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

    fn keep(&mut self, line: Value) {
        if line.get("method").is_some() {
            self.heard.push_back(line);
        } else {
            self.answers.insert(line["id"].to_string(), line);
        }
    }

    /// The next notification or request of the server with this method, if one comes in time.
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

    /// The next notification or request of the server with this method.
    pub fn hear(&mut self, method: &str) -> Value {
        let heard = self.hear_within(method, PATIENCE);
        heard.unwrap_or_else(|| panic!("no {method} comes"))
    }

    /// Answers a request of the server.
    pub fn answer(&mut self, request: &Value, result: Value) {
        self.send(&json!({"jsonrpc": "2.0", "id": request["id"], "result": result}));
    }

    /// A request and its answer.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        self.finish(&id)
    }

    /// A tool call and its result.
    pub fn call(&mut self, tool: &str, arguments: Value) -> ToolResult {
        let id = self.begin_call(tool, arguments);
        self.finish_call(&id)
    }

    /// Sends a tool call without waiting; its id.
    pub fn begin_call(&mut self, tool: &str, arguments: Value) -> Value {
        self.begin("tools/call", json!({"name": tool, "arguments": arguments}))
    }

    /// Waits for a tool call's result.
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

    /// Closes its input and waits for its end, with what it still said.
    pub fn close(mut self) -> (ExitStatus, Vec<String>) {
        drop(self.input.take());
        let mut status = None;
        wait_until("tai-mcp ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        (status.expect("it has ended"), self.lines.iter().collect())
    }

    /// Takes the writing end of its input, which then is the caller's to close.
    pub fn take_input(&mut self) -> ChildStdin {
        self.input.take().expect("the input is open")
    }

    /// Kills it where it is, and lives on as what its client is left with.
    pub fn kill_in_place(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Whether its output has ended: no process has the writing end any more.
    pub fn output_has_ended(&self) -> bool {
        loop {
            match self.lines.try_recv() {
                Ok(_) => {}
                Err(error) => return error == mpsc::TryRecvError::Disconnected,
            }
        }
    }

    /// Kills it where it is, and returns what it had written that was not read.
    pub fn kill(mut self) -> Vec<Value> {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.lines
            .iter()
            .filter_map(|line| serde_json::from_str(&line).ok())
            .collect()
    }

    /// Stops reading its output, as a client that died would, and waits for its end.
    pub fn hang_up_output(&mut self) {
        self.lines = mpsc::channel().1;
    }

    /// Whether it has ended.
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
