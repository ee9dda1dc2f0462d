//! The password command: a program whose first line of output is the password.
//!
//! The program runs without a shell, without a terminal and in a process group of its own. The group
//! is killed if the program exceeds the time limit, and if the caller stops waiting. A process that
//! the program leaves behind in the background delays nothing and is not killed.
//!
//! Standard error may repeat the password (`sh -x`), so it is never read: it is discarded, or it goes
//! to the terminal of the person who asks.

use super::{
    blocking::LIMIT,
    password::{Credentials, MAX_BYTES, first_line},
    source_error::SourceError,
};
use crate::base_url::Origin;
use secrecy::SecretString;
use std::{
    io::{self, IsTerminal as _},
    pin::pin,
    process::{ExitStatus, Stdio},
};
use tai_names::{Username, variables};
use tokio::{
    io::AsyncReadExt as _,
    process::{Child, ChildStdout, Command},
};
use zeroize::Zeroizing;

/// Destination of the program's messages on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Messages {
    /// None.
    Discarded,
    /// This process's standard error, if it is a terminal.
    ToTerminal,
}

/// Runs the program and returns its password for `username` at `bridge`.
pub(super) async fn run(
    username: &Username,
    bridge: &Origin,
    argv: &[String],
    messages: Messages,
) -> Result<Credentials, SourceError> {
    Ok(Credentials {
        username: username.clone(),
        password: line(argv, messages).await?,
        bridge: bridge.clone(),
    })
}

/// Runs the program and returns the first line of its output.
pub(super) async fn line(argv: &[String], messages: Messages) -> Result<SecretString, SourceError> {
    let (program, args) = argv.split_first().ok_or(SourceError::Nothing)?;
    let failed = |problem: String| SourceError::Command {
        program: program.clone(),
        problem,
    };
    let shows_messages = messages == Messages::ToTerminal && io::stderr().is_terminal();
    let mut command = Command::new(program);
    command
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(match shows_messages {
            true => Stdio::inherit(),
            false => Stdio::null(),
        })
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    for name in variables::PASSWORDS {
        command.env_remove(name);
    }
    let mut child = command
        .spawn()
        .map_err(|error| failed(format!("cannot be started: {error}")))?;
    let mut group = Group::of(&child);
    let work = tokio::time::timeout(LIMIT, finish(&mut child));
    let (output, status) = work.await.map_err(|_| {
        failed(format!(
            "did not end within {} s and was killed",
            LIMIT.as_secs()
        ))
    })?;
    group.release();
    let status = status.map_err(|error| failed(format!("has no exit status: {error}")))?;
    if !status.success() {
        // `exit status: 1`, `signal: 9 (SIGKILL)`
        return Err(failed(format!("failed ({status})")));
    }
    first_line(&output).map_err(|_| failed("printed a line that is not UTF-8".to_owned()))
}

/// Waits for the end of the program, and returns the beginning of its output. Further output is
/// read and dropped, so that the program can write it.
async fn finish(child: &mut Child) -> (Zeroizing<Vec<u8>>, io::Result<ExitStatus>) {
    let mut output = Output::default();
    let Some(mut stdout) = child.stdout.take() else {
        return (output.0, child.wait().await);
    };
    let mut piece = Zeroizing::new([0; 1024]);
    let mut ended = pin!(child.wait());
    let status = loop {
        tokio::select! {
            status = &mut ended => break status,
            read = stdout.read(piece.as_mut_slice()) => match read {
                Ok(0) | Err(_) => break ended.await,
                Ok(n) => output.keep(piece.get(..n).unwrap_or_default()),
            },
        }
    };
    output.drain(stdout).await;
    (output.0, status)
}

/// The beginning of the program's output.
#[derive(Default)]
struct Output(Zeroizing<Vec<u8>>);

impl Output {
    fn keep(&mut self, piece: &[u8]) {
        if self.0.is_empty() {
            // A growing vector would leave copies that are not zeroed.
            self.0.reserve_exact(Self::limit());
        }
        let room = Self::limit().saturating_sub(self.0.len());
        self.0.extend_from_slice(piece.get(..room).unwrap_or(piece));
    }

    fn is_full(&self) -> bool {
        self.0.len() >= Self::limit()
    }

    fn limit() -> usize {
        usize::try_from(MAX_BYTES).unwrap_or(usize::MAX)
    }

    /// Takes what the program wrote before it ended. Does not wait for other writers.
    #[cfg(unix)]
    async fn drain(&mut self, stdout: ChildStdout) {
        let mut piece = Zeroizing::new([0; 1024]);
        // The descriptor does not block.
        while !self.is_full()
            && let Ok(n @ 1..) = rustix::io::read(&stdout, piece.as_mut_slice())
        {
            self.keep(piece.get(..n).unwrap_or_default());
        }
    }

    /// Takes what the program wrote before it ended.
    #[cfg(not(unix))]
    async fn drain(&mut self, mut stdout: ChildStdout) {
        const WAIT: std::time::Duration = std::time::Duration::from_millis(500);
        let mut piece = Zeroizing::new([0; 1024]);
        while !self.is_full()
            && let Ok(Ok(n @ 1..)) =
                tokio::time::timeout(WAIT, stdout.read(piece.as_mut_slice())).await
        {
            self.keep(piece.get(..n).unwrap_or_default());
        }
    }
}

/// The process group of a running program. Killed when dropped, unless it is released.
struct Group(Option<u32>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id())
    }

    /// Leaves the group alone, because its leader has ended.
    fn release(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self
            .0
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw)
        {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}
