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

use tai_proto::{Fault, FaultCode, Hint};
use tokio::io::{AsyncRead, AsyncWrite};

/// Standard input of the process.
pub(crate) type Input = Box<dyn AsyncRead + Send + Unpin>;
/// Standard output of the process.
pub(crate) type Output = Box<dyn AsyncWrite + Send + Unpin>;

/// Returns the fault of a standard output that loses what is written to it.
pub(crate) fn lost_output() -> Option<Fault> {
    tai_client::is_output_lost().then(|| {
        Fault::new(FaultCode::Internal, "standard output cannot be written")
            .because("it is closed, `/dev/null` for reading and writing, or open for reading alone")
            .hint(Hint::reader(
                "each email would be lost; start tai-mcp with an output",
            ))
    })
}
