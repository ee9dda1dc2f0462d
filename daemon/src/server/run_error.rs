//! Errors of the start, and what a person does against them.

use super::ipc::BindError;
use crate::{config::ConfigError, os::files::DiskRefusal};
use std::path::PathBuf;
use tai_auth::bridge::{SetupError, transport::RootsError};
use tai_proto::{endpoint::TooLong, record::Record};

/// Reason for which the daemon did not start, or did not run until it was asked to stop.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Endpoint(#[from] TooLong),
    #[error(transparent)]
    Bind(#[from] BindError),
    #[error(transparent)]
    Http(#[from] SetupError),
    #[error("cannot use {}, the record of the bridge", path.display())]
    State {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("cannot start the async runtime")]
    Runtime(#[source] std::io::Error),
    #[error("the lock files of taid were removed while it ran")]
    LocksLost,
}

impl RunError {
    /// Returns whether another daemon holds the profile's lock.
    pub(crate) fn is_already_running(&self) -> bool {
        matches!(self, RunError::Bind(BindError::AlreadyRunning { .. }))
    }

    /// Returns the socket of the daemon of this machine that holds the profile's lock. It is empty if
    /// that daemon is starting.
    pub(crate) fn running_here(&self) -> Option<PathBuf> {
        match self {
            RunError::Bind(BindError::AlreadyRunning { first, .. }) => match first {
                None => Some(PathBuf::new()),
                Some(record) => {
                    (record.host == tai_client::host_name()).then(|| record.socket.clone())
                }
            },
            _ => None,
        }
    }

    /// Returns one action for the person at the terminal.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            RunError::Config(error) => error.hint(),
            RunError::Endpoint(_) => SHORTER_PATH,
            RunError::Bind(BindError::AlreadyRunning {
                first: Some(Record {
                    is_stopping: true, ..
                }),
                ..
            }) => "`taid stop` waits for its end; then repeat the command",
            RunError::Bind(BindError::AlreadyRunning { .. }) => {
                "use the running taid (`taid status`), or stop it with `taid stop`"
            }
            RunError::Bind(BindError::Taken { .. }) => {
                "if systemd listens there, it starts taid on demand; to run taid here, first run \
                 `systemctl --user stop taid.socket`"
            }
            RunError::Bind(BindError::OtherSocket { .. }) => {
                "check ListenStream= in the socket unit, and the profile"
            }
            RunError::Bind(
                BindError::Directory { source, .. } | BindError::Listen { source, .. },
            ) => of_disk(source).unwrap_or(
                "make it a directory, not a link, that belongs to the user who runs taid and is writable, or move it away",
            ),
            RunError::Bind(BindError::Lock { path, source }) | RunError::State { path, source } => {
                of_disk(source).unwrap_or(match path.symlink_metadata() {
                    Ok(meta) if !meta.is_file() => "move it away: taid makes a file in its place",
                    Ok(_) | Err(_) => {
                        "make its directory writable for the user who runs taid, and move the file away if it is not one of taid"
                    }
                })
            }
            RunError::Http(error) => setup_hint(error),
            RunError::Runtime(_) => "check the limits of processes and open files with `ulimit -a`",
            RunError::LocksLost => "start it again; remove no file of taid while it runs",
        }
    }
}

/// Returns one action against an error of a disk or of a limit; `None` if the file or its directory is wrong.
fn of_disk(error: &std::io::Error) -> Option<&'static str> {
    Some(match DiskRefusal::of(error)? {
        DiskRefusal::Full => "free space on its disk",
        DiskRefusal::ReadOnly => {
            "make its disk writable, or start taid with `--home` on another one"
        }
        DiskRefusal::FileSize => {
            "raise the limit on the size of files (`ulimit -f`) where taid is started"
        }
    })
}

/// Action for the person whose paths are too long for a socket.
pub(crate) const SHORTER_PATH: &str = "give a shorter path to `--home`, if you use it, or else to XDG_RUNTIME_DIR, if it is set, or to HOME";

/// Returns one action for the person whose network settings cannot be used.
pub(crate) fn setup_hint(error: &SetupError) -> &'static str {
    match error {
        SetupError::Proxy { .. } => "correct or unset the variable, or set `proxy` in config.toml",
        SetupError::NoProxy { .. } => {
            "correct or unset the variable, or set `no_proxy` in config.toml"
        }
        SetupError::Roots {
            source: RootsError::Unsafe(_),
            ..
        } => "give the file to the user who runs taid (`chown`), and run `chmod go-w` on it",
        SetupError::Roots { .. } => "correct the path, or the file",
        SetupError::Client(_) => {
            "install the system's certificates (package ca-certificates), correct SSL_CERT_DIR if \
             it is set, or set `ca_file` in config.toml"
        }
    }
}
