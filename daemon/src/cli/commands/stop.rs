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
use tai_proto::{
    Fault, FaultCode,
    approval::{HeldList, HeldState},
    call,
};

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
/// Standard input or output is not a terminal, or the daemon does not say what waits.
pub(in crate::cli) async fn may_lose(target: &Target) -> Result<bool, CliError> {
    let held = Daemon::running(target)?.call(call::ListHeld, SHORT).await;
    let what = match in_memory(held)? {
        0 => return Ok(true),
        1 => "1 mail that waits for approval is lost if taid stops".to_owned(),
        lost => format!("{lost} mails that wait for approval are lost if taid stops"),
    };
    prompt::consent(&format!("{what}. Stop it?")).map_err(|error| {
        CliError::new(what)
            .caused_by(error.what)
            .hint("decide with `taid approve`, or run the command in a terminal")
    })
}

/// Returns the number of mails that the daemon loses if it stops.
///
/// # Errors
/// The daemon did not answer, and so may have some.
fn in_memory(held: Result<HeldList, Fault>) -> Result<usize, CliError> {
    let held = match held {
        Ok(held) => held,
        // There is no daemon to stop, or its end is decided, or the call that stops it fails, too.
        Err(fault)
            if matches!(
                fault.code,
                FaultCode::NotRunning | FaultCode::Stopping | FaultCode::VersionMismatch
            ) =>
        {
            return Ok(0);
        }
        Err(fault) => return Err(fault.into()),
    };
    let mut waiting = held.waiting;
    waiting.retain(|mail| mail.state == HeldState::InMemory);
    Ok(waiting.len())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_that_does_not_say_what_waits_is_not_stopped() {
        for (code, expected) in [
            (FaultCode::NotRunning, Ok(0)),
            (FaultCode::Stopping, Ok(0)),
            (FaultCode::VersionMismatch, Ok(0)),
            // It is suspended, or answers late.
            (FaultCode::DeadlinePassed, Err("no answer")),
            (FaultCode::Unreachable, Err("no answer")),
            (FaultCode::TooBusy, Err("no answer")),
            (FaultCode::Internal, Err("no answer")),
        ] {
            let lost = in_memory(Err(Fault::new(code, "no answer")));
            let lost = lost.map_err(|error| error.what);
            assert_eq!(lost, expected.map_err(str::to_owned), "{code:?}");
        }
        let nothing = HeldList {
            waiting: Vec::new(),
            gone: Vec::new(),
        };
        assert_eq!(in_memory(Ok(nothing)), Ok(0));
    }
}
