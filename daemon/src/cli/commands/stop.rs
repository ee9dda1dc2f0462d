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
use tai_proto::{FaultCode, approval::StopOutcome, call};

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
        if self.yes {
            stop(target).await?;
        } else if !stop_asking(target).await? {
            print("taid was not stopped.");
            return Ok(Exit::Failed);
        }
        Ok(Exit::Success)
    }
}

/// Stops the daemon, as [`stop`] does. Asks first if mail that waits for approval would be lost,
/// also if it began to wait during the question. Returns whether the daemon was stopped.
///
/// # Errors
/// Those of [`stop`], or there is something to ask and standard input or output is not a terminal.
pub(in crate::cli) async fn stop_asking(target: &Target) -> Result<bool, CliError> {
    let daemon = Daemon::running(target)?;
    let mut accepted = 0;
    while let StopOutcome::WouldLose(lost) = request(&daemon, Some(accepted)).await? {
        if !may_lose(lost)? {
            return Ok(false);
        }
        accepted = lost;
    }
    until_gone(&daemon).await?;
    Ok(true)
}

/// Asks whether this number of mails may be lost.
///
/// # Errors
/// Standard input or output is not a terminal.
fn may_lose(lost: u32) -> Result<bool, CliError> {
    let what = match lost {
        1 => "1 mail that waits for approval is lost if taid stops".to_owned(),
        lost => format!("{lost} mails that wait for approval are lost if taid stops"),
    };
    prompt::consent(&format!("{what}. Stop it?")).map_err(|error| {
        CliError::new(what)
            .caused_by(error.what)
            .hint("decide with `taid approve`, or run the command in a terminal")
    })
}

/// Stops the daemon of `target` and waits until it has exited, whatever is lost. The exit of a
/// daemon at a socket that the user names cannot be seen from here.
///
/// # Errors
/// The daemon cannot be reached, or does not exit in time.
pub(in crate::cli) async fn stop(target: &Target) -> Result<(), CliError> {
    let daemon = Daemon::running(target)?;
    request(&daemon, None).await?;
    until_gone(&daemon).await
}

/// Asks the daemon to stop.
async fn request(daemon: &Daemon, loses_at_most: Option<u32>) -> Result<StopOutcome, CliError> {
    match daemon.call(call::Stop { loses_at_most }, SHORT).await {
        // It was asked before.
        Err(fault) if fault.code == FaultCode::Stopping => Ok(StopOutcome::Stops),
        outcome => Ok(outcome?),
    }
}

/// Waits until a daemon that stops has exited.
async fn until_gone(daemon: &Daemon) -> Result<(), CliError> {
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
