//! Who gets the mails: standard output, or a program that is run for each. No shell is ever
//! involved, and the program gets no password of ours.

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

/// The time a program has to end after SIGTERM.
const GRACE: Duration = Duration::from_secs(5);

/// The handler of mails.
pub(super) enum Handler {
    Print,
    Run {
        program: OsString,
        arguments: Vec<OsString>,
        limit: Duration,
    },
}

/// The outcome of handling a mail.
pub(super) enum Handled {
    Done,
    /// The mail has to be handled again.
    Failed(String),
    /// Standard output was closed.
    OutputClosed,
    /// The program cannot be run.
    CannotRun(Fault),
}

impl Handler {
    /// A program and its arguments, or standard output when there is none.
    pub(super) fn new(exec: Vec<OsString>, limit: Duration) -> Self {
        let mut words = exec.into_iter();
        match words.next() {
            None => Handler::Print,
            Some(program) => Handler::Run {
                program,
                arguments: words.collect(),
                limit,
            },
        }
    }

    /// Hands over one mail, a line of JSON without its end.
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

async fn run(mut child: Child, line: &str, limit: Duration) -> Handled {
    let mut group = Group(child.id());
    let input = child.stdin.take();
    let give = async {
        if let Some(mut input) = input {
            // A program that does not read what it gets may still have handled it.
            let _ = input.write_all(line.as_bytes()).await;
        }
    };
    let whole = async { tokio::join!(give, child.wait()).1 };
    match timeout(limit, whole).await {
        Ok(Ok(status)) => {
            group.0 = None;
            match status.success() {
                true => Handled::Done,
                false => Handled::Failed(format!("the program ended with {}", words(status))),
            }
        }
        Ok(Err(error)) => Handled::Failed(format!("the program cannot be waited for: {error}")),
        Err(_) => {
            group.ask();
            let _ = timeout(GRACE, child.wait()).await;
            // Dropping the group kills what is left of it.
            drop(group);
            let _ = child.kill().await;
            let limit = limit.as_secs();
            Handled::Failed(format!("the program took longer than {limit} s"))
        }
    }
}

fn words(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit status {code}"),
        None => "a signal".to_owned(),
    }
}

fn spawn_failed(program: &OsString, error: &io::Error) -> Handled {
    let name = program.to_string_lossy();
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => {
            let fault = Fault::new(FaultCode::BadRequest, format!("{name} cannot be run"))
                .because(error.to_string())
                .hint(Hint::reader(
                    "give the program's path after --exec and check that it is executable; the \
                     email is unchanged",
                ));
            Handled::CannotRun(fault)
        }
        _ => Handled::Failed(format!("{name} cannot be run now: {error}")),
    }
}

/// The program and its descendants. Dropping it while it has an id kills them.
struct Group(Option<u32>);

impl Group {
    /// Asks it to end.
    fn ask(&self) {
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
