//! Errors of listening.

use std::{io, path::PathBuf};

/// Reason for which the daemon cannot listen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BindError {
    #[error("taid is already running for profile {profile}{}", .pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default())]
    AlreadyRunning { profile: String, pid: Option<u32> },
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
