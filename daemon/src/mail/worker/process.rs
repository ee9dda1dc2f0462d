//! One worker process: its start, its requests, and its end.

use super::failure::Cause;
use std::{
    io::{self, ErrorKind},
    process::{Command as StdCommand, ExitStatus},
    time::Duration,
};
use tai_reader::worker::{
    Confinement,
    wire::{self, Answer, LENGTH, MAX_ANSWER, MAX_REQUEST, Ready, Request},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

/// Time within which a worker ends after the end of its input, or after a kill.
const END: Duration = Duration::from_secs(1);

/// A worker that is ready for a request. Dropping it kills it.
pub(super) struct Process {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    /// Whether the worker has answered a request.
    pub(super) used: bool,
    /// The confinement that is in force.
    pub(super) confinement: Confinement,
}

impl Process {
    /// Starts a worker and waits until it is confined.
    ///
    /// # Errors
    /// The error of the system, or a broken first frame.
    pub(super) async fn start(command: StdCommand, limit: Duration) -> io::Result<Self> {
        let mut command = Command::from(command);
        let mut child = command.kill_on_drop(true).spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, mut output) = pipes.ok_or(ErrorKind::BrokenPipe)?;
        let ready: Ready = timeout(limit, receive(&mut output)).await??;
        if ready.release != env!("CARGO_PKG_VERSION") {
            let release = ready.release;
            return Err(io::Error::other(format!(
                "the executable has been replaced by release {release:?}"
            )));
        }
        Ok(Self {
            child,
            input,
            output,
            used: false,
            confinement: ready.confinement,
        })
    }

    /// Returns the process id; `None` after the end.
    pub(super) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits until the worker ends.
    pub(super) async fn ended(&mut self) -> Cause {
        match self.child.wait().await {
            Ok(status) => cause(status),
            Err(error) => Cause::Crash(error.to_string()),
        }
    }

    /// Passes a request to the worker and returns its answer. After an error or a cancellation the
    /// worker must not be used again.
    ///
    /// # Errors
    /// The error of a pipe, or `InvalidData` if the answer is broken.
    pub(super) async fn ask(&mut self, request: &Request) -> io::Result<Answer> {
        let frame = wire::encode(request, MAX_REQUEST)?;
        self.input.write_all(&frame).await?;
        drop(frame);
        let answer = receive(&mut self.output).await?;
        self.used = true;
        Ok(answer)
    }

    /// Ends an idle worker.
    pub(super) async fn end(self) {
        let Self {
            mut child, input, ..
        } = self;
        drop(input);
        // A worker that does not end is killed when it is dropped.
        let _ = timeout(END, child.wait()).await;
    }

    /// Kills the worker.
    pub(super) async fn kill(mut self) {
        let _ = timeout(END, self.child.kill()).await;
    }

    /// Returns the reason for which a request failed with this error. A worker that lives is killed.
    pub(super) async fn autopsy(mut self, error: &io::Error) -> Cause {
        match timeout(END, self.child.wait()).await {
            Ok(Ok(status)) if !status.success() => cause(status),
            Ok(Ok(_) | Err(_)) => Cause::Crash(error.to_string()),
            Err(_) => {
                self.kill().await;
                Cause::Crash(format!("a broken answer: {error}"))
            }
        }
    }
}

async fn receive<T: serde::de::DeserializeOwned>(output: &mut ChildStdout) -> io::Result<T> {
    let mut prefix = [0; LENGTH];
    output.read_exact(&mut prefix).await?;
    let mut body = vec![0; wire::length(prefix, MAX_ANSWER)?];
    output.read_exact(&mut body).await?;
    wire::decode(&body)
}

#[cfg(unix)]
fn cause(status: ExitStatus) -> Cause {
    use rustix::process::Signal;
    use std::os::unix::process::ExitStatusExt as _;
    // No limit of the worker sends these signals, so a person or the system sent them.
    const OUTSIDE: [Signal; 5] = [
        Signal::KILL,
        Signal::TERM,
        Signal::INT,
        Signal::HUP,
        Signal::QUIT,
    ];
    match status.signal() {
        Some(signal) if signal == Signal::XCPU.as_raw() => Cause::CpuTime,
        Some(signal) if OUTSIDE.iter().any(|outside| outside.as_raw() == signal) => {
            Cause::Outside(status.to_string())
        }
        _ => Cause::Crash(status.to_string()),
    }
}

#[cfg(not(unix))]
fn cause(status: ExitStatus) -> Cause {
    Cause::Crash(status.to_string())
}
