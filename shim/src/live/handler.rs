//! The handler of the mails of `tai-mcp live`: standard output, or a program run for each mail.
//!
//! A program runs without a shell and without the variables that contain a password.

use crate::os;
use std::{
    ffi::OsString,
    io,
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tai_proto::{Fault, FaultCode, Hint};
use tokio::{
    io::AsyncWriteExt as _,
    process::{Child, Command},
    time::timeout,
};

/// Time between SIGTERM and SIGKILL for a program that exceeds its time limit.
const GRACE: Duration = Duration::from_secs(5);

/// Handler of mails.
pub(super) enum Handler {
    /// Prints each mail to standard output.
    Print,
    /// Runs a program for each mail, with the mail on its standard input.
    Run {
        program: OsString,
        arguments: Vec<OsString>,
        /// Time limit for one mail.
        limit: Duration,
    },
}

/// Outcome of handling a mail.
pub(super) enum Handled {
    /// The mail was printed, or the program exited with status 0.
    Done,
    /// The mail is to be retried. Contains the reason as a clause.
    Failed(String),
    /// Standard output is closed.
    OutputClosed,
    /// The program does not exist or is not executable.
    CannotRun(Fault),
}

impl Handler {
    /// Returns a handler that runs `exec`, a program and its arguments; an empty `exec` prints.
    pub(super) fn new(exec: Vec<OsString>, limit: Duration) -> Self {
        let mut parts = exec.into_iter();
        match parts.next() {
            None => Handler::Print,
            Some(program) => Handler::Run {
                program,
                arguments: parts.collect(),
                limit,
            },
        }
    }

    /// Handles one mail, given as a line of JSON without its line break. Dropping the future
    /// kills the program.
    pub(super) async fn handle(&self, line: &str) -> Handled {
        let line = format!("{line}\n");
        match self {
            Handler::Print => {
                let mut output = tokio::io::stdout();
                let written = async {
                    output.write_all(line.as_bytes()).await?;
                    output.flush().await
                };
                match written.await {
                    Ok(()) => Handled::Done,
                    Err(_) => Handled::OutputClosed,
                }
            }
            Handler::Run {
                program,
                arguments,
                limit,
            } => {
                let mut command = Command::new(program);
                command.args(arguments).stdin(Stdio::piped());
                for variable in tai_client::withheld_variables() {
                    command.env_remove(variable);
                }
                os::lead_group(&mut command);
                match command.spawn() {
                    Ok(child) => run(child, &line, *limit).await,
                    Err(error) => spawn_failed(program, &error),
                }
            }
        }
    }
}

/// Gives the program the line and waits for its exit, for at most `limit`.
async fn run(mut child: Child, line: &str, limit: Duration) -> Handled {
    let mut group = Group(child.id());
    let input = child.stdin.take();
    let write = async {
        if let Some(mut input) = input {
            // The exit status decides, not whether the program read its input.
            let _ = input.write_all(line.as_bytes()).await;
        }
    };
    let exit = async { tokio::join!(write, child.wait()).1 };
    match timeout(limit, exit).await {
        Ok(Ok(status)) => {
            group.0 = None;
            match status.success() {
                true => Handled::Done,
                false => Handled::Failed(format!("the program ended with {}", describe(status))),
            }
        }
        Ok(Err(error)) => Handled::Failed(format!("cannot wait for the program: {error}")),
        Err(_) => {
            group.terminate();
            let _ = timeout(GRACE, child.wait()).await;
            // Dropping the group kills the remaining processes.
            drop(group);
            let _ = child.kill().await;
            let limit = limit.as_secs();
            Handled::Failed(format!("the program took longer than {limit} s"))
        }
    }
}

fn describe(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit status {code}"),
        None => "a signal".to_owned(),
    }
}

fn spawn_failed(program: &OsString, error: &io::Error) -> Handled {
    let name = program.to_string_lossy();
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => {
            let fault = Fault::new(FaultCode::BadRequest, format!("cannot run `{name}`"))
                .because(error.to_string())
                .hint(Hint::reader(
                    "check that the path after `--exec` is right and executable; the email stays \
                     unread",
                ));
            Handled::CannotRun(fault)
        }
        // Such as a lack of memory or processes.
        _ => Handled::Failed(format!("cannot run `{name}`: {error}")),
    }
}

/// Process group of the program and its descendants. Dropping it kills them, unless the id was
/// removed.
struct Group(Option<u32>);

impl Group {
    /// Sends SIGTERM.
    fn terminate(&self) {
        self.signal(false);
    }

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
