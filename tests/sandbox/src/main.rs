//! `tai-sandbox`: runs the sandbox bridge as a program. Prints its URL and each request, and ends
//! on Ctrl-C or SIGTERM.

use clap::Parser;
use std::{path::PathBuf, process::ExitCode};
use tai_sandbox::{Behaviour, Database, Options, Provider, Sandbox};

/// A local mail bridge with the quirks of the real one, for tests and experiments.
///
/// By default it answers as the real bridge. POST /api/v1/register and --account create accounts.
/// Faults of single requests, other switches and records are under /__sandbox.
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
    /// Run with POST /messages/{id}/reply, which the real bridge does not have.
    #[arg(long)]
    reply: bool,
    /// Run with GET /unread, which the real bridge does not have.
    #[arg(long)]
    unread: bool,
    /// Send a Date header, as some proxies in front of a bridge do.
    #[arg(long)]
    date: bool,
    /// State of the database: works, down, messages-fail or writes-fail.
    #[arg(long, value_name = "STATE", default_value = "works", value_parser = database)]
    database: Database,
    /// State of the delivery provider: works, refuses, fails, loses-answers=N, hangs,
    /// not-initialized or breaker-open.
    #[arg(long, value_name = "STATE", default_value = "works", value_parser = provider)]
    provider: Provider,
    /// Sum of the pauses between the attempts at the delivery provider, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 7000)]
    provider_delay: u64,
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

fn database(text: &str) -> Result<Database, String> {
    match text {
        "works" => Ok(Database::Works),
        "down" => Ok(Database::Down),
        "messages-fail" => Ok(Database::MessagesFail),
        "writes-fail" => Ok(Database::WritesFail),
        other => Err(format!("unknown state `{other}`")),
    }
}

fn provider(text: &str) -> Result<Provider, String> {
    let (word, number) = text.split_once('=').unwrap_or((text, ""));
    match word {
        "loses-answers" => number
            .parse()
            .map(Provider::LosesAnswers)
            .map_err(|_| "loses-answers takes the number of attempts".to_owned()),
        "works" => Ok(Provider::Works),
        "refuses" => Ok(Provider::Refuses),
        "fails" => Ok(Provider::Fails),
        "hangs" => Ok(Provider::Hangs),
        "not-initialized" => Ok(Provider::NotInitialized),
        "breaker-open" => Ok(Provider::BreakerOpen),
        _ => Err(format!("unknown state `{text}`")),
    }
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
        has_reply: args.reply,
        has_unread: args.unread,
        has_date: args.date,
        database: args.database,
        provider: args.provider,
        provider_delay_ms: args.provider_delay,
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
