//! A child process that answers each line with a line. The benchmark uses no threads for it.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    os::{fd::OwnedFd, unix::net::UnixStream},
    process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio},
};

/// The argument that turns this executable into the floor of a call. Like tai-mcp, it passes each
/// line over a Unix socket to another process, here `cat`, and passes the answer back.
pub(crate) const RELAY: &str = "--relay";

pub(crate) fn relay() -> ExitCode {
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    let mut cat = Command::new("cat")
        .stdin(OwnedFd::from(theirs.try_clone().unwrap()))
        .stdout(OwnedFd::from(theirs))
        .spawn()
        .unwrap();
    let mut answers = BufReader::new(ours.try_clone().unwrap());
    let mut output = std::io::stdout();
    let mut answer = String::new();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        ours.write_all(format!("{line}\n").as_bytes()).unwrap();
        answer.clear();
        answers.read_line(&mut answer).unwrap();
        let written = output.write_all(answer.as_bytes());
        if written.and_then(|()| output.flush()).is_err() {
            break;
        }
    }
    drop((ours, answers));
    let _ = cat.wait();
    ExitCode::SUCCESS
}

/// A child and its two pipes.
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

    /// Lists the inbox `times` times.
    pub(crate) fn call(&mut self, times: u32) {
        let list = crate::requests::list();
        for _ in 0..times {
            self.ask(&list);
        }
    }

    /// Writes a line and returns the next line.
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
