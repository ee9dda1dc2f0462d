//! What differs between systems, as two modules that offer the same: the standard streams, the
//! two directions of taid's socket, whose process is at its other end, the password that the
//! environment may have, and the programs that are started and ended.

#[cfg(unix)]
mod unix;
#[cfg(not(unix))]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(not(unix))]
use windows as system;

pub(crate) use system::{
    HANDED_OVER, Reader, Writer, asked_to_stop, become_program, detach, is_own, lead_group,
    nameless_file, open_stdio, signal_group, split, take_password,
};

use tokio::io::{AsyncRead, AsyncWrite};

/// Standard input.
pub(crate) type Input = Box<dyn AsyncRead + Send + Unpin>;
/// Standard output.
pub(crate) type Output = Box<dyn AsyncWrite + Send + Unpin>;
