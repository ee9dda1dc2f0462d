//! `tai-sandbox`: the sandbox bridge for a person to try things on. Says where it listens,
//! prints each request, and ends with Ctrl-C or SIGTERM.

use clap::Parser;
use std::{path::PathBuf, process::ExitCode};
use tai_sandbox::{Behaviour, Options, Sandbox};

/// A local mail bridge on loopback, as awkward as the real one.
///
/// Accounts are made with POST /api/v1/register, or with --account. Switches and records are
/// under /__sandbox.
#[derive(Parser)]
#[command(name = "tai-sandbox", version)]
struct Args {
    /// Port on 127.0.0.1; 0 lets the system pick one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Keep mails and accounts in this file instead of in memory.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Create this account; the password is not a secret here.
    #[arg(long, value_name = "NAME:PASSWORD")]
    account: Vec<String>,
    /// How long tokens live, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
    token_ttl: i64,
    /// Leave out POST /messages/{id}/reply, as some deployments do.
    #[arg(long)]
    no_reply: bool,
    /// Leave out GET /unread, as some deployments do.
    #[arg(long)]
    no_unread: bool,
    /// Make every answer take this long, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// Set the bridge's clock this far ahead, in seconds; may be negative.
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
        // With --data the account may be there already.
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
