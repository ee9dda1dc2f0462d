//! `taid stop`: stops the daemon and waits for its exit.

use crate::cli::{
    daemon::{Daemon, SHORT},
    error::{CliError, Exit},
    prompt,
    target::Target,
    terminal::print,
};
use clap::Args;
use std::time::Duration;
use tai_proto::{FaultCode, approval::HeldState, call};

/// Time limit for the daemon's open calls, above that of a send.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(70);
/// Time after which a person reads why the command waits.
const SOON: Duration = Duration::from_secs(3);

/// Stop the daemon after its open calls have finished
///
/// Asks first if mail that waits for approval would be lost, because taid has no keyring to keep it.
#[derive(Args)]
#[command(after_help = "Examples:
  taid stop                 stop the taid of the default profile
  taid stop --profile work  stop that of another profile
  taid stop --yes           stop it also if mail that waits is lost")]
pub(in crate::cli) struct Stop {
    /// Stop without a question, for scripts of your own
    #[arg(long)]
    yes: bool,
}

impl Stop {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        if !self.yes && !may_lose(target).await? {
            print("taid was not stopped.");
            return Ok(Exit::Failed);
        }
        stop(target).await?;
        Ok(Exit::Success)
    }
}

/// Asks if mail that waits for approval may be lost. Returns `true` if none would be.
///
/// # Errors
/// Standard input or output is not a terminal.
pub(in crate::cli) async fn may_lose(target: &Target) -> Result<bool, CliError> {
    // A daemon that does not answer this is stopped without a question.
    let held = Daemon::running(target)?.call(call::ListHeld, SHORT).await;
    let waiting = held.map(|held| held.waiting).unwrap_or_default();
    let lost = waiting
        .iter()
        .filter(|mail| mail.state == HeldState::InMemory)
        .count();
    let what = match lost {
        0 => return Ok(true),
        1 => "1 mail that waits for approval is lost if taid stops".to_owned(),
        _ => format!("{lost} mails that wait for approval are lost if taid stops"),
    };
    prompt::consent(&format!("{what}. Stop it?")).map_err(|error| {
        CliError::new(what)
            .caused_by(error.what)
            .hint("decide with `taid approve`, or run the command in a terminal")
    })
}

/// Stops the daemon of `target` and waits until it has exited. The exit of a daemon at a socket that
/// the user names cannot be seen from here.
///
/// # Errors
/// The daemon cannot be reached, or does not exit in time.
pub(in crate::cli) async fn stop(target: &Target) -> Result<(), CliError> {
    let daemon = Daemon::running(target)?;
    match daemon.call(call::Stop, SHORT).await {
        Ok(()) => {}
        // It was asked before.
        Err(fault) if fault.code == FaultCode::Stopping => {}
        Err(fault) => return Err(fault.into()),
    }
    if !daemon.has_lock() {
        print("taid stops once its open calls have finished, which takes at most a minute");
        return Ok(());
    }
    if daemon.until_gone(SOON).await.is_err() {
        print("taid completes its calls first, which takes at most a minute");
        daemon.until_gone(DRAIN_TIMEOUT).await?;
    }
    print("taid has stopped");
    Ok(())
}
