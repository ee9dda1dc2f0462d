//! tai-mcp: an MCP server on stdio that forwards tool calls to taid. It has no HTTP, no TLS,
//! no password and no token. Standard output carries MCP and nothing else.

mod approval;
mod args;
mod cli;
mod daemon;
mod hand_over;
mod inbox;
mod link;
mod live;
mod os;
mod pause;
mod receipts;
mod resources;
mod results;
mod secrets;
mod server;
mod settings;
mod text;
mod tools;
mod transport;

use clap::Parser as _;
use cli::{Args, Command};
use rmcp::ServiceExt as _;
use settings::Settings;
use std::{future::Future, io::Write as _, process::ExitCode, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// How long taid is told, at the end, what became of the last mails.
const LAST_WORDS: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    // Clients pass no arguments, and should not pay for reading them.
    let command = match std::env::args_os().len() > 1 {
        true => Args::parse().command,
        false => None,
    };
    match &command {
        Some(Command::Register { arguments }) => return hand_over::taids("register", arguments),
        Some(Command::Setup { arguments }) => return hand_over::taids("setup", arguments),
        Some(Command::Live(_)) | None => {}
    }
    // First of all, because it may begin the program anew.
    let given = os::take_password();
    let settings = Settings::from_env(&|name| std::env::var(name).ok(), given);
    if let Some(Command::Live(args)) = command {
        return in_runtime(live::live(settings, args));
    }
    if settings.greets {
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
            let _ = writeln!(
                std::io::stderr(),
                "error: the system gives no event loop\ncaused by: {error}"
            );
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
    let (receipts, mut told) = receipts::Receipts::new();
    let closing = CancellationToken::new();
    let ends = transport::Ends {
        broken: broken.clone(),
        closing: closing.clone(),
    };
    let transport = transport::Stdio::new(input, output, ends, receipts.clone());
    let link = Arc::new(link::Link::new(&settings));
    let server = server::Server::new(link.clone(), settings, receipts, closing);
    let bookkeeper = tokio::spawn(async move {
        while let Some(receipt) = told.recv().await {
            link.handed_over(receipt).await;
        }
    });
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
    // What was written last is told, or it would be given out again.
    let _ = tokio::time::timeout(LAST_WORDS, bookkeeper).await;
}
