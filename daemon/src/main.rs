//! The executable of taid: [`taid::cli`] with an allocator that zeroes freed memory. Freed buffers
//! of HTTP, TLS and JSON may contain the password or the token.
//!
//! The daemon starts the same executable as the worker that reads mails. The worker parses no
//! command line, so that it needs nothing that the daemon does not have.

// The allocator of musl returns memory to the system, and requests it again, in most calls.
#[cfg(target_env = "musl")]
use dlmalloc::GlobalDlmalloc as Plain;
#[cfg(not(target_env = "musl"))]
use std::alloc::System as Plain;
use zeroizing_alloc::ZeroAlloc;

#[global_allocator]
static ALLOCATOR: ZeroAlloc<Plain> = ZeroAlloc(Plain);

fn main() -> std::process::ExitCode {
    match tai_reader::worker::is_requested() {
        true => tai_reader::worker::main(),
        false => taid::cli::main(),
    }
}
