//! The command line: what a person types, what they read, and the exit code.

mod client;
mod page;

use crate::run;
use clap::{Parser, Subcommand};
use client::{Client, ClientError};
use std::{
    io::Write as _,
    process::ExitCode,
    time::{Duration, SystemTime},
};
use tai_proto::{
    Answer, Call, Fault,
    endpoint::Endpoint,
    status::{SessionState, Status},
};
use tokio::time::Instant;

/// One login to TAI mail for every MCP client on this machine.
#[derive(Parser)]
#[command(name = "taid", version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Args {
    /// Which of your daemons is meant; also TAI_MCP_PROFILE. One account each.
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str =
    "Exit codes: 0 ok, 1 failed, 2 usage, 3 not running, 4 not signed in, 5 version mismatch";

#[derive(Subcommand)]
enum Command {
    /// Run the daemon in the foreground
    ///
    /// Reads TAI_MCP_USERNAME and TAI_MCP_PASSWORD, logs in, and serves tai-mcp until it is
    /// stopped with `taid stop`, Ctrl-C or SIGTERM.
    Run,
    /// Show the account, the session, the bridge and the connected clients
    Status {
        /// Print it as JSON, in a shape that stays.
        #[arg(long)]
        json: bool,
    },
    /// Ask the daemon to finish what it does and end
    Stop,
}

/// How long a command waits for the daemon.
const PATIENCE: Duration = Duration::from_secs(5);

enum Failure {
    Failed = 1,
    NotRunning = 3,
    NotSignedIn = 4,
    VersionMismatch = 5,
}

impl From<Failure> for ExitCode {
    fn from(failure: Failure) -> Self {
        ExitCode::from(failure as u8)
    }
}

/// The whole program.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let profile = args
        .profile
        .or_else(|| {
            std::env::var("TAI_MCP_PROFILE")
                .ok()
                .filter(|name| !name.is_empty())
        })
        .unwrap_or_else(|| "default".to_owned());
    let done = match args.command {
        Command::Run => run::run(&profile).map_err(|error| {
            say(&crate::error::chain(&error), "", error.hint());
            Failure::Failed
        }),
        Command::Status { json } => {
            with_daemon(&profile, async |client| status(client, json).await)
        }
        Command::Stop => with_daemon(&profile, stop),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.into(),
    }
}

/// `error:`, `caused by:`, `hint:` on standard error.
fn say(what: &str, why: &str, hint: &str) {
    let fault = Fault::new(tai_proto::FaultCode::Internal, what, why, hint);
    let _ = writeln!(std::io::stderr(), "{fault}");
}

/// Connects to the daemon and does one thing with it, within a time limit.
fn with_daemon<F>(profile: &str, work: F) -> Result<(), Failure>
where
    F: AsyncFnOnce(Client) -> Result<(), ClientError>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            say("the system gives no event loop", &error.to_string(), "");
            Failure::Failed
        })?;
    let done = runtime.block_on(async {
        let endpoint = Endpoint::of_profile(profile).map_err(ClientError::Endpoint)?;
        let client = Client::connect(endpoint, Instant::now() + PATIENCE).await?;
        work(client).await
    });
    done.map_err(|error| {
        let (what, why, hint) = error.words(profile);
        if !what.is_empty() {
            say(&what, &why, &hint);
        }
        match error {
            ClientError::NotRunning { .. } => Failure::NotRunning,
            ClientError::NotSignedIn => Failure::NotSignedIn,
            ClientError::Version { .. } => Failure::VersionMismatch,
            _ => Failure::Failed,
        }
    })
}

async fn status(mut client: Client, json: bool) -> Result<(), ClientError> {
    let answer = client.call(Call::Status, Instant::now() + PATIENCE).await?;
    let Answer::Status(status) = answer else {
        return Err(ClientError::Confused);
    };
    let text = if json {
        serde_json::to_string_pretty(&status).map_err(|_| ClientError::Confused)?
    } else {
        page::render(&status, SystemTime::now())
    };
    // A reader that went away, as `head` does, is no failure of ours.
    let _ = writeln!(std::io::stdout(), "{text}");
    if is_signed_in(&status) {
        Ok(())
    } else {
        Err(ClientError::NotSignedIn)
    }
}

fn is_signed_in(status: &Status) -> bool {
    match status.session.state {
        SessionState::Live | SessionState::Renewing | SessionState::SigningIn => true,
        SessionState::Backoff => status.session.token_expires_at.is_some(),
        SessionState::SignedOut => false,
    }
}

async fn stop(mut client: Client) -> Result<(), ClientError> {
    client.call(Call::Stop, Instant::now() + PATIENCE).await?;
    client
        .until_gone(Instant::now() + Duration::from_secs(20))
        .await?;
    let _ = writeln!(std::io::stdout(), "taid has stopped");
    Ok(())
}
