//! A process that is asked a line and answers one, without threads on our side.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio},
};

/// The argument that turns this executable into the floor of a call: like tai-mcp it passes
/// each line on to another process, waits for the answer and passes that back; the other one
/// is `cat`.
pub(crate) const RELAY: &str = "--relay";

pub(crate) fn relay() -> ExitCode {
    let mut cat = Peer::spawn(Command::new("cat"));
    let mut output = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let answer = cat.ask(&format!("{line}\n")).to_owned();
        if output
            .write_all(answer.as_bytes())
            .and_then(|()| output.flush())
            .is_err()
        {
            break;
        }
    }
    ExitCode::SUCCESS
}

/// A child and its two pipes, without threads.
pub(crate) struct Peer {
    pub(crate) child: Child,
    pub(crate) input: ChildStdin,
    output: BufReader<ChildStdout>,
    line: String,
}

impl Peer {
    pub(crate) fn spawn(mut command: Command) -> Self {
        let command = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            input,
            output,
            line: String::new(),
        }
    }

    /// Writes a line.
    pub(crate) fn tell(&mut self, line: &str) {
        self.input.write_all(line.as_bytes()).unwrap();
    }

    /// Lists the inbox so many times.
    pub(crate) fn call(&mut self, times: u32) {
        let list = crate::crowd::list();
        for _ in 0..times {
            self.ask(&list);
        }
    }

    /// Writes a line and waits for one.
    pub(crate) fn ask(&mut self, line: &str) -> &str {
        self.input.write_all(line.as_bytes()).unwrap();
        self.line.clear();
        self.output.read_line(&mut self.line).unwrap();
        &self.line
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
