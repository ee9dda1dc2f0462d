//! tai-mcp: an MCP server on standard input and output that forwards tool calls to taid.
//!
//! It has no HTTP, no TLS and no token. While it serves MCP, standard output carries MCP alone.
//! The executable is [`run`]; the simulation of the daemon uses [`embedded`].
#![warn(missing_docs)]

mod backoff;
mod calls;
mod cli;
mod daemon;
pub mod embedded;
mod habits;
mod identity;
mod live;
mod object;
mod os;
mod requests;
#[cfg(test)]
mod scripted;
mod server;
mod settings;
mod taid_commands;
mod text;
mod tools;
mod transport;

use clap::Parser as _;
use cli::{Agent, Args, Command, LiveArgs};
use os::{Input, Output};
use rmcp::ServiceExt as _;
use settings::Settings;
use std::{future::Future, io::Write as _, pin::Pin, process::ExitCode, time::Duration};
use tai_client::Children;
use tai_proto::{Audience, Fault, FaultCode, Hint};
use tokio_util::sync::CancellationToken;

/// Note for a person who starts the program in a terminal.
const TERMINAL: &str =
    "MCP clients start tai-mcp. To add it to yours: `tai-mcp setup`. To leave: Ctrl-D.\n";
/// Time limit for the last lease reports after the session.
const LAST_REPORTS: Duration = Duration::from_millis(500);

/// Limit of the events that the runtime takes from the system at once.
const MAX_EVENTS: usize = 16;

/// Runs the program with the arguments and the environment of the process.
pub fn run() -> ExitCode {
    // MCP clients pass no arguments; skipping the parser makes their start faster.
    let Args {
        home,
        answer,
        command,
    } = match std::env::args_os().len() > 1 {
        true => Args::parse(),
        false => Args::default(),
    };
    let of_taid = match &command {
        Some(Command::Login(forwarded)) => Some((Some("login"), forwarded.arguments.as_slice())),
        Some(Command::Register(forwarded)) => {
            Some((Some("register"), forwarded.arguments.as_slice()))
        }
        Some(Command::Setup(forwarded)) => Some((Some("setup"), forwarded.arguments.as_slice())),
        Some(Command::Status(forwarded)) => Some((Some("status"), forwarded.arguments.as_slice())),
        Some(Command::Doctor(forwarded)) => Some((Some("doctor"), forwarded.arguments.as_slice())),
        Some(Command::Other(words)) => Some((None, words.as_slice())),
        Some(Command::Live(_)) | None => None,
    };
    if let Some((name, arguments)) = of_taid {
        return taid_commands::run(name, home.as_deref(), arguments);
    }
    let children = match &command {
        Some(_) => Children::Any,
        None => Children::Taid,
    };
    // Comes before the runtime, because it may execute the program a second time.
    let given = tai_client::take_password(children);
    let mut settings = Settings::from_env(&|name| std::env::var(name), given);
    // A started taid has another current directory.
    settings.answers = answer;
    settings.home = match home.map(|home| tai_client::given_home(&home)).transpose() {
        Ok(home) => home,
        Err(error) => {
            let fault = Fault::new(FaultCode::BadRequest, "the home directory is not valid");
            return failed(
                &fault
                    .because(error.to_string())
                    .hint(Hint::reader("correct --home")),
            );
        }
    };
    if let Some(home) = &settings.home {
        tai_client::repeat_home(home);
    }
    if let Some(Command::Live(args)) = command {
        return in_runtime(Box::pin(live::live(settings, options(args))));
    }
    if let Some(fault) = os::lost_output() {
        return failed(&fault);
    }
    if settings.announces_start {
        let greeting = "🚀 TAI MCP Email Server starting...\n⚡ MCP server ready on stdio\n";
        let mut stderr = std::io::stderr();
        let _ = stderr.write_all(greeting.as_bytes());
        if os::reads_terminal() {
            let _ = stderr.write_all(tai_client::in_local_words(TERMINAL).as_bytes());
        }
    }
    in_runtime(Box::pin(async {
        serve(settings).await;
        ExitCode::SUCCESS
    }))
}

/// Returns the options of `tai-mcp live`.
fn options(args: LiveArgs) -> live::Options {
    let LiveArgs {
        instance,
        agent,
        prompt,
        reply,
        time_limit,
        exec,
    } = args;
    live::Options {
        instance,
        agent: agent.map(|agent| match agent {
            Agent::Claude => live::Agent::Claude,
            Agent::Codex => live::Agent::Codex,
            Agent::Gemini => live::Agent::Gemini,
            Agent::Opencode => live::Agent::Opencode,
        }),
        task: prompt,
        sends_output: reply,
        limit: Duration::from_secs(time_limit),
        exec,
    }
}

/// Runs `work` in a current-thread runtime and returns its exit code. The box keeps the copies of the
/// future off the stack, which a process never gives back.
fn in_runtime(work: Pin<Box<dyn Future<Output = ExitCode>>>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // Three descriptors are watched. The default has room for a thousand.
        .max_io_events_per_tick(MAX_EVENTS)
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            let fault = Fault::new(FaultCode::Internal, "cannot start the async runtime")
                .because(error.to_string())
                .hint(Hint::reader(
                    "check the limits of processes and open files with `ulimit -a`",
                ));
            return failed(&fault);
        }
    };
    let code = runtime.block_on(work);
    // A blocking read of standard input cannot be cancelled, so the runtime does not wait for it.
    runtime.shutdown_timeout(Duration::ZERO);
    code
}

/// Tells a person of a fault. Returns the exit code.
fn failed(fault: &Fault) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{}", fault.render(Audience::Person));
    ExitCode::FAILURE
}

/// Serves MCP on standard input and output, with the taid of the settings.
async fn serve(settings: Settings) {
    let (input, output) = os::open_stdio();
    let (taid, endings) = daemon::client(&settings);
    let reports = tokio::spawn(endings.report());
    session(input, output, taid, settings).await;
    // A mail without a delivery report is delivered again.
    let _ = tokio::time::timeout(LAST_REPORTS, reports).await;
}

/// Serves MCP until the client closes the input or the output.
async fn session(input: Input, output: Output, taid: daemon::Taid, settings: Settings) {
    let over = CancellationToken::new();
    let requests = requests::OpenRequests::default();
    let closing = CancellationToken::new();
    let ends = transport::Ends {
        over: over.clone(),
        closing: closing.clone(),
    };
    let transport = transport::Stdio::new(input, output, ends, requests.clone());
    let server = server::Server::new(taid, settings, requests, closing);
    // Not a part of the caller's frame, which would stay that large.
    let session: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async {
        // The future of a request is on the heap: rmcp moves its task twelve times.
        let server = server.into_dyn();
        // An error means that the client has gone.
        if let Ok(running) = server.serve(transport).await {
            let _ = running.waiting().await;
        }
    });
    tokio::select! {
        () = session => {}
        () = over.cancelled() => {}
    }
}
