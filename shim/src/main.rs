//! tai-mcp: an MCP server on stdio that forwards tool calls to taid. It has no HTTP, no TLS and
//! no token. Standard output carries MCP and nothing else.

mod cli;
mod daemon;
mod live;
mod os;
mod receipts;
mod retry_pause;
mod server;
mod settings;
mod taid_commands;
mod text;
mod tools;
mod transport;

use clap::Parser as _;
use cli::{Args, Command};
use rmcp::ServiceExt as _;
use settings::Settings;
use std::{future::Future, io::Write as _, process::ExitCode, time::Duration};
use tai_proto::{Audience, Fault, FaultCode};
use tokio_util::sync::CancellationToken;

/// The time for which the ends of the last leases are reported after the session.
const LAST_REPORTS: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    // Clients pass no arguments, and should not pay for reading them.
    let command = match std::env::args_os().len() > 1 {
        true => Args::parse().command,
        false => None,
    };
    match &command {
        Some(Command::Register { arguments }) => return taid_commands::run("register", arguments),
        Some(Command::Setup { arguments }) => return taid_commands::run("setup", arguments),
        Some(Command::Live(_)) | None => {}
    }
    // First, because it may execute the program again.
    let given = tai_client::take_password();
    if given.is_some() {
        tai_client::harden();
    }
    let settings = Settings::from_env(&|name| std::env::var(name).ok(), given);
    if let Some(Command::Live(args)) = command {
        return in_runtime(live::live(settings, args));
    }
    if settings.announces_start {
        // One write: most clients never read it, some show it.
        let greeting = "🚀 TAI MCP Email Server starting...\n⚡ MCP server ready on stdio\n";
        let _ = std::io::stderr().write_all(greeting.as_bytes());
    }
    in_runtime(async {
        serve(settings).await;
        ExitCode::SUCCESS
    })
}

fn in_runtime(work: impl Future<Output = ExitCode>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            let fault = Fault::new(FaultCode::Internal, "cannot start the async runtime")
                .because(error.to_string());
            let _ = writeln!(std::io::stderr(), "{}", fault.render(Audience::Person));
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(work);
    // A blocking read of standard input cannot be cancelled and must not be waited for.
    runtime.shutdown_timeout(Duration::ZERO);
    code
}

/// Serves until the client closes either of its ends.
async fn serve(settings: Settings) {
    let broken = CancellationToken::new();
    let (input, output) = os::open_stdio();
    let receipts = receipts::Receipts::default();
    let closing = CancellationToken::new();
    let ends = transport::Ends {
        broken: broken.clone(),
        closing: closing.clone(),
    };
    let transport = transport::Stdio::new(input, output, ends, receipts.clone());
    let (taid, endings) = daemon::client(&settings);
    let server = server::Server::new(taid, settings, receipts, closing);
    let reports = tokio::spawn(endings.report());
    let session = async {
        // The one way for this to fail is that the client went away.
        if let Ok(running) = server.serve(transport).await {
            let _ = running.waiting().await;
        }
    };
    tokio::select! {
        () = session => {}
        () = broken.cancelled() => {}
    }
    // A mail whose delivery is not reported would be given out again.
    let _ = tokio::time::timeout(LAST_REPORTS, reports).await;
}
