//! `tai-sandbox`: runs the sandbox bridge as a program. Prints its URL and each request, and ends
//! on Ctrl-C or SIGTERM.

use clap::Parser;
use std::{path::PathBuf, process::ExitCode};
use tai_sandbox::{Behaviour, Options, Sandbox};

/// A local mail bridge with the quirks of the real one, for tests and experiments.
///
/// POST /api/v1/register and --account create accounts. Switches and records are under
/// /__sandbox.
#[derive(Parser)]
#[command(name = "tai-sandbox", version)]
struct Args {
    /// Port on 127.0.0.1; 0 for a free port.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Keep mails and accounts in this file instead of in memory.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Create this account; the password is not a secret here.
    #[arg(long, value_name = "NAME:PASSWORD")]
    account: Vec<String>,
    /// Lifetime of tokens, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
    token_ttl: i64,
    /// Run without POST /messages/{id}/reply, like some deployments.
    #[arg(long)]
    no_reply: bool,
    /// Run without GET /unread, like some deployments.
    #[arg(long)]
    no_unread: bool,
    /// Delay of each answer, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// Offset of the clock of the bridge, in seconds; may be negative.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 0,
        allow_hyphen_values = true
    )]
    clock_offset: i64,
    /// Do not print requests.
    #[arg(long)]
    quiet: bool,
}

fn main() -> ExitCode {
    match run(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                eprintln!("caused by: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> Result<(), Box<dyn std::error::Error>> {
    let behaviour = Behaviour {
        token_ttl_s: args.token_ttl,
        has_reply: !args.no_reply,
        has_unread: !args.no_unread,
        latency_ms: args.latency,
        clock_offset_s: args.clock_offset,
        ..Behaviour::default()
    };
    let sandbox = Sandbox::start(Options {
        port: args.port,
        data: args.data,
        behaviour,
        print_requests: !args.quiet,
    })?;
    for account in &args.account {
        let (name, password) = account
            .split_once(':')
            .ok_or("--account takes NAME:PASSWORD")?;
        // With --data the account may already exist.
        if let Err(error) = sandbox.add_account(name, password) {
            eprintln!("warning: account {name}: {error}");
        }
    }
    println!("{}", sandbox.url());
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(stopped())?;
    Ok(())
}

#[cfg(unix)]
async fn stopped() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        done = tokio::signal::ctrl_c() => done,
    }
}

#[cfg(not(unix))]
async fn stopped() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
