//! What differs between operating systems: the standard streams, signals, and the programs that
//! `live` runs.

#[cfg(unix)]
mod unix;
#[cfg(not(unix))]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(not(unix))]
use windows as system;

pub(crate) use system::{asked_to_stop, become_program, lead_group, open_stdio, signal_group};

use tokio::io::{AsyncRead, AsyncWrite};

/// Standard input.
pub(crate) type Input = Box<dyn AsyncRead + Send + Unpin>;
/// Standard output.
pub(crate) type Output = Box<dyn AsyncWrite + Send + Unpin>;
