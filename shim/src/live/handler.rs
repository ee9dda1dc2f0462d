//! The handler of the mails of `tai-mcp live`: standard output, a program or an agent.

use super::{
    agent::{Agent, NotRun, program, run_agent, unprepared},
    answer::AnswerTo,
    ending::Ending,
    failure::{Failure, clause},
    options::Options,
    output::{text_of, with_line},
    program::{Capture, Ended, Leftovers, run},
    prompt::{self, Answering, Conclusion, Prompt},
    server::Server,
};
use crate::{os, settings::Settings, tools};
use std::{
    ffi::{OsStr, OsString},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    time::Duration,
};
use tai_proto::{Fault, FaultCode, Hint, mail::Mail, names::Address};
use tokio::{io::AsyncWriteExt as _, process::Command};

/// Handler of mails.
pub(super) enum Handler {
    /// Prints each mail to standard output.
    Print,
    /// Runs a program or an agent for each mail.
    Run(Runner),
}

/// A program or an agent that handles mails.
pub(super) struct Runner {
    kind: Kind,
    /// Whether the output is sent as the answer.
    sends_output: bool,
    /// Time limit for one mail.
    limit: Duration,
}

enum Kind {
    /// A program, with the mail as JSON on its standard input.
    Program {
        program: OsString,
        arguments: Vec<OsString>,
    },
    /// An agent, with a prompt on its standard input.
    Agent {
        agent: Agent,
        /// The person's task.
        task: Option<String>,
        server: Server,
        /// Home directory of `--home`.
        home: Option<PathBuf>,
    },
}

/// Outcome of handling a mail.
pub(super) enum Handled {
    /// The mail is handled.
    Done(Ending),
    /// The mail is not handled. Contains the reason as a clause.
    Failed(Failure, String),
    /// Standard output is closed.
    OutputClosed,
    /// The program does not exist or is not executable, or standard output cannot be written.
    CannotRun(Fault),
}

impl From<Result<Ending, (Failure, String)>> for Handled {
    fn from(sent: Result<Ending, (Failure, String)>) -> Self {
        match sent {
            Ok(ending) => Handled::Done(ending),
            Err((failure, why)) => Handled::Failed(failure, why),
        }
    }
}

impl Handler {
    /// Returns the handler of the command's options.
    pub(super) fn new(options: Options, settings: &Settings) -> Self {
        let mut exec = options.exec.into_iter();
        let kind = match (options.agent, exec.next()) {
            (Some(agent), _) => Kind::Agent {
                agent,
                task: options.task,
                server: Server::of(settings),
                home: settings.home.clone(),
            },
            (None, Some(program)) => Kind::Program {
                program,
                arguments: exec.collect(),
            },
            (None, None) => return Handler::Print,
        };
        Handler::Run(Runner {
            kind,
            sends_output: options.sends_output,
            limit: options.limit,
        })
    }

    /// Returns whether the states of each mail are reported. The printed mails are a report.
    pub(super) fn is_reported(&self) -> bool {
        match self {
            Handler::Print => false,
            Handler::Run(_) => true,
        }
    }

    /// Returns how mails are answered; `None` if they are not.
    pub(super) fn answering(&self) -> Option<Answering> {
        match self {
            Handler::Run(runner) if runner.answers() => Some(runner.answering()),
            Handler::Run(_) | Handler::Print => None,
        }
    }

    /// Returns whether mails are answered. Failed runs are limited then, because each one costs the use
    /// of a model.
    pub(super) fn answers(&self) -> bool {
        self.answering().is_some()
    }

    /// Returns the fault of a program that does not exist, of a machine on which the agent cannot
    /// be run, or of an output that loses each mail.
    pub(super) fn missing(&self) -> Option<Fault> {
        match self {
            Handler::Print => os::lost_output(),
            Handler::Run(runner) => runner.missing().or_else(|| runner.unprepared()),
        }
    }

    /// Handles one mail to `address`. Dropping the future kills the program.
    pub(super) async fn handle(
        &self,
        answer: AnswerTo<'_>,
        address: &Address,
        mail: &Mail,
    ) -> Handled {
        match self {
            Handler::Print => match print(mail).await {
                Ok(()) => Handled::Done(Ending::Printed),
                Err(error) if error.kind() == ErrorKind::BrokenPipe => Handled::OutputClosed,
                Err(error) => Handled::CannotRun(not_written(&error)),
            },
            Handler::Run(runner) => runner.handle(answer, address, mail).await,
        }
    }
}

impl Runner {
    fn name(&self) -> String {
        match &self.kind {
            Kind::Program { program, .. } => program.to_string_lossy().into_owned(),
            Kind::Agent { agent, .. } => program(*agent).to_owned(),
        }
    }

    /// Returns whether a mail counts as handled once it was answered.
    fn answers(&self) -> bool {
        match &self.kind {
            Kind::Program { .. } => self.sends_output,
            Kind::Agent { .. } => true,
        }
    }

    /// Returns how a program or an agent answers.
    fn answering(&self) -> Answering {
        match self.sends_output {
            true => Answering::ByPrinting,
            false => Answering::WithTool,
        }
    }

    async fn handle(&self, answer: AnswerTo<'_>, address: &Address, mail: &Mail) -> Handled {
        // An earlier run may have answered the mail.
        if self.answers()
            && let Some(ending) = answer.find().await
        {
            return Handled::Done(ending);
        }
        match &self.kind {
            Kind::Program { program, arguments } => {
                let mut command = Command::new(program);
                command.args(arguments);
                let input = match json(mail) {
                    Ok(input) => input,
                    Err(error) => return Handled::Failed(Failure::NotRun, error.to_string()),
                };
                let capture = match self.sends_output {
                    true => Capture::Output,
                    false => Capture::Nothing,
                };
                let left = Leftovers::Kept;
                match run(command, &input, capture, left, self.limit).await {
                    Ok(ended) => self.program_ended(answer, ended).await,
                    Err(error) => self.cannot_run(&error),
                }
            }
            Kind::Agent {
                agent,
                task,
                server,
                home,
            } => {
                let server = (!self.sends_output).then(|| server.answering(answer.mail()));
                let prompt = prompt::prompt(address, mail, task.as_deref(), self.answering());
                let home = home.as_deref();
                match run_agent(*agent, server.as_ref(), home, &prompt.text, self.limit).await {
                    Ok(ended) => self.agent_ended(answer, ended, &prompt).await,
                    Err(NotRun::System(error)) => self.cannot_run(&error),
                    Err(NotRun::Unprepared(fault)) => {
                        Handled::Failed(Failure::NotRun, clause(&fault))
                    }
                }
            }
        }
    }

    async fn program_ended(&self, answer: AnswerTo<'_>, ended: Ended) -> Handled {
        match ended.result {
            Err(why) => Handled::Failed(Failure::Run, why),
            Ok(()) if self.sends_output => match text_of(&ended.output) {
                Ok(text) if text.is_empty() => Handled::Done(Ending::NotNeeded),
                Ok(text) => answer.send(text).await.into(),
                Err(why) => Handled::Failed(Failure::Run, why),
            },
            Ok(()) => Handled::Done(Ending::Succeeded),
        }
    }

    async fn agent_ended(&self, answer: AnswerTo<'_>, ended: Ended, prompt: &Prompt) -> Handled {
        // A failed agent may have answered before.
        if !self.sends_output
            && let Some(ending) = answer.find().await
        {
            return Handled::Done(ending);
        }
        if let Err(why) = ended.result {
            return Handled::Failed(Failure::Run, with_line(why, &ended.errors));
        }
        let text = match text_of(&ended.output) {
            Ok(text) => text,
            Err(why) => return Handled::Failed(Failure::Run, why),
        };
        match prompt.conclusion(&text, self.answering()) {
            Conclusion::NotNeeded => return Handled::Done(Ending::NotNeeded),
            Conclusion::Ambiguous => {
                let why = "the agent printed an answer and the line for no answer";
                return Handled::Failed(Failure::Run, with_line(why.to_owned(), text.as_bytes()));
            }
            Conclusion::Unmarked => {}
        }
        match self.sends_output {
            true if text.is_empty() => Handled::Failed(
                Failure::Run,
                with_line("the agent printed no answer".into(), &ended.errors),
            ),
            true => answer.send(text).await.into(),
            false => {
                let why = "the agent neither answered nor said that no answer is needed";
                Handled::Failed(Failure::Run, with_line(why.to_owned(), text.as_bytes()))
            }
        }
    }

    fn unprepared(&self) -> Option<Fault> {
        match &self.kind {
            Kind::Program { .. } => None,
            Kind::Agent { agent, home, .. } => unprepared(*agent, home.as_deref()),
        }
    }

    /// Finds a missing program before the first mail comes, where its place is certain: Windows has more
    /// places than PATH, and so does a system without PATH.
    fn missing(&self) -> Option<Fault> {
        let name = match &self.kind {
            Kind::Program { program, .. } => program.as_os_str(),
            Kind::Agent { agent, .. } => OsStr::new(program(*agent)),
        };
        let path = Path::new(name);
        let (exists, why) = match (path.components().count(), std::env::var_os("PATH")) {
            (1, Some(dirs)) => (
                tai_client::find_program(name, &dirs).is_some(),
                "it is not in a directory of PATH",
            ),
            (1, None) => return None,
            _ if path.is_dir() => (false, "it is a directory"),
            _ => (path.is_file(), "the file does not exist"),
        };
        (!exists && cfg!(unix)).then(|| self.not_runnable(why, ""))
    }

    /// Returns the fault of a program that does not exist or is not executable. The hint ends with
    /// `effect`.
    fn not_runnable(&self, why: &str, effect: &str) -> Fault {
        let name = self.name();
        let hint = match &self.kind {
            Kind::Program { .. } => {
                "check that the path after `--exec` is right and executable".to_owned()
            }
            Kind::Agent { .. } => format!("install {name}, or add its directory to PATH"),
        };
        Fault::new(FaultCode::BadRequest, format!("cannot run `{name}`"))
            .because(why)
            .hint(Hint::reader(hint + effect))
    }

    /// Returns the outcome for a program that the system does not start.
    fn cannot_run(&self, error: &io::Error) -> Handled {
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::PermissionDenied => Handled::CannotRun(
                self.not_runnable(&error.to_string(), "; the email stays unread"),
            ),
            // Such as a lack of memory or processes.
            _ => {
                let why = format!("cannot run `{}`: {error}", self.name());
                Handled::Failed(Failure::NotRun, why)
            }
        }
    }
}

/// Returns a mail as a line of JSON.
fn json(mail: &Mail) -> serde_json::Result<String> {
    let mut text = tools::json_line(mail.clone())?;
    text.push('\n');
    Ok(text)
}

/// Returns the failure to print a mail, other than that nothing reads it.
fn not_written(error: &io::Error) -> Fault {
    Fault::new(
        FaultCode::Internal,
        "cannot write the email to standard output",
    )
    .because(error.to_string())
    .hint(Hint::reader(
        "free space on its disk, and start `tai-mcp live` again; the email stays unread",
    ))
}

async fn print(mail: &Mail) -> io::Result<()> {
    let text = json(mail)?;
    let mut output = tokio::io::stdout();
    output.write_all(text.as_bytes()).await?;
    output.flush().await
}
