//! Checks of the daemon: it must run, answer, and have the version of this program.

use super::{
    check::{Check, ok, skipped, wrong},
    repair::Repair,
};
use crate::cli::{daemon, error::CliError, pages, target::Target};
use std::time::Duration;
use tai_proto::{
    Fault, FaultCode,
    call::RetryLogin,
    status::{SessionState, Status},
};
use tokio::time::{Instant, sleep};

/// Time limit of a login that waited for its time.
const ATTEMPT: Duration = Duration::from_secs(15);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Result of a status request.
pub(super) enum Daemon {
    /// No daemon listens.
    Absent,
    /// A daemon completes its calls and does not listen any more. Contains the request's fault.
    Stopping(Fault),
    /// A daemon listens, and the request failed.
    Unusable(Fault),
    /// The daemon answered with its status.
    Running(Box<Status>),
}

impl Daemon {
    /// Requests the status of the daemon of `target`. A daemon whose login waits for its time tries
    /// it once, so that the status is about the present password and the present bridge. A login that
    /// is under way ends first.
    pub(super) async fn ask(target: &Target) -> Self {
        let daemon = match daemon::Daemon::running(target) {
            Ok(daemon) => daemon,
            Err(fault) => return Daemon::Unusable(fault),
        };
        let status = match daemon.status().await {
            Ok(status) if status.session.state == SessionState::Waiting => {
                match daemon.call(RetryLogin, ATTEMPT).await {
                    Ok(()) => settled(&daemon).await,
                    Err(_) => Ok(status),
                }
            }
            Ok(status) if status.session.state == SessionState::SigningIn => settled(&daemon).await,
            status => status,
        };
        Self::of(status)
    }

    /// Requests the status of the daemon of `target`, which does nothing else.
    pub(super) async fn look(target: &Target) -> Self {
        match daemon::Daemon::running(target) {
            Ok(daemon) => Self::of(daemon.status().await),
            Err(fault) => Daemon::Unusable(fault),
        }
    }

    fn of(status: Result<Status, Fault>) -> Self {
        match status {
            Ok(status) => Daemon::Running(Box::new(status)),
            Err(fault) if fault.code == FaultCode::NotRunning => Daemon::Absent,
            Err(fault) if fault.code == FaultCode::Stopping => Daemon::Stopping(fault),
            Err(fault) => Daemon::Unusable(fault),
        }
    }

    /// Returns the status, if the daemon answered.
    pub(super) fn status(&self) -> Option<&Status> {
        match self {
            Daemon::Running(status) => Some(status),
            Daemon::Absent | Daemon::Stopping(_) | Daemon::Unusable(_) => None,
        }
    }

    /// Returns why there is no status, as a predicate of taid.
    pub(super) fn without_status(&self) -> &'static str {
        match self {
            Daemon::Absent => "is not running",
            Daemon::Stopping(_) => "is stopping",
            Daemon::Unusable(_) | Daemon::Running(_) => "does not answer",
        }
    }

    /// Returns the daemon's account.
    pub(super) fn account(&self) -> Option<&str> {
        self.status()?.account.username.as_deref()
    }
}

/// Returns the status once no login is in flight, or after [`ATTEMPT`].
async fn settled(daemon: &daemon::Daemon) -> Result<Status, Fault> {
    let deadline = Instant::now() + ATTEMPT;
    loop {
        let status = daemon.status().await?;
        if status.session.state != SessionState::SigningIn || Instant::now() >= deadline {
            return Ok(status);
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Checks that the daemon runs and answers. `start` says how it starts.
pub(super) fn running(daemon: &Daemon, start: &str) -> Check {
    let name = "daemon";
    match daemon {
        Daemon::Running(status) => {
            let clients = pages::count(status.client_count(), "client");
            ok(
                name,
                format!("pid {}, {clients} connected", status.daemon.pid),
            )
        }
        Daemon::Absent => skipped(name, format!("not running; {start}")),
        Daemon::Stopping(fault) => skipped(name, fault.to_string()),
        Daemon::Unusable(fault) => unusable(name, fault),
    }
}

/// Returns a check whose request failed.
pub(super) fn unusable(name: &str, fault: &Fault) -> Check {
    let error = CliError::from(fault.clone());
    let found = match error.why.as_str() {
        "" => error.what,
        why => format!("{}: {why}", error.what),
    };
    wrong(name, found, error.hint)
}

/// Checks that the daemon has this program's version.
pub(super) fn version(daemon: &Daemon) -> Check {
    let name = "version";
    let ours = env!("CARGO_PKG_VERSION");
    match daemon.status().map(|status| status.daemon.version.as_str()) {
        Some(theirs) if theirs == ours => ok(name, ours),
        Some(theirs) => wrong(
            name,
            format!("taid has version {theirs}, this program has version {ours}"),
            "`taid stop`, then start taid from this installation",
        )
        .repaired_by(daemon.status().and_then(Repair::restart_of)),
        None => ok(
            name,
            format!("{ours}; not compared: taid {}", daemon.without_status()),
        ),
    }
}
