//! Differences between operating systems: standard streams, signals and process groups.

#[cfg(unix)]
mod unix;
#[cfg(not(unix))]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(not(unix))]
use windows as system;

pub(crate) use system::{
    asked_to_stop, become_program, check_unshared, create_private_dir, create_private_dirs,
    lead_group, name_after_this_program, open_stdio, random, reads_terminal, signal_group,
};

use tokio::io::{AsyncRead, AsyncWrite};

/// Standard input of the process.
pub(crate) type Input = Box<dyn AsyncRead + Send + Unpin>;
/// Standard output of the process.
pub(crate) type Output = Box<dyn AsyncWrite + Send + Unpin>;
