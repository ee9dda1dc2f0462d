//! Errors of listening.

use std::{io, path::PathBuf};
use tai_proto::record::Record;

/// Reason for which the daemon cannot listen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BindError {
    #[error("{}", in_use(profile, first.as_ref()))]
    AlreadyRunning {
        profile: String,
        /// Record of the running daemon.
        first: Option<Record>,
    },
    #[error("cannot use the directory {}", path.display())]
    Directory {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot use the lock file {}", path.display())]
    Lock {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("another program listens on {}", path.display())]
    Taken { path: PathBuf },
    #[error("the service manager passed another socket than {}", path.display())]
    OtherSocket { path: PathBuf },
    #[error("cannot listen on the socket {}", path.display())]
    Listen {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// Returns the error for a profile with a daemon.
fn in_use(profile: &str, first: Option<&Record>) -> String {
    let place = first.map(place).unwrap_or_default();
    match first.is_some_and(|first| first.is_stopping) {
        true => format!("the previous taid of profile {profile} is stopping{place}"),
        false => format!("taid is already running for profile {profile}{place}"),
    }
}

/// Returns the place of a running daemon in parentheses.
fn place(record: &Record) -> String {
    let (pid, socket) = (record.pid, record.socket.display());
    match record.host == tai_client::host_name() {
        true => format!(" (pid {pid}, socket {socket})"),
        false => format!(
            " (on the machine {}, pid {pid}, socket {socket})",
            record.host
        ),
    }
}
