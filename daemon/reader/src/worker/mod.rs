//! The worker: a process that reads mails and has nothing to lose. It is this executable, started
//! again with the argument [`ARGUMENT`]. It reads requests from standard input and writes answers
//! to standard output, one at a time, until the input ends.
//!
//! Before the first request the worker gives up files, network, other processes and most system
//! calls (see [`Confinement`]), and limits its memory. Each request has a limit of CPU time. The
//! daemon kills a worker that exceeds the wall-clock limit.

mod confine;
mod confinement;
#[cfg(target_os = "linux")]
mod landlock;
mod launch;
#[cfg(unix)]
mod limits;
#[cfg(debug_assertions)]
mod planted;
mod probe;
#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod seccomp;
mod serve;
pub mod wire;

pub use confinement::{Confinement, Layer};
pub use launch::{ARGUMENT, command, is_requested};
pub use probe::{Trial, Verdict};
pub use serve::main;
