//! One run of a program or agent: without a shell, without the variables that contain a password,
//! with a text on its standard input, for a limited time.

use crate::os;
use std::{
    io,
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, Command},
    time::timeout,
};

/// Time between SIGTERM and SIGKILL for a program that exceeds its time limit.
const GRACE: Duration = Duration::from_secs(5);
/// Time for the rest of the output after the program's exit. A descendant may hold it open.
const DRAIN: Duration = Duration::from_secs(1);
/// Limit of the captured output, in bytes: the limit of an email's content.
pub(super) const MAX_OUTPUT: usize = 1 << 20;
/// Limit of the captured end of standard error, in bytes.
const MAX_ERRORS: usize = 4096;

/// Use of the output of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Capture {
    /// Standard output and standard error are those of this process.
    Nothing,
    /// Standard output is captured.
    Output,
    /// Standard output and the end of standard error are captured.
    Both,
}

/// Fate of the processes that a program leaves behind in its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leftovers {
    /// They keep running, unless the program exceeds its time limit.
    Kept,
    /// They are killed.
    Killed,
}

/// End of a run.
#[derive(Debug)]
pub(super) struct Ended {
    /// `Ok` if the program exited with status 0; otherwise the reason as a clause.
    pub(super) result: Result<(), String>,
    /// Captured standard output, at most [`MAX_OUTPUT`] bytes.
    pub(super) output: Vec<u8>,
    /// Captured end of standard error.
    pub(super) errors: Vec<u8>,
}

/// Runs a program and waits for its end, for at most `limit`. Dropping the future kills the
/// program.
///
/// # Errors
/// The error of the system, if the program cannot be started.
pub(super) async fn run(
    mut command: Command,
    input: &str,
    capture: Capture,
    leftovers: Leftovers,
    limit: Duration,
) -> io::Result<Ended> {
    command.stdin(Stdio::piped());
    if capture != Capture::Nothing {
        command.stdout(Stdio::piped());
    }
    if capture == Capture::Both {
        command.stderr(Stdio::piped());
    }
    for variable in tai_client::withheld_variables() {
        command.env_remove(variable);
    }
    os::lead_group(&mut command);
    Ok(wait(command.spawn()?, input, leftovers, limit).await)
}

async fn wait(mut child: Child, input: &str, leftovers: Leftovers, limit: Duration) -> Ended {
    let mut group = Group(child.id());
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async {
        if let Some(mut stdin) = stdin {
            // The end of the program decides, not whether it read its input.
            let _ = stdin.write_all(input.as_bytes()).await;
        }
    };
    let read = async {
        tokio::join!(
            first(stdout, &mut output, MAX_OUTPUT + 1),
            last(stderr, &mut errors)
        )
    };
    let exit = async {
        tokio::pin!(read, write);
        let (mut has_read, mut has_written) = (false, false);
        // A descendant may hold each of the streams open.
        let status = loop {
            tokio::select! {
                status = child.wait() => break status,
                _ = &mut read, if !has_read => has_read = true,
                () = &mut write, if !has_written => has_written = true,
            }
        };
        if !has_read {
            let _ = timeout(DRAIN, read).await;
        }
        status
    };
    let result = match timeout(limit, exit).await {
        Ok(Ok(status)) => {
            match leftovers {
                Leftovers::Kept => group.0 = None,
                Leftovers::Killed => drop(group),
            }
            describe(status)
        }
        Ok(Err(error)) => Err(format!("cannot wait for the program: {error}")),
        Err(_) => {
            group.signal(false);
            let _ = timeout(GRACE, child.wait()).await;
            // Dropping the group kills the remaining processes.
            drop(group);
            let _ = child.kill().await;
            Err(format!(
                "the program took longer than {} s",
                limit.as_secs()
            ))
        }
    };
    let result = match output.len() > MAX_OUTPUT {
        true => Err("the program printed more than 1 MB".to_owned()),
        false => result,
    };
    Ended {
        result,
        output,
        errors,
    }
}

/// Reads the first bytes of a stream, at most `limit`.
async fn first(stream: Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>, limit: usize) {
    if let Some(stream) = stream {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        let _ = stream.take(limit).read_to_end(into).await;
    }
}

/// Reads a stream to its end and keeps its last bytes.
async fn last(stream: Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>) {
    let Some(mut stream) = stream else { return };
    while let Ok(1..) = stream.read_buf(into).await {
        into.drain(..into.len().saturating_sub(MAX_ERRORS));
    }
}

fn describe(status: ExitStatus) -> Result<(), String> {
    match (status.success(), status.code()) {
        (true, _) => Ok(()),
        (false, Some(code)) => Err(format!("the program ended with exit status {code}")),
        (false, None) => Err("the program ended with a signal".to_owned()),
    }
}

/// Process group of the program and its descendants. Dropping it kills them, unless the id was
/// removed.
struct Group(Option<u32>);

impl Group {
    fn signal(&self, kill: bool) {
        if let Some(leader) = self.0 {
            os::signal_group(leader, kill);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(true);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_program_ends_although_a_descendant_holds_its_input() {
        let mut command = Command::new("sh");
        let script = "exec 3<&0; sleep 1000 <&3 >&2 2>/dev/null & echo hi";
        command.arg("-c").arg(script);
        // More than a pipe holds.
        let input = "x".repeat(1 << 20);
        let limit = Duration::from_secs(60);
        let run = run(command, &input, Capture::Both, Leftovers::Killed, limit);
        let ended = timeout(limit / 2, run).await.unwrap().unwrap();
        assert_eq!((ended.result, ended.output), (Ok(()), b"hi\n".to_vec()));
    }
}
